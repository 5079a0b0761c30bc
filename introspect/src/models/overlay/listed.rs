//! Kinds that a table lists: with one of a kind mentioned, the listed ones are the truth of that kind there (R6). What
//! they share is here: an object is met by what it says, whatever its name; one that only changes keeps its name; what
//! is not listed goes. How a kind reads its entries and tells two apart is in the file of its name.

use std::collections::BTreeSet;

use autogen_core::object::Deferrability;
use autogen_core::{Diagnostic, Kind, Name, Object, ObjectId, ObjectKind, QualName, Span};

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
    fn wanted(
        builder: &mut Builder<'_>,
        table: &QualName,
        model: &TableModel,
        entry: &Said<Self::Entry>,
    ) -> Option<Self>;

    /// The live object as it is wanted, if it is the one that is meant: itself, or with changes.
    fn meet(
        builder: &mut Builder<'_>,
        table: &QualName,
        live: &Self,
        wanted: &Self,
        span: &Span,
    ) -> Option<Self>;

    /// True if an object of another kind does the same.
    fn is_served(_: &Builder<'_>, _: &QualName, _: &Self) -> bool {
        false
    }

    /// The id of a new one, with the name that Postgres would choose if none is given.
    fn id(builder: &Builder<'_>, table: &QualName, wanted: &Self, name: Option<&str>) -> ObjectId;

    /// Asks about the expressions of a new one, and notes what they use.
    fn added(_: &mut Builder<'_>, _: &QualName, _: &ObjectId, _: &Self, _: &Span) {}

    /// The live ones of a table.
    fn present(builder: &Builder<'_>, table: &QualName) -> Vec<(ObjectId, Self)> {
        let parts = builder.out.catalog.parts(Self::KIND, table);
        parts.filter_map(|(id, object)| Some((id.clone(), Self::of(object)?.clone()))).collect()
    }

    /// True for one that the list decides about, and so goes if it is not listed.
    fn is_claimed(&self, _: &Builder<'_>, _: &QualName, _: &TableModel) -> bool {
        true
    }
}

/// Lays a listed kind over all tables.
pub(super) fn lay<L: Listed>(builder: &mut Builder<'_>) {
    for (table, model) in builder.tables.clone() {
        match L::entries(model) {
            Some(entries) => lay_table::<L>(builder, &table, model, entries),
            None if is_full(model) => lay_table::<L>(builder, &table, model, Vec::new()),
            None => {}
        }
    }
}

fn lay_table<L: Listed>(
    builder: &mut Builder<'_>,
    table: &QualName,
    model: &TableModel,
    mut entries: Vec<Said<L::Entry>>,
) {
    // Those with a name first: nobody else may take the object that is called so.
    entries.sort_by_key(|entry| L::name(&entry.value).is_none());
    let live = L::present(builder, table);
    let mut kept: BTreeSet<ObjectId> = BTreeSet::new();
    let mut new: Vec<(Said<L::Entry>, L)> = Vec::new();
    for entry in entries {
        let Some(wanted) = L::wanted(builder, table, model, &entry) else {
            // What was meant cannot be told, so nothing is dropped for it; the mistake is an error anyway.
            continue;
        };
        let mut met: Option<(ObjectId, L)> = None;
        for (id, live) in &live {
            let named = L::name(&entry.value).is_none_or(|name| name == id.own_name().as_str());
            if !named || kept.contains(id) {
                continue;
            }
            match L::meet(builder, table, live, &wanted, &entry.span) {
                Some(same) if same == *live => {
                    met = Some((id.clone(), same));
                    break;
                }
                Some(changed) if met.is_none() => met = Some((id.clone(), changed)),
                Some(_) | None => {}
            }
        }
        match met {
            Some((id, object)) => {
                builder.declare(&id, &entry.span);
                if !live.contains(&(id.clone(), object.clone())) {
                    builder.out.catalog.insert(id.clone(), object);
                }
                kept.insert(id);
            }
            None if L::is_served(builder, table, &wanted) => {}
            None => new.push((entry, wanted)),
        }
    }
    // What goes leaves its name to what comes.
    for (id, live) in &live {
        if !kept.contains(id) && live.is_claimed(builder, table, model) {
            builder.out.catalog.remove_tree(id);
        }
    }
    for (entry, wanted) in new {
        let id = L::id(builder, table, &wanted, L::name(&entry.value));
        builder.declare(&id, &entry.span);
        builder.out.catalog.insert(id.clone(), wanted.clone());
        L::added(builder, table, &id, &wanted, &entry.span);
    }
}

impl Builder<'_> {
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
            if !self.out.catalog.contains(&ObjectId::column(table, &column)) {
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
