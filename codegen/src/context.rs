//! What the renderers of all kinds look things up in: the plan (what comes, goes and when), names before the renames, and
//! what is known of the rows; and the sheet on which they write the statements of one change.

mod rows;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use autogen_core::object::table::TableAlteration;
use autogen_core::object::{Index, stored_tables};
use autogen_core::{
    Action, Alteration, Answers, Catalog, Change, ChangeGraph, Expression, Kind, Name, Object, ObjectId,
    Pair, QualName, Question, Renames,
};

pub(crate) use rows::{Found, Risk};

use crate::object::constraint_names;
use crate::object::shared::is_foreign;
use crate::options::{Direction, RenderOptions};
use crate::script::{Statement, Verb};
use crate::sql::Sql;

/// A change graph with its indices, made once for all changes.
pub(crate) struct Plan<'a> {
    pub(crate) graph: &'a ChangeGraph,
    /// The current catalog under the new names.
    renamed: Cow<'a, Catalog>,
    /// Where the last rename stands: changes before it speak of old names, the others of new ones.
    last_rename: Option<usize>,
    inverted: Renames,
    created: BTreeMap<&'a ObjectId, usize>,
    dropped: BTreeMap<&'a ObjectId, usize>,
    altered: BTreeMap<&'a ObjectId, Vec<usize>>,
    /// By table: its partitions and the tables that inherit from it, in the wanted schema.
    children: BTreeMap<&'a QualName, Vec<&'a QualName>>,
    /// The new indexes of partitioned tables.
    pub(crate) shells: Vec<(&'a ObjectId, &'a Index)>,
    /// See [`constraint_names`]. Only asked for where a table or column is made.
    shared_names: OnceCell<BTreeSet<QualName>>,
    /// See [`stored_tables`]. Only asked for where a column with a default is made.
    stored: OnceCell<BTreeSet<QualName>>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(graph: &'a ChangeGraph) -> Self {
        let mut plan = Self {
            graph,
            renamed: Cow::Borrowed(&graph.catalogs.before),
            last_rename: None,
            inverted: graph.hints.renames.inverted(),
            created: BTreeMap::new(),
            dropped: BTreeMap::new(),
            altered: BTreeMap::new(),
            children: BTreeMap::new(),
            shells: Vec::new(),
            shared_names: OnceCell::new(),
            stored: OnceCell::new(),
        };
        let after = &graph.catalogs.after;
        for (id, object) in after.of_kind(Kind::Table) {
            for parent in parents(object) {
                plan.children.entry(parent).or_default().push(&id.name);
            }
        }
        for (at, change) in graph.changes.iter().enumerate() {
            match &change.action {
                Action::Create => {
                    for id in std::iter::once(&change.id).chain(&change.folded) {
                        plan.created.insert(id, at);
                        if let Some(Object::Index(index)) = after.get(id)
                            && after.is_partitioned(&index.table)
                        {
                            plan.shells.push((id, index));
                        }
                    }
                }
                Action::Drop => {
                    plan.dropped.insert(&change.id, at);
                }
                Action::Rename { .. } => plan.last_rename = Some(at),
                Action::Alter(_) => plan.altered.entry(&change.id).or_default().push(at),
            }
        }
        if !graph.hints.renames.is_empty() {
            let mut kept = graph.catalogs.before.clone();
            let first_rename = plan.last_rename.unwrap_or(0);
            // What made way for a rename would be taken for what got its name.
            for change in
                graph.changes.iter().take(first_rename).filter(|change| change.action == Action::Drop)
            {
                kept.remove_tree(&change.id);
            }
            plan.renamed = Cow::Owned(kept.renamed(&graph.hints.renames));
        }
        plan
    }

    /// The current catalog in the names that the change at a position uses.
    pub(crate) fn before(&self, at: usize) -> &Catalog {
        match self.last_rename {
            Some(rename) if at <= rename => &self.graph.catalogs.before,
            _ => &self.renamed,
        }
    }

    pub(crate) fn created_at(&self, id: &ObjectId) -> Option<usize> {
        self.created.get(id).copied()
    }

    pub(crate) fn drops(&self, id: &ObjectId) -> bool {
        self.dropped.contains_key(id)
    }

    /// True for a constraint whose name the server might not choose, because another has it.
    pub(crate) fn shares_name(&self, constraint: &ObjectId) -> bool {
        let shared = || constraint_names::shared(Pair::new(&self.renamed, &self.graph.catalogs.after));
        self.shared_names
            .get_or_init(shared)
            .contains(&constraint.name.sibling(constraint.own_name().clone()))
    }

    /// True for a table whose rows columns store, so that no column can come to it with a value.
    pub(crate) fn is_stored(&self, table: &QualName) -> bool {
        self.stored.get_or_init(|| stored_tables(&self.renamed)).contains(table)
    }

    /// The tables that are children of a table already when the change at a position runs, and are to remain so.
    pub(crate) fn children(&self, table: &QualName, at: usize) -> impl Iterator<Item = &'a QualName> {
        self.children.get(table).into_iter().flatten().copied().filter(move |child| {
            let id = ObjectId::table(child);
            let was_child =
                || self.before(at).get(&id).is_some_and(|old| parents(old).any(|name| name == table));
            self.created_at(&id).map_or_else(was_child, |created| created < at)
        })
    }

    /// The last change in place of an object before a position.
    pub(crate) fn altered_before(&self, id: &ObjectId, at: usize) -> Option<usize> {
        self.altered.get(id)?.iter().copied().filter(|change| *change < at).max()
    }

    /// True for an object that comes or goes between two positions.
    pub(crate) fn comes_or_goes(&self, id: &ObjectId, between: &Range<usize>) -> bool {
        let ends = [self.created.get(id), self.dropped.get(id)];
        ends.into_iter().flatten().any(|at| between.contains(at))
    }

    /// The changes in place of an object between two positions.
    pub(crate) fn alterations(
        &self,
        id: &ObjectId,
        between: &Range<usize>,
    ) -> impl Iterator<Item = &Alteration> {
        let altered = self.altered.get(id).into_iter().flatten().filter(move |at| between.contains(at));
        altered.flat_map(|at| match &self.graph.changes[*at].action {
            Action::Alter(all) => all.as_slice(),
            _ => &[],
        })
    }

    /// True if the object goes after a position.
    pub(crate) fn drops_after(&self, id: &ObjectId, at: usize) -> bool {
        self.dropped.get(id).is_some_and(|drop| *drop > at)
    }

    /// True if the object goes before a position.
    pub(crate) fn drops_before(&self, id: &ObjectId, at: usize) -> bool {
        self.dropped.get(id).is_some_and(|drop| *drop < at)
    }

    /// Where a partition leaves its parent.
    pub(crate) fn left_at(&self, table: &ObjectId) -> Option<usize> {
        self.alters_at(table, |alteration| matches!(alteration, TableAlteration::PartitionOf(None)))
    }

    /// Where a table becomes a partition.
    pub(crate) fn joined_at(&self, table: &ObjectId) -> Option<usize> {
        self.alters_at(table, |alteration| matches!(alteration, TableAlteration::PartitionOf(Some(_))))
    }

    fn alters_at(&self, table: &ObjectId, wanted: impl Fn(&TableAlteration) -> bool) -> Option<usize> {
        let is_wanted = |alteration: &Alteration| matches!(alteration, Alteration::Table(one) if wanted(one));
        self.altered.get(table)?.iter().copied().find(|at| {
            matches!(&self.graph.changes[*at].action, Action::Alter(alterations) if alterations.iter().any(is_wanted))
        })
    }

    /// True if a change of the object stands before a position.
    pub(crate) fn alters_before(&self, id: &ObjectId, at: usize) -> bool {
        self.altered.get(id).is_some_and(|all| all.iter().any(|other| *other < at))
    }

    /// True if a change of the object stands after a position.
    pub(crate) fn alters_after(&self, id: &ObjectId, at: usize) -> bool {
        self.altered.get(id).is_some_and(|all| all.iter().any(|other| *other > at))
    }
}

/// What a table is a partition of or inherits from.
pub(crate) fn parents(object: &Object) -> impl Iterator<Item = &QualName> {
    let table = match object {
        Object::Table(table) => Some(table),
        _ => None,
    };
    table.into_iter().flat_map(|table| table.parents())
}

/// Up to so many rows are gone through in a moment, whatever is locked.
const FEW_ROWS: u64 = 10_000;

/// One change and everything around it.
pub(crate) struct Context<'a> {
    pub(crate) plan: &'a Plan<'a>,
    pub(crate) options: &'a RenderOptions,
    pub(crate) change: &'a Change,
    pub(crate) at: usize,
}

impl<'a> Context<'a> {
    pub(crate) fn after(&self) -> &'a Catalog {
        &self.plan.graph.catalogs.after
    }

    /// The current catalog in the names that this change uses.
    pub(crate) fn before(&self) -> &'a Catalog {
        self.plan.before(self.at)
    }

    pub(crate) fn answers(&self) -> &Answers {
        &self.options.answers
    }

    pub(crate) fn is_down(&self) -> bool {
        self.options.direction == Direction::Down
    }

    /// The folded objects of one kind.
    pub(crate) fn folded(&self, kind: Kind) -> impl Iterator<Item = (&'a ObjectId, &'a Object)> {
        let after = self.after();
        let change = self.change;
        change
            .folded
            .iter()
            .filter(move |id| id.kind == kind)
            .filter_map(move |id| Some((id, after.get(id)?)))
    }

    /// True for an object that is there now and is not made anew by this script.
    pub(crate) fn stays(&self, id: &ObjectId) -> bool {
        self.before().contains(id) && self.plan.created_at(id).is_none()
    }

    /// True for what an expression uses, if that is there now and gives the same afterwards.
    pub(crate) fn is_as_it_was(&self, id: &ObjectId) -> bool {
        let has_rows = [Kind::Table, Kind::Column].contains(&id.kind);
        self.stays(id) && (has_rows || !self.plan.altered.contains_key(id))
    }

    /// The name that a table has now, if it is there now and keeps its rows. The rows of a foreign table are elsewhere,
    /// and no statement here touches them.
    pub(crate) fn kept_table(&self, table: &QualName) -> Option<QualName> {
        let id = ObjectId::table(table);
        if is_foreign(&id, self.before()) {
            return None;
        }
        let materialized = ObjectId::new(Kind::MaterializedView, table.clone());
        let id = [id, materialized].into_iter().find(|id| self.stays(id))?;
        Some(self.old_id(&id).name)
    }

    /// What an object is called now.
    pub(crate) fn old_id(&self, id: &ObjectId) -> ObjectId {
        match self.plan.last_rename {
            Some(rename) if self.at > rename => self.plan.inverted.follow(id),
            Some(_) => id.clone(),
            None => self.plan.inverted.follow(id),
        }
    }

    /// The name that a column has now, if it is there now and stays.
    pub(crate) fn kept_column(&self, table: &QualName, column: &Name) -> Option<Name> {
        let id = ObjectId::column(table, column);
        self.stays(&id).then(|| self.old_id(&id).own_name().clone())
    }

    /// The names that columns have now, if all of them are there and stay.
    pub(crate) fn kept_columns(&self, table: &QualName, columns: &[Name]) -> Option<Vec<Name>> {
        columns.iter().map(|column| self.kept_column(table, column)).collect()
    }

    /// An expression of a table in the names of now.
    pub(crate) fn old_expression(&self, table: &QualName, expression: &Expression) -> Expression {
        self.plan.inverted.expression(Some(table), expression)
    }

    /// True unless the table is made by this script or is known to be empty.
    pub(crate) fn may_have_rows(&self, table: &QualName) -> bool {
        self.kept_table(table).is_some_and(|old| !self.answers().is_empty_table(&old))
    }

    /// True if rows were seen in the table.
    pub(crate) fn has_rows(&self, table: &QualName) -> bool {
        self.kept_table(table).is_some_and(|old| self.answers().has_rows(&old))
    }

    /// True if others are kept waiting by a statement that goes through the rows of the table: rows were seen, or it is said
    /// to be in use and nobody knows of how many.
    pub(crate) fn keeps_waiting(&self, table: &QualName) -> bool {
        self.has_rows(table) || (self.online(table) && self.may_have_rows(table))
    }

    /// True if the table is there and was seen to be empty.
    pub(crate) fn is_empty(&self, table: &QualName) -> bool {
        self.kept_table(table).is_some_and(|old| self.answers().is_empty_table(&old))
    }

    /// True if others use the table while the script runs.
    pub(crate) fn in_use(&self, table: &QualName) -> bool {
        self.kept_table(table).is_some_and(|old| self.options.in_use.contains(&old)) && !self.is_aside(table)
    }

    /// True for a partition that is none for a moment. It comes back in the same transaction.
    pub(crate) fn is_aside(&self, table: &QualName) -> bool {
        let id = ObjectId::table(table);
        let has_left = self.plan.left_at(&id).is_some_and(|left| left < self.at);
        has_left && self.plan.joined_at(&id).is_some_and(|joined| joined > self.at)
    }

    /// True if a change of the table is to be made in steps that let others work. The way back is taken in one, unless a
    /// single statement lets them.
    pub(crate) fn online(&self, table: &QualName) -> bool {
        !self.is_down() && self.in_use(table)
    }

    /// True for a table that is made of partitions.
    pub(crate) fn is_partitioned(&self, table: &QualName) -> bool {
        self.after().is_partitioned(table)
    }

    /// True for a table whose keys are about its own rows, not about those of tables that inherit from it.
    pub(crate) fn has_own_rows(&self, table: &QualName) -> bool {
        !self.is_partitioned(table)
    }
}

/// The statements of one change, in the making.
pub(crate) struct Sheet {
    id: ObjectId,
    action: Verb,
    pub(crate) statements: Vec<Statement>,
    /// Why it happens, where that is not what the change says.
    pub(crate) why: Option<String>,
    /// A sentence for the change's comment line.
    pub(crate) notes: Vec<String>,
}

impl Sheet {
    pub(crate) fn new(change: &Change) -> Self {
        Self {
            id: change.id.clone(),
            action: Verb::of(change),
            statements: Vec::new(),
            why: None,
            notes: Vec::new(),
        }
    }

    /// Writes a statement; what else is to be said of it is put on the result.
    pub(crate) fn push(&mut self, sql: Sql) -> &mut Statement {
        let at = self.statements.len();
        self.statements.push(Statement::new(sql, self.id.clone(), self.action));
        &mut self.statements[at]
    }

    /// A sentence for the comment line above the first statement.
    pub(crate) fn note(&mut self, sentence: impl Into<String>) {
        self.notes.push(sentence.into());
    }
}

/// Each question once, in the order in which they came up.
#[derive(Default)]
pub(crate) struct Questions {
    list: Vec<Question>,
    seen: HashSet<Question>,
}

impl Questions {
    pub(crate) fn ask(&mut self, question: impl Into<Option<Question>>) {
        if let Some(question) = question.into()
            && self.seen.insert(question.clone())
        {
            self.list.push(question);
        }
    }

    pub(crate) fn into_list(self) -> Vec<Question> {
        self.list
    }
}

/// A number of rows: counted up to a bound, an estimate beyond.
pub(crate) fn in_words(rows: u64) -> String {
    match rows {
        1 => "1 row".to_owned(),
        _ if rows <= crate::question::COUNTED_ROWS.unsigned_abs() => format!("{rows} rows"),
        _ => format!("about {rows} rows"),
    }
}
