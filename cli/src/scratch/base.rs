//! From a catalog to the statements of our own renderer that build it in a new database. Code that lives in the database
//! is kept apart: it is only needed where something uses it, and it may not work outside of its database.

use anyhow::{Context, Result};
use autogen_codegen::{RenderOptions, Script, render};
use autogen_core::object::defined::DefinedKind;
use autogen_core::{Catalog, Hints, Kind, Object, ObjectId, Pair};

/// Which objects are built.
pub(crate) struct Selection<'a> {
    /// These are not.
    pub(crate) leave_out: &'a dyn Fn(&ObjectId) -> bool,
    /// These are, even if they are code.
    pub(crate) keep: &'a dyn Fn(&ObjectId) -> bool,
}

/// Statements in the order of their dependencies.
#[derive(Debug, Default)]
pub(crate) struct Base {
    /// Tables and what they are made of.
    pub(crate) steps: Vec<String>,
    /// Code.
    pub(crate) spare: Vec<String>,
}

impl Base {
    /// From a database as it is when it is new.
    pub(crate) fn new(empty: &Catalog, wanted: &Catalog, selection: &Selection<'_>) -> Result<Self> {
        let mut catalog = wanted.clone();
        let is_out = |id: &ObjectId| is_apart(id.kind) || (selection.leave_out)(id);
        catalog.remove_trees(wanted.ids().filter(|id| is_out(id)).cloned());
        // What a new database has is no step.
        for (id, object) in empty.iter().filter(|(id, _)| !is_out(id)) {
            if !catalog.contains(id) {
                catalog.insert(id.clone(), object.clone());
            }
        }
        let mut base = Base::default();
        for statement in script(empty, &catalog)?.statements() {
            let spare = is_code(statement.id.kind)
                && !(selection.keep)(&statement.id)
                && !comes_with_partitions(&statement.id, &catalog);
            if spare { &mut base.spare } else { &mut base.steps }.push(statement.sql.clone());
        }
        Ok(base)
    }

    /// All of a schema, and nothing else: code, comments and privileges too.
    pub(crate) fn whole(empty: &Catalog, wanted: &Catalog) -> Result<Self> {
        let mut base = Base::default();
        let mut last = Vec::new();
        for statement in script(empty, wanted)?.statements() {
            // It would have a say in what is built after it.
            let is_late = statement.id.kind == Kind::Defined(DefinedKind::EventTrigger);
            if is_late { &mut last } else { &mut base.steps }.push(statement.sql.clone());
        }
        base.steps.extend(last);
        Ok(base)
    }
}

/// The statements that lead from one schema to another.
fn script(empty: &Catalog, wanted: &Catalog) -> Result<Script> {
    let graph = autogen_diff::diff(Pair::new(empty, wanted), &Hints::default())
        .context("the objects of a throwaway database cannot be put in order")?;
    let options = RenderOptions { server_version: empty.server_version, ..RenderOptions::default() };
    Ok(render(&graph, &options))
}

/// Nothing stands on these, and an event trigger would have a say in all that follows.
fn is_apart(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Comment
            | Kind::Setting
            | Kind::Owner
            | Kind::Privilege
            | Kind::DefaultPrivilege
            | Kind::Defined(DefinedKind::EventTrigger | DefinedKind::Publication)
    )
}

/// Tables, and what only is where there is a table.
pub(crate) fn is_of_table(kind: Kind) -> bool {
    match kind {
        Kind::Table
        | Kind::Column
        | Kind::Default
        | Kind::PrimaryKey
        | Kind::Unique
        | Kind::Check
        | Kind::ForeignKey
        | Kind::Exclusion
        | Kind::Index
        | Kind::View
        | Kind::MaterializedView
        | Kind::Trigger
        | Kind::Policy
        | Kind::Rule
        | Kind::Statistics
        | Kind::Setting
        | Kind::Owner
        | Kind::Privilege
        | Kind::DefaultPrivilege
        | Kind::Comment => true,
        Kind::Schema
        | Kind::Extension
        | Kind::EnumType
        | Kind::CompositeType
        | Kind::RangeType
        | Kind::Domain
        | Kind::Collation
        | Kind::Sequence
        | Kind::Function
        | Kind::Defined(_) => false,
    }
}

/// True for an index of a partitioned table: a partition that is made on top gets one of its own from it.
fn comes_with_partitions(id: &ObjectId, catalog: &Catalog) -> bool {
    matches!(catalog.get(id), Some(Object::Index(index)) if catalog.is_partitioned(&index.table))
}

/// What no table is made of.
fn is_code(kind: Kind) -> bool {
    match kind {
        Kind::Function
        | Kind::Index
        | Kind::View
        | Kind::MaterializedView
        | Kind::Trigger
        | Kind::Policy
        | Kind::Rule
        | Kind::Statistics
        | Kind::Defined(_) => true,
        Kind::Schema
        | Kind::Extension
        | Kind::EnumType
        | Kind::CompositeType
        | Kind::RangeType
        | Kind::Domain
        | Kind::Collation
        | Kind::Sequence
        | Kind::Table
        | Kind::Column
        | Kind::Default
        | Kind::PrimaryKey
        | Kind::Unique
        | Kind::Check
        | Kind::ForeignKey
        | Kind::Exclusion
        | Kind::Setting
        | Kind::Owner
        | Kind::Privilege
        | Kind::DefaultPrivilege
        | Kind::Comment => false,
    }
}
