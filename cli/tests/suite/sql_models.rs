//! `.sql` files among the models, driven as a user would: what is said about them, what is refused and where.

use anyhow::{Result, ensure};

use crate::support::{self, autogen, load, run};

struct Place {
    folder: tempfile::TempDir,
    server: autogen::postgres::Ephemeral,
}

impl Place {
    /// A folder with files, and a database made by SQL.
    fn new(sql: &str, files: &[(&str, &str)]) -> Result<Self> {
        let place = Self { folder: tempfile::tempdir()?, server: support::start()? };
        place.server.create_database("live", None)?;
        load(&place.server, "live", sql)?;
        for (name, text) in files {
            std::fs::write(place.folder.path().join(name), text)?;
        }
        Ok(place)
    }

    /// Runs autogen with the database; both streams.
    fn run(&self, args: &[&str], code: i32) -> Result<(String, String)> {
        let mut command = autogen(self.folder.path());
        let output = run(command.args(args).args(["--db", &self.server.url("live")]), code)?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok((text(output.stdout), text(output.stderr)))
    }
}

#[test]
fn a_refused_statement_is_shown_where_it_stands() -> Result<()> {
    let objects = "CREATE VIEW fine AS SELECT 1 AS one;\n\nCREATE VIEW bad AS\n  SELECT nothing FROM t;\n";
    let place = Place::new("CREATE TABLE t (id int)", &[("objects.sql", objects)])?;
    let (stdout, stderr) = place.run(&["diff", "--models", "objects.sql"], 2)?;
    ensure!(stdout.is_empty(), "{stdout}");
    for part in
        ["error[sql]: column \"nothing\" does not exist", "objects.sql:4:10", "because of the error above"]
    {
        ensure!(stderr.contains(part), "{part} in\n{stderr}");
    }
    Ok(())
}

/// A struct may refer to a table that only the files make.
#[test]
fn a_key_may_refer_to_a_table_of_the_files() -> Result<()> {
    let models = "#[autogen(table = \"notes\", managed = \"full\")]\npub struct Note {\n    #[autogen(primary_key)]\n    \
        pub id: i32,\n    #[autogen(references(part_1, column = id))]\n    pub at: i32,\n}\n";
    let objects = "CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY LIST (id);
        CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1);";
    let place = Place::new("", &[("models.rs", models), ("objects.sql", objects), ("none.sql", "")])?;
    let (stdout, _) =
        place.run(&["diff", "--models", "models.rs", "objects.sql", "--format", "sql", "--out", "m"], 0)?;
    let up = std::fs::read_to_string(place.folder.path().join("m/up.sql"))?;
    ensure!(up.contains("REFERENCES part_1 (id)"), "{stdout}{up}");
    load(&place.server, "live", &up)?;
    place.run(&["check", "--models", "models.rs", "objects.sql"], 0)?;
    load(&place.server, "live", &std::fs::read_to_string(place.folder.path().join("m/down.sql"))?)?;
    let (_, stderr) = place.run(&["diff", "--models", "models.rs", "none.sql"], 2)?;
    for part in ["error[unknown-parent]: notes refers to part_1", "models.rs:5:15"] {
        ensure!(stderr.contains(part), "{part} in\n{stderr}");
    }
    Ok(())
}

#[test]
fn what_the_files_do_not_say_is_unmanaged() -> Result<()> {
    let live =
        "CREATE TABLE t (id int); CREATE VIEW v AS SELECT id FROM t; CREATE VIEW w AS SELECT id FROM v";
    let place = Place::new(live, &[("objects.sql", "CREATE VIEW v AS SELECT t.id FROM public.t;")])?;
    let (stdout, _) = place.run(&["check", "--models", "objects.sql", "--format", "json"], 0)?;
    let document: serde_json::Value = serde_json::from_str(&stdout)?;
    ensure!(document["in_sync"] == true, "{document}");
    let unmanaged: Vec<&str> = document["unmanaged"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["object"].as_str())
        .collect();
    ensure!(unmanaged == ["t", "w"], "{unmanaged:?}");
    Ok(())
}

#[test]
fn a_view_that_nobody_models_is_made_again_around_the_change() -> Result<()> {
    let live =
        "CREATE TABLE t (id int); CREATE VIEW v AS SELECT id FROM t; CREATE VIEW w AS SELECT id FROM v";
    let place = Place::new(live, &[("objects.sql", "CREATE VIEW v AS SELECT id::bigint AS id FROM t;")])?;
    let (stdout, _) = place.run(&["diff", "--models", "objects.sql", "--format", "sql"], 0)?;
    let (up, _) = stdout.split_once("\n\n\n").unwrap_or((&stdout, ""));
    ensure!(up.contains("DROP VIEW w;") && up.contains("CREATE VIEW w AS"), "{up}");
    Ok(())
}

#[test]
fn the_source_is_the_statement() -> Result<()> {
    let objects = "-- a comment\n\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n";
    let place = Place::new("", &[("objects.sql", objects)])?;
    let (stdout, _) = place.run(&["diff", "--models", "objects.sql", "--format", "json"], 0)?;
    let document: serde_json::Value = serde_json::from_str(&stdout)?;
    let source = &document["changes"][0]["source"];
    ensure!(source["file"] == "objects.sql" && source["line"] == 3, "{document}");
    Ok(())
}

#[test]
fn rows_and_privileges_are_mentioned() -> Result<()> {
    let objects =
        "CREATE VIEW v AS SELECT 1 AS one;\nINSERT INTO t VALUES (1);\nGRANT SELECT ON v TO somebody_new;\n";
    let place = Place::new("CREATE TABLE t (id int)", &[("objects.sql", objects)])?;
    let (_, stderr) = place.run(&["diff", "--models", "objects.sql"], 0)?;
    ensure!(stderr.contains("objects.sql:2:1") && stderr.contains("--with privileges"), "{stderr}");
    let (stdout, _) = place.run(&["diff", "--models", "objects.sql", "--with", "privileges"], 0)?;
    ensure!(
        stdout.contains("GRANT SELECT ON TABLE v TO somebody_new;")
            || stdout.contains("GRANT SELECT ON v TO somebody_new;"),
        "{stdout}"
    );
    Ok(())
}

#[test]
fn owners_are_what_the_files_say() -> Result<()> {
    let objects = "CREATE VIEW v AS SELECT 1 AS one;\nALTER VIEW v OWNER TO somebody_new;\n\
        CREATE VIEW w AS SELECT 1 AS one;\n";
    let before = "CREATE TABLE t (id int); CREATE ROLE of_w; CREATE VIEW w AS SELECT 1 AS one; ALTER VIEW w OWNER TO of_w";
    let place = Place::new(before, &[("objects.sql", objects)])?;
    let (_, stderr) = place.run(&["diff", "--models", "objects.sql"], 0)?;
    ensure!(stderr.contains("objects.sql:2:1") && stderr.contains("--with owners"), "{stderr}");
    let args = ["diff", "--models", "objects.sql", "--with", "owners"];
    let (stdout, stderr) = place.run(&args, 0)?;
    ensure!(stdout.contains("ALTER VIEW v OWNER TO somebody_new;"), "{stdout}");
    // Nobody says whose the other view is.
    ensure!(!stdout.contains("of_w"), "{stdout}");
    ensure!(format!("{stdout}{stderr}").contains("has not got the role somebody_new"), "{stdout}{stderr}");
    load(
        &place.server,
        "live",
        "CREATE ROLE somebody_new; CREATE VIEW v AS SELECT 1 AS one; ALTER VIEW v OWNER TO somebody_new",
    )?;
    place.run(&["check", "--models", "objects.sql", "--with", "owners"], 0)?;
    // A role of that name runs the throwaway server, and is an owner like any other all the same.
    std::fs::write(place.folder.path().join("objects.sql"), "ALTER VIEW v OWNER TO postgres;\n")?;
    let (stdout, _) = place.run(&args, 0)?;
    ensure!(stdout.contains("ALTER VIEW v OWNER TO postgres;"), "{stdout}");
    Ok(())
}

#[test]
fn what_the_baseline_had_is_dropped() -> Result<()> {
    let old = "CREATE VIEW v AS SELECT id FROM t;\nCREATE VIEW used AS SELECT id FROM t;\n\
        CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';\n\
        CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';\n\
        CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g();\n";
    let live = format!(
        "CREATE TABLE t (id int); {old} CREATE VIEW mine AS SELECT id FROM used; \
         CREATE FUNCTION f(a text) RETURNS int LANGUAGE sql AS 'SELECT 1'"
    );
    let place = Place::new(&live, &[("objects.sql", old)])?;
    for args in [&["init", "-q", "-b", "main"][..], &["add", "-A"], &["commit", "-q", "-m", "first"]] {
        let mut git = std::process::Command::new("git");
        git.current_dir(place.folder.path()).args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(args);
        ensure!(git.status()?.success(), "git {args:?}");
    }
    std::fs::write(place.folder.path().join("objects.sql"), "CREATE VIEW other AS SELECT 1 AS one;\n")?;
    let (stdout, stderr) = place.run(&["diff", "--models", "objects.sql", "--format", "json"], 0)?;
    let document: serde_json::Value = serde_json::from_str(&stdout)?;
    let mut dropped: Vec<String> = document["changes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|change| change["action"] == "drop")
        .filter_map(|change| change["up"][0]["sql"].as_str().map(str::to_owned))
        .collect();
    dropped.sort();
    let expect = [
        "DROP FUNCTION public.f(a integer)",
        "DROP FUNCTION public.g()",
        "DROP TRIGGER tr ON t",
        "DROP VIEW v",
    ];
    let dropped: Vec<&str> = dropped.iter().map(|sql| sql.trim_end_matches(';')).collect();
    ensure!(dropped == expect, "{dropped:?}");
    let part = "view used is no longer in the .sql files, but stays, because view mine uses it";
    ensure!(stderr.contains(part), "{stderr}");
    Ok(())
}

#[test]
fn drops_by_name() -> Result<()> {
    let live = "CREATE TABLE t (id int); CREATE VIEW v AS SELECT id FROM t; \
        CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'; \
        CREATE FUNCTION f(a text) RETURNS int LANGUAGE sql AS 'SELECT 1'; \
        CREATE VIEW \"odd.name\" AS SELECT 1 AS one";
    let place = Place::new(live, &[("objects.sql", "CREATE VIEW v AS SELECT id FROM t;")])?;
    let diff = |drops: &[&str], code| {
        let args: Vec<&str> = drops.iter().flat_map(|drop| ["--drop", drop]).collect();
        place.run(&[&["diff", "--models", "objects.sql", "--format", "sql"], &args[..]].concat(), code)
    };
    let (stdout, _) = diff(&["function f(integer)", "view \"odd.name\""], 0)?;
    for part in ["DROP FUNCTION public.f(a integer);", "DROP VIEW \"odd.name\";"] {
        ensure!(stdout.contains(part), "{part} in {stdout}");
    }
    let bad =
        [("function f(bigint)", "no such object"), ("f", "give the arguments"), ("v", "drop-of-modelled")];
    for (drop, part) in bad {
        let (_, stderr) = diff(&[drop], 2)?;
        ensure!(stderr.contains(part), "{part} in {stderr}");
    }
    Ok(())
}

#[test]
fn pruning_leaves_what_is_needed() -> Result<()> {
    let live = "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2); CREATE TABLE needed (id int); \
        CREATE VIEW old AS SELECT id FROM t; CREATE VIEW v AS SELECT id FROM needed; \
        CREATE FUNCTION gone() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE mood AS ENUM ('a'); \
        CREATE SCHEMA other; CREATE TABLE other.kept (id int); \
        CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY)";
    let place = Place::new(live, &[("objects.sql", "CREATE VIEW v AS SELECT id FROM needed;")])?;
    let (stdout, stderr) = place.run(&["diff", "--models", "objects.sql", "--prune", "--exit-code"], 1)?;
    let drops = [
        "DROP VIEW old;",
        "DROP TABLE t;",
        "DROP FUNCTION public.gone();",
        "DROP TYPE mood;",
        "HAZARD data loss",
    ];
    for part in drops {
        ensure!(stdout.contains(part), "{part} in\n{stdout}\n{stderr}");
    }
    for part in ["DROP TABLE needed", "DROP TABLE other", "DROP TABLE __diesel"] {
        ensure!(!stdout.contains(part), "{part} in\n{stdout}");
    }
    ensure!(format!("{stdout}{stderr}").contains("--prune leaves table needed"), "{stdout}{stderr}");
    Ok(())
}

#[test]
fn a_scratch_server_is_left_as_it_was() -> Result<()> {
    support::signals::as_on_a_terminal();
    let objects = "CREATE VIEW v AS SELECT 1 AS one;\nCREATE VIEW bad AS SELECT nothing;\n";
    let place = Place::new("", &[("objects.sql", objects)])?;
    let scratch = place.server.url("postgres");
    place.run(&["diff", "--models", "objects.sql", "--scratch", &scratch], 2)?;
    std::fs::write(
        place.folder.path().join("objects.sql"),
        "CREATE VIEW v AS SELECT pg_sleep(60);\nSELECT pg_sleep(60);\n",
    )?;
    let mut slow = autogen(place.folder.path());
    slow.args(["diff", "--models", "objects.sql", "--scratch", &scratch, "--db", &place.server.url("live")]);
    let mut child = slow.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn()?;
    let databases = || -> Result<Vec<String>> {
        use diesel::{RunQueryDsl, sql_query, sql_types::Text};
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            name: String,
        }
        let sql = "SELECT datname::text AS name FROM pg_database WHERE datname LIKE 'autogen%'";
        let rows: Vec<Row> = sql_query(sql).load(&mut place.server.connect("postgres")?)?;
        Ok(rows.into_iter().map(|row| row.name).collect())
    };
    let begin = std::time::Instant::now();
    while databases()?.is_empty() && begin.elapsed().as_secs() < 30 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    ensure!(!databases()?.is_empty(), "the run has made no database");
    let status = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status()?;
    ensure!(status.success() && !child.wait()?.success());
    ensure!(databases()?.is_empty(), "{:?}", databases()?);
    Ok(())
}
