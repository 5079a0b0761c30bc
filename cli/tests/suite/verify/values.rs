//! Values that are kept, in spite of new names, types and places.

use super::Project;

/// The step is proved, and says nothing but what is expected.
#[track_caller]
fn kept(up: &str, down: &str, args: &[&str]) -> serde_json::Value {
    let document = Project::with(up, down).json(args, 0).unwrap();
    assert_eq!(document["steps"][0]["verdict"], "proved", "{document:#}");
    document["steps"][0].clone()
}

#[test]
fn renames_keep_values() {
    kept(
        "ALTER TABLE users RENAME TO people;
ALTER TABLE people RENAME COLUMN nick TO handle;
ALTER TYPE mood RENAME VALUE 'happy' TO 'glad';
ALTER TABLE people SET SCHEMA public;",
        "ALTER TYPE mood RENAME VALUE 'glad' TO 'happy';
ALTER TABLE people RENAME COLUMN handle TO nick;
ALTER TABLE people RENAME TO users;",
        &[],
    );
}

#[test]
fn a_new_column_for_an_old_one_keeps_values_if_it_is_said_so() {
    let up = |copy: &str| {
        format!("ALTER TABLE users ADD COLUMN handle text;\n{copy}\nALTER TABLE users DROP COLUMN nick;")
    };
    let down = "ALTER TABLE users ADD COLUMN nick text;\nUPDATE users SET nick = handle;\nALTER TABLE users DROP COLUMN handle;";
    let rename = ["--rename", "users.nick=users.handle"];
    let step = kept(&up("UPDATE users SET handle = nick;"), down, &rename);
    assert_eq!(step["dropped"], serde_json::json!([]));
    let project = Project::with(&up(""), down);
    let document = project.json(&rename, 1).unwrap();
    assert_eq!(document["steps"][0]["broken"]["phase"], "rows after up", "{document:#}");
    // Nobody says that the new one is the old one.
    let step = kept(&up(""), down, &[]);
    assert_eq!(step["dropped"], serde_json::json!(["column users.nick"]));
}

#[test]
fn types_change_as_casts_do() {
    kept(
        "DROP VIEW grown;
ALTER TABLE users ALTER COLUMN age TYPE bigint, ALTER COLUMN mood TYPE text, ALTER COLUMN seen TYPE text USING seen::text;
CREATE VIEW grown AS SELECT id, email FROM users WHERE age >= 18;",
        "DROP VIEW grown;
ALTER TABLE users ALTER COLUMN age TYPE int, ALTER COLUMN mood TYPE mood USING mood::mood,
    ALTER COLUMN seen TYPE timestamptz USING seen::timestamptz;
CREATE VIEW grown AS SELECT id, email FROM users WHERE age >= 18;",
        &[],
    );
}

#[test]
fn nulls_may_be_filled_and_rows_added() {
    let step = kept(
        "UPDATE users SET nick = 'nobody' WHERE nick IS NULL;
ALTER TABLE users ALTER COLUMN nick SET NOT NULL;
INSERT INTO orgs (name) VALUES ('the new one') ON CONFLICT DO NOTHING;",
        "ALTER TABLE users ALTER COLUMN nick DROP NOT NULL;",
        &[],
    );
    let notes = step["notes"].to_string();
    assert!(
        notes.contains("NULLs of users.nick are filled") && notes.contains("orgs has 1 more rows"),
        "{notes}"
    );
}

#[test]
fn a_loss_that_the_script_declares_is_told() {
    let step = kept(
        "-- HAZARD data loss: nicknames are worth nothing\nUPDATE users SET nick = NULL;",
        "SELECT 1;",
        &[],
    );
    assert!(step["notes"].to_string().contains("as the script says"), "{step:#}");
}

#[test]
fn rows_that_a_script_says_it_does_not_take_are_left_out() {
    let step = kept(
        "-- HAZARD may fail: it fails if rows of users have no nick\nALTER TABLE users ALTER COLUMN nick SET NOT NULL;
-- HAZARD may fail: ages are too small\nALTER TABLE users ADD CONSTRAINT grown_up CHECK (age >= 18 AND nick LIKE '@%');
-- HAZARD may fail: two rows may have the same age\nCREATE UNIQUE INDEX ages ON users (age);
-- HAZARD may fail: a nick may be no number\nALTER TABLE orgs ALTER COLUMN name TYPE int USING name::int;",
        "ALTER TABLE orgs ALTER COLUMN name TYPE varchar(40);
DROP INDEX ages; ALTER TABLE users DROP CONSTRAINT grown_up; ALTER TABLE users ALTER COLUMN nick DROP NOT NULL;",
        &[],
    );
    assert!(step["notes"].to_string().contains("proved with rows that"), "{step:#}");
    assert!(step["rows"].as_u64().unwrap() > 20, "{step:#}");
}

/// A check over a column that goes: when that comes back it is empty.
#[test]
fn rows_that_the_way_back_says_it_does_not_take_are_left_out() {
    let check = "ALTER TABLE users ADD CONSTRAINT known CHECK ((nick IS NULL) = (seen IS NULL));";
    let up = "-- HAZARD data loss: nobody needs it\nALTER TABLE users DROP COLUMN nick;";
    let down =
        format!("ALTER TABLE users ADD COLUMN nick text;\n-- HAZARD may fail: seen needs a nick\n{check}");
    let project = Project::with(check, "ALTER TABLE users DROP CONSTRAINT known;");
    project.write("2024-03-01-000000_go", up, Some(&down));
    let document = project.json(&[], 0).unwrap();
    assert!(document["steps"][0]["notes"].to_string().contains("down.sql:3 takes"), "{document:#}");
    // If it is not said there, it is broken.
    project.write("2024-03-01-000000_go", up, Some(&down.replace("HAZARD may fail", "Beware")));
    let document = project.json(&[], 1).unwrap();
    assert_eq!(document["steps"][0]["broken"]["phase"], "down");
}
