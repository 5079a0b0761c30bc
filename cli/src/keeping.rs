//! What an object has beside its definition, privileges and an owner, is kept where a script makes the object anew, on the way
//! there or back, also where nobody asked for them to be compared: dropping the object would lose them without a word.

mod sequences;

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use autogen_core::object::Owner;
use autogen_core::object::sequence::{has_identity, identity_column};
use autogen_core::{Action, Alteration, Catalog, ChangeGraph, Hints, Kind, Object, ObjectId, Pair, Renames};
use autogen_introspect::catalog::{self, Owners, ReadOptions};

use self::sequences::{Sequences, passing};
use crate::args::With;
use crate::source::{Loaded, read_options};

/// The changes there and back.
pub(crate) struct Ways {
    /// Those that are wanted.
    pub(crate) there: ChangeGraph,
    /// Those that undo them.
    pub(crate) back: ChangeGraph,
}

/// The changes with those that keep what goes with a dropped object. The database is read once more for that, if there is
/// such an object; a snapshot cannot be.
pub(crate) fn keep(there: ChangeGraph, current: &mut Loaded, with: &[With]) -> Result<Ways> {
    let back = way_back(&there)?;
    let unread = [With::Privileges, With::Owners].into_iter().any(|one| !with.contains(&one));
    let made_anew = made_anew(&there, &back);
    if !unread || made_anew.is_empty() {
        return Ok(Ways { there, back });
    }
    let connection = match (&mut current.behind, &mut current.connection) {
        (Some(behind), _) => &mut behind.connection,
        (None, Some(connection)) => connection,
        (None, None) => return Ok(Ways { there, back }),
    };
    let asked = read_options(with);
    let options = ReadOptions { privileges: true, owners: Owners::Set, ..asked };
    let full = catalog::read(connection, &options).context("cannot read privileges and owners")?;
    let wanted = |(_, object): &(&ObjectId, &Object)| match object {
        Object::Privilege(privilege) if !asked.privileges => {
            let column = identity_column(&privilege.on);
            let mut on = [privilege.on.clone(), privilege.whole(&full)].into_iter().chain(column);
            on.any(|on| made_anew.contains(&on))
        }
        Object::Owner(owner) if asked.owners == Owners::Unread => made_anew.contains(&owner.on),
        // They decide what is to be granted, or revoked, of what is made anew.
        Object::DefaultPrivilege(_) => !asked.privileges,
        _ => false,
    };
    let kept: Vec<(&ObjectId, &Object)> = full.iter().filter(wanted).collect();
    if kept.is_empty() {
        return Ok(Ways { there, back });
    }
    let ChangeGraph { catalogs: Pair { mut before, mut after }, hints, .. } = there;
    let sequences = Sequences::of(&after);
    for object in kept {
        let is_in_both = |catalog: &Catalog| match object.1 {
            Object::DefaultPrivilege(default) => {
                default.schema.is_empty() || catalog.contains(&ObjectId::schema(&default.schema))
            }
            _ => true,
        };
        if is_in_both(&before) && is_in_both(&after) {
            insert(object, &Renames::default(), None, &mut before);
            let passed = match object.1 {
                Object::Privilege(privilege) => sequences.called_like(&privilege.on, &full),
                _ => None,
            };
            insert(object, &hints.renames, passed, &mut after);
        }
    }
    let hints = Hints { as_granted: hints.as_granted || !asked.privileges, ..hints };
    let there = autogen_diff::diff(Pair::new(&before, &after), &hints)
        .context("the schemas could not be compared")?;
    let back = way_back(&there)?;
    Ok(Ways { there, back })
}

/// The changes that undo those of a graph. Where there are none to undo, nothing need be compared once more.
fn way_back(graph: &ChangeGraph) -> Result<ChangeGraph> {
    let hints = graph.hints.inverted();
    if graph.is_empty() {
        let catalogs = graph.catalogs.clone().swap();
        return Ok(ChangeGraph { catalogs, hints, ..ChangeGraph::default() });
    }
    autogen_diff::diff(graph.catalogs.as_ref().swap(), &hints).context("the way back could not be found")
}

/// The objects of today that one of the ways makes, as it or the other has dropped them, and can have privileges or an owner.
fn made_anew(there: &ChangeGraph, back: &ChangeGraph) -> BTreeSet<ObjectId> {
    let of = |graph: &ChangeGraph| -> Vec<ObjectId> {
        let makes = graph.changes.iter().filter(|change| makes(&change.action));
        makes.flat_map(|change| std::iter::once(&change.id).chain(&change.folded)).cloned().collect()
    };
    let old_names = of(back).into_iter().map(|id| there.old_id(&id));
    let all = of(there).into_iter().map(|id| there.old_id(&id)).chain(old_names);
    let all = all.filter(|id| has_owner(id.kind) && there.catalogs.before.contains(id));
    all.chain(passing(there.catalogs.as_ref())).collect()
}

/// True for what makes an object, though it may alter one of its name.
fn makes(action: &Action) -> bool {
    match action {
        Action::Create => true,
        Action::Alter(all) => all.iter().any(Alteration::rebuilds),
        Action::Drop | Action::Rename { .. } => false,
    }
}

/// True for kinds that have an owner or privileges of their own; columns have the latter.
fn has_owner(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Index
            | Kind::PrimaryKey
            | Kind::Unique
            | Kind::Exclusion
            | Kind::ForeignKey
            | Kind::Check
            | Kind::Default
            | Kind::Trigger
            | Kind::Policy
            | Kind::Rule
            | Kind::Setting
            | Kind::Comment
            | Kind::Owner
            | Kind::Privilege
            | Kind::DefaultPrivilege
    )
}

/// Puts what is kept into a catalog that has the object, under its name there, unless something is said of it already. What
/// was on a sequence is on the one of that name.
fn insert(
    (id, object): (&ObjectId, &Object),
    renames: &Renames,
    sequence: Option<&ObjectId>,
    catalog: &mut Catalog,
) {
    let mut object = object.clone();
    object.rename(id, renames);
    if let (Object::Privilege(privilege), Some(sequence)) = (&mut object, sequence) {
        privilege.on = sequence.clone();
    }
    let (id, is_there) = match &object {
        Object::Privilege(privilege) => {
            let whole = privilege.whole(catalog);
            // The columns of a view are no objects.
            let is_there =
                catalog.contains(&privilege.on) || whole.kind != Kind::Table && catalog.contains(&whole);
            let identity = identity_column(&privilege.on).and_then(|column| catalog.get(&column));
            let is_there = is_there || identity.is_some_and(has_identity);
            (privilege.own_id(), is_there)
        }
        Object::Owner(owner) => (Owner::id(&owner.on), catalog.contains(&owner.on)),
        Object::DefaultPrivilege(_) => (id.clone(), true),
        _ => return,
    };
    if is_there && !catalog.contains(&id) {
        catalog.insert(id, object);
    }
}
