//! schema.rs lags behind: what it still has and a migration dropped is not made again.

use std::process::Command;

use super::{NICK, POST, Repo, USER, autogen, run, stderr, told};

/// After the drop has been run, wherever the schema comes from.
#[test]
fn what_structs_gave_up_is_not_made_again() {
    let repo = Repo::new();
    repo.edit("src/models.rs", NICK, "");
    repo.edit("db.sql", " nick text,", "");
    let output = run(autogen(&repo.project, &["--verbose"]));
    assert_eq!(told(&output), "");
    assert!(stderr(&output).contains("table! users is stale"), "{}", stderr(&output));
    // A table, and one that has another name now.
    repo.edit(
        "src/models.rs",
        POST,
        &POST
            .replace("= posts", "= articles")
            .replace("pub struct", "#[autogen(was = \"posts\")]\npub struct"),
    );
    repo.edit("db.sql", "TABLE posts", "TABLE articles");
    assert_eq!(repo.changes(&[]), "");
    repo.edit("db.sql", "CREATE TABLE articles (id bigint PRIMARY KEY, title text NOT NULL);", "");
    repo.write("src/models.rs", &USER.replace(NICK, ""));
    assert_eq!(repo.changes(&[]), "");
    // A schema.rs that gained something since is a wish.
    repo.edit("src/schema.rs", "title -> Text,", "title -> Text, subtitle -> Nullable<Text>,");
    assert_eq!(repo.changes(&[]), "create table posts");
}

/// Without git the migrations tell, and one that has just been made is told by the proof.
#[test]
fn what_migrations_dropped_is_not_made_again() {
    let repo = Repo::new();
    std::fs::remove_dir_all(repo.dir.path().join(".git")).unwrap();
    let migration = |name: &str, sql: &str| {
        repo.write(&format!("migrations/{name}/up.sql"), sql);
        repo.write(&format!("migrations/{name}/down.sql"), "");
    };
    migration("1_first", &std::fs::read_to_string(repo.project.join("db.sql")).unwrap());
    let changes = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_autogen"));
        command.current_dir(&repo.project).args(["diff", "--format", "json"]).env_remove("DATABASE_URL");
        told(&run(command))
    };
    assert_eq!(changes(), "");
    repo.edit("src/models.rs", NICK, "");
    assert_eq!(changes(), "");
    let verify = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_autogen"));
        command.current_dir(&repo.project).args(["verify", "--diff"]).args(args).env_remove("DATABASE_URL");
        let output = run(command);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            stderr(&output)
        );
    };
    verify(&["--drop", "users.nick", "--drop", "audit"]);
    migration("2_drop", "ALTER TABLE users DROP COLUMN nick, DROP COLUMN secret; DROP TABLE audit;");
    assert_eq!(changes(), "");
    // What no migration ever had is wanted.
    repo.edit("src/schema.rs", "secret -> ", "more -> Nullable<Text>, secret -> ");
    assert_eq!(changes(), "create column users.more");
}
