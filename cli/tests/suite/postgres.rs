//! The throwaway server and what is brought into it, on the real thing: that it leaves nothing behind however
//! the tool ends, and that migrations and dumps arrive as they would in production. Where there is no
//! Postgres these tests fail and say so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use autogen::postgres::{self, Ephemeral, Options, ephemeral, load, replay};
use diesel::connection::SimpleConnection;
use diesel::sql_types::{Nullable, Text};
use diesel::{PgConnection, RunQueryDsl};

use crate::support;

fn start() -> Ephemeral {
    let options =
        Options { pg_bin: std::env::var_os("AUTOGEN_PG_BIN").map(PathBuf::from), ..Options::default() };
    Ephemeral::start(&options).unwrap_or_else(|e| panic!("these tests need Postgres binaries: {e}"))
}

/// One server for the tests that only need a database of their own. Statics are never dropped, so this one
/// ends by the parent-death signal.
fn database(name: &str) -> PgConnection {
    static SHARED: Mutex<Option<Ephemeral>> = Mutex::new(None);
    let mut shared: MutexGuard<'_, _> = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    let server = shared.get_or_insert_with(start);
    server.drop_database(name).unwrap();
    server.create_database(name, None).unwrap();
    server.connect(name).unwrap()
}

fn text(connection: &mut PgConnection, expression: &str) -> Option<String> {
    diesel::select(diesel::dsl::sql::<Nullable<Text>>(&format!("({expression})::text")))
        .get_result(connection)
        .unwrap_or_else(|e| panic!("{expression}: {e}"))
}

fn is_alive(pid: u32) -> bool {
    // A zombie whose parent has not looked yet is as dead as can be.
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|s| !s.contains(") Z "))
}

fn wait_for(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(10), "waited 10 s for: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn write(path: PathBuf, content: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

#[test]
fn dropping_leaves_no_process_and_no_folder() {
    drop(start());
    let began = Instant::now();
    let server = start();
    let ready = began.elapsed();
    let (pid, folder) = (server.pid().unwrap(), server.folder().to_path_buf());
    assert!(is_alive(pid) && folder.is_dir());
    let mut connection = server.connect("postgres").unwrap();
    assert_eq!(
        text(&mut connection, "current_setting('max_locks_per_transaction')").as_deref(),
        Some("1024")
    );
    assert_eq!(text(&mut connection, "current_setting('listen_addresses')").as_deref(), Some(""));
    drop(connection);
    drop(server);
    assert!(!is_alive(pid) && !folder.exists());
    eprintln!("ready after {ready:?}, start to end {:?}", began.elapsed());
}

#[test]
fn a_panic_ends_the_server() {
    let seen = Mutex::new(None);
    let result = std::panic::catch_unwind(|| {
        let server = start();
        *seen.lock().unwrap() = Some((server.pid().unwrap(), server.folder().to_path_buf()));
        panic!("on purpose");
    });
    assert!(result.is_err());
    let (pid, folder) = seen.into_inner().unwrap_or_else(PoisonError::into_inner).unwrap();
    assert!(!is_alive(pid) && !folder.exists());
}

#[test]
fn the_thread_that_started_it_may_end() {
    let server = std::thread::spawn(start).join().unwrap();
    std::thread::sleep(Duration::from_millis(200));
    assert!(server.pid().is_some());
    server.connect("postgres").unwrap();
}

#[test]
fn as_root_it_runs_as_somebody_else() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let server = start();
    let meta = fs::metadata(server.folder()).unwrap();
    let status = fs::metadata(format!("/proc/{}", server.pid().unwrap())).unwrap();
    assert_ne!(status.uid(), 0);
    assert_eq!(status.uid(), meta.uid());
    assert_eq!(meta.permissions().mode() & 0o777, 0o700);
}

#[test]
fn databases_are_made_from_templates_and_dropped() {
    let server = start();
    let name = "odd \"name\"; DROP";
    server.create_database(name, None).unwrap();
    server.connect(name).unwrap().batch_execute("CREATE TABLE t (a int)").unwrap();
    server.create_database("copy", Some(name)).unwrap();
    assert_eq!(text(&mut server.connect("copy").unwrap(), "to_regclass('t')").as_deref(), Some("t"));
    server.drop_database("copy").unwrap();
    let error = server.connect("copy").err().unwrap().to_string();
    assert!(error.contains("has no such database"), "{error}");
    let error = server.create_database(name, None).unwrap_err().to_string();
    assert!(error.contains("already exists"), "{error}");
}

/// Not a test of its own: the process that the next tests kill.
#[test]
fn holder() {
    if std::env::var_os("AUTOGEN_TEST_HOLD").is_none() {
        return;
    }
    let server = start();
    // libtest has written the test's name on this line.
    println!("\nheld\t{}\t{}", server.pid().unwrap(), server.folder().display());
    std::thread::sleep(Duration::from_secs(60));
}

fn hold() -> (Child, u32, PathBuf) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "postgres::holder", "--nocapture", "--test-threads=1"])
        .env("AUTOGEN_TEST_HOLD", "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line =
        lines.map_while(Result::ok).find(|l| l.starts_with("held\t")).expect("the holder has a server");
    let mut parts = line.split('\t').skip(1);
    let pid = parts.next().unwrap().parse().unwrap();
    (child, pid, PathBuf::from(parts.next().unwrap()))
}

fn signal(child: &Child, signal: rustix::process::Signal) {
    rustix::process::kill_process(rustix::process::Pid::from_child(child), signal).unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn sigkill_takes_the_server_down_and_the_next_start_sweeps() {
    let (mut child, pid, folder) = hold();
    assert!(is_alive(pid) && folder.is_dir());
    child.kill().unwrap();
    child.wait().unwrap();
    wait_for("the server to end", || !is_alive(pid));
    drop(start());
    assert!(!folder.exists());
}

#[test]
fn signals_clean_up_and_exit_130() {
    support::signals::as_on_a_terminal();
    for which in [rustix::process::Signal::INT, rustix::process::Signal::TERM, rustix::process::Signal::HUP] {
        let (mut child, pid, folder) = hold();
        signal(&child, which);
        assert_eq!(child.wait().unwrap().code(), Some(130), "{which:?}");
        assert!(!is_alive(pid) && !folder.exists(), "{which:?}");
    }
}

#[test]
fn binaries_in_the_wrong_place_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { pg_bin: Some(dir.path().to_path_buf()), ..Options::default() };
    let error = Ephemeral::start(&options).unwrap_err().to_string();
    assert!(error.contains("has no file `postgres`"), "{error}");
}

#[test]
fn a_server_that_refuses_its_settings_says_why() {
    let options = Options { settings: vec!["no_such_setting=1".into()], ..Options::default() };
    let error = Ephemeral::start(&options).unwrap_err().to_string();
    assert!(error.contains("no_such_setting"), "{error}");
}

#[test]
fn wrong_passwords_and_unknown_users_are_explained() {
    let server = start();
    let mut connection = server.connect("postgres").unwrap();
    connection.batch_execute("CREATE ROLE guarded LOGIN PASSWORD 'right'").unwrap();
    fs::write(
        server.folder().join("data/pg_hba.conf"),
        "local all guarded scram-sha-256\nlocal all all trust\n",
    )
    .unwrap();
    connection.batch_execute("SELECT pg_reload_conf()").unwrap();
    let host = server.folder().display().to_string();
    let as_user =
        |user: &str, password: &str| format!("host={host} user={user} password='{password}' dbname=postgres");
    let mut error = String::new();
    wait_for("the server to read its new pg_hba.conf", || {
        match postgres::connect(&as_user("guarded", "s3cret wrong")) {
            Ok(_) => false,
            Err(e) => {
                error = format!("{e} {e:?}");
                true
            }
        }
    });
    assert!(error.contains("password is wrong") && !error.contains("s3cret"), "{error}");
    postgres::connect(&as_user("guarded", "right")).unwrap();
    let error = postgres::connect(&as_user("stranger", "s3cret")).err().unwrap().to_string();
    assert!(error.contains("no such user") && error.contains("stranger@"), "{error}");
}

#[test]
fn sessions_are_pinned() {
    let mut connection = database("pinned");
    connection.batch_execute("SET DateStyle = 'German'; SET extra_float_digits = 3").unwrap();
    postgres::pin_session(&mut connection).unwrap();
    postgres::pin_search_path(&mut connection).unwrap();
    for (setting, value) in [
        ("TimeZone", "UTC"),
        ("DateStyle", "ISO, MDY"),
        ("extra_float_digits", "1"),
        ("application_name", "autogen"),
        ("search_path", "\"\""),
    ] {
        let found = text(&mut connection, &format!("pg_catalog.current_setting('{setting}')"));
        assert_eq!(found.as_deref(), Some(value), "{setting}");
    }
}

#[test]
fn migrations_run_in_diesel_s_order() {
    let dir = tempfile::tempdir().unwrap();
    let up = |name: &str, sql: &str| write(dir.path().join(name).join("up.sql"), sql);
    // As plain names, 2020-01-02-… sorts before 20200101…
    up(
        "20200101000000_first step",
        "CREATE TABLE steps (n serial, what text); INSERT INTO steps (what) VALUES ('a');",
    );
    up(
        "2020-01-02-000000_second",
        "INSERT INTO steps (what) VALUES ('b'); GRANT SELECT ON steps TO \"web app\", reporting;",
    );
    up(
        "2020-01-03-000000_emptied",
        "SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE public.dumped (a int);",
    );
    up("2020-01-04-000000_alone", "CREATE INDEX CONCURRENTLY ON steps (what)");
    write(dir.path().join("2020-01-04-000000_alone/metadata.toml"), "run_in_transaction = false\n");
    up("2020-01-05-000000_comment", "-- nothing to do any more\n");
    up(".hidden", "SELECT broken");
    write(dir.path().join("2020-01-06-000000_only_down/down.sql"), "SELECT broken");
    write(dir.path().join("README.md"), "");

    let mut connection = database("replayed");
    let run = replay::replay(&mut connection, dir.path()).unwrap();
    assert_eq!(
        run.iter().map(|m| m.version.as_str()).collect::<Vec<_>>(),
        ["20200101000000", "20200102000000", "20200103000000", "20200104000000", "20200105000000"]
    );
    assert_eq!(
        text(&mut connection, "SELECT string_agg(what, '' ORDER BY n) FROM steps").as_deref(),
        Some("ab")
    );
    assert_eq!(
        text(&mut connection, "SELECT count(*) FROM __diesel_schema_migrations").as_deref(),
        Some("5")
    );
    assert_eq!(
        text(&mut connection, "SELECT has_table_privilege('web app', 'steps', 'SELECT')").as_deref(),
        Some("true")
    );
}

#[test]
fn a_failing_migration_names_file_and_place() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path().join("1_ok/up.sql"), "CREATE TABLE good (a int);");
    write(
        dir.path().join("2_bad/up.sql"),
        "-- ünïcode\nCREATE TABLE half (a int);\nALTER TABLE good\n  ADD b nonsense;\n",
    );
    let mut connection = database("failing");
    let error = replay::replay(&mut connection, dir.path()).unwrap_err().to_string();
    assert!(error.contains("2_bad/up.sql:4:9: type \"nonsense\" does not exist"), "{error}");
    assert_eq!(text(&mut connection, "to_regclass('half')"), None);

    write(dir.path().join("1_twin/up.sql"), "SELECT 1");
    let error = replay::migrations(dir.path()).unwrap_err().to_string();
    assert!(error.contains("\"1_ok\" and \"1_twin\" have the same version"), "{error}");
}

fn load_text(database_name: &str, sql: &str) -> Result<PgConnection, String> {
    let mut connection = database(database_name);
    load::load_sql(&mut connection, Path::new("x.sql"), sql).map_err(|e| e.to_string())?;
    Ok(connection)
}

#[test]
fn psql_scripts_load() {
    let sql = "\\restrict abc\nSET transaction_timeout = 0;\nSET no_such_parameter = 1;\n\
        CREATE SCHEMA public;\nCREATE DATABASE mine LOCALE = 'xx_XX';\n\\connect mine\n\
        CREATE TABLE a (i int, t text);\nALTER TABLE a OWNER TO \"some body\";\n\
        COPY a (i, t) FROM stdin;\n1\tx;'$$\n\\.\n\
        BEGIN;\nCREATE TABLE b (i int);\nALTER TABLE b OWNER TO another;\nSAVEPOINT s;\nROLLBACK TO s;\nCOMMIT;\n\
        VACUUM a;\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;\n\\unrestrict abc\n";
    let mut connection = load_text("scripted", sql).unwrap();
    let owner = |t: &str| format!("SELECT relowner::regrole FROM pg_class WHERE relname = '{t}'");
    assert_eq!(text(&mut connection, &owner("a")).as_deref(), Some("\"some body\""));
    assert_eq!(text(&mut connection, &owner("b")).as_deref(), Some("another"));
    assert_eq!(text(&mut connection, "f()").as_deref(), Some("1"));

    let check = |sql: &str, expect: &str| {
        let error = load_text("refused", sql).err().unwrap();
        assert!(error.contains(expect), "{error}");
    };
    check("SELECT 1;\n\\i other.sql\n", "x.sql:2:1: the psql command \\i cannot be run here");
    check("SELECT 1 \\gset\n", "inside a statement");
    check("\\connect a\n\\connect b\n", "several databases");
    check("BEGIN;\nCREATE TABLE t ();", "never commits");
    check("SELECT 1;\nSELECT\n  1 +;\n", "x.sql:3:6: syntax error");
    check("SELECT 'open", "x.sql:1:8: unterminated quoted string");
}

#[test]
fn pg_dump_s_output_loads() {
    let source = start();
    source.create_database("source", None).unwrap();
    let mut connection = source.connect("source").unwrap();
    connection
        .batch_execute(
            "CREATE ROLE owner_one; CREATE ROLE reader;
             CREATE TYPE mood AS ENUM ('sad', 'it''s; ok');
             CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, m mood, s text DEFAULT 'a;b');
             INSERT INTO t (m, s) SELECT 'sad', E'tab\\t newline\\n \\\\. ' || g FROM generate_series(1, 50) g;
             CREATE FUNCTION f(x int) RETURNS int LANGUAGE plpgsql AS $f$ BEGIN RETURN x; -- ;
             END; $f$;
             CREATE VIEW v AS SELECT id FROM t WHERE s <> ';';
             COMMENT ON TABLE t IS E'a;\\n-- b /* ';
             ALTER TABLE t OWNER TO owner_one; GRANT SELECT ON t TO reader;
             ALTER DEFAULT PRIVILEGES FOR ROLE owner_one GRANT SELECT ON TABLES TO reader;",
        )
        .unwrap();
    if source.major() >= 14 {
        connection
            .batch_execute(
                "CREATE FUNCTION g(x int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN x > 0 THEN 1 END; SELECT 2; END",
            )
            .unwrap();
    }
    let dump = |server: &Ephemeral, database: &str, extra: &[&str]| {
        // The clients are in another package than the server in some distributions.
        let own = server.binaries().program("pg_dump");
        let program = if own.exists() { own } else { PathBuf::from("pg_dump") };
        let output =
            Command::new(program).arg(server.url(database)).args(extra).output().expect("pg_dump is needed");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        // Since 2025 these carry a random word.
        text.lines().filter(|l| !l.contains("restrict ")).collect::<Vec<_>>().join("\n")
    };
    let target = start();
    for (i, flags) in
        [&[][..], &["--create"], &["--inserts", "--clean", "--if-exists"]].into_iter().enumerate()
    {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("dump.sql");
        fs::write(&file, dump(&source, "source", flags)).unwrap();
        let name = format!("target{i}");
        target.create_database(&name, None).unwrap();
        let mut connection = target.connect(&name).unwrap();
        load::load_sql_file(&mut connection, &file).unwrap();
        assert_eq!(dump(&source, "source", &["-s"]), dump(&target, &name, &["-s"]), "{flags:?}");
    }
}

#[test]
fn stopping_all_is_for_exits_without_destructors() {
    // In a process of its own, since it stops the servers of every test.
    if std::env::var_os("AUTOGEN_TEST_STOP").is_some() {
        let server = start();
        let (pid, folder) = (server.pid().unwrap(), server.folder().to_path_buf());
        ephemeral::stop_all();
        assert!(!is_alive(pid) && !folder.exists());
        return;
    }
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "postgres::stopping_all_is_for_exits_without_destructors"])
        .env("AUTOGEN_TEST_STOP", "1")
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}
