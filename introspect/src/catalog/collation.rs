//! Collations, from `pg_collation`.

use autogen_core::object::Collation;
use autogen_core::{Kind, Name, ObjectId, QualName};

use super::oids::class;
use super::query::query;
use super::reader::{Reader, place};
use super::row::row;
use super::{Error, FromCatalog};

row! {
    struct CollationRow {
        oid: u32,
        schema: Name,
        name: Name,
        is_user: bool,
        provider: u8,
        is_deterministic: bool,
        lc_collate: Option<String>,
        lc_ctype: Option<String>,
        locale: Option<String>,
    }
}

/// Reads the names of all collations, before the columns, and the objects among them.
pub(crate) fn read_all(reader: &mut Reader<'_>) -> Result<(), Error> {
    for row in reader.session.rows::<CollationRow>(query!("collations", "collation.sql"))? {
        let row = row?;
        let name = QualName { schema: row.schema, name: row.name };
        reader.types.insert_collation(row.oid, name.clone());
        if !row.is_user {
            continue;
        }
        let is_libc = row.provider == b'c';
        let collation = Collation {
            provider: match row.provider {
                b'i' => "icu",
                b'b' => "builtin",
                _ => "libc",
            }
            .to_owned(),
            locale: row.locale.or_else(|| row.lc_collate.clone()).filter(|_| !is_libc),
            lc_collate: row.lc_collate.filter(|_| is_libc),
            lc_ctype: row.lc_ctype.filter(|_| is_libc),
            deterministic: row.is_deterministic,
        };
        let id = ObjectId::new(Kind::Collation, name);
        place(&mut reader.catalog, &mut reader.oids, (class::COLLATION, row.oid), id, collation);
    }
    Ok(())
}

/// Types name collations, so all have been read by [`read_all`] before the first kind.
impl FromCatalog for Collation {
    fn read(_: &mut Reader<'_>) -> Result<(), Error> {
        Ok(())
    }
}
