//! Tables with rows are changed while others use them: what the scripts lock, as the server tells it, and how they run
//! under Diesel, part by part, there and back.

#![allow(clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod invalid;
mod locks;
mod parts;
mod published;
mod waits;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::support::{self, autogen, dump, load, run, same};
use anyhow::{Context, Result, anyhow, ensure};
use autogen::postgres::Ephemeral;
use autogen_codegen::{
    Direction, InUse, RenderOptions, Script, question_sql_on, questions, render, render_both,
};
use autogen_core::{Answers, ChangeGraph, Hints, Lock, Pair};
use autogen_diff::diff;
use autogen_introspect::catalog::{ReadOptions, answer, read};
use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use locks::{held, pid, seen, strongest};

/// A change of every kind that has to look at rows.
const BEFORE: &str = "
    CREATE TABLE orgs (id bigint PRIMARY KEY);
    CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint, email text, nick text, age integer, code text);
    CREATE INDEX users_nick ON users (nick);
    CREATE INDEX users_age ON users (age);
    ALTER TABLE users ADD CONSTRAINT users_code_key UNIQUE (code);
    CREATE TABLE events (id bigint NOT NULL, day integer NOT NULL) PARTITION BY LIST (day);
    CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1);
    CREATE TABLE events_2 PARTITION OF events FOR VALUES IN (2);
    CREATE TABLE events_3 (id bigint NOT NULL, day integer NOT NULL);
";
const AFTER: &str = "
    CREATE TABLE orgs (id bigint PRIMARY KEY);
    CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint REFERENCES orgs, email text NOT NULL UNIQUE, nick text,
        age integer CHECK (age > 0), code text, token uuid DEFAULT gen_random_uuid() NOT NULL,
        rank integer DEFAULT 3 NOT NULL CHECK (rank > 0));
    CREATE INDEX users_nick ON users (nick DESC, id);
    CREATE INDEX users_token ON users (token);
    ALTER TABLE users ADD CONSTRAINT users_code_key UNIQUE (code, id);
    CREATE TABLE events (id bigint NOT NULL, day integer NOT NULL) PARTITION BY LIST (day);
    CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1);
    CREATE TABLE events_2 PARTITION OF events FOR VALUES IN (2);
    CREATE TABLE events_3 PARTITION OF events FOR VALUES IN (3);
    CREATE INDEX events_id ON events (id);
";
const ROWS: &str = "
    INSERT INTO orgs VALUES (1);
    INSERT INTO users SELECT n, 1, 'e' || n, 'n' || n, n, 'c' || n FROM generate_series(1, 100000) AS n;
    INSERT INTO events SELECT n, 1 + n % 2 FROM generate_series(1, 100000) AS n;
    INSERT INTO events_3 SELECT n, 3 FROM generate_series(1, 50000) AS n;
    ANALYZE;
";
/// Whoever reads more rows than this in one statement holds others up, if its lock does.
const MANY: i64 = 40_000;

fn graphs(server: &Ephemeral, now: &str, goal: &str) -> Result<(ChangeGraph, ChangeGraph)> {
    let open = |database: &str| -> Result<PgConnection> {
        let mut connection = server.connect(database)?;
        autogen::postgres::pin_session(&mut connection)?;
        autogen::postgres::pin_search_path(&mut connection)?;
        Ok(connection)
    };
    let options = ReadOptions::default();
    let (before, after) = (read(&mut open(now)?, &options)?, read(&mut open(goal)?, &options)?);
    let there = diff(Pair::new(&before, &after), &Hints::default())?;
    Ok((there, diff(Pair::new(&after, &before), &Hints::default())?))
}

fn scripts(server: &Ephemeral, in_use: InUse) -> Result<(Script, Script)> {
    let (there, back) = graphs(server, "now", "goal")?;
    let mut answers = Answers::default();
    let mut connection = server.connect("now")?;
    for question in questions(&there) {
        if let Some(sql) = question_sql_on(&question, 150_000) {
            answers.insert(question, answer(&mut connection, &sql, Duration::from_secs(5)));
        }
    }
    let options = |direction, answers| RenderOptions {
        answers,
        direction,
        in_use: in_use.clone(),
        ..RenderOptions::default()
    };
    Ok(render_both(
        (&there, &options(Direction::Up, answers)),
        (&back, &options(Direction::Down, Answers::default())),
    ))
}

/// Runs a script and returns the statements that went through many rows of a table under a lock that others wait for.
fn blocking(server: &Ephemeral, script: &Script) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut connection = server.connect("now")?;
    let own = pid(&mut connection)?;
    for part in script.filled() {
        if !part.transaction {
            found.extend(watched(server, &part.to_sql())?);
            continue;
        }
        connection.batch_execute("BEGIN")?;
        for statement in &part.statements {
            let before = seen(&mut connection)?;
            connection.batch_execute(&statement.sql).with_context(|| statement.sql.clone())?;
            let locks = held(&mut connection, own)?;
            for (table, rows) in seen(&mut connection)? {
                let earlier = before.iter().find(|(other, _)| *other == table).map_or(0, |(_, rows)| *rows);
                let lock = strongest(&locks, &table);
                if rows - earlier > MANY && lock > Some(Lock::ShareUpdateExclusive) {
                    found.push(format!("{table} {lock:?}: {}", statement.sql));
                }
            }
        }
        connection.batch_execute("COMMIT")?;
    }
    Ok(found)
}

/// Runs a statement that is no part of a transaction, and looks at its locks from beside.
fn watched(server: &Ephemeral, sql: &str) -> Result<Vec<String>> {
    let mut worker = server.connect("now")?;
    let mut watcher = server.connect("now")?;
    let pid = pid(&mut worker)?;
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let job = scope.spawn(|| {
            let result = worker.batch_execute(sql);
            done.store(true, Ordering::Relaxed);
            result
        });
        let mut found = Vec::new();
        while !done.load(Ordering::Relaxed) {
            for (table, lock) in held(&mut watcher, pid)? {
                if lock > Lock::ShareUpdateExclusive {
                    found.push(format!("{table} {lock}: {sql}"));
                }
            }
        }
        job.join().map_err(|_| anyhow!("the statement was lost"))?.with_context(|| sql.to_owned())?;
        Ok(found)
    })
}

fn databases() -> Result<Ephemeral> {
    let server = support::start()?;
    for (name, sql) in [("now", BEFORE), ("goal", AFTER)] {
        server.create_database(name, None)?;
        load(&server, name, sql)?;
    }
    load(&server, "now", ROWS)?;
    Ok(server)
}

#[test]
fn nobody_is_kept_out_while_rows_are_read() -> Result<()> {
    let server = databases()?;
    let (before, after) = (dump(&server, "now")?, dump(&server, "goal")?);
    let (up, down) = scripts(&server, InUse::Everything)?;
    ensure!(up.parts.len() == down.parts.len(), "a part has no way back");
    let found = blocking(&server, &up)?;
    ensure!(found.is_empty(), "others have to wait:\n{}", found.join("\n"));
    same("after up (+ is, - should be)", &dump(&server, "now")?, &after)?;
    for part in down.filled() {
        support::apply(&mut server.connect("now")?, "down", &part.to_sql())?;
    }
    same("after down (+ is, - should be)", &dump(&server, "now")?, &before)?;

    // The plain statements are what the online ones are good for; if they passed too, this test would see nothing.
    let (up, _) = scripts(&server, InUse::Nothing)?;
    ensure!(up.parts.len() == 1, "plain statements take one part");
    let found = blocking(&server, &up)?;
    for part in ["SET NOT NULL", "CREATE INDEX", "UNIQUE", "CHECK", "REFERENCES", "gen_random_uuid", "ATTACH"]
    {
        ensure!(found.iter().any(|line| line.contains(part)), "{part} blocks nobody: {found:#?}");
    }
    same("after the plain up (+ is, - should be)", &dump(&server, "now")?, &after)
}

/// As a team does it: `--name`, then Diesel.
#[test]
fn diesel_runs_every_part_and_takes_each_back() -> Result<()> {
    let server = databases()?;
    let (before, after) = (dump(&server, "now")?, dump(&server, "goal")?);
    let project = tempfile::tempdir()?;
    std::fs::write(project.path().join("Cargo.toml"), "[package]\nname = \"x\"\n")?;
    let sides = ["--db".to_owned(), server.url("now"), "--target".to_owned(), server.url("goal")];
    run(autogen(project.path()).args(["diff", "--name", "grow"]).args(&sides), 0)?;
    let folder = project.path().join("migrations");
    let mut names: Vec<_> =
        std::fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    names.sort();
    ensure!(names.len() > 5, "one migration for all: {names:?}");
    for path in &names {
        let alone = std::fs::read_to_string(path.join("up.sql"))?.contains("INDEX CONCURRENTLY");
        let metadata = std::fs::read_to_string(path.join("metadata.toml")).unwrap_or_default();
        let stays_out = metadata.contains("run_in_transaction = false");
        ensure!(alone == stays_out, "{}: {metadata}", path.display());
    }
    let mut connection = server.connect("now")?;
    let source = || FileBasedMigrations::from_path(&folder);
    let ran = connection.run_pending_migrations(source()?).map_err(|error| anyhow!("{error}"))?.len();
    ensure!(ran == names.len(), "{ran} of {} migrations ran", names.len());
    same("after up (+ is, - should be)", &dump(&server, "now")?, &after)?;
    run(autogen(project.path()).arg("check").args(&sides), 0)?;
    // The last one again, as `diesel migration redo` does.
    connection.revert_last_migration(source()?).map_err(|error| anyhow!("{error}"))?;
    connection.run_pending_migrations(source()?).map_err(|error| anyhow!("{error}"))?;
    same("after a redo (+ is, - should be)", &dump(&server, "now")?, &after)?;
    for _ in &names {
        connection.revert_last_migration(source()?).map_err(|error| anyhow!("{error}"))?;
    }
    same("after down (+ is, - should be)", &dump(&server, "now")?, &before)?;
    connection.run_pending_migrations(source()?).map_err(|error| anyhow!("{error}"))?;
    same("after the second up (+ is, - should be)", &dump(&server, "now")?, &after)
}

/// A script that nobody has completed changes nothing while the table is small.
#[test]
fn offline_is_one_migration() -> Result<()> {
    let server = databases()?;
    let folder = tempfile::tempdir()?;
    let sides = ["--db".to_owned(), server.url("now"), "--target".to_owned(), server.url("goal")];
    let said = |options: &[&str]| -> Result<String> {
        let mut command = autogen(folder.path());
        let output = run(command.args(["diff", "--format", "sql"]).args(options).args(&sides), 0)?;
        Ok(String::from_utf8(output.stdout)?)
    };
    let (by_itself, offline) = (said(&[])?, said(&["--offline-ok"])?);
    let (blind, forced) = (said(&["--no-probe"])?, said(&["--no-probe", "--online"])?);
    for online in [&by_itself, &forced] {
        ensure!(online.contains("CONCURRENTLY") && online.contains("lock_timeout"), "{online}");
    }
    for plain in [&offline, &blind] {
        ensure!(!plain.contains("CONCURRENTLY") && !plain.contains("must be committed"), "{plain}");
    }
    Ok(())
}

/// The option goes before the configuration, and a limit of none is none.
#[test]
fn statements_wait_as_long_as_the_project_says() -> Result<()> {
    let project = tempfile::tempdir()?;
    let write = |file: &str, text: &str| std::fs::write(project.path().join(file), text);
    write("Cargo.toml", "[package]\nname = \"x\"\n")?;
    write("now.sql", "CREATE TABLE t (id integer);")?;
    write("goal.sql", "CREATE TABLE t (id integer, n integer);")?;
    let limit = |options: &[&str]| -> Result<Option<String>> {
        let mut command = autogen(project.path());
        command.args(["diff", "--online", "--db", "now.sql", "--target", "goal.sql", "--format", "sql"]);
        let text = String::from_utf8(run(command.args(options), 0)?.stdout)?;
        let line = text.lines().find_map(|line| line.strip_prefix("SET LOCAL lock_timeout = "));
        Ok(line.map(str::to_owned))
    };
    ensure!(limit(&[])?.as_deref() == Some("'5s';"));
    write("autogen.toml", "[migrations]\nlock_timeout = \"2min\"\n")?;
    ensure!(limit(&[])?.as_deref() == Some("'2min';"));
    ensure!(limit(&["--lock-timeout", "500 ms"])?.as_deref() == Some("'500ms';"));
    ensure!(limit(&["--lock-timeout", "0"])?.is_none());
    let refused = run(autogen(project.path()).args(["diff", "--lock-timeout", "soon"]), 2)?;
    let told = String::from_utf8(refused.stderr)?;
    ensure!(told.contains("\"soon\" is no time"), "{told}");
    Ok(())
}

/// Changes by what they are called in the manual, and the lock that it tells for them on the table `t` ("Explicit
/// Locking" and the pages of the commands).
const KINDS: &[(&str, &str, &str, Lock)] = &[
    ("add column", "", "ALTER TABLE t ADD COLUMN x int", Lock::AccessExclusive),
    ("drop column", "", "ALTER TABLE t DROP COLUMN b", Lock::AccessExclusive),
    ("set default", "", "ALTER TABLE t ALTER COLUMN b SET DEFAULT 'x'", Lock::AccessExclusive),
    ("drop not null", "", "ALTER TABLE t ALTER COLUMN n DROP NOT NULL", Lock::AccessExclusive),
    ("set not null", "", "ALTER TABLE t ALTER COLUMN b SET NOT NULL", Lock::AccessExclusive),
    ("alter type", "", "ALTER TABLE t ALTER COLUMN a TYPE bigint", Lock::AccessExclusive),
    ("add check", "", "ALTER TABLE t ADD CHECK (a > 0)", Lock::AccessExclusive),
    ("add unique", "", "ALTER TABLE t ADD UNIQUE (b)", Lock::AccessExclusive),
    ("add foreign key", "", "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p", Lock::ShareRowExclusive),
    (
        "drop constraint",
        "ALTER TABLE t ADD CONSTRAINT k UNIQUE (b)",
        "ALTER TABLE t DROP CONSTRAINT k",
        Lock::AccessExclusive,
    ),
    (
        "validate",
        "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID",
        "ALTER TABLE t VALIDATE CONSTRAINT k",
        Lock::ShareUpdateExclusive,
    ),
    ("create index", "", "CREATE INDEX i ON t (a)", Lock::Share),
    ("drop index", "CREATE INDEX i ON t (a)", "DROP INDEX i", Lock::AccessExclusive),
    ("storage parameters", "", "ALTER TABLE t SET (fillfactor = 70)", Lock::ShareUpdateExclusive),
    ("statistics target", "", "ALTER TABLE t ALTER COLUMN a SET STATISTICS 500", Lock::ShareUpdateExclusive),
    ("storage", "", "ALTER TABLE t ALTER COLUMN b SET STORAGE EXTERNAL", Lock::AccessExclusive),
    ("row security", "", "ALTER TABLE t ENABLE ROW LEVEL SECURITY", Lock::AccessExclusive),
    ("replica identity", "", "ALTER TABLE t REPLICA IDENTITY FULL", Lock::AccessExclusive),
    (
        "create trigger",
        "",
        "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()",
        Lock::ShareRowExclusive,
    ),
    (
        "drop trigger",
        "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "DROP TRIGGER g ON t",
        Lock::AccessExclusive,
    ),
    ("create policy", "", "CREATE POLICY y ON t USING (true)", Lock::AccessExclusive),
    ("create rule", "", "CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING", Lock::AccessExclusive),
    ("create statistics", "", "CREATE STATISTICS s ON a, n FROM t", Lock::ShareUpdateExclusive),
    ("comment", "", "COMMENT ON COLUMN t.a IS 'x'", Lock::ShareUpdateExclusive),
    ("set unlogged", "", "ALTER TABLE t SET UNLOGGED", Lock::AccessExclusive),
    (
        "attach partition",
        "CREATE TABLE h (id int, a int, b text, n int NOT NULL) PARTITION BY LIST (a)",
        "ALTER TABLE h ATTACH PARTITION t FOR VALUES IN (1)",
        Lock::AccessExclusive,
    ),
    ("drop table", "", "DROP TABLE t", Lock::AccessExclusive),
];

#[test]
fn locks_are_told_as_the_manual_and_the_server_have_them() -> Result<()> {
    let server = support::start()?;
    let table = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                 CREATE TABLE p (id int PRIMARY KEY);
                 CREATE TABLE t (id int, a int, b text, n int NOT NULL);";
    let mut wrong = Vec::new();
    for (kind, earlier, change, manual) in KINDS {
        for (name, also) in [("now", ""), ("goal", *change)] {
            server.create_database(name, None)?;
            load(&server, name, &format!("{table} {earlier}; {also}")).with_context(|| (*kind).to_owned())?;
        }
        let (there, _) = graphs(&server, "now", "goal")?;
        let options = RenderOptions { server_version: server.major() * 10_000, ..RenderOptions::default() };
        let script = render(&there, &options);
        let mut connection = server.connect("now")?;
        let own = pid(&mut connection)?;
        ensure!(script.statements().count() == 1, "{kind}: {}", script.to_sql());
        for statement in script.statements() {
            connection.batch_execute("BEGIN")?;
            connection.batch_execute(&statement.sql).with_context(|| statement.sql.clone())?;
            // A dropped table has no row in pg_class any more.
            let locks = match *kind {
                "drop table" => {
                    let mut beside = server.connect("now")?;
                    held(&mut beside, own)?
                }
                _ => held(&mut connection, own)?,
            };
            connection.batch_execute("ROLLBACK")?;
            let (said, is) = (statement.lock, strongest(&locks, "t"));
            if said != Some(*manual) || is != Some(*manual) {
                wrong.push(format!("{kind}: manual {manual}, told {said:?}, is {is:?}: {}", statement.sql));
            }
        }
        drop(connection);
        server.drop_database("now")?;
        server.drop_database("goal")?;
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
