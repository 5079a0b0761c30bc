//! Foreign keys: deferrability and validation change in place.

use autogen_core::Pair;
use autogen_core::object::ForeignKey;
use autogen_core::object::foreign_key::ForeignKeyAlteration;

use crate::compare::{Compare, Comparison, Context, altered};

impl Compare for ForeignKey {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<ForeignKeyAlteration> {
        let Pair { before, after } = pair;
        let same =
            ForeignKey { deferrability: after.deferrability, validated: after.validated, ..before.clone() };
        if same != *after || (before.validated && !after.validated) {
            return Comparison::Replace;
        }
        let mut found = Vec::new();
        if before.deferrability != after.deferrability {
            found.push(ForeignKeyAlteration::Deferrability(after.deferrability));
        }
        if before.validated != after.validated {
            found.push(ForeignKeyAlteration::Validate);
        }
        altered(found)
    }
}
