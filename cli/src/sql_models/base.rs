//! What the statements of `.sql` models stand on: the wanted schema without what they define themselves, as statements
//! of our own renderer. Code that lives in the database and that nobody models is kept in reserve: it is only needed
//! where the files use it, and it may not work outside of its database.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use autogen_codegen::{RenderOptions, render};
use autogen_core::object::defined::DefinedKind;
use autogen_core::{Catalog, Hints, Kind, ObjectId, Pair};

use super::statement::Statement;
use super::subject::Deed;

/// Statements in the order of their dependencies.
#[derive(Debug, Default)]
pub(crate) struct Base {
    /// Tables and what they are made of.
    pub(crate) steps: Vec<String>,
    /// Code that nobody models.
    pub(crate) spare: Vec<String>,
}

/// From a database as it is when it is new to the wanted schema.
pub(crate) fn base(empty: &Catalog, wanted: &Catalog, said: &[Statement]) -> Result<Base> {
    let mut catalog = wanted.clone();
    // Nothing stands on these, and an event trigger would have a say in all that follows.
    let unneeded = |id: &&ObjectId| {
        matches!(
            id.kind,
            Kind::Comment
                | Kind::Privilege
                | Kind::DefaultPrivilege
                | Kind::Defined(DefinedKind::EventTrigger | DefinedKind::Publication)
        )
    };
    for id in wanted.ids().filter(|id| unneeded(id) || is_named(id, said, Deed::Create)) {
        catalog.remove_tree(id);
    }
    // What a new database has is no step.
    for (id, object) in empty.iter().filter(|(id, _)| !unneeded(id)) {
        if !catalog.contains(id) && !is_named(id, said, Deed::Create) {
            catalog.insert(id.clone(), object.clone());
        }
    }
    let graph = autogen_diff::diff(Pair::new(empty, &catalog), &Hints::default())
        .context("the tables under the .sql models cannot be put in order")?;
    let options = RenderOptions { server_version: empty.server_version, ..RenderOptions::default() };
    let script = render(&graph, &options);
    let mut base = Base::default();
    let dropped: BTreeSet<&ObjectId> = catalog.ids().filter(|id| is_named(id, said, Deed::Drop)).collect();
    for statement in script.statements() {
        // What the files drop must be there to be dropped.
        let spare = is_code(statement.id.kind) && !dropped.contains(&statement.id);
        if spare { &mut base.spare } else { &mut base.steps }.push(statement.sql.clone());
    }
    Ok(base)
}

fn is_named(id: &ObjectId, said: &[Statement], deed: Deed) -> bool {
    said.iter().any(|statement| {
        let mut subjects = statement.subjects.iter();
        subjects.any(|subject| subject.deed == deed && subject.names(id, &statement.search_path))
    })
}

/// The live objects that the files say anew or drop.
pub(crate) fn redefined(live: &Catalog, said: &[Statement]) -> BTreeSet<ObjectId> {
    let is_said = |id: &&ObjectId| is_named(id, said, Deed::Create) || is_named(id, said, Deed::Drop);
    live.ids().filter(is_said).cloned().collect()
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
        | Kind::Privilege
        | Kind::DefaultPrivilege
        | Kind::Comment => false,
    }
}
