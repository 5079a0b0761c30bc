//! What a proof starts from: migrations, a dump of production, a running database, a snapshot, and what is not written yet.

use anyhow::Result;

use super::{BASE, Project};
use crate::support::{self, dump, load, run, same};

/// What only production has.
const PRODUCTION: &str = "CREATE ROLE shop_owner NOLOGIN; CREATE ROLE \"shop reader\" NOLOGIN;";

const OWNED: &str = "ALTER TABLE users OWNER TO shop_owner; GRANT SELECT ON users TO \"shop reader\";
ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner GRANT SELECT ON TABLES TO \"shop reader\";
CREATE POLICY own ON users TO \"shop reader\" USING (id > 0); ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY NOT NULL, run_on timestamp NOT NULL DEFAULT now());
INSERT INTO __diesel_schema_migrations VALUES ('20240101000000', '2024-01-01');
INSERT INTO orgs (name) VALUES ('real one');";

const UP: &str =
    "CREATE TABLE notes (id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, body text);
GRANT SELECT ON notes TO \"shop reader\";";

#[test]
fn a_production_dump_whose_roles_do_not_exist_here() {
    let server = support::start().unwrap();
    server.create_database("prod", None).unwrap();
    load(&server, "prod", &format!("{PRODUCTION}{BASE}{OWNED}")).unwrap();
    let project = Project::with(UP, "DROP TABLE notes;");
    let text = |args: &[&str]| {
        let program = support::pg_dump(&server);
        let url = server.url("prod");
        let output =
            std::process::Command::new(program).args(args).args(["--dbname", &url]).output().unwrap();
        assert!(output.status.success());
        output.stdout
    };
    std::fs::write(project.file("prod.sql"), text(&[])).unwrap();
    std::fs::write(project.file("schema.sql"), text(&["--schema-only"])).unwrap();
    for file in ["prod.sql", "schema.sql"] {
        let document = project.json(&["--db", file], 0).unwrap();
        assert_eq!(document["steps"][0]["migration"], "2024-02-01-000000_next");
        assert_eq!(document["steps"].as_array().unwrap().len(), 1);
        assert!(document["steps"][0]["rows"].as_u64().unwrap() >= 40, "{document:#}");
    }
    project.write(
        "2024-02-01-000000_next",
        UP,
        Some("DROP TABLE notes; REVOKE SELECT ON users FROM \"shop reader\";"),
    );
    let document = project.json(&["--db", "prod.sql"], 1).unwrap();
    assert_eq!(document["steps"][0]["broken"]["phase"], "schema after down", "{document:#}");
}

#[test]
fn a_running_database_is_only_read() -> Result<()> {
    let server = support::start()?;
    server.create_database("live", None)?;
    load(&server, "live", &format!("{PRODUCTION}{BASE}{OWNED}"))?;
    let before = dump(&server, "live")?;
    let project = Project::with(UP, "DROP TABLE notes;");
    project.write(
        "2024-03-01-000000_more",
        "CREATE INDEX ON notes (user_id);",
        Some("DROP INDEX notes_user_id_idx;"),
    );
    let url = server.url("live");
    let document = project.json(&["--db", &url], 0)?;
    let steps: Vec<&str> = document["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["migration"].as_str().unwrap())
        .collect();
    assert_eq!(steps, ["2024-02-01-000000_next", "2024-03-01-000000_more"]);
    assert!(document["notes"].to_string().contains("drifted"), "{document:#}");
    // Its rows are nobody's business here, and a snapshot of it does as well.
    run(support::autogen(project.path()).args(["snapshot", "--db", &url, "--out", "live.json"]), 0)?;
    let document = project.json(&["--db", "live.json", "--migration", "2024-02-01-000000_next"], 0)?;
    assert_eq!(document["verdict"], "proved");
    same("the database was changed", &dump(&server, "live")?, &before)?;
    load(
        &server,
        "live",
        "INSERT INTO __diesel_schema_migrations VALUES ('20240201000000'), ('20240301000000')",
    )?;
    let text = project.run(&["--db", &url], 0)?;
    assert!(text.contains("has applied all migrations") && text.contains("Nothing to prove"), "{text}");
    Ok(())
}

#[test]
fn owners_are_compared_on_request() -> Result<()> {
    let up = "ALTER TABLE users OWNER TO shop_owner;";
    let project = Project::with(up, "SELECT 1;");
    project.json(&[], 0)?;
    let document = project.json(&["--with", "owners"], 1)?;
    assert_eq!(document["steps"][0]["broken"]["phase"], "schema after down", "{document:#}");
    project.write("2024-02-01-000000_next", up, Some("ALTER TABLE users OWNER TO CURRENT_USER;"));
    project.json(&["--with", "owners"], 0)?;
    Ok(())
}

#[test]
fn the_wanted_schema_must_be_reached() -> Result<()> {
    let project = Project::with("ALTER TABLE users ADD COLUMN a int;", "ALTER TABLE users DROP COLUMN a;");
    std::fs::write(project.file("wanted.sql"), format!("{BASE} ALTER TABLE users ADD COLUMN a int;"))?;
    std::fs::write(project.file("other.sql"), format!("{BASE} ALTER TABLE users ADD COLUMN a bigint;"))?;
    let args = |wanted| ["--migration", "20240201000000", "--target", wanted];
    project.json(&args("wanted.sql"), 0)?;
    let document = project.json(&args("other.sql"), 1)?;
    let broken = &document["steps"][0]["broken"];
    assert_eq!(broken["phase"], "schema after up");
    assert!(broken["message"].as_str().unwrap().contains("users.a"), "{broken:#}");
    Ok(())
}

#[test]
fn a_difference_is_proved_before_it_is_written() -> Result<()> {
    let project = Project::new();
    std::fs::write(
        project.file("wanted.sql"),
        BASE.replace("age int,", "age int, handle text NOT NULL DEFAULT 'x',")
            .replace("nick text", "nickname text"),
    )?;
    let rename = ["--rename", "users.nick=users.nickname"];
    let document = project.json(&[&["--target", "wanted.sql"], &rename[..]].concat(), 0)?;
    assert_eq!(document["steps"][0]["dropped"], serde_json::json!([]));
    // A marker waits for somebody, and without an answer the script fails on the rows.
    std::fs::write(project.file("wanted.sql"), BASE.replace("age int,", "age int, handle text NOT NULL,"))?;
    let document = project.json(&["--target", "wanted.sql", "--diff"], 1)?;
    assert_eq!(document["steps"][0]["broken"]["phase"], "marker");
    let document = project.json(&["--target", "wanted.sql", "--allow-todo"], 1)?;
    assert_eq!(document["steps"][0]["broken"]["phase"], "up");
    // Models say what is wanted as well.
    std::fs::create_dir(project.file("src"))?;
    std::fs::write(
        project.file("src/models.rs"),
        "#[derive(Queryable, Selectable)]\n#[diesel(table_name = orgs)]\npub struct Org { pub id: i64, pub name: String, pub city: Option<String> }\n",
    )?;
    let document = project.json(&["--models", "src/models.rs"], 0)?;
    assert_eq!(document["steps"][0]["statements"].as_array().unwrap().len(), 2, "{document:#}");
    std::fs::write(project.file("wanted.sql"), BASE)?;
    let text = project.run(&["--target", "wanted.sql"], 0)?;
    assert!(text.contains("Nothing to prove"), "{text}");
    Ok(())
}

#[test]
fn a_difference_that_the_rows_agree_to_is_proved_with_such_rows() -> Result<()> {
    let server = support::start()?;
    server.create_database("asked", None)?;
    load(&server, "asked", BASE)?;
    let project = Project::new();
    let url = server.url("asked");
    let wanted =
        BASE.replace("nick text,", "nick varchar(8) NOT NULL UNIQUE,").replace("age int,", "age smallint,");
    std::fs::write(project.file("wanted.sql"), wanted)?;
    let args = ["--db", &url, "--target", "wanted.sql", "--diff"];
    // Without rows there is nothing that agrees.
    let document = project.json(&args, 1)?;
    let broken = &document["steps"][0]["broken"];
    assert_eq!(broken["phase"], "up", "{document:#}");
    let help = broken["help"].as_str().unwrap();
    assert!(help.contains("users has no rows") && help.contains("--no-probe"), "{help}");
    let row = "INSERT INTO orgs (name) VALUES ('one'), ('other'); \
        INSERT INTO users (org_id, email, nick, mood, age) VALUES (1, 'a@example.org', 'a', 'sad', 7), (2, 'b@example.org', 'b', 'calm', 8);";
    load(&server, "asked", row)?;
    let document = project.json(&args, 0)?;
    let notes = document["steps"][0]["notes"].to_string();
    assert!(notes.contains("proved with rows that") && notes.contains("has none of these"), "{document:#}");
    assert!(document["steps"][0]["rows"].as_u64().unwrap() >= 20, "{document:#}");
    // One that is in the way is told, as `autogen diff` does.
    load(&server, "asked", "UPDATE users SET nick = NULL WHERE id = 1")?;
    let document = project.json(&args, 1)?;
    assert_eq!(document["steps"][0]["broken"]["phase"], "marker", "{document:#}");
    Ok(())
}
