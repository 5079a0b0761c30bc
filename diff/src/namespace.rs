//! Which names an object takes. Two objects that take the same one cannot be there at the same time, so the one that
//! goes must go before the other comes.

use autogen_core::object::{Defined, DefinedKind};
use autogen_core::{Kind, Name, Object, ObjectId, QualName};

/// A taken name: the namespace (a system catalog's unique index), the schema and name, and the part.
pub(crate) type Claim = (&'static str, QualName, Option<Name>);

/// The names that an object takes.
pub(crate) fn claims(id: &ObjectId, object: &Object) -> Vec<Claim> {
    let relation = |name: &QualName| ("pg_class", name.clone(), None);
    let data_type = |name: &QualName| ("pg_type", name.clone(), None);
    let part = |namespace: &'static str| (namespace, id.name.clone(), id.part.clone());
    match object {
        Object::Table(_) | Object::View(_) | Object::MaterializedView(_) | Object::CompositeType(_) => {
            vec![relation(&id.name), data_type(&id.name)]
        }
        Object::Index(_) | Object::Sequence(_) => vec![relation(&id.name)],
        Object::EnumType(_) | Object::Domain(_) => vec![data_type(&id.name)],
        Object::Defined(Defined { class: DefinedKind::ShellType, .. }) => vec![data_type(&id.name)],
        Object::RangeType(range) => {
            let multirange = range.multirange.iter().map(data_type);
            std::iter::once(data_type(&id.name)).chain(multirange).collect()
        }
        Object::PrimaryKey(_) | Object::Unique(_) | Object::Exclusion(_) => {
            let mut all = vec![part("pg_constraint"), relation(&id.name.sibling(id.own_name().clone()))];
            if id.kind == Kind::PrimaryKey {
                // A table has only one, whatever its name.
                all.push((namespace(id.kind), id.name.clone(), None));
            }
            all
        }
        Object::Check(_) | Object::ForeignKey(_) => vec![part("pg_constraint")],
        Object::Column(column) => {
            let sequence = column.identity.as_ref().map(|identity| relation(&identity.sequence_of(id)));
            std::iter::once(part("pg_attribute")).chain(sequence).collect()
        }
        Object::Defined(_)
        | Object::Schema(_)
        | Object::Extension(_)
        | Object::Collation(_)
        | Object::Function(_)
        | Object::Default(_)
        | Object::Trigger(_)
        | Object::Policy(_)
        | Object::Rule(_)
        | Object::Statistics(_)
        | Object::Setting(_)
        | Object::Owner(_)
        | Object::Privilege(_)
        | Object::DefaultPrivilege(_)
        | Object::Comment(_) => vec![part(namespace(id.kind))],
    }
}

fn namespace(kind: Kind) -> &'static str {
    kind.as_str()
}
