//! What a failed `CREATE INDEX CONCURRENTLY` leaves: an index that slows writes down and serves no query. `pg_dump` does not
//! show it, so the catalog is the referee.

use anyhow::{Context, Result, ensure};
use autogen::postgres::Ephemeral;
use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;

use crate::support::{self, apply, autogen, load, run};

const MODELS: &str = "
#[derive(Queryable, Selectable, Identifiable)]
#[diesel(table_name = users)]
#[autogen(index(email, unique), index(nick))]
pub struct User {
    pub id: i64,
    pub email: String,
    pub nick: String,
}
";

#[derive(diesel::QueryableByName, Debug, PartialEq, Eq)]
struct Index {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_valid: bool,
}

fn indexes(server: &Ephemeral) -> Result<Vec<(String, bool)>> {
    let sql = "SELECT indexrelid::regclass::text AS name, indisvalid AS is_valid FROM pg_index
               WHERE indrelid = 'users'::regclass AND NOT indisprimary ORDER BY 1";
    let all: Vec<Index> = diesel::sql_query(sql).load(&mut server.connect("now")?)?;
    Ok(all.into_iter().map(|index| (index.name, index.is_valid)).collect())
}

fn is(all: &[(&str, bool)]) -> Vec<(String, bool)> {
    all.iter().map(|(name, is_valid)| ((*name).to_owned(), *is_valid)).collect()
}

/// The database after a try that has failed, and what made it fail is corrected.
fn broken() -> Result<Ephemeral> {
    let server = support::start()?;
    server.create_database("now", None)?;
    let rows = "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, nick text NOT NULL);
                INSERT INTO users SELECT n, 'e' || n / 2, 'n' || n FROM generate_series(1, 100) AS n;
                CREATE INDEX users_nick_idx ON users (nick);";
    load(&server, "now", rows)?;
    let mut connection = server.connect("now")?;
    let build = "CREATE UNIQUE INDEX CONCURRENTLY users_email_idx ON users (email)";
    let failed = connection.batch_execute(build);
    ensure!(failed.is_err_and(|error| error.to_string().contains("could not create unique index")));
    let found = indexes(&server)?;
    ensure!(found == is(&[("users_email_idx", false), ("users_nick_idx", true)]), "{found:?}");
    connection.batch_execute("UPDATE users SET email = 'e' || id")?;
    Ok(server)
}

#[test]
fn an_invalid_index_is_built_again() -> Result<()> {
    let (online, plain) = ("REINDEX INDEX CONCURRENTLY users_email_idx;", "REINDEX INDEX users_email_idx;");
    for (option, statement) in [("--online", online), ("--offline-ok", plain)] {
        let server = broken()?;
        let project = tempfile::tempdir()?;
        std::fs::write(project.path().join("Cargo.toml"), "[package]\nname = \"x\"\n")?;
        std::fs::write(project.path().join("models.rs"), MODELS)?;
        let sides = ["--db".to_owned(), server.url("now"), "--models".to_owned(), "models.rs".to_owned()];
        let told = run(autogen(project.path()).arg("check").args(&sides), 1)?;
        let told = String::from_utf8(told.stdout)?;
        ensure!(told.contains("users_email_idx"), "{told}");

        run(autogen(project.path()).args(["diff", option, "--out", "o"]).args(&sides), 0)?;
        let read = |file: &str| std::fs::read_to_string(project.path().join("o").join(file));
        let script = read("up.sql").context("more than one part")?;
        let statements: Vec<&str> =
            script.lines().filter(|line| !line.is_empty() && !line.starts_with("--")).collect();
        ensure!(statements == [statement], "{script}");
        apply(&mut server.connect("now")?, "up", &script)?;
        let valid = is(&[("users_email_idx", true), ("users_nick_idx", true)]);
        let found = indexes(&server)?;
        ensure!(found == valid, "{found:?}");
        run(autogen(project.path()).arg("check").args(&sides), 0)?;

        // Nobody wants it to be invalid again.
        if let Ok(back) = read("down.sql") {
            apply(&mut server.connect("now")?, "down", &back)?;
        }
        let found = indexes(&server)?;
        ensure!(found == valid, "{found:?}");
    }
    Ok(())
}

/// What another tool has left beside the index is listed by no model that speaks of indexes, so that it goes; the valid one
/// is taken for the wanted one.
#[test]
fn a_leftover_is_not_taken_for_the_index() -> Result<()> {
    let server = broken()?;
    let mut connection = server.connect("now")?;
    connection.batch_execute("CREATE UNIQUE INDEX a_valid_one ON users (email)")?;
    let project = tempfile::tempdir()?;
    std::fs::write(project.path().join("Cargo.toml"), "[package]\nname = \"x\"\n")?;
    std::fs::write(project.path().join("models.rs"), MODELS)?;
    let sides = ["--db".to_owned(), server.url("now"), "--models".to_owned(), "models.rs".to_owned()];
    let written = run(autogen(project.path()).args(["diff", "--online", "--format", "sql"]).args(&sides), 0)?;
    let written = String::from_utf8(written.stdout)?;
    ensure!(
        written.contains("DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;")
            && !written.contains("REINDEX"),
        "{written}"
    );
    Ok(())
}
