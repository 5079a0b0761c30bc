//! Objects that are dropped and made anew while default privileges are in force: they come with what these grant, and
//! without what these deny. What they are to have is led to from there.

use autogen_core::object::sequence::{identity_column, of_identity};
use autogen_core::object::{Privilege, Standing, sequence};
use autogen_core::{Action, Alteration, Catalog, ObjectId, Pair};

use super::{Grants, lead, role};
use crate::context::{Context, Sheet};

/// What a role has on an object when this change says its privileges anew.
pub(super) fn start(privilege: &Privilege, context: &Context<'_>) -> Grants {
    let standing = standing(context);
    if standing.is_empty() || !is_remade(&privilege.on, context) {
        return privilege.by_default.clone();
    }
    standing.given(&privilege.on, &privilege.grantee, &privilege.by_default, context.after())
}

/// Takes from the objects that this change makes anew, or gives them, what no change of their privileges does.
pub(crate) fn settle(context: &Context<'_>, sheet: &mut Sheet) {
    if matches!(context.change.action, Action::Drop | Action::Rename { .. }) {
        return;
    }
    let standing = standing(context);
    if standing.is_empty() {
        return;
    }
    let made = std::iter::once(&context.change.id).chain(&context.change.folded);
    let made = made.filter(|id| is_made_here(id, context));
    let made = made.map(|id| if has_identity(id, context.after()) { of_identity(id) } else { id.clone() });
    for id in &made.filter(|id| is_remade(id, context)).collect::<Vec<_>>() {
        for grantee in standing.grantees(id, context.after()) {
            let (key, wanted) = Standing::wanted(id, &grantee, context.after());
            if context.plan.created_at(&key).is_some() {
                continue;
            }
            let given = standing.given(id, &grantee, &wanted.by_default, context.after());
            let role = role(&wanted, context.after());
            lead(&wanted, Pair::new(&given, &wanted.granted), &role, context.after(), sheet);
        }
    }
}

fn standing<'a>(context: &Context<'a>) -> Standing<'a> {
    Standing::new(Pair::new(context.before(), context.after()))
}

/// True for an object that is there before, and another one of the same name after. The sequence of an identity column is
/// made with that.
fn is_remade(id: &ObjectId, context: &Context<'_>) -> bool {
    if let Some(column) = identity_column(id) {
        let is_there = |catalog: &Catalog| has_identity(&column, catalog);
        let catalogs = [context.before(), context.after()];
        return context.plan.created_at(&column).is_some() && catalogs.into_iter().all(is_there);
    }
    let is_rebuilt = || {
        let mut changes = context.plan.graph.changes.iter();
        changes.any(|change| change.id == *id && rebuilds(&change.action))
    };
    Standing::concerns(id.kind)
        && context.before().contains(id)
        && (context.plan.created_at(id).is_some() || is_rebuilt())
}

fn is_made_here(id: &ObjectId, context: &Context<'_>) -> bool {
    match &context.change.action {
        Action::Create => true,
        action => *id == context.change.id && rebuilds(action),
    }
}

fn has_identity(column: &ObjectId, catalog: &Catalog) -> bool {
    catalog.get(column).is_some_and(sequence::has_identity)
}

/// True for the labels of an enum that take a new type.
fn rebuilds(action: &Action) -> bool {
    matches!(action, Action::Alter(all) if all.iter().any(Alteration::rebuilds))
}
