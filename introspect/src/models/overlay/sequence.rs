//! Sequences: a serial column brings its own along, and they go and grow with their columns. Others have no Rust shape.

use autogen_core::object::sequence::{SequenceOptions, is_owned};
use autogen_core::object::table::Persistence;
use autogen_core::object::{Default as ColumnDefault, Sequence};
use autogen_core::{DataType, Expression, Kind, Object, ObjectId, QualName};

use super::Builder;

impl Builder<'_> {
    pub(super) fn serial(&mut self, id: &ObjectId, data_type: &DataType) {
        let default_id = ObjectId { kind: Kind::Default, ..id.clone() };
        if !self.sequences_of(id).is_empty() && self.out.catalog.contains(&default_id) {
            return;
        }
        let name =
            self.free_relation_name(&id.name.schema, &[id.name.name.as_str(), id.own_name().as_str()], "seq");
        let sequence = id.name.sibling(name);
        let sequence_id = ObjectId::new(Kind::Sequence, sequence.clone());
        self.sequences.entry(id.clone()).or_default().push(sequence_id.clone());
        self.out.catalog.insert(
            sequence_id.clone(),
            Sequence {
                options: SequenceOptions::of_type(&data_type.text),
                owned_by: Some(id.clone()),
                persistence: self.persistence_of_sequences(&id.name),
            },
        );
        let target = DataType::user(sequence).text.replace('\'', "''");
        self.out.catalog.insert(
            default_id.clone(),
            ColumnDefault { expression: Expression::new(format!("nextval('{target}'::regclass)")) },
        );
        self.out.catalog.add_use(default_id, sequence_id);
    }

    /// What the sequence of a serial column gets: from 15 on its table's.
    fn persistence_of_sequences(&self, table: &QualName) -> Persistence {
        match self.out.catalog.get(&ObjectId::table(table)) {
            Some(Object::Table(table)) if self.live.server_version >= 150_000 => table.persistence,
            _ => Persistence::Permanent,
        }
    }

    /// The sequences that belong to a column.
    fn sequences_of(&self, column: &ObjectId) -> Vec<ObjectId> {
        let is_own = |id: &&ObjectId| self.out.catalog.get(id).is_some_and(|object| is_owned(object, column));
        self.sequences.get(column).into_iter().flatten().filter(is_own).cloned().collect()
    }

    /// The sequence of a serial column goes with its default, unless somebody else counts with it. Left behind beside
    /// an identity it would be the one that `pg_get_serial_sequence` finds.
    pub(super) fn remove_idle_sequences(&mut self, column: &ObjectId) {
        let catalog = &self.out.catalog;
        let counts = |id: &ObjectId| {
            catalog.ids().any(|user| !user.kind.is_remark() && catalog.depends_on(user).contains(id))
        };
        let idle: Vec<ObjectId> =
            self.sequences_of(column).into_iter().filter(|sequence| !counts(sequence)).collect();
        for id in idle {
            self.out.catalog.remove_tree(&id);
        }
    }

    /// A wider integer wants its sequence to count as far.
    pub(super) fn widen_sequence(&mut self, id: &ObjectId, data_type: &DataType) {
        let text = data_type.full_text();
        if !matches!(text.as_str(), "smallint" | "integer" | "bigint") {
            return;
        }
        let widened = |options: &SequenceOptions| {
            let plain_max = options.max == SequenceOptions::of_type(&options.data_type).max;
            let new = SequenceOptions::of_type(&text);
            SequenceOptions {
                data_type: text.clone(),
                max: if plain_max { new.max } else { options.max.min(new.max) },
                ..options.clone()
            }
        };
        if let Some(Object::Column(column)) = self.out.catalog.get_mut(id)
            && let Some(identity) = &mut column.identity
        {
            identity.sequence = widened(&identity.sequence);
        }
        for sequence in self.sequences_of(id) {
            if let Some(Object::Sequence(sequence)) = self.out.catalog.get_mut(&sequence) {
                sequence.options = widened(&sequence.options);
            }
        }
    }
}
