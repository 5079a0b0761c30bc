//! Tables: what belongs to the table as such. A table becomes or ceases to be partitioned only by being made anew, and
//! so it does with a foreign server.

use autogen_core::Pair;
use autogen_core::object::Table;
use autogen_core::object::table::TableAlteration;

use crate::compare::{Compare, Comparison, Context, altered};

impl Compare for Table {
    fn compare(pair: Pair<&Self>, context: Context<'_>) -> Comparison<TableAlteration> {
        let server = pair.map(|table| table.foreign.as_ref().map(|foreign| &foreign.server));
        if pair.map(|table| &table.partition_key).differs() || server.differs() {
            return Comparison::Replace;
        }
        let Pair { before, after } = pair;
        let mut found = Vec::new();
        let mut push = |differs: bool, alteration: TableAlteration| {
            if differs {
                found.push(alteration);
            }
        };
        push(before.persistence != after.persistence, TableAlteration::Persistence(after.persistence));
        push(
            before.partition_of != after.partition_of,
            TableAlteration::PartitionOf(after.partition_of.clone()),
        );
        push(before.inherits != after.inherits, TableAlteration::Inherits(after.inherits.clone()));
        push(before.of_type != after.of_type, TableAlteration::OfType(after.of_type.clone()));
        push(
            before.access_method != after.access_method,
            TableAlteration::AccessMethod(after.access_method.clone()),
        );
        push(before.tablespace != after.tablespace, TableAlteration::Tablespace(after.tablespace.clone()));
        push(
            context.resets(pair.map(|table| &table.options)),
            TableAlteration::Options(after.options.clone()),
        );
        if let (Some(old), Some(new)) = (&before.foreign, &after.foreign) {
            push(old.options != new.options, TableAlteration::ForeignOptions(new.options.clone()));
        }
        push(
            before.replica_identity != after.replica_identity,
            TableAlteration::ReplicaIdentity(after.replica_identity.clone()),
        );
        push(before.row_security != after.row_security, TableAlteration::RowSecurity(after.row_security));
        push(
            before.force_row_security != after.force_row_security,
            TableAlteration::ForceRowSecurity(after.force_row_security),
        );
        altered(found)
    }
}
