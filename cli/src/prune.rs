//! `--prune`: everything that is listed as unmanaged goes, in the schemas that the models speak of. What stays must not
//! lose what it stands on, so an unmanaged object that a managed one uses stays too.

use std::collections::BTreeSet;

use autogen_core::{Catalog, Kind, Name, ObjectId};

use crate::wanted::Wanted;

/// Takes the unmanaged objects out of the wanted schema, and tells what stays although nobody models it.
pub(crate) fn prune(wanted: &mut Wanted) -> Vec<String> {
    let schemas = schemas(wanted);
    let catalog = &wanted.catalog;
    let listed: BTreeSet<ObjectId> = wanted
        .unmanaged
        .iter()
        .filter(|id| schemas.contains(&id.name.schema) && !catalog.extension_owned.contains(*id))
        .cloned()
        .collect();
    let needed = needed(catalog, &listed);
    let (kept, going): (Vec<ObjectId>, Vec<ObjectId>) =
        listed.into_iter().partition(|id| needed.contains(id));
    wanted.catalog.remove_trees(going);
    wanted.unmanaged.retain(|id| wanted.catalog.contains(id));
    kept.into_iter().map(|id| format!("--prune leaves {id}, because what is managed uses it")).collect()
}

/// The schemas of whatever the models say.
fn schemas(wanted: &Wanted) -> BTreeSet<Name> {
    let said = wanted.catalog.ids().filter(|id| wanted.sources.get(id).is_some());
    said.filter(|id| id.kind != Kind::Schema).map(|id| id.name.schema.clone()).collect()
}

/// Everything that is not listed, and all that it depends on.
fn needed(catalog: &Catalog, listed: &BTreeSet<ObjectId>) -> BTreeSet<ObjectId> {
    let is_inside = |id: &ObjectId| {
        let mut at = Some(id.clone());
        while let Some(id) = at {
            if listed.contains(&id) {
                return true;
            }
            at = catalog.container(&id);
        }
        false
    };
    let mut needed = BTreeSet::new();
    let mut open: Vec<ObjectId> = catalog.ids().filter(|id| !is_inside(id)).cloned().collect();
    while let Some(id) = open.pop() {
        open.extend(catalog.depends_on(&id).into_iter().filter(|used| !needed.contains(used)));
        open.extend(catalog.container(&id).filter(|whole| !needed.contains(whole)));
        needed.insert(id);
    }
    needed
}
