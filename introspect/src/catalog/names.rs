//! One name for all objects that are called alike. The server sends the schema with every relation, and tens of thousands of
//! columns are called `id`: a name that is shared is held once, and known by its address wherever ids are compared.

use autogen_core::Name;
use rustc_hash::FxHashSet;

/// The names so far.
#[derive(Default)]
pub(crate) struct Names(FxHashSet<Name>);

impl Names {
    /// The name as it was first seen.
    pub(crate) fn shared(&mut self, name: Name) -> Name {
        if let Some(known) = self.0.get(&name) {
            return known.clone();
        }
        self.0.insert(name.clone());
        name
    }
}
