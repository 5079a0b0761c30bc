//! Kinds that a table lists: with one of a kind mentioned, the listed ones are the truth of that kind there (R6). What
//! they share is here: an object is met by what it says, whatever its name; one that only changes keeps its name; what
//! is not listed goes. How a kind reads its entries and tells two apart is in the file of its name.

use std::collections::BTreeSet;

use autogen_core::object::Deferrability;
use autogen_core::{Diagnostic, Kind, Name, Object, ObjectId, ObjectKind, QualName, Renames, Span};

use super::super::TableModel;
use super::super::grammar::Said;
use super::Builder;
use super::table::is_full;

/// A kind that tables list.
pub(super) trait Listed: ObjectKind + Clone + PartialEq + Into<Object> {
    /// An entry of the attribute.
    type Entry;

    /// The kind.
    const KIND: Kind;

    /// The object, if it is of the kind.
    fn of(object: &Object) -> Option<&Self>;

    /// The entries about a table; `None` where the kind is not mentioned.
    fn entries(model: &TableModel) -> Option<Vec<Said<Self::Entry>>>;

    /// The name that an entry gives.
    fn name(entry: &Self::Entry) -> Option<&str>;

    /// The object that an entry wants; `None` after a mistake, which is reported.
    fn wanted(builder: &mut Builder<'_>, place: &Place<'_>, entry: &Self::Entry) -> Option<Self>;

    /// The live object as it is wanted, if it is the one that is meant: itself, or with changes.
    fn meet(builder: &mut Builder<'_>, place: &Place<'_>, live: &Self, wanted: &Self) -> Option<Self>;

    /// True if an object of another kind does the same.
    fn is_served(_: &Builder<'_>, _: &QualName, _: &Self) -> bool {
        false
    }

    /// The id of a new one, with the name that Postgres would choose if none is given.
    fn id(builder: &Builder<'_>, table: &QualName, wanted: &Self, name: Option<&str>) -> ObjectId;

    /// Asks about the expressions of a new one, and notes what they use.
    fn added(_: &mut Builder<'_>, _: &QualName, _: &ObjectId, _: &Self, _: &Span) {}

    /// One by its id.
    fn of_id(builder: &Builder<'_>, id: &ObjectId) -> Option<Self> {
        builder.out.catalog.get(id).and_then(Self::of).cloned()
    }

    /// The live ones of a table.
    fn present(builder: &Builder<'_>, table: &QualName) -> Vec<(ObjectId, Self)> {
        let parts = builder.out.catalog.parts(Self::KIND, table);
        parts.filter_map(|(id, object)| Some((id.clone(), Self::of(object)?.clone()))).collect()
    }

    /// True for one that the list decides about, and so goes if it is not listed. What a parent hands down is the
    /// parent's.
    fn is_claimed(&self, builder: &Builder<'_>, table: &QualName, model: &TableModel) -> bool;
}

/// Where an entry stands.
pub(super) struct Place<'a> {
    pub(super) table: &'a QualName,
    pub(super) model: &'a TableModel,
    pub(super) span: &'a Span,
}

/// Lays a listed kind over all tables.
pub(super) fn lay<L: Listed>(builder: &mut Builder<'_>) {
    for (table, model) in builder.tables.clone() {
        lay_over::<L>(builder, &table, model);
    }
}

/// Lays a listed kind over one relation, and takes out what is not listed; what that contained, such as a comment, goes
/// when everything is laid.
pub(super) fn lay_over<L: Listed>(builder: &mut Builder<'_>, table: &QualName, model: &TableModel) {
    let mut entries = match L::entries(model) {
        Some(entries) => entries,
        None if is_full(model) => Vec::new(),
        None => return,
    };
    let said = entries.first().map_or(&model.span, |entry| &entry.span).clone();
    // Those with a name first: nobody else may take the object that is called so.
    entries.sort_by_key(|entry| L::name(&entry.value).is_none());
    let live = L::present(builder, table);
    let mut kept: BTreeSet<ObjectId> = BTreeSet::new();
    let mut new: Vec<(Said<L::Entry>, L)> = Vec::new();
    for entry in entries {
        let place = Place { table, model, span: &entry.span };
        let Some(wanted) = L::wanted(builder, &place, &entry.value) else { continue };
        let free: Vec<&(ObjectId, L)> = live.iter().filter(|(id, _)| !kept.contains(id)).collect();
        let name = L::name(&entry.value);
        let found = match name {
            Some(name) => {
                let named = free.iter().copied().filter(|(id, _)| id.own_name().as_str() == name).collect();
                met(builder, &place, named, &wanted)
            }
            None => met(builder, &place, free.clone(), &wanted),
        };
        // The same thing under another name is renamed, not made anew.
        let alike = || free.iter().copied().filter(|(id, _)| !live_name_is_said::<L>(model, id)).collect();
        let renamed = match (&found, name) {
            (None, Some(name)) => met(builder, &place, alike(), &wanted)
                .filter(|(id, object)| L::of_id(builder, id).as_ref() == Some(object))
                .map(|(id, object)| {
                    let new = renamed::<L>(&id, name);
                    builder.rename_late(&id, &new);
                    kept.insert(id);
                    (new, object)
                }),
            _ => None,
        };
        match found.or(renamed) {
            Some((id, object)) => {
                builder.declare(&id, &entry.span);
                builder.met.insert(id.clone());
                if L::of_id(builder, &id).as_ref() != Some(&object) {
                    builder.out.catalog.insert(id.clone(), object);
                }
                kept.insert(id);
            }
            None if L::is_served(builder, table, &wanted) => {}
            None => new.push((entry, wanted)),
        }
    }
    // What goes leaves its name to what comes.
    let claimed =
        live.iter().filter(|(id, live)| !kept.contains(id) && live.is_claimed(builder, table, model));
    let unlisted: Vec<ObjectId> = claimed.map(|(id, _)| id.clone()).collect();
    for id in &unlisted {
        builder.declare(id, &said);
        builder.out.catalog.remove(id);
    }
    // Where the kind was mentioned before, an entry was taken away, and that is meant.
    let then = builder.options.baseline.iter().flat_map(|baseline| &baseline.models.tables);
    let mut then = then.filter(|then| (&then.schema, &then.name) == (&model.schema, &model.name));
    if !unlisted.is_empty() && !is_full(model) && !then.any(|then| L::entries(then).is_some()) {
        builder.warn_of_unlisted(table, &unlisted, &said);
    }
    for (entry, wanted) in new {
        let id = L::id(builder, table, &wanted, L::name(&entry.value));
        builder.declare(&id, &entry.span);
        builder.out.catalog.insert(id.clone(), wanted.clone());
        L::added(builder, table, &id, &wanted, &entry.span);
    }
    builder.unlisted.extend(unlisted);
}

/// The first that is right as it is, else the first that can be made so.
fn met<L: Listed>(
    builder: &mut Builder<'_>,
    place: &Place<'_>,
    candidates: Vec<&(ObjectId, L)>,
    wanted: &L,
) -> Option<(ObjectId, L)> {
    let mut first = None;
    for (id, live) in candidates {
        match L::meet(builder, place, live, wanted) {
            Some(same) if same == *live => return Some((id.clone(), same)),
            Some(changed) if first.is_none() => first = Some((id.clone(), changed)),
            Some(_) | None => {}
        }
    }
    first
}

/// True if an entry of the table speaks of a live object by its name.
fn live_name_is_said<L: Listed>(model: &TableModel, id: &ObjectId) -> bool {
    L::entries(model).into_iter().flatten().any(|entry| L::name(&entry.value) == Some(id.own_name().as_str()))
}

fn renamed<L: Listed>(id: &ObjectId, name: &str) -> ObjectId {
    match id.part {
        Some(_) => ObjectId::part(L::KIND, id.name.clone(), Name::new(name)),
        None => ObjectId::new(L::KIND, id.name.sibling(name)),
    }
}

impl Builder<'_> {
    /// Who writes the first attribute of a kind may not know that it speaks for the whole table.
    fn warn_of_unlisted(&mut self, table: &QualName, unlisted: &[ObjectId], said: &Span) {
        if unlisted.is_empty() {
            return;
        }
        let names: Vec<String> = unlisted.iter().map(ToString::to_string).collect();
        let message = format!("the attributes of {table} do not list {}, so that it goes", names.join(", "));
        let help = "`autogen pull --annotate` lists what the database has";
        self.report(Diagnostic::warning("unlisted", message).at(said.clone()).help(help));
    }

    /// A rename that is only known once the live objects have been looked through.
    pub(super) fn rename_late(&mut self, old: &ObjectId, new: &ObjectId) {
        let mut one = Renames::default();
        one.insert(old.clone(), new.clone());
        self.out.catalog = self.out.catalog.renamed(&one);
        self.live = self.live.renamed(&one);
        for id in self.indexes.values_mut().flatten().filter(|id| *id == old) {
            id.clone_from(new);
        }
        self.out.hints.renames.insert(old.clone(), new.clone());
    }

    /// True if a relation has the column in the wanted state.
    pub(super) fn has_column(&self, relation: &QualName, column: &Name) -> bool {
        let catalog = &self.out.catalog;
        let in_view = |kind| match catalog.get(&ObjectId::new(kind, relation.clone())) {
            Some(Object::View(view)) => view.columns.iter().any(|(name, _)| name == column),
            Some(Object::MaterializedView(view)) => view.columns.iter().any(|(name, _)| name == column),
            _ => false,
        };
        catalog.contains(&ObjectId::column(relation, column))
            || in_view(Kind::View)
            || in_view(Kind::MaterializedView)
    }

    /// The SQL names of columns that an attribute gives by field or column name.
    pub(super) fn columns_named(
        &mut self,
        table: &QualName,
        model: &TableModel,
        names: &[String],
        span: &Span,
    ) -> Option<Vec<Name>> {
        let mut columns = Vec::new();
        for name in names {
            let column =
                model.column_named(name).map(|column| self.column_id(table, column).own_name().clone());
            let column = column.unwrap_or_else(|| Name::new(name));
            if !self.has_column(table, &column) {
                let message = format!("table {table} has no column {column}");
                self.report(
                    Diagnostic::error("unknown-column", message)
                        .at(span.clone())
                        .help("give a field of the struct or a column of the table"),
                );
                return None;
            }
            columns.push(column);
        }
        Some(columns)
    }
}

/// The two flags as one word.
pub(super) fn deferrability(deferrable: bool, initially_deferred: bool) -> Deferrability {
    match (deferrable, initially_deferred) {
        (_, true) => Deferrability::InitiallyDeferred,
        (true, false) => Deferrability::InitiallyImmediate,
        (false, false) => Deferrability::NotDeferrable,
    }
}
