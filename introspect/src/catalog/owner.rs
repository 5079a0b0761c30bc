//! Owners, of objects of every kind. Read on request, and of a throwaway database only those that a statement has set: the
//! rest belongs to whoever ran it there, which says nothing of who owns it elsewhere.

use autogen_core::object::Owner;
use autogen_core::{Kind, Name};

use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::{Error, FromCatalog, Owners};

row! {
    struct OwnerRow {
        class: u32,
        oid: u32,
        role: Name,
        unsaid: bool,
    }
}

impl FromCatalog for Owner {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        if reader.owners == Owners::Unread {
            return Ok(());
        }
        for row in reader.session.rows::<OwnerRow>(query!("owners", "owner.sql"))? {
            let row = row?;
            if row.unsaid && reader.owners == Owners::Set {
                continue;
            }
            let on = reader.oids.get(row.class, row.oid).filter(|on| reader.catalog.contains(on)).cloned();
            // The constructors of a range type stand for the type, and follow it.
            let is_other =
                |kind| row.class == super::oids::class::FUNCTION && matches!(kind, Kind::RangeType);
            if let Some(on) = on.filter(|on| !is_other(on.kind)) {
                reader.catalog.insert(Owner::id(&on), Owner { on, role: row.role });
            }
        }
        Ok(())
    }
}
