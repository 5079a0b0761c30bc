//! Reads a live Postgres catalog into the model: one read-only transaction, one snapshot, a query or two a kind
//! whatever the size, everything after them linear. One kind is one file with its query in a `.sql` file beside it. The
//! files are plain SQL over `pg_catalog`, so that each runs in psql as well. Left out: system schemas, temporary objects,
//! statistics of the planner, and (but for their names) whatever belongs to extensions.

mod aggregate;
mod check;
mod collation;
mod column;
mod comment;
mod composite_type;
mod default;
mod default_privilege;
mod defined;
mod depend;
mod domain;
mod enum_type;
mod error;
mod exclusion;
mod extension;
mod foreign_key;
mod function;
mod index;
mod index_text;
mod key;
mod materialized_view;
mod member;
mod names;
mod not_null;
mod oids;
mod opclass;
mod owner;
mod policy;
mod primary_key;
mod privilege;
mod probe;
mod query;
mod range_type;
mod reader;
mod relation;
mod row;
mod rule;
mod schema;
mod sequence;
mod session;
mod setting;
mod statistics;
mod table;
mod tree;
mod trigger;
mod types;
mod unique;
mod unread;
mod value;
mod view;

use std::time::Duration;

use autogen_core::{Catalog, ObjectKind, for_each_kind};
use diesel::PgConnection;

pub use error::Error;
pub use probe::answer;

use reader::Reader;
use session::Session;

/// How a catalog is read.
#[derive(Clone, Copy, Debug)]
pub struct ReadOptions {
    /// How long one query may take; `None` leaves the server's setting.
    pub statement_timeout: Option<Duration>,
    /// How long a query may wait for a lock; `None` leaves the server's setting.
    pub lock_timeout: Option<Duration>,
    /// Whether privileges and default privileges are read.
    pub privileges: bool,
    /// Which owners are read.
    pub owners: Owners,
}

/// Which owners are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Owners {
    /// None.
    #[default]
    Unread,
    /// Those that are not the role which is asking. It made the objects, and no statement gave them to another.
    Set,
    /// All.
    All,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            statement_timeout: Some(Duration::from_secs(60)),
            lock_timeout: Some(Duration::from_secs(5)),
            privileges: false,
            owners: Owners::Unread,
        }
    }
}

/// How often the whole reading is tried when objects go away under it.
const ATTEMPTS: usize = 3;

/// Reads the catalog of the database that the connection is to. The connection must not be in a transaction; nothing
/// is left changed on it. No more rights are needed than to connect.
///
/// # Errors
///
/// See [`Error`]. A schema that changes in the middle is read anew, up to three times.
pub fn read(connection: &mut PgConnection, options: &ReadOptions) -> Result<Catalog, Error> {
    let mut attempt = 1;
    loop {
        let result = connection
            .build_transaction()
            .repeatable_read()
            .read_only()
            .run(|connection| read_snapshot(connection, options));
        match result {
            Err(error) if error.is_transient() && attempt < ATTEMPTS => attempt += 1,
            result => return result,
        }
    }
}

fn read_snapshot(connection: &mut PgConnection, options: &ReadOptions) -> Result<Catalog, Error> {
    let mut reader = Reader::new(Session::start(connection, options)?, options);
    member::read(&mut reader)?;
    collation::read_all(&mut reader)?;
    relation::read(&mut reader)?;
    column::read_attributes(&mut reader)?;
    opclass::read(&mut reader)?;
    read_kinds(&mut reader)?;
    // What follows asks for names only, and the rows of all columns are much to hold beside it.
    reader.attributes = column::Attributes::default();
    depend::read(&mut reader)?;
    unread::read(&mut reader)?;
    Ok(reader.finish())
}

/// How the objects of a kind get from the server into the model.
trait FromCatalog: ObjectKind {
    /// Reads all of the kind. What an earlier kind of the registry has read may be looked up in the reader.
    fn read(reader: &mut Reader<'_>) -> Result<(), Error>;
}

macro_rules! read_kinds {
    ($($kind:ident $module:ident $words:literal,)*) => {
        fn read_kinds(reader: &mut Reader<'_>) -> Result<(), Error> {
            $(<autogen_core::object::$kind as FromCatalog>::read(reader)?;)*
            Ok(())
        }
    };
}

for_each_kind!(read_kinds);
