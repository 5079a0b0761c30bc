//! The round trip of `autogen pull`: a database, the files pulled from it, and another database made from these.

use anyhow::{Context, Result, ensure};
use autogen::postgres::Ephemeral;
use tempfile::TempDir;

use super::{apply, autogen, dump, run, same, scripts};

/// Pulls one database into a project, compares it with the result, and makes another one from that.
pub(crate) fn round(server: &Ephemeral, old: &str, new: &str) -> Result<TempDir> {
    let project = tempfile::tempdir()?;
    std::fs::write(project.path().join("Cargo.toml"), "[package]\nname = \"pulled\"\n")?;
    run(autogen(project.path()).args(["pull", "--db", &server.url(old)]), 0)?;
    let told = check(server, &project, old).context("the pulled models are not what the database is")?;
    ensure!(!told.contains("is stale"), "of what was pulled just now:\n{told}");
    server.create_database(new, None)?;
    let mut diff = autogen(project.path());
    diff.args(["diff", "--db", &server.url(new), "--models", "src", "--out", "out", "--format", "sql"])
        .args(["--scratch", &server.url("postgres")]);
    run(&mut diff, 0)?;
    let mut connection = server.connect(new)?;
    for ((_, file), sql) in scripts(&project.path().join("out"), "up")? {
        apply(&mut connection, &file, &sql)?;
    }
    same("the new database (+) is not the old (-)", &definitions(server, new)?, &definitions(server, old)?)?;
    Ok(project)
}

/// Demands that the models of a project are what a database is. Returns what is said of them.
pub(crate) fn check(server: &Ephemeral, project: &TempDir, database: &str) -> Result<String> {
    let mut command = autogen(project.path());
    command.args(["check", "--db", &server.url(database), "--models", "src"]);
    let output = run(command.args(["--scratch", &server.url("postgres")]), 0)?;
    Ok(String::from_utf8([output.stdout, output.stderr].concat())?)
}

/// What `pg_dump` prints, without owners and privileges, which are nobody's models.
fn definitions(server: &Ephemeral, database: &str) -> Result<Vec<String>> {
    let mut all = dump(server, database)?;
    let starts =
        ["GRANT ", "REVOKE ", "ALTER DEFAULT PRIVILEGES ", "SET SESSION AUTHORIZATION ", "RESET SESSION "];
    let is_owner = |statement: &str| statement.starts_with("ALTER ") && statement.contains(" OWNER TO ");
    all.retain(|one| !is_owner(one) && !starts.iter().any(|start| one.starts_with(start)));
    Ok(all)
}
