//! Views and materialized views. A struct over one is satisfied by it; `view = "SELECT …"` defines it.

use std::collections::BTreeSet;

use autogen_core::object::{Index, MaterializedView, View};
use autogen_core::{
    Catalog, DataType, Diagnostic, Expression, Kind, Name, Object, ObjectId, QualName, TokenKind, tokens,
};

use super::super::TableModel;
use super::super::grammar::{Said, ViewAttr};
use super::listed;
use super::table::{is_full, tablespace};
use super::{Builder, Canonical, FromModels, Role, types};

impl FromModels for View {
    fn lay(builder: &mut Builder<'_>) {
        builder.views(Kind::View);
    }
}

impl FromModels for MaterializedView {
    fn lay(builder: &mut Builder<'_>) {
        builder.views(Kind::MaterializedView);
    }
}

/// The view that an attribute defines.
pub(super) fn id(name: &QualName, said: &ViewAttr) -> ObjectId {
    ObjectId::new(if said.materialized { Kind::MaterializedView } else { Kind::View }, name.clone())
}

/// A view's query as it is wanted.
struct Query {
    definition: Expression,
    columns: Vec<(Name, DataType)>,
    is_new: bool,
}

impl<'a> Builder<'a> {
    fn views(&mut self, kind: Kind) {
        let models = self.models;
        for model in models.tables.iter().filter(|model| model.attribute.ignore.is_none()) {
            let Some(said) = &model.attribute.view else { continue };
            if id(&self.table_name(model), &said.value).kind == kind {
                self.view(kind, model, said);
            }
        }
    }

    fn view(&mut self, kind: Kind, model: &'a TableModel, said: &Said<ViewAttr>) {
        let name = self.table_name(model);
        let id = ObjectId::new(kind, name.clone());
        if self.live.contains(&ObjectId::table(&name)) {
            let message = format!("{name} is a table in the database, and the models make it a view");
            let help = "move its rows away and drop it in a migration of your own";
            return self
                .report(Diagnostic::error("table-in-the-way", message).at(said.span.clone()).help(help));
        }
        self.declare(&id, &said.span);
        self.bound.insert(id.clone());
        self.ensure_schema(&name.schema);
        let other = if kind == Kind::View { Kind::MaterializedView } else { Kind::View };
        self.out.catalog.remove_tree(&ObjectId::new(other, name.clone()));
        let query = self.query(&id, model, said);
        let full = is_full(model);
        let options = model.attribute.with.as_ref().map(|with| with.value.iter().cloned().collect());
        let tablespace = model.attribute.tablespace.as_ref().and_then(|said| tablespace(&said.value));
        let Query { definition, columns, is_new } = query;
        let used = is_new.then(|| relations_in(&self.out.catalog, &id, &definition));
        let object: Object = match (kind, self.out.catalog.get(&id).cloned()) {
            (Kind::MaterializedView, live) => {
                let live = if let Some(Object::MaterializedView(live)) = live { Some(live) } else { None };
                let kept = live.filter(|_| !full);
                MaterializedView {
                    definition,
                    columns,
                    options: options.or(kept.as_ref().map(|live| live.options.clone())).unwrap_or_default(),
                    access_method: kept.as_ref().and_then(|live| live.access_method.clone()),
                    tablespace: tablespace.or(kept.as_ref().and_then(|live| live.tablespace.clone())),
                    populated: kept.is_none_or(|live| live.populated),
                }
                .into()
            }
            (_, live) => {
                let live = if let Some(Object::View(live)) = live { Some(live) } else { None };
                let kept = live.filter(|_| !full).map(|live| live.options);
                View { definition, columns, options: options.or(kept).unwrap_or_default() }.into()
            }
        };
        self.out.catalog.insert(id.clone(), object);
        if let Some(used) = used {
            self.out.catalog.set_uses(id, used);
        }
        self.defined.push((name.clone(), model));
        if kind == Kind::MaterializedView {
            listed::lay_over::<Index>(self, &name, model);
        }
    }

    /// The live query if it is the wanted one, else the wanted one with the columns that it gives.
    fn query(&mut self, id: &ObjectId, model: &TableModel, said: &Said<ViewAttr>) -> Query {
        let live = match self.out.catalog.get(id) {
            Some(Object::View(live)) => Some((live.definition.clone(), live.columns.clone())),
            Some(Object::MaterializedView(live)) => Some((live.definition.clone(), live.columns.clone())),
            _ => None,
        };
        let text = said.value.query.trim();
        let wanted = Expression::new(text.strip_suffix(';').unwrap_or(text).trim_end());
        if let Some((definition, columns)) = live {
            if self.same(&id.name, &Role::View, &definition, wanted.as_str(), &said.span) {
                return Query { definition, columns, is_new: false };
            }
            if self.canon.is_partial && self.canon.get(&id.name, &Role::View, &wanted).is_none() {
                let message = format!("{id} is not compared: that takes the database itself");
                self.report(Diagnostic::note("view-not-compared", message).at(said.span.clone()));
                return Query { definition, columns, is_new: false };
            }
        } else {
            self.ask(&id.name, &Role::View, &wanted, Some(&said.span));
        }
        let columns = match self.canon.get(&id.name, &Role::View, &wanted) {
            Some(Canonical::View { columns, .. }) => columns.clone(),
            // It cannot be asked about what is only being made: then the struct says the columns.
            Some(_) | None => model
                .columns
                .iter()
                .map(|column| {
                    let data_type = match &column.attribute.sql_type {
                        Some(written) => types::written(&written.value, &self.out.catalog),
                        None => column.proposal().map_or_else(
                            || DataType::builtin("text", "text"),
                            |proposal| types::of(proposal, &self.out.catalog),
                        ),
                    };
                    (Name::new(&column.name), data_type)
                })
                .collect(),
        };
        Query { definition: wanted, columns, is_new: true }
    }

    /// A struct over a view that is defined elsewhere: its names and types are looked at, no more (rule 13).
    pub(super) fn satisfied_by_view(&mut self, id: &ObjectId, model: &TableModel) {
        self.met.insert(id.clone());
        if model.structs.is_empty() {
            return;
        }
        let columns = match self.live.get(id) {
            Some(Object::View(view)) => view.columns.clone(),
            Some(Object::MaterializedView(view)) => view.columns.clone(),
            _ => return,
        };
        let fields = model.columns.iter().filter(|column| !column.positional && column.field.is_some());
        for column in fields.filter(|column| column.attribute.ignore.is_none()) {
            let is_it =
                |name: &Name| name.as_str() == column.name || Some(name.as_str()) == column.stem.as_deref();
            let message = match columns.iter().find(|(name, _)| is_it(name)) {
                None => format!("{id} has no column {}", autogen_core::visible(&column.name)),
                Some((name, live)) if !self.accepts(column, live) => {
                    format!("column {name} of {id} is {}, which this type cannot hold", live.full_text())
                }
                Some(_) => continue,
            };
            let help = "change the view in a migration, or the field; or define it here: view = \"SELECT …\"";
            self.report(Diagnostic::warning("view-differs", message).at(column.span.clone()).help(help));
        }
    }
}

/// The relations, functions and types that a query may use, with the columns of the relations: for the order of
/// statements only, so too many do no harm.
fn relations_in(catalog: &Catalog, id: &ObjectId, query: &Expression) -> BTreeSet<ObjectId> {
    let mut words: BTreeSet<String> = BTreeSet::new();
    let mut star = false;
    for token in tokens(query.as_str()) {
        match token.kind {
            TokenKind::Word => {
                words.insert(token.text.to_lowercase());
            }
            TokenKind::Quoted => {
                words.insert(token.unquoted());
            }
            TokenKind::Other => star |= token.text == "*",
            TokenKind::String | TokenKind::Comment | TokenKind::Space => {}
        }
    }
    let in_reach = |name: &QualName| {
        words.contains(name.name.as_str())
            && (name.schema == id.name.schema
                || name.schema.as_str() == "public"
                || words.contains(name.schema.as_str()))
    };
    let kinds = [
        Kind::Table,
        Kind::View,
        Kind::MaterializedView,
        Kind::Function,
        Kind::EnumType,
        Kind::Domain,
        Kind::CompositeType,
    ];
    let mut used = BTreeSet::new();
    for (other, _) in kinds.into_iter().flat_map(|kind| catalog.of_kind(kind)) {
        // A view that is built on this one can only have a column of that name.
        if other == id || !in_reach(&other.name) || catalog.uses(other).any(|used| used == id) {
            continue;
        }
        used.insert(other.clone());
        let columns = catalog.parts(Kind::Column, &other.name).map(|(column, _)| column);
        used.extend(
            columns
                .filter(|column| {
                    other.kind == Kind::Table && (star || words.contains(column.own_name().as_str()))
                })
                .cloned(),
        );
    }
    used
}
