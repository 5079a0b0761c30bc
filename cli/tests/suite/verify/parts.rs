//! A change that was split into several migrations: they are proved together, there and back.

use super::{BASE, Project};

/// The base, with what is built online in several steps: a key, a check, NOT NULL, an index of a partitioned table.
fn online() -> (Project, Vec<String>) {
    let project = Project::new();
    let tables = "CREATE TABLE days (id bigint NOT NULL, day integer NOT NULL) PARTITION BY LIST (day);
        CREATE TABLE days_1 PARTITION OF days FOR VALUES IN (1);
        CREATE TABLE days_2 PARTITION OF days FOR VALUES IN (2);";
    project.write("2024-01-02-000000_days", tables, Some("DROP TABLE days;"));
    let changed = BASE
        .replace("nick text", "nick text UNIQUE CHECK (nick <> '')")
        .replace("age int", "age int NOT NULL");
    let wanted = format!("{changed} {tables} CREATE INDEX days_id ON days (id);");
    std::fs::write(project.file("wanted.sql"), wanted).unwrap();
    let mut diff = crate::support::autogen(project.path());
    diff.args(["diff", "--target", "wanted.sql", "--online", "--name", "grow"]);
    crate::support::run(&mut diff, 0).unwrap();
    let entries = std::fs::read_dir(project.file("migrations")).unwrap();
    let mut parts: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    parts.retain(|name| name.contains("_grow_"));
    parts.sort();
    assert!(parts.len() > 6, "{parts:?}");
    for part in &parts {
        let up = project.file(&format!("migrations/{part}/up.sql"));
        let text = std::fs::read_to_string(&up).unwrap();
        // What somebody makes of the marker.
        let fill = text.replace(
            "-- UPDATE users SET age = … WHERE age IS NULL;",
            "UPDATE users SET age = 1 WHERE age IS NULL;",
        );
        let lines: Vec<&str> = fill.lines().filter(|line| !line.contains("TODO(autogen)")).collect();
        std::fs::write(&up, lines.join("\n")).unwrap();
    }
    (project, parts)
}

#[test]
fn the_parts_of_a_change_are_proved_together() {
    let (project, parts) = online();
    let of_all = format!("{} to {}", parts[0], parts[parts.len() - 1]);
    for args in [&[][..], &["--migration", &parts[2], "--target", "wanted.sql"]] {
        let document = project.json(args, 0).unwrap();
        let steps = document["steps"].as_array().unwrap();
        assert_eq!((steps.len(), steps[0]["migration"].as_str().unwrap()), (1, &*of_all));
        assert_eq!(steps[0]["statements"][2]["file"], format!("migrations/{}/up.sql", parts[0]));
    }
    let document = project.json(&["--all"], 0).unwrap();
    assert_eq!(document["steps"].as_array().unwrap().len(), 3);

    // The way back of one part is wrong.
    let down = project.file(&format!("migrations/{}/down.sql", parts[0]));
    let text = std::fs::read_to_string(&down).unwrap();
    let without = text.replace("ALTER TABLE users DROP CONSTRAINT users_nick_check;", "");
    assert_ne!(text, without);
    std::fs::write(&down, without).unwrap();
    let document = project.json(&[], 1).unwrap();
    assert_eq!(document["steps"][0]["broken"]["phase"], "schema after down", "{document:#}");
}
