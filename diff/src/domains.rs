//! Domains that columns have in arrays, ranges, composite values or rows: the server refuses what would make it look into these
//! (`get_rels_with_domain` in typecmds.c), so the domain is made anew. A materialized view that has them so gives way.

use autogen_core::object::attributes;
use autogen_core::object::domain::DomainAlteration;
use autogen_core::{Alteration, Catalog, DataType, Kind, Object, ObjectId, Pair};

use crate::plan::Plan;

/// True for what makes the server look at the values of a domain that a column has inside others, which it does not do.
pub(crate) fn is_refused(id: &ObjectId, alterations: &[Alteration], before: &Catalog) -> bool {
    looks(alterations) && before.of_kind(Kind::Column).any(|(_, object)| is_holder(object, id, before))
}

/// True for what makes the server look at the values of a domain.
pub(crate) fn looks(alterations: &[Alteration]) -> bool {
    let looks = |alteration: &Alteration| {
        matches!(
            alteration,
            Alteration::Domain(
                DomainAlteration::NotNull(true)
                    | DomainAlteration::AddCheck(..)
                    | DomainAlteration::Validate(_)
            )
        )
    };
    alterations.iter().any(looks)
}

/// True for a column or materialized view that stores values of the domain inside others.
pub(crate) fn is_holder(object: &Object, domain: &ObjectId, catalog: &Catalog) -> bool {
    match object {
        Object::Column(column) => holds(&column.data_type, domain, false, catalog),
        Object::MaterializedView(view) => {
            view.columns.iter().any(|(_, data_type)| holds(data_type, domain, false, catalog))
        }
        _ => false,
    }
}

/// Plans that materialized views that stay are made anew where the server would refuse to look into them.
pub(crate) fn views_give_way(plan: &mut Plan, pair: Pair<&Catalog>) {
    let asked = plan
        .actions
        .iter()
        .filter(|(id, planned)| id.kind == Kind::Domain && !planned.drop && looks(&planned.alterations));
    let asked: Vec<ObjectId> = asked.map(|(id, _)| id.clone()).collect();
    for domain in asked {
        let held = pair.before.of_kind(Kind::MaterializedView);
        let held = held.filter(|(id, view)| pair.after.contains(id) && is_holder(view, &domain, pair.before));
        for (id, _) in held {
            plan.actions.entry(id.clone()).or_default().give_way(domain.clone());
        }
    }
}

/// True for a type with values of the domain inside its own. A domain over either is one.
fn holds(data_type: &DataType, domain: &ObjectId, is_inside: bool, catalog: &Catalog) -> bool {
    let is_inside = is_inside || data_type.array;
    let Some(of) = data_type.object(catalog) else { return false };
    if of == *domain {
        return is_inside;
    }
    match catalog.get(&of) {
        Some(Object::Domain(over)) => holds(&over.base, domain, is_inside, catalog),
        Some(Object::RangeType(range)) => holds(&range.subtype, domain, true, catalog),
        _ => {
            let attributes = attributes(&of, catalog).unwrap_or_default();
            attributes.into_iter().any(|(_, of)| holds(of, domain, true, catalog))
        }
    }
}
