//! What is there but of no kind that autogen models, or must not be read: named, so that it is never passed over in
//! silence.

use autogen_core::{Name, QualName};

use super::Error;
use super::query::query;
use super::reader::{Reader, report_unread};
use super::row::row;

row! {
    struct UnreadRow {
        kind: String,
        schema: Name,
        name: Name,
        reason: String,
    }
}

/// Reads their names.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
    let grants = query!("privileges on what extensions own", "member_grants.sql");
    let wanted = reader.privileges.then_some(grants);
    let always =
        [query!("objects of other kinds", "unread.sql"), query!("what may be a secret", "secret.sql")];
    for query in always.into_iter().chain(wanted) {
        for row in reader.session.rows::<UnreadRow>(query)? {
            let row = row?;
            let name = QualName { schema: row.schema, name: row.name };
            report_unread(&mut reader.catalog, &row.kind, name, &row.reason);
        }
    }
    Ok(())
}
