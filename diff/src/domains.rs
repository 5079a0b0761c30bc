//! Domains that columns have in arrays: the server refuses what would make it look into these (`get_rels_with_domain` in
//! typecmds.c), so the domain is made anew.

use autogen_core::object::domain::DomainAlteration;
use autogen_core::{Alteration, Catalog, DataType, Kind, Object, ObjectId};

/// True for what makes the server look at the values of a domain that a column has in arrays, which it does not do.
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
    let in_arrays = |object: &Object| matches!(object, Object::Column(column) if is_array_of(&column.data_type, id, before));
    alterations.iter().any(looks) && before.of_kind(Kind::Column).any(|(_, object)| in_arrays(object))
}

/// True for an array of a domain, also where one of the two is a domain over it.
fn is_array_of(data_type: &DataType, domain: &ObjectId, catalog: &Catalog) -> bool {
    let (mut data_type, mut in_array) = (data_type, false);
    loop {
        in_array |= data_type.array;
        let Some(of) = data_type.object(catalog) else { return false };
        if of == *domain {
            return in_array;
        }
        match catalog.get(&of) {
            Some(Object::Domain(over)) => data_type = &over.base,
            _ => return false,
        }
    }
}
