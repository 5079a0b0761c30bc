//! What people wrote into the old migrations.

use super::Repo;
use crate::support::migrations::all_of;

#[test]
fn what_people_wrote_stays_where_it_holds() {
    let repo = Repo::new();
    repo.fields("    pub age: Option<i32>,\n    pub draft: Option<String>,\n");
    let up = "ALTER TABLE users ADD COLUMN age text;\n\
              ALTER TABLE users ADD COLUMN draft text;\n\
              CREATE FUNCTION shout(t text) RETURNS text LANGUAGE sql AS $$ SELECT upper(t); $$;\n\
              CREATE INDEX users_shout ON users (shout(email));\n\
              INSERT INTO users (id, email) VALUES (0, 'nobody');\n";
    let down = "DROP INDEX users_shout;\nDROP FUNCTION shout(text);\nDELETE FROM users WHERE id = 0;\n\
                ALTER TABLE users DROP COLUMN draft;\nALTER TABLE users DROP COLUMN age;\n";
    repo.migration("2026-02-01-000000_ages", up, down);
    repo.migration(
        "2026-02-02-000000_numbers",
        "ALTER TABLE users ALTER COLUMN age TYPE integer USING NULLIF(age, '')::integer;\n\
         ALTER TABLE users RENAME COLUMN email TO address;\n",
        "ALTER TABLE users RENAME COLUMN address TO email;\n\
         ALTER TABLE users ALTER COLUMN age TYPE text;\n",
    );
    repo.edit("src/models.rs", "pub email", "pub address");
    repo.edit("src/models.rs", "    pub draft: Option<String>,\n", "");
    repo.commit("ages");
    let told = repo.told(&["revise", "--name", "ages"], 0);
    let up = repo.last("up.sql");
    assert_eq!(repo.order(), ["users", "ages"]);
    // A rename stays one, and no column goes with its data.
    assert!(up.contains("RENAME COLUMN email TO address") && !up.contains("DROP COLUMN"), "{up}");
    assert!(up.contains("CREATE FUNCTION shout") && up.contains("CREATE INDEX users_shout"), "{up}");
    assert!(!up.contains("draft"), "{up}");
    // What speaks of the old name comes before the rename.
    assert!(up.find("INSERT INTO users (id, email)").unwrap() < up.find("RENAME").unwrap(), "{up}");
    assert!(told.contains("not kept") && told.contains("ADD COLUMN draft"), "{told}");
    let down = repo.last("down.sql");
    assert!(down.contains("DROP FUNCTION shout"), "{down}");
    repo.is_sound();
}

#[test]
fn what_nobody_took_back_is_taken_back() {
    let repo = Repo::new();
    repo.migration(
        "2026-02-01-000000_view",
        "ALTER TABLE users ADD COLUMN bio text;\n\n-- for the report\nCREATE VIEW addresses AS SELECT email, bio FROM users;\nCREATE INDEX CONCURRENTLY mails ON users (email);\n",
        "",
    );
    repo.write("migrations/2026-02-01-000000_view/metadata.toml", "run_in_transaction = false\n");
    repo.fields("    pub handle: String,\n    pub bio: Option<String>,\n");
    repo.commit("view");
    let told = repo.told(&["revise", "--offline-ok"], 0);
    assert!(told.contains("1 TODO marker in up.sql"), "{told}");
    // What may not run in a transaction has a migration of its own, as it had.
    assert_eq!(repo.order(), ["users", "view_1", "view_2"]);
    let all = all_of(&repo.migrations());
    let read = |name: &str, file: &str| repo.read(&format!("migrations/{name}/{file}"));
    assert!(
        read(&all[1], "up.sql").contains("-- for the report\nCREATE VIEW"),
        "{}",
        read(&all[1], "up.sql")
    );
    assert!(read(&all[2], "up.sql").contains("CREATE INDEX CONCURRENTLY mails"));
    assert!(read(&all[2], "metadata.toml").contains("false"));
    let downs = [read(&all[1], "down.sql"), read(&all[2], "down.sql")].concat();
    assert!(downs.contains("DROP VIEW addresses") && downs.contains("DROP INDEX mails"), "{downs}");
    assert_eq!(downs.matches("DROP COLUMN bio").count(), 1, "{downs}");
    // Without the marker all of it runs, both ways.
    let up = read(&all[1], "up.sql");
    let answered: Vec<&str> = up.lines().filter(|line| !line.contains("TODO(autogen)")).collect();
    repo.write(&format!("migrations/{}/up.sql", all[1]), &answered.join("\n"));
    repo.is_sound();
}

#[test]
fn what_the_old_ones_took_away_stays_away() {
    let repo = Repo::new();
    // No model has ever had it, so nothing but the migration tells that it is to go.
    repo.git(&["checkout", "-q", "main"]);
    repo.migration(
        "2026-01-02-000000_legacy",
        "ALTER TABLE users ADD COLUMN legacy text NOT NULL DEFAULT 'x';\nCREATE TABLE old (id bigint PRIMARY KEY);\n",
        "DROP TABLE old;\nALTER TABLE users DROP COLUMN legacy;\n",
    );
    repo.commit("legacy");
    repo.git(&["checkout", "-q", "-B", "feature"]);
    repo.migration(
        "2026-02-01-000000_tidy",
        "ALTER TABLE users ALTER COLUMN legacy DROP NOT NULL;\nDROP TABLE old;\n",
        "CREATE TABLE old (id bigint PRIMARY KEY);\nALTER TABLE users ALTER COLUMN legacy SET NOT NULL;\n",
    );
    repo.migration("2026-02-02-000000_tidy", "ALTER TABLE users DROP COLUMN legacy;\n", "");
    repo.commit("tidy");
    let told = repo.told(&["revise"], 0);
    let up = repo.last("up.sql");
    assert!(up.contains("DROP TABLE old;") && up.contains("DROP COLUMN legacy;"), "{up}\n{told}");
    assert!(!up.contains("NOT NULL") && !told.contains("not kept"), "{up}\n{told}");
    let down = repo.last("down.sql");
    assert!(down.contains("CREATE TABLE old") && down.contains("ADD COLUMN legacy text"), "{down}");
    repo.is_sound();
}

#[test]
fn what_the_models_do_not_say_of_a_table_stays() {
    let repo = Repo::new();
    repo.write(
        "src/post.rs",
        "#[derive(Queryable, Selectable, Identifiable, Associations)]\n#[diesel(table_name = posts, belongs_to(crate::models::User))]\n\
         pub struct Post { pub id: i64, pub user_id: i64, pub reads: i32 }\n",
    );
    repo.write("src/lib.rs", "mod models;\nmod post;\n");
    repo.migration(
        "2026-02-01-000000_posts",
        "CREATE TABLE IF NOT EXISTS posts (\n    id bigint PRIMARY KEY,\n    \
         user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,\n    reads integer NOT NULL DEFAULT 0 CHECK (reads >= 0)\n);\n\
         COMMENT ON TABLE posts IS 'what they write';\n",
        "DROP TABLE posts;\n",
    );
    repo.commit("posts");
    let told = repo.told(&["revise", "--models", "src"], 0);
    let up = repo.last("up.sql");
    for said in ["ON DELETE CASCADE", "DEFAULT 0", "reads >= 0", "'what they write'"] {
        assert!(up.contains(said), "{said}: {up}\n{told}");
    }
    assert!(!told.contains("not kept"), "{told}");
    repo.is_sound();
}

#[test]
fn a_cast_that_somebody_wrote_stays() {
    let repo = Repo::new();
    repo.git(&["checkout", "-q", "main"]);
    repo.fields("    pub age: Option<String>,\n");
    repo.migration(
        "2026-01-02-000000_age",
        "ALTER TABLE users ADD COLUMN age text;\n",
        "ALTER TABLE users DROP COLUMN age;\n",
    );
    repo.commit("age");
    repo.git(&["checkout", "-q", "-B", "feature"]);
    repo.edit("src/models.rs", "pub age: Option<String>", "pub age: Option<i32>");
    repo.migration(
        "2026-02-02-000000_numbers",
        "-- some wrote nothing\nALTER TABLE users ALTER COLUMN age TYPE integer USING NULLIF(age, '')::integer;\n",
        "ALTER TABLE users ALTER COLUMN age TYPE text;\n",
    );
    repo.fields("    pub bio: Option<String>,\n");
    repo.commit("numbers");
    let told = repo.told(&["revise"], 0);
    let up = repo.last("up.sql");
    assert!(up.contains("-- some wrote nothing\n") && up.contains("USING NULLIF(age, '')::integer"), "{up}");
    assert!(!up.contains("TODO") && up.matches(" TYPE ").count() == 1 && up.contains("bio"), "{up}\n{told}");
    repo.is_sound();
}
