//! Domains that columns have in arrays, ranges, composite values or rows: the server refuses what would make it look into these
//! (`get_rels_with_domain` in typecmds.c), so the domain is made anew.

use autogen_core::object::attributes;
use autogen_core::object::domain::DomainAlteration;
use autogen_core::{Alteration, Catalog, DataType, Kind, Object, ObjectId};

/// True for what makes the server look at the values of a domain that a column has inside others, which it does not do.
pub(crate) fn is_refused(id: &ObjectId, alterations: &[Alteration], before: &Catalog) -> bool {
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
    let is_holder = |object: &Object| matches!(object, Object::Column(column) if holds(&column.data_type, id, false, before));
    alterations.iter().any(looks) && before.of_kind(Kind::Column).any(|(_, object)| is_holder(object))
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
