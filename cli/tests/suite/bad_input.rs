//! Whatever is wrong with the input: one clear message, exit code 2, no panic, no secret, nothing written.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::support::{self, autogen, load, run};

const MODELS: &str = "
#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct User {
    pub id: i64,
}
";

/// Runs `diff` and `check` in a folder with these models; expects each of the parts in what is said.
fn refused(db: &str, models: &str, parts: &[&str]) -> Result<()> {
    let project = tempfile::tempdir()?;
    std::fs::write(project.path().join("models.rs"), models)?;
    let args = ["--db", db, "--models", "models.rs"];
    refused_with(project.path(), &[&["diff", "--out", "out"], &args[..]].concat(), parts)?;
    refused_with(project.path(), &[&["check"], &args[..]].concat(), parts)
}

/// It may be right for a later version than the one that happens to be installed.
#[test]
fn a_script_that_the_server_refuses_is_told_with_its_version() -> Result<()> {
    let project = tempfile::tempdir()?;
    std::fs::create_dir_all(project.path().join("migrations/1_later"))?;
    std::fs::write(project.path().join("migrations/1_later/up.sql"), "SELECT 1;\nSELECT FROM (SELECT 1;\n")?;
    let said = ["1_later/up.sql:2:", "the throwaway server is Postgres ", "--pg-bin"];
    refused_with(project.path(), &["check", "--db", "migrations", "--target", "migrations"], &said)
}

/// A schema of Postgres 18, without such a server.
#[test]
fn a_partitioned_table_cannot_be_unlogged_from_18_on() -> Result<()> {
    let project = tempfile::tempdir()?;
    std::fs::write(project.path().join("empty.sql"), "")?;
    let snapshot = run(autogen(project.path()).args(["snapshot", "--db", "empty.sql"]), 0)
        .map(|output| output.stdout)?;
    let mut snapshot: serde_json::Value = serde_json::from_slice(&snapshot)?;
    snapshot["server_version"] = 180_004.into();
    std::fs::write(project.path().join("18.json"), snapshot.to_string())?;
    let models = MODELS.replace("pub struct", "#[autogen(partition_by(hash, \"id\"), unlogged)]\npub struct");
    std::fs::write(project.path().join("models.rs"), models)?;
    let said = ["models.rs:4:", "table users is partitioned", "write unlogged on its partitions"];
    refused_with(project.path(), &["check", "--db", "18.json", "--models", "models.rs"], &said)
}

fn refused_with(folder: &Path, args: &[&str], parts: &[&str]) -> Result<()> {
    let before = support::files(folder)?;
    let output = run(autogen(folder).args(args), 2)?;
    let said = String::from_utf8(output.stderr)?;
    ensure!(
        output.stdout.is_empty(),
        "an error says something on stdout: {}",
        String::from_utf8_lossy(&output.stdout)
    );
    for part in parts {
        ensure!(said.contains(part), "the message lacks {part:?}: {said}");
    }
    ensure!(!said.contains("panicked") && !said.contains("s3cret"), "{said}");
    // Diagnostics of files end with a line that says what became of the run.
    let is_message = |line: &&str| line.starts_with("error") && !line.ends_with("because of the error above");
    let messages = said.lines().filter(is_message).count();
    ensure!(messages == 1, "{messages} messages instead of one: {said}");
    ensure!(support::files(folder)? == before, "something was written");
    Ok(())
}

/// A database with the table of [`MODELS`], and the server it is on.
fn database() -> Result<(autogen::postgres::Ephemeral, String)> {
    let server = support::start()?;
    server.create_database("app", None)?;
    load(&server, "app", "CREATE TABLE users (id bigint PRIMARY KEY, name text)")?;
    let url = server.url("app");
    Ok((server, url))
}

#[test]
fn models_that_cannot_be_read() -> Result<()> {
    let (_server, db) = database()?;
    let project = tempfile::tempdir()?;
    let missing = ["diff", "--db", &db, "--models", "src/nowhere.rs", "--out", "out"];
    refused_with(project.path(), &missing, &["src/nowhere.rs"])?;

    let unfinished = MODELS.replace("pub id: i64,", "pub id: i64\n    pub name: String,");
    refused(&db, &unfinished, &["models.rs:6:5"])?;

    let unknown = MODELS.replace("pub struct", "#[autogen(indx(id))]\npub struct");
    refused(&db, &unknown, &["indx", "did you mean `index`", "models.rs:4:11"])?;

    let contradiction = format!("{MODELS}{}", MODELS.replace("User", "Account").replace("i64", "String"));
    refused(&db, &contradiction, &["User", "Account", "id"])
}

#[test]
fn databases_that_cannot_be_reached() -> Result<()> {
    // Nobody can listen on port 1 without being root, and nobody does.
    refused("postgres://u:s3cret@127.0.0.1:1/app", MODELS, &["127.0.0.1:1"])?;
    refused("host=127.0.0.1 port=1 user=u password=s3cret dbname=app", MODELS, &["127.0.0.1"])?;
    let (server, _) = database()?;
    refused(&server.url("nowhere"), MODELS, &["nowhere"])?;
    refused("no-such-file.json", MODELS, &["no-such-file.json"])
}

#[test]
fn a_wrong_password_is_never_printed() -> Result<()> {
    let (server, _) = database()?;
    load(&server, "app", "CREATE ROLE guarded LOGIN PASSWORD 'right'")?;
    let rules = "local all postgres trust\nlocal all guarded scram-sha-256\n";
    std::fs::write(server.folder().join("data/pg_hba.conf"), rules)?;
    load(&server, "app", "SELECT pg_reload_conf()")?;
    let folder = server.folder().to_string_lossy().into_owned();
    let (url, words) = (
        server.url("app").replace("postgres@", "guarded:s3cret@"),
        format!("host={folder} port=5432 user=guarded password=s3cret dbname=app"),
    );
    refused(&url, MODELS, &["password"])?;
    refused(&words, MODELS, &["password"])
}

#[test]
fn missing_privileges_are_named() -> Result<()> {
    let (server, url) = database()?;
    load(&server, "app", "CREATE ROLE outsider LOGIN; REVOKE CONNECT ON DATABASE app FROM PUBLIC")?;
    refused(&url.replace("postgres@", "outsider@"), MODELS, &["permission denied", "app"])
}

/// The connection breaks once the reading has begun.
#[test]
fn a_database_that_vanishes_midway() -> Result<()> {
    let (server, _) = database()?;
    let socket = server.folder().join(".s.PGSQL.5432");
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let socket = socket.clone();
            std::thread::spawn(move || forward(client, &socket));
        }
    });
    refused(&format!("postgres://postgres@127.0.0.1:{port}/app"), MODELS, &["127.0.0.1"])
}

/// Passes everything on until the client asks for the snapshot that the catalog is read in.
fn forward(mut client: TcpStream, socket: &Path) -> Result<()> {
    let mut server = UnixStream::connect(socket)?;
    let (mut from_server, mut to_client) = (server.try_clone()?, client.try_clone()?);
    std::thread::spawn(move || std::io::copy(&mut from_server, &mut to_client));
    let mut buffer = [0; 16384];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 || String::from_utf8_lossy(&buffer[..count]).contains("REPEATABLE READ") {
            client.shutdown(std::net::Shutdown::Both)?;
            return server.shutdown(std::net::Shutdown::Both).context("the server is gone already");
        }
        server.write_all(&buffer[..count])?;
    }
}

#[test]
fn migrations_for_several_servers() -> Result<()> {
    let project = tempfile::tempdir()?;
    std::fs::write(project.path().join("models.rs"), MODELS)?;
    for folder in ["mysql", "postgresql"] {
        let migration = project.path().join(format!("migrations/{folder}/2024-01-01-000000_first"));
        std::fs::create_dir_all(&migration)?;
        std::fs::write(migration.join("up.sql"), "CREATE TABLE users (id bigint PRIMARY KEY);")?;
    }
    let said = ["migrations: this folder holds no migration", "did you mean migrations/postgresql?"];
    refused_with(project.path(), &["check", "--db", "migrations", "--models", "models.rs"], &said)
}

#[test]
fn diesel_toml_with_a_mistake() -> Result<()> {
    let project = tempfile::tempdir()?;
    std::fs::write(project.path().join("models.rs"), MODELS)?;
    std::fs::write(project.path().join("diesel.toml"), "[print_schema]\nwith_docs = \"much\"\n")?;
    refused_with(
        project.path(),
        &["check", "--db", "dbname=x", "--models", "models.rs"],
        &["diesel.toml:2:13: with_docs must be"],
    )
}
