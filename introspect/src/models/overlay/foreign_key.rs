//! Foreign keys: those that attributes list are the truth of the table; `belongs_to` and `joinable!` propose one for a
//! column that comes to be in this very diff, and neither drop nor demand any other (rule 7).

use autogen_core::object::foreign_key::ReferentialAction;
use autogen_core::object::{ForeignKey, choose_name};
use autogen_core::{Diagnostic, Kind, Name, Object, ObjectId, QualName, Span};

use super::super::TableModel;
use super::super::grammar::{Action, ForeignKeyAttr, Match, Said};
use super::listed::{self, Listed, Place, deferrability};
use super::table::is_full;
use super::{Builder, FromModels, UnknownParent};

impl FromModels for ForeignKey {
    fn lay(builder: &mut Builder<'_>) {
        listed::lay::<Self>(builder);
        for (table, model) in builder.tables.clone() {
            builder.proposed(&table, model);
        }
    }
}

impl Listed for ForeignKey {
    type Entry = ForeignKeyAttr;
    const KIND: Kind = Kind::ForeignKey;

    fn of(object: &Object) -> Option<&Self> {
        if let Object::ForeignKey(key) = object { Some(key) } else { None }
    }

    fn entries(model: &TableModel) -> Option<Vec<Said<ForeignKeyAttr>>> {
        let mut all = model.attribute.foreign_key.clone();
        for column in &model.columns {
            for said in &column.attribute.references {
                let value = ForeignKeyAttr { columns: vec![column.name.clone()], ..said.value.clone() };
                all.get_or_insert_default().push(Said { value, span: said.span.clone() });
            }
        }
        all
    }

    fn name(entry: &ForeignKeyAttr) -> Option<&str> {
        entry.name.as_deref()
    }

    fn wanted(builder: &mut Builder<'_>, place: &Place<'_>, key: &ForeignKeyAttr) -> Option<Self> {
        let Place { table, model, span } = *place;
        let columns = builder.columns_named(table, model, &key.columns, span)?;
        let schema = key.parent.schema.as_deref();
        let parent = builder.relation(schema, &key.parent.table, &table.schema);
        let parent_columns = match builder.parent_columns(&parent, &key.parent.columns) {
            Some(columns) => columns,
            None => builder.later_parent(place, &parent, &key.parent.columns)?,
        };
        let set_columns = builder.columns_named(table, model, &key.on_delete_columns, span)?;
        Some(Self {
            columns,
            parent,
            parent_columns,
            on_update: action(key.on_update),
            on_delete: action(key.on_delete),
            set_columns,
            match_full: key.matching == Some(Match::Full),
            deferrability: deferrability(key.deferrable, key.initially_deferred),
            validated: !key.not_valid,
            enforced: true,
            inherited: false,
        })
    }

    /// One that only changes its actions keeps its name; one that was validated since stays so.
    fn meet(_: &mut Builder<'_>, _: &Place<'_>, live: &Self, wanted: &Self) -> Option<Self> {
        (live.columns == wanted.columns && live.parent == wanted.parent).then(|| Self {
            validated: live.validated || wanted.validated,
            inherited: live.inherited,
            ..wanted.clone()
        })
    }

    fn id(builder: &Builder<'_>, table: &QualName, wanted: &Self, name: Option<&str>) -> ObjectId {
        builder.foreign_key_id(table, name, wanted)
    }

    /// A key that `belongs_to` or `joinable!` speak of is theirs.
    fn is_claimed(&self, builder: &Builder<'_>, table: &QualName, model: &TableModel) -> bool {
        let related = builder.related(table, model);
        let is_related = |column: &Name| related.iter().any(|relation| relation.column == *column);
        !self.inherited && (is_full(model) || !self.columns.iter().all(is_related))
    }
}

impl Builder<'_> {
    /// What `belongs_to` and `joinable!` say of a table.
    fn related(&self, table: &QualName, model: &TableModel) -> Vec<Related> {
        let belongs =
            model.belongs_to.iter().filter_map(|one| Some((&one.column, one.table.clone()?, &one.span)));
        let joinables = self.models.joinables.iter().filter(|joinable| joinable.child == model.name);
        belongs
            .chain(joinables.map(|joinable| (&joinable.column, joinable.parent.clone(), &joinable.span)))
            .map(|(column, parent, span)| {
                let known =
                    model.column_named(column).map(|column| self.column_id(table, column).own_name().clone());
                Related { column: known.unwrap_or_else(|| Name::new(column)), parent, span: span.clone() }
            })
            .collect()
    }

    fn proposed(&mut self, table: &QualName, model: &TableModel) {
        for Related { column: name, parent, span } in self.related(table, model) {
            let id = ObjectId::column(table, &name);
            let is_new = !self.live.contains(&id) && self.out.catalog.contains(&id);
            let has_key = self.out.catalog.parts(Kind::ForeignKey, table).any(
                |(_, object)| matches!(object, Object::ForeignKey(key) if key.columns == [name.clone()]),
            );
            if !is_new || has_key {
                continue;
            }
            let parent = self.relation(None, &parent, &table.schema);
            let Some(parent_columns) = self.parent_columns(&parent, &[]).filter(|columns| columns.len() == 1)
            else {
                continue;
            };
            let wanted = ForeignKey {
                columns: vec![name],
                parent,
                parent_columns,
                on_update: ReferentialAction::NoAction,
                on_delete: ReferentialAction::NoAction,
                set_columns: Vec::new(),
                match_full: false,
                deferrability: autogen_core::object::Deferrability::NotDeferrable,
                validated: true,
                enforced: true,
                inherited: false,
            };
            let id = self.foreign_key_id(table, None, &wanted);
            self.declare(&id, &span);
            self.out.catalog.insert(id, wanted);
        }
    }

    pub(super) fn relation(&self, schema: Option<&str>, name: &str, near: &Name) -> QualName {
        let near = QualName::new(near.clone(), name);
        if schema.is_none() && self.out.catalog.contains(&ObjectId::table(&near)) {
            return near;
        }
        self.qualified(schema, name)
    }

    fn parent_columns(&self, parent: &QualName, said: &[String]) -> Option<Vec<Name>> {
        if said.is_empty() {
            return self.out.catalog.parts(Kind::PrimaryKey, parent).next().and_then(
                |(_, object)| match object {
                    Object::PrimaryKey(key) => Some(key.columns.clone()),
                    _ => None,
                },
            );
        }
        let columns: Vec<Name> = said.iter().map(Name::new).collect();
        columns
            .iter()
            .all(|column| self.out.catalog.contains(&ObjectId::column(parent, column)))
            .then_some(columns)
    }

    /// The columns of a parent that neither the database nor a struct has. If the key names them, somebody else may bring them.
    fn later_parent(&mut self, place: &Place<'_>, parent: &QualName, said: &[String]) -> Option<Vec<Name>> {
        let message =
            format!("{} refers to {parent}, which has no such table or no primary key", place.table);
        let help = "name the columns: references(parent, column = …), and check the table's name";
        let finding = Diagnostic::error("unknown-parent", message).at(place.span.clone()).help(help);
        if said.is_empty() || self.out.catalog.contains(&ObjectId::table(parent)) {
            self.report(finding);
            return None;
        }
        let columns: Vec<Name> = said.iter().map(Name::new).collect();
        let ids = columns.iter().map(|column| ObjectId::column(parent, column)).collect();
        self.out.unknown_parents.push(UnknownParent { columns: ids, finding });
        Some(columns)
    }

    fn foreign_key_id(&self, table: &QualName, name: Option<&str>, wanted: &ForeignKey) -> ObjectId {
        let joined = wanted.columns.iter().map(Name::as_str).collect::<Vec<_>>().join("_");
        let mut chosen =
            name.map_or_else(|| Name::new(choose_name(&[table.name.as_str(), &joined], "fkey")), Name::new);
        let mut number = 0;
        while name.is_none()
            && self.out.catalog.contains(&ObjectId::part(Kind::ForeignKey, table.clone(), chosen.clone()))
        {
            number += 1;
            chosen = Name::new(choose_name(&[table.name.as_str(), &joined], &format!("fkey{number}")));
        }
        ObjectId::part(Kind::ForeignKey, table.clone(), chosen)
    }
}

/// A column that code joins over.
struct Related {
    column: Name,
    /// As the code names the parent's table.
    parent: String,
    span: Span,
}

fn action(said: Option<Action>) -> ReferentialAction {
    match said {
        None | Some(Action::NoAction) => ReferentialAction::NoAction,
        Some(Action::Restrict) => ReferentialAction::Restrict,
        Some(Action::Cascade) => ReferentialAction::Cascade,
        Some(Action::SetNull) => ReferentialAction::SetNull,
        Some(Action::SetDefault) => ReferentialAction::SetDefault,
    }
}
