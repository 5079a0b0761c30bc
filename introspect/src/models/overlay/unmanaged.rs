//! What is there and nobody models: never touched, and listed so that nobody is surprised.

use autogen_core::{Kind, ObjectId, QualName};

use super::Builder;

impl Builder<'_> {
    pub(super) fn unmanaged(&mut self) {
        let is_bound = |id: &ObjectId| self.bound.contains(id);
        let mut all: Vec<ObjectId> = Vec::new();
        // Columns come table by table.
        let mut last_table: Option<(&QualName, bool)> = None;
        let mut is_table_bound = |table| match last_table {
            Some((last, bound)) if last == table => bound,
            _ => last_table.insert((table, is_bound(&ObjectId::table(table)))).1,
        };
        for (id, object) in self.out.catalog.iter() {
            let listed = match id.kind {
                Kind::Table | Kind::EnumType => !is_bound(id),
                Kind::Column => is_table_bound(&id.name) && !is_bound(id),
                Kind::View | Kind::MaterializedView | Kind::Policy => !is_bound(id) && !self.met.contains(id),
                Kind::Function
                | Kind::Domain
                | Kind::CompositeType
                | Kind::RangeType
                | Kind::Collation
                | Kind::Trigger
                | Kind::Rule
                | Kind::Statistics
                | Kind::Defined(_) => true,
                Kind::Sequence => object.container(id).is_none(),
                Kind::Schema
                | Kind::Extension
                | Kind::Default
                | Kind::PrimaryKey
                | Kind::Unique
                | Kind::Check
                | Kind::ForeignKey
                | Kind::Exclusion
                | Kind::Index
                | Kind::Setting
                | Kind::Owner
                | Kind::Privilege
                | Kind::DefaultPrivilege
                | Kind::Comment => false,
            };
            if listed && self.live.contains(id) {
                all.push(id.clone());
            }
        }
        self.out.unmanaged = all;
    }
}
