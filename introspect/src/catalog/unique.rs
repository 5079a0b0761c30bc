//! Unique constraints: their rows come with those of the primary keys, in one pass over `pg_constraint`.

use autogen_core::object::Unique;

use super::reader::Reader;
use super::{Error, FromCatalog};

impl FromCatalog for Unique {
    fn read(_: &mut Reader<'_>) -> Result<(), Error> {
        Ok(())
    }
}
