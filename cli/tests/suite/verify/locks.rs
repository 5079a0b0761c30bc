//! The locks that are printed, against the manual ("Explicit Locking", and the pages of the commands).

use std::collections::BTreeMap;

use super::Project;

/// What the statements work on.
const SCENE: &str = "CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, parent_id int, n int, word text);
CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE part_2 (id int, at date NOT NULL CHECK (at >= '2025-01-01' AND at < '2026-01-01'));
CREATE INDEX child_n ON child (n);
CREATE MATERIALIZED VIEW sums AS SELECT id, n FROM child;
CREATE UNIQUE INDEX sums_id ON sums (id);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
ALTER TABLE child ADD CONSTRAINT known CHECK (n IS NOT NULL OR n IS NULL) NOT VALID;";

/// A statement, and the locks on tables that the manual says it takes.
const STATEMENTS: [(&str, &[(&str, &str)]); 27] = [
    ("SELECT count(*) FROM child", &[("child", "ACCESS SHARE")]),
    ("SELECT * FROM child FOR UPDATE", &[("child", "ROW SHARE")]),
    ("UPDATE child SET word = word", &[("child", "ROW EXCLUSIVE")]),
    ("ALTER TABLE child ADD COLUMN extra int", &[("child", "ACCESS EXCLUSIVE")]),
    ("ALTER TABLE child ALTER COLUMN word TYPE varchar(900)", &[("child", "ACCESS EXCLUSIVE")]),
    ("ALTER TABLE child RENAME COLUMN word TO words", &[("child", "ACCESS EXCLUSIVE")]),
    ("ALTER TABLE child ALTER COLUMN n SET STATISTICS 500", &[("child", "SHARE UPDATE EXCLUSIVE")]),
    ("ALTER TABLE child SET (fillfactor = 70)", &[("child", "SHARE UPDATE EXCLUSIVE")]),
    ("ALTER TABLE child VALIDATE CONSTRAINT known", &[("child", "SHARE UPDATE EXCLUSIVE")]),
    (
        "ALTER TABLE child ADD CONSTRAINT child_parent FOREIGN KEY (parent_id) REFERENCES parent NOT VALID",
        &[("child", "SHARE ROW EXCLUSIVE"), ("parent", "SHARE ROW EXCLUSIVE")],
    ),
    (
        "ALTER TABLE child VALIDATE CONSTRAINT child_parent",
        &[("child", "SHARE UPDATE EXCLUSIVE"), ("parent", "ROW SHARE")],
    ),
    (
        "CREATE TRIGGER touched BEFORE UPDATE ON child FOR EACH ROW EXECUTE FUNCTION touch()",
        &[("child", "SHARE ROW EXCLUSIVE")],
    ),
    ("ALTER TABLE child DISABLE TRIGGER touched", &[("child", "SHARE ROW EXCLUSIVE")]),
    ("CREATE INDEX child_words ON child (words)", &[("child", "SHARE")]),
    ("CREATE INDEX CONCURRENTLY child_extra ON child (extra)", &[("child", "SHARE UPDATE EXCLUSIVE")]),
    ("DROP INDEX CONCURRENTLY child_extra", &[("child", "SHARE UPDATE EXCLUSIVE")]),
    ("DROP INDEX child_words", &[("child", "ACCESS EXCLUSIVE")]),
    ("REINDEX TABLE child", &[("child", "SHARE")]),
    ("CREATE STATISTICS child_both ON n, parent_id FROM child", &[("child", "SHARE UPDATE EXCLUSIVE")]),
    ("COMMENT ON TABLE child IS 'x'", &[("child", "SHARE UPDATE EXCLUSIVE")]),
    ("ANALYZE child", &[("child", "SHARE UPDATE EXCLUSIVE")]),
    ("VACUUM child", &[("child", "SHARE UPDATE EXCLUSIVE")]),
    ("VACUUM FULL child", &[("child", "ACCESS EXCLUSIVE")]),
    ("REFRESH MATERIALIZED VIEW CONCURRENTLY sums", &[("sums", "EXCLUSIVE")]),
    ("REFRESH MATERIALIZED VIEW sums", &[("sums", "ACCESS EXCLUSIVE")]),
    (
        "ALTER TABLE parts ATTACH PARTITION part_2 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        &[("part_2", "ACCESS EXCLUSIVE"), ("parts", "SHARE UPDATE EXCLUSIVE")],
    ),
    ("TRUNCATE child", &[("child", "ACCESS EXCLUSIVE")]),
];

#[test]
fn the_locks_are_those_of_the_manual() {
    let project = Project::new();
    project.write("2024-02-01-000000_scene", SCENE, None);
    let up: String = STATEMENTS
        .iter()
        .map(|(sql, _)| format!("-- HAZARD data loss: it empties child\n{sql};\n"))
        .collect();
    project.write("2024-03-01-000000_locks", &up, None);
    project.without_transaction("2024-03-01-000000_locks");
    let document = project.json(&[], 0).unwrap();
    let seen = document["steps"][0]["statements"].as_array().unwrap();
    assert_eq!(seen.len(), STATEMENTS.len());
    let mut wrong = Vec::new();
    for ((sql, expected), told) in STATEMENTS.iter().zip(seen) {
        let locks = told["locks"].as_array().unwrap().iter();
        let locks: BTreeMap<&str, &str> =
            locks.map(|lock| (lock["relation"].as_str().unwrap(), lock["mode"].as_str().unwrap())).collect();
        for (table, mode) in *expected {
            if locks.get(table) != Some(mode) {
                wrong.push(format!("{sql}: {table} has {:?} and should have {mode}", locks.get(table)));
            }
        }
        // Anything else is read at most.
        for (table, mode) in
            locks.iter().filter(|(table, _)| !expected.iter().any(|(known, _)| known == *table))
        {
            if !["ACCESS SHARE", "ROW SHARE"].contains(mode) && !table.contains('_') {
                wrong.push(format!("{sql}: {table} has {mode} as well"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_lock_is_told_of_every_statement_that_takes_it() {
    let up = "ALTER TABLE users ADD COLUMN a int;\nALTER TABLE users ADD COLUMN b int;\nCREATE TABLE c (id int);\nCREATE INDEX ON c (id);";
    let down = "DROP TABLE c; ALTER TABLE users DROP COLUMN a, DROP COLUMN b;";
    let document = Project::with(up, down).json(&[], 0).unwrap();
    let statements = &document["steps"][0]["statements"];
    let users = serde_json::json!([{ "relation": "users", "mode": "ACCESS EXCLUSIVE", "new": false }]);
    assert_eq!((&statements[0]["locks"], &statements[1]["locks"]), (&users, &users));
    let new = serde_json::json!([{ "relation": "c", "mode": "SHARE", "new": true }]);
    assert_eq!(statements[3]["locks"], new);
}

#[test]
fn a_script_that_must_be_one_transaction_is_seen_too() {
    let up = "CREATE TEMP TABLE held ON COMMIT DROP AS SELECT id FROM users;\nALTER TABLE users ADD COLUMN a int;\n\
              UPDATE users SET a = 1 WHERE id IN (SELECT id FROM held);";
    let document = Project::with(up, "ALTER TABLE users DROP COLUMN a;").json(&[], 0).unwrap();
    let lock = &document["steps"][0]["statements"][1]["locks"][0];
    assert_eq!(
        (&lock["relation"], &lock["mode"]),
        (&"users".into(), &"ACCESS EXCLUSIVE".into()),
        "{document:#}"
    );
}
