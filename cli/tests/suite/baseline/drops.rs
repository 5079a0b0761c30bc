//! What is dropped because the models had it: columns, tables, enums, and what an attribute listed.

use super::{DROPPED, NICK, POST, Repo, USER, autogen, run, stderr, told};

#[test]
fn a_removed_field_is_a_dropped_column() {
    let repo = Repo::new();
    assert_eq!(repo.changes(&[]), "");
    repo.edit("src/models.rs", NICK, "");
    // schema.rs is written from the database, and knows nothing of it yet.
    assert_eq!(repo.changes(&[]), DROPPED);
    repo.edit("src/schema.rs", " nick -> Nullable<Text>,", "");
    assert_eq!(repo.changes(&[]), DROPPED);
    // What was never modelled, such as the column `secret` without a schema.rs, stays.
    repo.remove("src/schema.rs");
    assert_eq!(repo.changes(&[]), DROPPED);
    let staged = || {
        repo.git(&["add", "-A"]);
        repo.changes(&[])
    };
    assert_eq!(staged(), DROPPED);
    // On main, the commit is all there is to compare with.
    repo.commit("second");
    assert_eq!(repo.changes(&[]), "");
    assert_eq!(repo.changes(&["--base", "HEAD~1"]), DROPPED);
}

#[test]
fn a_removed_struct_is_a_dropped_table() {
    let repo = Repo::new();
    repo.edit("src/models.rs", POST, "");
    assert_eq!(repo.changes(&[]), "drop table posts");
    // The enum goes with its last column.
    repo.write("src/models.rs", POST);
    assert_eq!(repo.changes(&[]), "drop table users; drop enum_type mood");
    repo.edit("src/schema.rs", "diesel::table! { posts (id) { id -> Int8, title -> Text, } }", "");
    repo.write("src/models.rs", USER);
    assert_eq!(repo.changes(&[]), "drop table posts");
    // `table!` alone had the table, and has it no more.
    repo.write("src/models.rs", &format!("{USER}{POST}"));
    repo.edit("src/schema.rs", "diesel::table! { audit (id) { id -> Int8, } }", "");
    assert_eq!(repo.changes(&[]), "drop table audit");
    // Diesel was told to leave it out.
    repo.write(
        "diesel.toml",
        "[print_schema]\nfile = \"src/schema.rs\"\nfilter = { except_tables = [\"audit\"] }\n",
    );
    assert_eq!(repo.changes(&[]), "");
}

#[test]
fn what_an_attribute_listed_goes_with_it() {
    let repo = Repo::new();
    repo.edit("src/models.rs", "#[autogen(index(email))]\n", "");
    assert_eq!(repo.changes(&[]), "drop index users_email_idx");
}

#[test]
fn the_first_attribute_of_a_kind_says_what_goes_for_it() {
    let repo = Repo::new();
    repo.edit(
        "db.sql",
        "CREATE TABLE audit",
        "CREATE INDEX posts_title_idx ON posts (title);\nCREATE TABLE audit",
    );
    repo.edit(
        "src/models.rs",
        "#[diesel(table_name = posts)]\n",
        "#[diesel(table_name = posts)]\n#[autogen(index(id))]\n",
    );
    let output = run(autogen(&repo.project, &[]));
    assert_eq!(told(&output), "create index posts_id_idx; drop index posts_title_idx");
    assert!(
        stderr(&output).contains("do not list index posts_title_idx, so that it goes"),
        "{}",
        stderr(&output)
    );
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["changes"][1]["source"]["line"], 15);
    // An entry that is taken away later was wanted away.
    repo.edit("src/models.rs", "index(id)", "index(id), index(title)");
    repo.commit("second");
    repo.edit("src/models.rs", "index(id), index(title)", "index(id)");
    let output = run(autogen(&repo.project, &["--base", "HEAD"]));
    assert_eq!(told(&output), "create index posts_id_idx; drop index posts_title_idx");
    assert!(!stderr(&output).contains("do not list"), "{}", stderr(&output));
}
