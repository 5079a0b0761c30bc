//! What can go wrong in a comparison.

use autogen_core::ObjectId;

/// Why no order of changes could be given.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Objects need each other in a circle.
    #[error("these objects depend on each other in a circle, and no order of changes satisfies all of them: {}", list(.0))]
    Cycle(Vec<ObjectId>),
    /// Two renames exchange names.
    #[error("the rename of {0} needs a name that only becomes free afterwards")]
    RenameCycle(ObjectId),
    /// A kind's alterations are incomplete: a bug, reported instead of a wrong migration.
    #[error("the changes found for {0} would not lead to the wanted state; please report this")]
    Residue(ObjectId),
}

fn list(ids: &[ObjectId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
