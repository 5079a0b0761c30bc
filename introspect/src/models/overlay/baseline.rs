//! The evidence of the git baseline (MODELS.md, R7): what the models of then were bound to or listed, and what today's
//! no longer are, was wanted away. Where those models come from is not known here, nor what other code uses: that is
//! told by the caller, who is given the names to look for.
//!
//! schema.rs is written from the database and lags behind the structs. So a `table!` that still has a column, just as
//! it did then, keeps nothing alive; one that was edited meanwhile is somebody's wish and does.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::{Diagnostic, Kind, ObjectId, Renames, Span};

use super::super::{ColumnModel, Models, SchemaTable, TableModel};
use super::Builder;

/// The models as they were, and what today's code still uses of what they had.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// The models at the merge base with the main branch.
    pub models: Models,
    /// True if `table!`s came about as they do today: a table that `diesel print-schema` is now told to leave out is not
    /// thereby unwanted.
    pub is_schema_alike: bool,
    /// Of the [`Vanished`] those that today's code has nevertheless.
    pub in_use: BTreeMap<ObjectId, InUse>,
}

/// Why something that vanished from the models is not unwanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InUse {
    /// Code outside of the models uses it here.
    At(Span),
    /// The code says that it is to be ignored.
    Ignored,
}

/// Something that the models no longer have: a table, column or enum, or what an attribute listed; with the names that other code would call it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vanished {
    /// The object, by the name that it will have.
    pub id: ObjectId,
    /// The `table!` of the table, as it was or is: its module, and the names of its columns.
    pub declared: Option<SchemaTable>,
    /// The Rust name of the column, by its `table!` or its field.
    pub column: Option<String>,
}

/// Kinds whose objects an attribute lists. What vanishes from a list that is still there has no say here: the list is
/// the truth of its kind.
const LISTED: [Kind; 7] =
    [Kind::Index, Kind::Unique, Kind::Check, Kind::Exclusion, Kind::ForeignKey, Kind::Default, Kind::Policy];

impl Builder<'_> {
    /// Drops what the baseline had: its objects have the names of then, and are followed to those of today.
    pub(super) fn baseline_drops(&mut self, baseline: &Baseline, then: &Builder<'_>) {
        // What the server does not understand of it was told when it was new.
        let asked = then.out.asked.iter().map(|one| super::Asked { span: None, ..one.clone() });
        self.out.asked.extend(asked);

        self.renamed_in_place(then);
        self.vanished_objects(baseline, then);
        self.vanished_mentions(then);
    }

    fn vanished_objects(&mut self, baseline: &Baseline, then: &Builder<'_>) {
        let (had, have) = (then.said_by_structs(), self.said_by_structs());
        let mut gone: Vec<Vanished> = Vec::new();
        let bound: BTreeSet<&ObjectId> = then.bound.iter().collect();
        for old in bound {
            let id = self.today(then, old);
            let is_bound = self.bound.contains(&id);
            let only_declared = is_bound && had.contains(old) && !have.contains(&id);
            if !self.live.contains(&id) || (is_bound && !only_declared) || self.is_set_aside(&id) {
                continue;
            }
            if only_declared && !self.is_declared_as_before(then, old, &id) {
                self.report_kept(&id, "schema.rs has been changed and still has it");
                continue;
            }
            let is_evidence =
                had.contains(old) || (baseline.is_schema_alike && self.still_declares(then, old));
            if !is_evidence {
                continue;
            }
            gone.push(then.vanished(old, id));
        }
        // Tables first: they take their columns along. Enums last, when nothing uses them any more.
        gone.sort_by_key(|one| match one.id.kind {
            Kind::Table => 0,
            Kind::EnumType => 2,
            _ => 1,
        });
        let tables: BTreeSet<ObjectId> =
            gone.iter().filter(|one| one.id.kind == Kind::Table).map(|one| one.id.clone()).collect();
        if gone.is_empty() {
            return;
        }
        let dependants = self.dependants();
        for one in gone {
            // A table that vanished goes or stays as a whole.
            if one.id.kind == Kind::Column && tables.contains(&ObjectId::table(&one.id.name)) {
                continue;
            }
            match baseline.in_use.get(&one.id) {
                Some(InUse::At(span)) => {
                    self.report_kept_at(&one.id, span);
                    continue;
                }
                Some(InUse::Ignored) => continue,
                None => {}
            }
            let users = self.kept_by(&one.id, &dependants);
            if !users.is_empty() {
                self.report_kept(&one.id, &format!("{} uses it", users.join(", ")));
            } else if self.out.catalog.contains(&one.id) && self.is_free(&one.id) {
                self.drop_tree(one.id.clone(), &dependants);
                self.out.sources.remove(&one.id);
                self.out.vanished.push(one);
            }
        }
    }

    /// True for what today's models name only to have it left alone.
    fn is_set_aside(&self, id: &ObjectId) -> bool {
        let is_ours = |model: &&TableModel| self.table_name(model) == id.name;
        let ignores = |model: &TableModel| {
            let ignored = |column: &ColumnModel| {
                column.attribute.ignore.is_some() && self.column_id(&id.name, column) == *id
            };
            model.attribute.ignore.is_some()
                || model.attribute.view.is_some()
                || model.columns.iter().any(ignored)
        };
        self.out.accepted.iter().any(|accepted| accepted.value == *id)
            || match id.kind {
                Kind::EnumType => self
                    .models
                    .enums
                    .iter()
                    .any(|one| one.attribute.ignore.is_some() && one.name == id.name.name.as_str()),
                _ => self.models.tables.iter().filter(is_ours).any(ignores),
            }
    }

    /// An enum goes only when no column has it any more.
    fn is_free(&self, id: &ObjectId) -> bool {
        id.kind != Kind::EnumType
            || !self
                .out
                .catalog
                .ids()
                .any(|user| !user.kind.is_remark() && self.out.catalog.depends_on(user).contains(id))
    }

    /// Objects that an attribute of then listed, and that are of a kind which nothing mentions any more.
    fn vanished_mentions(&mut self, then: &Builder<'_>) {
        let listed: Vec<ObjectId> = then
            .out
            .sources
            .iter()
            .map(|(id, _)| self.today(then, id))
            .filter(|id| LISTED.contains(&id.kind) && self.live.contains(id))
            .filter(|id| self.out.catalog.contains(id) && self.out.sources.get(id).is_none())
            .collect();
        for id in listed {
            let on = self.out.catalog.get(&id).and_then(|object| object.container(&id));
            let stays = on.is_none_or(|on| self.bound.contains(&on) || on.kind == Kind::Column);
            if stays && !self.out.catalog.ids().any(|user| self.is_held_by(&id, user)) {
                self.out.catalog.remove_tree(&id);
                self.out.vanished.push(Vanished { id, declared: None, column: None });
            }
        }
    }

    /// A unique constraint that a foreign key elsewhere stands on is not given up by one table alone.
    fn is_held_by(&self, id: &ObjectId, user: &ObjectId) -> bool {
        user.kind == Kind::ForeignKey && self.out.catalog.depends_on(user).contains(id)
    }

    pub(super) fn today(&self, then: &Builder<'_>, old: &ObjectId) -> ObjectId {
        let live = follow_back(&then.out.hints.renames, old);
        self.out.hints.renames.follow(&live)
    }

    /// The tables and columns that a struct speaks for, as against a `table!` alone; and all enums, and the views that
    /// an attribute defines.
    pub(super) fn said_by_structs(&self) -> BTreeSet<ObjectId> {
        let mut all: BTreeSet<ObjectId> =
            self.bound.iter().filter(|id| id.kind == Kind::EnumType).cloned().collect();
        for model in self.models.tables.iter().filter(|model| !model.structs.is_empty()) {
            let table = self.table_name(model);
            if let Some(said) = &model.attribute.view {
                all.insert(super::view::id(&table, &said.value));
                continue;
            }
            all.insert(ObjectId::table(&table));
            let fields = model.columns.iter().filter(|column| column.field.is_some());
            all.extend(fields.map(|column| self.column_id(&table, column)));
        }
        all
    }

    /// True if what only a `table!` had is missing from a file, or from a `table!`, that is still there. A `table!` that
    /// no longer counts for the models has not gone.
    fn still_declares(&self, then: &Builder<'_>, old: &ObjectId) -> bool {
        let Some(before) = then.declared(old) else { return false };
        match old.kind {
            Kind::Column => self.declared(&self.today(then, &ObjectId::table(&old.name))).is_some(),
            _ => {
                let is_it = |table: &SchemaTable| {
                    (&table.schema, &table.sql_name) == (&before.schema, &before.sql_name)
                };
                let tables = &self.models.schema_tables;
                tables.iter().any(|table| table.span.file == before.span.file) && !tables.iter().any(is_it)
            }
        }
    }

    /// True if `table!` says the same of an object as it did.
    pub(super) fn is_declared_as_before(&self, then: &Builder<'_>, old: &ObjectId, id: &ObjectId) -> bool {
        let (Some(before), Some(now)) = (then.declared(old), self.declared(id)) else { return false };
        before.columns.len() == now.columns.len()
            && before.columns.iter().zip(&now.columns).all(|(before, now)| {
                (&before.sql_name, &before.sql_type, before.nullable)
                    == (&now.sql_name, &now.sql_type, now.nullable)
            })
    }

    fn model(&self, id: &ObjectId) -> Option<&TableModel> {
        self.models.tables.iter().find(|model| self.table_name(model) == id.name)
    }

    pub(super) fn declared(&self, id: &ObjectId) -> Option<&SchemaTable> {
        self.models.schema_tables.get(self.model(id)?.declared?)
    }

    /// Describes an object of this builder that goes by another name today.
    fn vanished(&self, old: &ObjectId, id: ObjectId) -> Vanished {
        let rust_name = |column: &ColumnModel| {
            let declared = column.declared.as_ref().map(|declared| declared.name.clone());
            declared.or_else(|| column.field.clone()).unwrap_or_else(|| column.name.clone())
        };
        let column = (old.kind == Kind::Column).then(|| {
            let model = self.model(old);
            let columns = model.into_iter().flat_map(|model| &model.columns);
            let found = columns.into_iter().find(|column| self.column_id(&old.name, column) == *old);
            found.map_or_else(|| old.own_name().as_str().to_owned(), rust_name)
        });
        let is_part = matches!(old.kind, Kind::Table | Kind::Column);
        Vanished { id, declared: is_part.then(|| self.declared(old).cloned()).flatten(), column }
    }

    fn report_kept(&mut self, id: &ObjectId, why: &str) {
        let message = format!("{id} is no longer in the models, but is not dropped: {why}");
        self.report(Diagnostic::note("kept", message).help(format!("drop it with --drop {}", dotted(id))));
    }

    fn report_kept_at(&mut self, id: &ObjectId, span: &Span) {
        let message = format!("{id} is no longer in the models, but is not dropped: this still uses it");
        let note = Diagnostic::warning("kept", message).at(span.clone());
        self.report(note.help(format!("drop it with --drop {}", dotted(id))));
    }
}

/// The name that an object had before it was renamed.
fn follow_back(renames: &Renames, id: &ObjectId) -> ObjectId {
    if renames.is_empty() { id.clone() } else { renames.inverted().follow(id) }
}

/// A name as `--drop` takes it.
fn dotted(id: &ObjectId) -> String {
    let mut text = match id.name.schema.as_str() {
        "public" => String::new(),
        schema => format!("{schema}."),
    };
    text.push_str(id.name.name.as_str());
    if let Some(part) = &id.part {
        text.push('.');
        text.push_str(part.as_str());
    }
    autogen_core::visible(&text)
}
