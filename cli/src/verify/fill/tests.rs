//! The rows on the schemas of all fixtures, and on tables that are hard to fill. The server is the referee: it has taken the
//! rows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::path::{Path, PathBuf};

use diesel::PgConnection;
use diesel::connection::SimpleConnection;

use super::super::query;
use super::{Filled, fill};
use crate::postgres::{Ephemeral, Options, load};

/// Whether a table is of those that can hold no rows: a foreign one, as nobody knows what is behind it, and a partitioned
/// one without a partition that has rows.
fn must_be_empty(connection: &mut PgConnection, table: &str) -> bool {
    let table = table.replace('\'', "''");
    let (schema, name) = table.split_once('.').unwrap_or(("public", &table));
    let sql = format!(
        "SELECT EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass(format('%I.%I', '{schema}', '{name}')) \
         AND (c.relkind = 'f' OR c.relkind = 'p' AND NOT EXISTS (SELECT FROM pg_partition_tree(c.oid) WHERE isleaf)) \
         )::text AS value"
    );
    query::text(connection, &sql).unwrap() == "true"
}

fn filled(server: &Ephemeral, name: &str, sql: &str) -> (PgConnection, Filled) {
    server.create_database(name, None).unwrap();
    load::load_sql(&mut server.connect(name).unwrap(), Path::new(name), sql).unwrap();
    let mut connection = server.connect(name).unwrap();
    let filled = fill(&mut connection, 20, None).unwrap();
    (connection, filled)
}

#[test]
fn the_tables_of_all_fixtures_get_rows() {
    let server = Ephemeral::start(&Options::default()).unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let mut connection = server.connect("postgres").unwrap();
    connection.batch_execute(&std::fs::read_to_string(fixtures.join("roles.sql")).unwrap()).unwrap();
    let mut folders: Vec<_> =
        std::fs::read_dir(&fixtures).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    // Two at a time, as there are hundreds.
    let (first, second) = folders.split_at(folders.len() / 2);
    let (one, other) = std::thread::scope(|scope| {
        let one = scope.spawn(|| rows_of(&server, first));
        (rows_of(&server, second), one.join().unwrap())
    });
    let (tables, empty) = (one.0 + other.0, [one.1, other.1].concat());
    assert!(tables > 200, "{tables}");
    assert!(empty.is_empty(), "{} of {tables} tables are empty:\n{empty:#?}", empty.len());
}

/// How many tables the fixtures have, and those that are empty although they need not be.
fn rows_of(server: &Ephemeral, folders: &[PathBuf]) -> (usize, Vec<String>) {
    let (mut tables, mut empty) = (0, Vec::new());
    for folder in folders {
        let Ok(sql) = std::fs::read_to_string(folder.join("before.sql")) else { continue };
        let since = std::fs::read_to_string(folder.join("since.txt")).unwrap_or_default();
        if since.trim().parse::<u32>().is_ok_and(|since| since > server.major()) {
            continue;
        }
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let (mut connection, found) = filled(server, &name, &sql);
        tables += found.tables.len() + found.empty.len();
        for (table, reason) in &found.empty {
            if !must_be_empty(&mut connection, table) {
                empty.push(format!("{name}: {table}: {reason}"));
            }
        }
        drop(connection);
        server.drop_database(&name).unwrap();
    }
    (tables, empty)
}

/// Every table of the script must get rows, and each query must tell true.
#[track_caller]
fn check(sql: &str, facts: &[&str]) {
    let server = Ephemeral::start(&Options::default()).unwrap();
    let (mut connection, found) = filled(&server, "hard", sql);
    assert!(found.empty.is_empty(), "{:?}", found.empty);
    for fact in facts {
        let sql = format!("SELECT ({fact})::text AS value");
        let answer = query::text(&mut connection, &sql).unwrap();
        assert_eq!(answer, "true", "{fact}: {:?}", found.notes);
    }
}

#[test]
fn values_are_of_many_sorts() {
    check(
        "CREATE TABLE t (id serial PRIMARY KEY, a text, b int NOT NULL, c numeric(5,2), d timestamptz, e text[], f jsonb)",
        &[
            "SELECT count(*) = 20 FROM t",
            "SELECT count(*) BETWEEN 1 AND 10 FROM t WHERE a IS NULL",
            "SELECT bool_or(a LIKE '%''%') AND bool_or(a LIKE E'%\\n%') FROM t",
            "SELECT min(b) = -2147483648 AND max(b) = 2147483647 FROM t",
            "SELECT max(c) = 999.99 FROM t",
            // Duplicates, as real rows have them.
            "SELECT count(DISTINCT b) < count(*) FROM t",
        ],
    );
}

#[test]
fn rules_of_all_sorts_are_kept() {
    check(
        "CREATE EXTENSION IF NOT EXISTS btree_gist;
         CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s');
         CREATE TYPE pair AS (a int, b text);
         CREATE DOMAIN code AS text CHECK (VALUE ~ '^[A-Z]{3}-\\d{2,4}$') NOT NULL;
         CREATE DOMAIN percent AS numeric(5,2) CHECK (VALUE BETWEEN 0 AND 100);
         CREATE TABLE orgs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code code UNIQUE, share percent, pairs pair[]);
         CREATE TABLE users (id uuid PRIMARY KEY, org bigint NOT NULL REFERENCES orgs, boss uuid NOT NULL REFERENCES users,
            email varchar(30) NOT NULL CHECK (email LIKE '%_@%_.__%'), born date, died date, mood mood NOT NULL,
            upper text GENERATED ALWAYS AS (upper(email)) STORED, phone text, fax text,
            CHECK (died > born), CHECK (num_nonnulls(phone, fax) = 1), CHECK (mood <> 'sad' OR phone IS NULL));
         CREATE TABLE members (org bigint REFERENCES orgs, who uuid REFERENCES users, PRIMARY KEY (org, who));
         CREATE TABLE bookings (room int, during tstzrange NOT NULL, EXCLUDE USING gist (room WITH =, during WITH &&));
         CREATE TABLE events (at date NOT NULL, kind text NOT NULL, PRIMARY KEY (at, kind)) PARTITION BY RANGE (at);
         CREATE TABLE events_24 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (kind);
         CREATE TABLE events_24_a PARTITION OF events_24 FOR VALUES IN ('a', 'b');
         CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL);
         CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a DEFERRABLE);
         ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b DEFERRABLE INITIALLY DEFERRED;
         CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no rows here'; END $$;
         CREATE TABLE guarded (id int REFERENCES a);
         CREATE TRIGGER guard BEFORE INSERT ON guarded FOR EACH ROW EXECUTE FUNCTION refuse();",
        &[
            "SELECT count(*) = 20 FROM orgs",
            "SELECT count(*) = 20 FROM users",
            "SELECT count(*) = 20 FROM members",
            "SELECT count(*) = 20 FROM bookings",
            "SELECT count(*) > 3 FROM events",
            "SELECT count(*) > 3 FROM a",
            "SELECT count(*) > 3 FROM b",
            "SELECT count(*) = 20 FROM guarded",
            "SELECT NOT EXISTS (SELECT FROM guarded WHERE id NOT IN (SELECT id FROM a))",
            "SELECT tgenabled = 'O' FROM pg_trigger WHERE tgname = 'guard'",
        ],
    );
}
