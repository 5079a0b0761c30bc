//! What extensions own (`pg_depend.deptype = 'e'`): read first, so that every reader can tell.

use super::Error;
use super::query::query;
use super::reader::Reader;
use super::row::row;

row! {
    struct MemberRow {
        class: u32,
        oid: u32,
        extension: String,
    }
}

/// Reads the members of all extensions.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
    for row in reader.session.rows::<MemberRow>(query!("extension members", "member.sql"))? {
        let row = row?;
        reader.oids.insert_member(row.class, row.oid, &row.extension);
    }
    Ok(())
}
