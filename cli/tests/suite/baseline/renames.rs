//! What vanished from the models and what came in its place may be one thing: that is asked on a terminal, and offered in
//! the script everywhere else.

use std::io::Write;
use std::process::{Command, Stdio};

use super::{Repo, run};

/// A repository where the types that live are not those that Rust would propose.
fn repo() -> Repo {
    let repo = Repo::empty(".");
    repo.edit("db.sql", "nick text", "nick varchar(40)");
    repo.edit("db.sql", "title text", "title varchar(80)");
    repo.commit("first");
    repo
}

fn script(repo: &Repo) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_autogen"));
    command.current_dir(&repo.project).args(["diff", "--db", "db.sql", "--format", "sql"]);
    String::from_utf8(run(command).stdout).unwrap()
}

/// The scripts for somebody who says yes to every question; and the questions.
fn answered(repo: &Repo) -> String {
    let program = env!("CARGO_BIN_EXE_autogen");
    let mut command = Command::new("script");
    command.args(["-qec", &format!("'{program}' diff --db db.sql --format sql"), "/dev/null"]);
    command
        .current_dir(&repo.project)
        .env_remove("DATABASE_URL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().expect("script, of util-linux, makes a terminal");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&b"y\n".repeat(8)).unwrap();
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn offers(repo: &Repo, changes: &str, rename: &str) {
    assert_eq!(repo.changes(&[]), changes);
    let script = script(repo);
    assert!(script.contains(&format!("-- {rename};")), "{script}");
    assert!(!script.contains(&format!("\n{rename};")), "{script}");
}

#[test]
fn a_field() {
    let repo = repo();
    repo.edit("src/models.rs", "pub nick:", "pub called:");
    offers(
        &repo,
        "drop column users.nick; create column users.called",
        "ALTER TABLE users RENAME COLUMN nick TO called",
    );
    let told = answered(&repo);
    assert!(told.contains("Is column users.called the renamed column users.nick?"), "{told}");
    assert!(told.contains("\nALTER TABLE users RENAME COLUMN nick TO called;"), "{told}");
    assert!(!told.contains("DROP COLUMN") && !told.contains("TYPE"), "{told}");
    assert_eq!(repo.changes(&["--rename", "users.nick=users.called"]), "rename column users.called");
    // Somewhere else in the struct, it may still be the same one.
    repo.edit("src/models.rs", "    pub called: Option<String>,\n", "");
    repo.edit(
        "src/models.rs",
        "    pub id: i64,\n    pub email",
        "    pub nic: Option<String>,\n    pub id: i64,\n    pub email",
    );
    offers(
        &repo,
        "drop column users.nick; create column users.nic",
        "ALTER TABLE users RENAME COLUMN nick TO nic",
    );
    // No number is a renamed text.
    repo.edit("src/models.rs", "pub nic: Option<String>", "pub nic: Option<i32>");
    assert!(!script(&repo).contains("RENAME"), "{}", script(&repo));
}

#[test]
fn neighbours_tell_which_is_which() {
    let repo = repo();
    repo.edit(
        "src/models.rs",
        "    pub email: String,\n    pub nick: Option<String>,\n",
        "    pub nickname_or_email: String,\n    pub other: Option<String>,\n",
    );
    let script = script(&repo);
    for rename in ["email TO nickname_or_email", "nick TO other"] {
        assert!(script.contains(&format!("-- ALTER TABLE users RENAME COLUMN {rename};")), "{script}");
    }
}

#[test]
fn a_field_whose_old_name_is_in_use() {
    let repo = repo();
    repo.edit("src/models.rs", "pub nick:", "pub called:");
    repo.write("src/find.rs", "use crate::schema::users;\nfn f() { users::nick.eq(\"x\") }\n");
    offers(&repo, "create column users.called", "ALTER TABLE users RENAME COLUMN nick TO called");
    assert!(answered(&repo).contains("\nALTER TABLE users RENAME COLUMN nick TO called;"));
}

#[test]
fn the_table_of_a_struct() {
    let repo = repo();
    repo.edit("src/models.rs", "table_name = posts", "table_name = articles");
    offers(&repo, "create table articles; drop table posts", "ALTER TABLE posts RENAME TO articles");
    let told = answered(&repo);
    assert!(told.contains("\nALTER TABLE posts RENAME TO articles;"), "{told}");
    assert!(!told.contains("DROP TABLE"), "{told}");
    // With the struct.
    repo.edit("src/models.rs", "struct Post", "struct Article");
    offers(&repo, "create table articles; drop table posts", "ALTER TABLE posts RENAME TO articles");
}

#[test]
fn a_variant() {
    let repo = repo();
    repo.edit("src/models.rs", "Happy, Sad", "Glad, Sad");
    let rename = "ALTER TYPE mood RENAME VALUE 'happy' TO 'glad'";
    offers(&repo, "alter enum_type mood", rename);
    let told = answered(&repo);
    assert!(told.contains("Is the label glad of type mood the renamed happy?"), "{told}");
    assert!(told.contains(&format!("\n{rename};")), "{told}");
    assert!(!told.contains("CREATE TYPE"), "{told}");
    // A new value beside a removed one elsewhere is none of them.
    repo.edit("src/models.rs", "Glad, Sad", "Sad, Blue");
    assert!(!script(&repo).contains("RENAME VALUE"), "{}", script(&repo));
}
