//! Who is built on an object, and what goes along with it, for all objects at once: whoever drops a thousand tables looks
//! through the catalog one time. What has gone since is still in it, so that is for whoever asks to leave out. Whether a
//! drop was wanted is decided elsewhere.

use autogen_core::{Catalog, Kind, ObjectId};

/// The objects behind each object, as they were when this was made.
#[derive(Debug, Default)]
pub(super) struct Dependants {
    keepers: autogen_core::Dependants,
    along: autogen_core::Dependants,
}

impl Dependants {
    /// Those of a catalog.
    pub(super) fn of(catalog: &Catalog) -> Self {
        let mut all = Self::default();
        for (id, object) in catalog.iter() {
            let container = catalog.container_of(id, object);
            let role = Role::of(id.kind);
            if role != Role::Apart {
                let used = catalog.mentioned(id, object).filter(|used| container.as_ref() != Some(used));
                let map = if role == Role::Keeper { &mut all.keepers } else { &mut all.along };
                used.for_each(|used| map.add(used, id));
            }
            if let Some(container) = container {
                all.along.add(container, id);
            }
        }
        all
    }

    /// What is built on an object and not part of it, so that the object cannot go while that stays.
    pub(super) fn keepers(&self, id: &ObjectId) -> impl Iterator<Item = &ObjectId> {
        self.keepers.of(id)
    }

    /// What goes with an object: its parts, and what cannot be without it.
    pub(super) fn along(&self, id: &ObjectId) -> impl Iterator<Item = &ObjectId> {
        self.along.of(id)
    }
}

/// What using an object makes of the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// It keeps what it uses.
    Keeper,
    /// It goes when that goes.
    Follower,
    /// It neither keeps it nor goes.
    Apart,
}

impl Role {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::View | Kind::MaterializedView | Kind::Rule | Kind::Policy | Kind::Defined(_) => {
                Self::Keeper
            }
            Kind::Function | Kind::Column | Kind::Table => Self::Apart,
            Kind::Schema
            | Kind::Extension
            | Kind::EnumType
            | Kind::CompositeType
            | Kind::RangeType
            | Kind::Domain
            | Kind::Collation
            | Kind::Sequence
            | Kind::Default
            | Kind::PrimaryKey
            | Kind::Unique
            | Kind::Check
            | Kind::ForeignKey
            | Kind::Exclusion
            | Kind::Index
            | Kind::Trigger
            | Kind::Statistics
            | Kind::Setting
            | Kind::Owner
            | Kind::Privilege
            | Kind::DefaultPrivilege
            | Kind::Comment => Self::Follower,
        }
    }
}
