//! The catalog reader against a real server. `catalog.sql` has one of everything; what is read of it is compared with
//! `catalog.expected`, which `UPDATE_EXPECT=1` rewrites. The expected text is that of PostgreSQL 15; on others the same
//! reading must work, and what it finds must not depend on the version where it says the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a helper of a test may stop it")]

mod server;

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use autogen_core::{Answer, Catalog, Kind, Object, QualName};
use autogen_introspect::catalog::{Owners, ReadOptions, answer, read};
use diesel::connection::{Connection, InstrumentationEvent, SimpleConnection};
use diesel::{PgConnection, RunQueryDsl};
use server::Server;

fn text(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name))
        .unwrap_or_default()
}

fn all() -> ReadOptions {
    ReadOptions { privileges: true, owners: Owners::All, ..ReadOptions::default() }
}

/// Every object with all its fields, and what it uses.
fn listing(catalog: &Catalog) -> String {
    let mut out = String::new();
    for (id, object) in catalog.iter() {
        writeln!(out, "{id:?}\n    {}", format!("{object:?}").replace('\n', "\\n")).unwrap();
        for used in catalog.uses(id) {
            writeln!(out, "    uses {used:?}").unwrap();
        }
    }
    for id in catalog.extension_owned.iter().filter(|id| !id.kind.has_signature()) {
        writeln!(out, "extension owned: {id:?}").unwrap();
    }
    for unread in &catalog.unread {
        writeln!(out, "unread: {} {:?}: {}", unread.kind, unread.name, unread.reason).unwrap();
    }
    out
}

fn version(connection: &mut PgConnection) -> u32 {
    read(connection, &ReadOptions::default()).unwrap().server_version / 10_000
}

/// What only 18 has of `app.lax`.
fn not_null_constraints(catalog: &Catalog) {
    let unread = catalog.unread.iter().filter(|unread| unread.kind == "comment");
    let unread: Vec<&str> = unread.map(|unread| unread.name.name.as_str()).collect();
    let columns = catalog.of_kind(Kind::Column).filter(|(id, _)| id.name.name.as_str() == "lax");
    let special: Vec<(String, bool, bool)> = columns
        .filter_map(|(id, object)| match object {
            Object::Column(column) => Some((id, column)),
            _ => None,
        })
        .map(|(id, column)| {
            (column.not_null_name(id).to_string(), column.not_null, column.hands_down_not_null())
        })
        .collect();
    let unproved = catalog.of_kind(Kind::Setting).filter(|(id, _)| id.name.name.as_str() == "lax").count();
    let is = |name: &str, not_null, hands_down| (name.to_owned(), not_null, hands_down);
    if catalog.server_version < 180_000 {
        assert_eq!((unread.len(), special.len(), unproved), (0, 0, 0));
    } else {
        assert_eq!(unread, ["NOT NULL constraint c is there of lax"]);
        assert_eq!(
            special,
            [is("lax_a_not_null", false, false), is("b is there", true, false), is("c is there", true, true)]
        );
        assert_eq!(unproved, 1);
    }
}

#[test]
fn everything_is_read() {
    let server = Server::start();
    let mut connection = server.database("everything", &text("catalog.sql"));
    let major = version(&mut connection);
    if major >= 15 {
        connection.batch_execute(&text("catalog_15.sql")).unwrap();
    }
    if major >= 18 {
        connection.batch_execute(&text("catalog_18.sql")).unwrap();
    }
    let catalog = read(&mut connection, &all()).unwrap();
    not_null_constraints(&catalog);
    for kind in Kind::all() {
        assert!(catalog.of_kind(kind).next().is_some(), "no {kind:?} was read");
    }
    assert_eq!(listing(&catalog), listing(&read(&mut connection, &all()).unwrap()), "two readings differ");
    let found = listing(&catalog);
    if major == 15 {
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalog.expected"), &found)
                .unwrap();
        }
        let expected = text("catalog.expected");
        for (line, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
            assert_eq!(found, expected, "line {} of catalog.expected", line + 1);
        }
        assert_eq!(found.len(), expected.len());
    }

    // Without privileges there are none; the session is as it was.
    let plain = read(&mut connection, &ReadOptions::default()).unwrap();
    assert!(plain.of_kind(Kind::Privilege).next().is_none());
    connection
        .batch_execute("CREATE TABLE app.still_writable (id int); SELECT 'app.users'::regclass")
        .unwrap();
    let path: Setting = diesel::sql_query("SELECT current_setting('search_path') AS value")
        .get_result(&mut connection)
        .unwrap();
    assert_eq!(path.value, "\"$user\", public");

    // A role that may do nothing but connect sees the same schema, but for the user mapping, which it is told of.
    connection.batch_execute("CREATE ROLE nobody LOGIN; DROP TABLE app.still_writable").unwrap();
    let mut nobody = server.connect("nobody", "everything");
    let hidden = "unread: user mapping \"\".\"public on far\": its options are hidden from this role";
    assert!(listing(&read(&mut nobody, &all()).unwrap()).contains(hidden));
    connection.batch_execute("DROP USER MAPPING FOR PUBLIC SERVER far").unwrap();
    let catalog = read(&mut connection, &all()).unwrap();
    assert_eq!(listing(&catalog), listing(&read(&mut nobody, &all()).unwrap()));
    let refused = answer(
        &mut nobody,
        "SELECT count(*) AS matching, 1::bigint AS total FROM app.users",
        Duration::from_secs(1),
    );
    assert!(matches!(refused, Answer::Unknown { .. }), "{refused:?}");
    let counted = answer(
        &mut connection,
        "SELECT count(*) FILTER (WHERE id IS NULL) AS matching, count(*) AS total FROM app.users",
        Duration::from_secs(1),
    );
    assert_eq!(counted, Answer::Count { matching: 0, total: 0 });
    let slow = answer(
        &mut connection,
        "SELECT 1::bigint AS matching, 2::bigint AS total FROM pg_catalog.pg_sleep(5)",
        Duration::from_millis(100),
    );
    assert!(matches!(slow, Answer::Unknown { .. }), "{slow:?}");
    let values = "(VALUES ('1'), ('it''s \\ no number')) AS v(text)";
    let refused = answer(
        &mut connection,
        &format!("SELECT 0::bigint AS matching, count(text::int) AS total FROM {values}"),
        Duration::from_secs(1),
    );
    assert_eq!(refused, Answer::Refused { sqlstate: "22P02".to_owned() });
    let wrong = answer(
        &mut connection,
        &format!("SELECT 0::bigint AS matching, count(text > 'x'::date::text) AS total FROM {values}"),
        Duration::from_secs(1),
    );
    assert!(matches!(wrong, Answer::Unknown { .. }), "no row is to blame: {wrong:?}");
}

#[derive(diesel::QueryableByName)]
struct Setting {
    #[diesel(sql_type = diesel::sql_types::Text)]
    value: String,
}

/// What is assembled must be what the server understands: every aggregate is dropped and made again from its text.
#[test]
fn assembled_aggregates_are_accepted() {
    let server = Server::start();
    let mut connection = server.database("aggregates", &text("catalog.sql"));
    let before = read(&mut connection, &all()).unwrap();
    for (id, object) in before.of_kind(Kind::Function) {
        if let autogen_core::Object::Function(function) = object {
            // OR REPLACE makes a drop needless, and fails where the text says something else of the kind.
            connection
                .batch_execute(&format!("SET search_path = ''; {}", function.definition.as_str()))
                .unwrap_or_else(|error| panic!("{id}: {error}\n{}", function.definition.as_str()));
        }
    }
    assert_eq!(listing(&before), listing(&read(&mut connection, &all()).unwrap()));
}

#[test]
fn a_lock_is_not_waited_for() {
    let server = Server::start();
    let mut connection =
        server.database("locked", "CREATE TABLE t (id int, CHECK (id > 0)); CREATE INDEX i ON t ((id + 1))");
    let mut other = server.connect("postgres", "locked");
    other.batch_execute("BEGIN; ALTER TABLE t ADD COLUMN x int").unwrap();
    let options = ReadOptions { lock_timeout: Some(Duration::from_millis(200)), ..ReadOptions::default() };
    let message = read(&mut connection, &options).unwrap_err().to_string();
    assert!(message.contains("0.2 s for a lock"), "{message}");
    other.batch_execute("COMMIT").unwrap();
    let catalog = read(&mut connection, &options).unwrap();
    assert_eq!(catalog.parts(Kind::Column, &QualName::new("public", "t")).count(), 2);
}

/// Readings while tables come and go: each gives a catalog.
#[test]
fn objects_may_go_meanwhile() {
    let server = Server::start();
    let mut connection = server.database("churn", "CREATE TABLE stays (id int)");
    let mut other = server.connect("postgres", "churn");
    let stop = Instant::now() + Duration::from_secs(3);
    let churn = std::thread::spawn(move || {
        while Instant::now() < stop {
            other
                .batch_execute(
                    "CREATE TABLE comes (id int CHECK (id > 0), g int GENERATED ALWAYS AS (id) STORED);
                     CREATE INDEX ON comes ((id + 1)); CREATE VIEW v AS SELECT * FROM comes;
                     CREATE FUNCTION f(comes) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                )
                .unwrap();
            other.batch_execute("DROP TABLE comes CASCADE").unwrap();
        }
    });
    let mut refused = 0;
    while Instant::now() < stop {
        match read(&mut connection, &ReadOptions::default()) {
            Ok(catalog) => assert!(catalog.len() >= 3),
            Err(error) => {
                assert!(error.to_string().contains("kept changing"), "{error}");
                refused += 1;
            }
        }
    }
    churn.join().unwrap();
    println!("{refused} readings gave up");
    read(&mut connection, &ReadOptions::default()).unwrap();
}

/// A text is asked for once where several tables have it, and it names columns as they are called at that moment.
#[test]
fn a_rename_in_the_middle_changes_no_other_table() {
    let server = Server::start();
    let sql = "CREATE TABLE a (x int CONSTRAINT c CHECK (x > 0), y int); CREATE INDEX ai ON a ((x + 1)) WHERE x > 5;
        CREATE TABLE b (y int, x int CONSTRAINT c CHECK (x > 0)); CREATE INDEX bi ON b ((x + 1)) WHERE x > 5";
    let mut connection = server.database("renames", sql);
    let changes = [
        "ALTER TABLE a RENAME x TO z",
        "ALTER TABLE a RENAME z TO w; ALTER TABLE a RENAME y TO z; ALTER TABLE a RENAME w TO y",
        "DROP INDEX ai; ALTER TABLE a DROP COLUMN y",
    ];
    for (change, column) in changes.into_iter().zip(["z", "y", ""]) {
        let mut other = server.connect("postgres", "renames");
        other.batch_execute(&format!("BEGIN; {change}")).unwrap();
        let committing = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(500));
            other.batch_execute("COMMIT").unwrap();
        });
        let catalog = read(&mut connection, &ReadOptions::default()).unwrap();
        committing.join().unwrap();
        let found: Vec<String> = [Kind::Check, Kind::Index]
            .into_iter()
            .flat_map(|kind| catalog.of_kind(kind))
            .map(|(id, object)| match object {
                Object::Check(check) => format!("{} {}", id.name.name, check.expression.as_str()),
                Object::Index(index) => {
                    let predicate = index.predicate.as_ref().map_or("", |predicate| predicate.as_str());
                    format!("{} {predicate}", id.name.name)
                }
                _ => String::new(),
            })
            .collect();
        let of = |table: &str, column: &str| {
            [format!("{table} ({column} > 0)"), format!("{table}i ({column} > 5)")]
        };
        let expect =
            [of("a", column), of("b", "x")].concat().into_iter().filter(|text| !text.contains("( >"));
        let mut expect: Vec<String> = expect.collect();
        expect.sort_by_key(|text| text.contains('i'));
        assert_eq!(found, expect, "{change}");
    }
}

#[test]
fn an_index_that_goes_in_the_middle_is_none() {
    let server = Server::start();
    // The check's text waits for the lock of DROP INDEX.
    let sql = "CREATE TABLE a (x int CONSTRAINT c CHECK (x > 0)); CREATE INDEX ai ON a ((x + 1))";
    let mut connection = server.database("drops", sql);
    let mut other = server.connect("postgres", "drops");
    other.batch_execute("BEGIN; DROP INDEX ai").unwrap();
    let committing = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(500));
        other.batch_execute("COMMIT").unwrap();
    });
    let catalog = read(&mut connection, &ReadOptions::default()).unwrap();
    committing.join().unwrap();
    assert_eq!(catalog.of_kind(Kind::Index).count(), 0);
    assert_eq!(catalog.of_kind(Kind::Check).count(), 1);
}

/// How many statements a reading sends.
fn statements(connection: &mut PgConnection) -> usize {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { .. } = event {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    read(connection, &all()).unwrap();
    count.load(Ordering::Relaxed)
}

#[test]
fn the_size_of_the_schema_adds_no_query() {
    let server = Server::start();
    let mut empty = server.database("empty", "SELECT 1");
    let mut large = server.database("large", &text("catalog.sql"));
    let few = statements(&mut large);
    for n in 0..50 {
        let sql = format!(
            "CREATE TABLE t{n} (id serial PRIMARY KEY, b int CHECK (b > 0) DEFAULT 1); CREATE VIEW v{n} AS SELECT id FROM t{n}; \
             CREATE INDEX ON t{n} ((b + 1)); COMMENT ON TABLE t{n} IS 'n'; CREATE TYPE e{n} AS ENUM ('a')"
        );
        large.batch_execute(&sql).unwrap();
    }
    let (none, many) = (statements(&mut empty), statements(&mut large));
    assert!(none > 20, "the statements were not counted: {none}");
    assert_eq!(few, many);
    // Kinds of which there are none are not asked about.
    assert!(none + 20 < few, "{none} and {few}");
}
