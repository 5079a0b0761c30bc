//! What is no longer in the models and stays nevertheless, because something else has it.

use super::{DROPPED, NICK, Repo, autogen, run, stderr, told};

#[test]
fn what_other_code_has_stays() {
    let repo = Repo::new();
    repo.edit("src/models.rs", NICK, "");
    let kept = |words: &str| {
        let output = run(autogen(&repo.project, &["--models", "src/models.rs"]));
        assert_eq!(told(&output), "", "{words}");
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
        assert!(stderr(&output).contains("--drop users.nick"), "{}", stderr(&output));
    };
    // A query.
    repo.write("src/find.rs", "use crate::schema::users;\nfn f() { users::nick.eq(\"x\") }\n");
    kept("src/find.rs:2:");
    repo.write("src/find.rs", "use crate::schema::users::dsl::*;\nfn f() { users.filter(nick.eq(1)) }\n");
    kept("src/find.rs:2:");
    // A field of the same name says nothing.
    repo.write("src/find.rs", "use crate::schema::users::dsl::*;\nfn f() { users.load(); x.nick; }\n");
    assert_eq!(repo.changes(&["--models", "src/models.rs"]), DROPPED);
    // A struct that moved out of --models.
    repo.write(
        "other/src/lib.rs",
        "#[derive(Queryable, Selectable)]\n#[diesel(table_name = users)]\nstruct Nick { id: i64, nick: Option<String> }\n",
    );
    kept("other/src/lib.rs:3");
    // The user decides.
    assert_eq!(repo.changes(&["--models", "src/models.rs", "--drop", "users.nick"]), DROPPED);
}

#[test]
fn what_is_set_aside_stays() {
    let repo = Repo::new();
    repo.edit(
        "src/models.rs",
        "#[diesel(table_name = posts)]",
        "#[diesel(table_name = posts)]\n#[autogen(ignore)]",
    );
    repo.edit("src/models.rs", "    pub nick", "    #[autogen(ignore)]\n    pub nick");
    repo.edit("src/models.rs", "#[ExistingTypePath", "#[autogen(ignore)]\n#[ExistingTypePath");
    assert_eq!(repo.changes(&[]), "");
    let repo = Repo::new();
    repo.edit("src/models.rs", NICK, "");
    repo.edit("src/models.rs", "index(email)", "index(email), accept(nick)");
    assert_eq!(repo.changes(&[]), "");
}

#[test]
fn a_second_struct_holds_a_column() {
    let repo = Repo::new();
    let second = "#[derive(Insertable)]\n#[diesel(table_name = users)]\npub struct New { pub id: i64, pub nick: Option<String> }\n";
    repo.edit("src/models.rs", NICK, "");
    repo.write(
        "src/models.rs",
        &format!("{}{second}", std::fs::read_to_string(repo.project.join("src/models.rs")).unwrap()),
    );
    assert_eq!(repo.changes(&[]), "");
}

#[test]
fn an_edited_schema_file_holds_a_column() {
    let repo = Repo::new();
    repo.edit("src/models.rs", NICK, "");
    repo.edit("src/schema.rs", "secret -> Nullable<Text>", "secret -> Nullable<Text>, age -> Nullable<Int4>");
    let output = run(autogen(&repo.project, &["--verbose"]));
    assert_eq!(told(&output), "create column users.age");
    assert!(stderr(&output).contains("column users.nick is no longer in the models"), "{}", stderr(&output));
}

#[test]
fn a_view_holds_a_column() {
    let repo = Repo::new();
    repo.edit("src/models.rs", NICK, "");
    repo.edit(
        "db.sql",
        "CREATE TABLE audit",
        "CREATE VIEW nicks AS SELECT nick FROM users;\nCREATE TABLE audit",
    );
    assert_eq!(repo.changes(&[]), "");
}
