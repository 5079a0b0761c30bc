//! A `table!` that is behind. schema.rs is written from the database and lags behind it as it does behind the structs, so what
//! nobody but a `table!` has may be a wish, or what a migration has dropped since. It is no wish where something shows
//! that it was given up: a rename, the models of the git baseline, or the history of the migrations, which the caller
//! looks into.

use std::collections::BTreeMap;

use autogen_core::{Diagnostic, Kind, Object, ObjectId, Span, visible};
use rustc_hash::FxHashSet;

use super::super::{Nullability, SchemaTable, TypeSet};
use super::{Builder, types};

impl Builder<'_> {
    /// Finds what is not to be made for the sake of a `table!`. The baseline's evidence is that of its drops: a struct
    /// was bound to it, none is, and `table!` says what it said. A `table!` that has gained something since is a wish,
    /// whatever was dropped under that name long ago.
    pub(super) fn settle_given_up(&mut self, then: Option<&Builder<'_>>) {
        let mut given_up: FxHashSet<ObjectId> = self.options.given_up.iter().cloned().collect();
        if let Some(then) = then {
            given_up.retain(|id| then.declares(id));
            let have = self.said_by_structs();
            for old in then.said_by_structs() {
                let id = self.today(then, &old);
                let is_gone = matches!(id.kind, Kind::Table | Kind::Column)
                    && !self.live.contains(&id)
                    && !have.contains(&id);
                if is_gone && self.is_declared_as_before(then, &old, &id) {
                    given_up.insert(id);
                }
            }
        }
        self.given_up = given_up;
    }

    /// True for what only a `table!` has, and no longer means.
    pub(super) fn is_given_up(&self, id: &ObjectId) -> bool {
        self.given_up.contains(id) || self.was_renamed(id)
    }

    /// True for a column that only one of several `table!`s of its table has, which count alike: then one is stale, and
    /// nobody says which.
    pub(super) fn is_disputed(&mut self, id: &ObjectId, span: &Span) -> bool {
        let Some(declared) = self.declared(&ObjectId::table(&id.name)) else { return false };
        let is_same = |other: &&SchemaTable| {
            other.standing == declared.standing
                && self.qualified(other.schema.as_deref(), &other.sql_name) == id.name
        };
        let lacks = |other: &&SchemaTable| {
            !other.columns.iter().any(|column| column.sql_name == id.own_name().as_str())
        };
        let other = self.models.schema_tables.iter().filter(is_same).find(lacks);
        let Some(other) = other.map(|other| other.span.clone()) else { return false };
        let message = format!("{id} is not made: only one `table!` has it, and no struct");
        let note = Diagnostic::note("stale-schema", message).at(span.clone());
        self.report(note.related(other, "the other `table!`"));
        true
    }

    /// True for a name of today's that only the live catalog has, for something that is renamed.
    fn was_renamed(&self, id: &ObjectId) -> bool {
        let before = self.out.hints.renames.inverted().follow(id);
        !self.live.contains(id) && self.out.hints.renames.iter().any(|(old, _)| *old == before)
    }

    /// True if a `table!` has the table or column.
    fn declares(&self, id: &ObjectId) -> bool {
        let Some(declared) = self.declared(id) else { return false };
        let is_it = |name: &String| name == id.own_name().as_str();
        id.kind == Kind::Table || declared.columns.iter().any(|column| is_it(&column.sql_name))
    }

    /// Tells of the `table!`s that still have what was given up.
    pub(super) fn given_up_declarations(&mut self) {
        let mut stale: BTreeMap<ObjectId, Vec<String>> = BTreeMap::new();
        for id in &self.given_up {
            if !self.declares(id) {
                continue;
            }
            let columns = stale.entry(ObjectId::table(&id.name)).or_default();
            if id.kind == Kind::Column {
                columns.push(visible(id.own_name().as_str()));
            }
        }
        for (table, mut columns) in stale {
            columns.sort();
            let Some(declared) = self.declared(&table) else { continue };
            let what = match self.given_up.contains(&table) {
                true => "the table".to_owned(),
                false => columns.join(", "),
            };
            let name = visible(&declared.sql_name);
            let message = format!("table! {name} is stale: models and database have given up {what}");
            let note = Diagnostic::note("stale-schema", message).at(declared.span.clone());
            self.report(note.help("`diesel print-schema` writes it anew"));
        }
    }

    /// Structs and database agree, and `table!` says something else: nothing is wrong with the schema.
    pub(super) fn stale_declarations(&mut self) {
        let mut stale: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for laid in &self.columns {
            let (Some(table), Some(declared)) = (laid.table.declared, &laid.column.declared) else {
                continue;
            };
            if laid.column.field.is_none() || laid.table.aside {
                continue;
            }
            let (Some(Object::Column(live)), Some(Object::Column(wanted))) =
                (self.live.get(&laid.id), self.out.catalog.get(&laid.id))
            else {
                continue;
            };
            let other_type = declared.sql_type.as_ref().is_some_and(|declared| {
                let declared = TypeSet::OneOf(super::super::bind_accepts(declared).into());
                wanted.data_type == live.data_type
                    && !types::live(&live.data_type, &self.live).iter().any(|live| declared.accepts(live))
            });
            // Where nobody says whether there are NULLs, nobody agrees.
            let other_null = laid.column.nullability != Nullability::Keep
                && wanted.not_null == live.not_null
                && declared.nullable == live.not_null;
            if other_type || other_null {
                stale.entry(table).or_default().push(laid.id.own_name().as_str().to_owned());
            }
        }
        for (table, columns) in stale {
            let Some(declared) = self.models.schema_tables.get(table) else { continue };
            let names: Vec<String> = columns.iter().map(|name| visible(name)).collect();
            let message = format!(
                "table! {} is stale: the structs and the database agree on something else for {}",
                visible(&declared.sql_name),
                names.join(", ")
            );
            let note = Diagnostic::note("stale-schema", message).at(declared.span.clone());
            self.report(note.help("`diesel print-schema` writes it anew"));
        }
    }
}
