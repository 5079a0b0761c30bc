//! What primary keys and unique constraints have in common: what changes in place of the index behind them.

use crate::{Name, Options, QualName};

/// What changes in place of a primary key or unique constraint: the index behind it.
#[derive(Clone, Debug, PartialEq)]
pub enum KeyAlteration {
    /// `SET` and `RESET`: all storage parameters.
    Options(Options),
    /// `SET TABLESPACE`.
    Tablespace(Option<Name>),
    /// `ATTACH PARTITION` to the partitioned table's index; it only leaves that with its table.
    PartitionOf(Option<QualName>),
}

impl KeyAlteration {
    /// Changes what a key says of its index.
    pub(super) fn apply(
        &self,
        options: &mut Options,
        tablespace: &mut Option<Name>,
        partition_of: &mut Option<QualName>,
    ) {
        match self {
            Self::Options(new) => options.clone_from(new),
            Self::Tablespace(new) => tablespace.clone_from(new),
            Self::PartitionOf(new) => partition_of.clone_from(new),
        }
    }
}
