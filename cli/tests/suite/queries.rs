//! How many statements a whole `autogen check` sends to a server, as the server's own log has them: as many for fifty tables
//! as for five, in sync or with the same change. What an expression adds that the models spell in their own way is held to a
//! few; how long it all takes is not held to anything here.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::fmt::Write;
use std::path::Path;

use autogen::postgres::Ephemeral;
use diesel::connection::SimpleConnection;

use crate::support;

/// Tables with a constraint of every sort, and the models that say just that.
fn project(server: &Ephemeral, folder: &Path, name: &str, tables: usize) {
    let mut sql = String::new();
    for table in 0..tables {
        let parent = table / 2;
        writeln!(
            sql,
            "CREATE TYPE kind_{table} AS ENUM ('a', 'b');
             CREATE TABLE t_{table} (
                 id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text UNIQUE, amount numeric(12,2) NOT NULL DEFAULT 0,
                 kind kind_{table} NOT NULL DEFAULT 'a', parent bigint REFERENCES t_{parent}, old serial,
                 CHECK (amount >= 0 OR length(code) > 2)
             );
             CREATE INDEX ON t_{table} (lower(code)) WHERE amount > 0;
             COMMENT ON TABLE t_{table} IS 'number {table}';"
        )
        .unwrap();
    }
    server.create_database(name, None).unwrap();
    server.connect(name).unwrap().batch_execute(&sql).unwrap();
    let mut pull = support::autogen(folder);
    support::run(pull.args(["pull", "--quiet", "--db", &server.url(name), "--out", name]), 0).unwrap();
}

/// A server that writes down every statement.
fn with_log() -> Ephemeral {
    let settings = ["log_statement=all", "log_min_messages=log"].map(str::to_owned);
    support::start_with(settings.to_vec()).unwrap()
}

/// The number of statements that a check sends; it must end with the exit code.
fn sent(server: &Ephemeral, folder: &Path, name: &str, code: i32) -> usize {
    let log = || std::fs::read_to_string(server.folder().join("log")).unwrap();
    let before = log().len();
    let mut check = support::autogen(folder);
    let models = Path::new(name).join("models.rs");
    support::run(check.args(["check", "--db", &server.url(name), "--models"]).arg(models), code).unwrap();
    let is_statement = |line: &&str| line.contains("LOG:  statement: ") || line.contains("LOG:  execute ");
    log()[before..].lines().filter(is_statement).count()
}

#[test]
fn more_tables_are_no_more_statements() {
    let server = with_log();
    let folder = tempfile::tempdir().unwrap();
    let sizes = [("few", 5), ("many", 50)];
    let counts = |code| sizes.map(|(name, _)| sent(&server, folder.path(), name, code));
    for (name, tables) in sizes {
        project(&server, folder.path(), name, tables);
    }
    let in_sync = counts(0);
    assert!(in_sync[0] > 20, "the statements are not in the log: {in_sync:?}");
    assert_eq!(in_sync[0], in_sync[1], "in sync");

    let change =
        "ALTER TABLE t_3 ALTER amount SET DEFAULT 1, DROP CONSTRAINT t_3_check, ADD CHECK (amount > 1);
                  COMMENT ON TABLE t_3 IS 'another';";
    for (name, _) in sizes {
        server.connect(name).unwrap().batch_execute(change).unwrap();
    }
    let changed = counts(1);
    assert!(changed[0] > in_sync[0], "the expressions are asked about: {changed:?}");
    assert_eq!(changed[0], changed[1], "with the same change");
}

/// A table's two conditions as people write them, in the first `own` tables of the models; in the next `wrong` ones
/// the first of them is not understood.
fn spell(models: &Path, as_pulled: &str, own: usize, wrong: usize) {
    let text = as_pulled.replacen("(amount > (0)::numeric)", "amount>0", own);
    let text =
        text.replacen("((amount >= (0)::numeric) OR (length(code) > 2))", "amount>=0 or length(code)>2", own);
    let text = text.replacen("(amount > (0)::numeric)", "amunt>0", wrong);
    assert_ne!(text, as_pulled);
    std::fs::write(models, text).unwrap();
}

#[test]
fn own_spellings_take_few_statements() {
    let server = with_log();
    let folder = tempfile::tempdir().unwrap();
    let added = |name, tables, own, wrong, code| {
        project(&server, folder.path(), name, tables);
        let as_pulled = sent(&server, folder.path(), name, 0);
        let models = folder.path().join(name).join("models.rs");
        let text = std::fs::read_to_string(&models).unwrap();
        spell(&models, &text, own, wrong);
        sent(&server, folder.path(), name, code) - as_pulled
    };
    // A session over a tunnel waits for each.
    let one = added("one", 5, 1, 0, 0);
    assert!(one <= 8, "{one}");
    assert_eq!(added("thirty", 50, 30, 0, 0), one, "thirty tables take as many as one");
    // One that is not understood is searched for.
    let wrong = added("wrong", 50, 30, 1, 1);
    assert!(wrong <= one + 100, "{wrong}");
}
