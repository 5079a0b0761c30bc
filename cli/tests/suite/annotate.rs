//! `autogen pull --annotate` as a user meets it: the structs stay theirs, byte for byte; the attributes make the check
//! strict and change nothing in the schema; a second run has nothing to add.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use autogen::postgres::Ephemeral;

use crate::support::{self, apply, autogen, load, run, same, scripts};

const DATABASE: &str = r#"
CREATE TYPE mood AS ENUM ('happy', 'so so');
COMMENT ON TYPE mood IS 'how it "feels"';
CREATE TABLE orgs (id serial PRIMARY KEY, code varchar(8) NOT NULL UNIQUE, mood mood);
CREATE TABLE users (
    user_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id int NOT NULL REFERENCES orgs ON DELETE CASCADE,
    "type" text NOT NULL DEFAULT 'it''s "x"' CHECK (length("type") > 1),
    email text NOT NULL,
    secret text DEFAULT 'hidden'
);
CREATE UNIQUE INDEX users_email ON users (lower(email)) WHERE email <> '';
CREATE INDEX ON users (org_id, email DESC);
COMMENT ON COLUMN users.email IS E'two\nlines */ and \\';
CREATE TABLE made (id int PRIMARY KEY, note text DEFAULT 'n');
CREATE TABLE odd (id int PRIMARY KEY, tags text[]);
CREATE INDEX odd_ops ON odd USING gin (tags) WITH (fastupdate = off);
CREATE TABLE lonely (id int PRIMARY KEY);
"#;

const MODELS: &str = "\u{feff}// Ünïcode first.\r
use diesel::prelude::*;\r
\r
/// An organisation.\r
#[derive(Queryable, Selectable)] // loaded\r
#[diesel(table_name = orgs)]\r
/* here */ pub struct Org { pub id: i32, pub code: String, pub mood: Option<Mood> }\r
\r
#[cfg_attr(any(), derive(Clone))]\r
#[derive(Selectable, Queryable, autogen_derive::Autogen)]\r
#[diesel(table_name = users)]\r
// Between attributes.\r
#[autogen(index(org_id, email desc))]\r
#[autogen(index(\"lower(email)\", unique, name = \"users_email\", where = \"email <> ''\"))]\r
pub(crate) struct User {\r
\t#[diesel(column_name = user_id)]\r
\tpub(crate) id: i64,   // the key\r
\torg_id: i32,\r
\tr#type: String,\r
\r
\t/// Where to write to.\r
\tpub email: String,\r
}\r
\r
#[derive(Insertable)]\r
#[diesel(table_name = users)]\r
pub struct NewUser { pub org_id: i32, pub email: String, pub secret: Option<String> }\r
\r
#[derive(diesel_derive_enum::DbEnum)]\r
pub enum Mood { Happy, #[db_rename = \"so so\"] SoSo }\r
\r
macro_rules! made { ($name:ident) => {\r
    #[derive(Queryable, Selectable)] #[diesel(table_name = made)] pub struct $name { id: i32, note: Option<String> }\r
} }\r
made!(Made);\r
";

fn project(server: &Ephemeral, sql: &str, models: &str) -> Result<(tempfile::TempDir, String)> {
    let dir = tempfile::tempdir()?;
    let name = dir.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    server.create_database(&name, None)?;
    load(server, &name, sql)?;
    fs::create_dir(dir.path().join("src"))?;
    fs::write(dir.path().join("Cargo.toml"), "[package]\nname = \"shop\"\n")?;
    fs::write(dir.path().join("src/models.rs"), models)?;
    Ok((dir, server.url(&name)))
}

/// The text without the lines and parts that were added.
fn without_additions(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let code = line.trim_start();
        let is_new = code.starts_with("#[autogen(") || code.starts_with("#[derive(autogen_derive::Autogen)]");
        if !is_new || MODELS.contains(line) {
            out.push_str(line);
        }
    }
    // What was put into the middle of a line.
    for added in ["#[derive(autogen_derive::Autogen)] ", "#[autogen(serial)] ", "#[autogen(unique)] "] {
        out = out.replace(added, "");
    }
    out.replace("#[autogen(sql_type = \"varchar(8)\", unique)] ", "")
}

#[test]
fn structs_are_annotated_in_place() -> Result<()> {
    let server = support::start()?;
    let (dir, url) = project(&server, DATABASE, MODELS)?;
    let file = dir.path().join("src/models.rs");
    let pull = |more: &[&str]| -> Result<(String, String)> {
        let mut command = autogen(dir.path());
        command.args(["pull", "--annotate", "--db", &url, "--models", "src"]).args(more);
        let output = run(&mut command, 0)?;
        Ok((String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?))
    };
    let check = || run(autogen(dir.path()).args(["check", "--db", &url, "--models", "src"]), 0);
    check()?;

    let (patch, _) = pull(&["--dry-run"])?;
    ensure!(fs::read_to_string(&file)? == MODELS, "a dry run writes");
    ensure!(patch.starts_with("--- a/src/models.rs\n+++ b/src/models.rs\n@@ "), "{patch}");
    ensure!(
        !patch.lines().any(|line| line.starts_with('-')
            && !line.starts_with("---")
            && !line.contains("/* here */")
            && !line.contains("pub enum Mood")),
        "{patch}"
    );

    set_mode(&file, 0o640)?;
    let (_, notes) = pull(&[])?;
    let text = fs::read_to_string(&file)?;
    ensure!(mode(&file)? == 0o640, "the mode is lost");
    for said in [
        "\r\n\t#[autogen(references(orgs, on_delete = cascade))]\r\n\torg_id: i32,\r\n",
        "\r\n\t#[autogen(primary_key, identity = always)]\r\n\tpub(crate) id: i64,   // the key\r\n",
        "\r\n\t/// Where to write to.\r\n\t#[autogen(comment = \"two\\nlines */ and \\\\\")]\r\n\tpub email: String,\r\n",
        "/* here */ #[derive(autogen_derive::Autogen)] pub struct Org { #[autogen(serial)] pub id: i32, ",
        "#[autogen(sql_type = \"mood\", comment = r#\"how it \"feels\"\"#)]\r\npub enum Mood",
    ] {
        ensure!(text.contains(said), "{said:?} is not in\n{text}");
    }
    ensure!(without_additions(&text) == MODELS, "other bytes have changed:\n{text}");
    ensure!(text.matches("index(").count() == 2, "the indexes were said already:\n{text}");
    for note in ["secret", "lonely", "made"] {
        ensure!(notes.contains(note), "no word of {note}:\n{notes}");
    }
    check()?;

    pull(&[])?;
    ensure!(fs::read_to_string(&file)? == text, "a second run adds something");
    // What was unmanaged before is a difference now.
    load(
        &server,
        &dir.path().file_name().unwrap_or_default().to_string_lossy(),
        "ALTER TABLE orgs DROP CONSTRAINT orgs_code_key",
    )?;
    run(autogen(dir.path()).args(["check", "--db", &url, "--models", "src"]), 1)?;
    Ok(())
}

/// Annotated models alone make the tables again.
#[test]
fn annotated_models_make_the_schema_again() -> Result<()> {
    let server = support::start()?;
    let sql = "CREATE TABLE a (id bigserial PRIMARY KEY, n numeric(10,2) NOT NULL DEFAULT 0 CHECK (n >= 0), t varchar(5)[]);
        CREATE TABLE b (a_id bigint NOT NULL REFERENCES a ON DELETE CASCADE, k int NOT NULL, at timestamp(3) DEFAULT now(), PRIMARY KEY (a_id, k));
        CREATE UNIQUE INDEX b_at ON b (at DESC NULLS LAST) WHERE k > 1; COMMENT ON TABLE b IS 'of a';";
    let models = "use diesel::prelude::*;
#[derive(Queryable, Selectable)]
#[diesel(table_name = a)]
pub struct A { pub id: i64, pub n: bigdecimal::BigDecimal, pub t: Option<Vec<Option<String>>> }
#[derive(Insertable)]
#[diesel(table_name = b)]
pub struct NewB { pub a_id: i64, pub k: i32, pub at: Option<chrono::NaiveDateTime> }
";
    let (dir, url) = project(&server, sql, models)?;
    run(autogen(dir.path()).args(["pull", "--annotate", "--cfg-attr", "--db", &url]), 0)?;
    let text = fs::read_to_string(dir.path().join("src/models.rs"))?;
    ensure!(!text.contains("Autogen") && text.contains("cfg_attr(any(), autogen("), "{text}");
    server.create_database("again", None)?;
    let again = server.url("again");
    run(
        autogen(dir.path())
            .args(["diff", "--db", &again, "--models", "src", "--out", "out", "--format", "sql"]),
        0,
    )?;
    let mut connection = server.connect("again")?;
    for ((_, file), sql) in scripts(&dir.path().join("out"), "up")? {
        apply(&mut connection, &file, &sql)?;
    }
    let name = dir.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    same(
        "the new tables (+) are not the old (-)",
        &support::dump(&server, "again")?,
        &support::dump(&server, &name)?,
    )
}

#[test]
fn files_elsewhere_are_not_touched() -> Result<()> {
    let server = support::start()?;
    let model = "use diesel::prelude::*;\n#[derive(Queryable, Selectable)]\n#[diesel(table_name = orgs)]\npub struct Org { pub id: i32 }\n";
    let (dir, url) = project(&server, "CREATE TABLE orgs (id serial PRIMARY KEY)", "mod orgs;\n")?;
    let outside = dir.path().join("outside.rs");
    fs::write(&outside, model)?;
    std::os::unix::fs::symlink(&outside, dir.path().join("src/orgs.rs"))?;
    run(autogen(dir.path()).args(["pull", "--annotate", "--db", &url, "--models", "src"]), 0)?;
    ensure!(fs::read_to_string(&outside)? == model, "a file outside of --models was edited");
    run(autogen(dir.path()).args(["pull", "--annotate", "--db", &url, "--models", "src/orgs.rs"]), 0)?;
    ensure!(fs::read_to_string(&outside)?.contains("#[autogen(serial)]"), "the file was named");
    ensure!(dir.path().join("src/orgs.rs").is_symlink(), "the link is gone");
    Ok(())
}

fn mode(path: &Path) -> Result<u32> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o777)
}

fn set_mode(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}
