//! Rows that are where they were while their table becomes a partition, or is one no more, or leaves its parent; values whose
//! composite type takes other attributes; and rules that hardly any row keeps.

use super::Project;

/// What comes of a step after one that prepares it.
#[track_caller]
fn after(base: (&str, &str), up: &str, down: &str, code: i32) -> serde_json::Value {
    let project = Project::with(base.0, base.1);
    project.write("2024-03-01-000000_step", up, Some(down));
    let document = project.json(&[], code).unwrap();
    document["steps"][0].clone()
}

const EVENTS: (&str, &str) = (
    "CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE old_events PARTITION OF events FOR VALUES FROM ('1000-01-01') TO ('2010-01-01');
CREATE TABLE new_events PARTITION OF events FOR VALUES FROM ('2010-01-01') TO ('3000-01-01');",
    "DROP TABLE events;",
);
const ATTACH: &str = "-- HAZARD may fail: rows may be out of bounds
ALTER TABLE events ATTACH PARTITION old_events FOR VALUES FROM ('1000-01-01') TO ('2010-01-01');";

#[test]
fn a_partition_that_is_let_go_keeps_its_rows() {
    let step = after(EVENTS, "ALTER TABLE events DETACH PARTITION old_events;", ATTACH, 0);
    assert_eq!(step["verdict"], "proved", "{step:#}");
    assert_eq!(step["dropped"], serde_json::json!([]));
    let notes = step["notes"].to_string();
    assert!(notes.contains("rows of events are in old_events alone"), "{notes}");
}

#[test]
fn rows_of_a_partition_that_is_let_go_may_not_vanish() {
    let up =
        "ALTER TABLE events DETACH PARTITION old_events;\nDELETE FROM old_events WHERE what IS NOT NULL;";
    let step = after(EVENTS, up, ATTACH, 1);
    assert_eq!(step["broken"]["phase"], "rows after up", "{step:#}");
    let up = "ALTER TABLE events DETACH PARTITION old_events;\nUPDATE old_events SET what = 'forgotten';";
    let step = after(EVENTS, up, ATTACH, 1);
    assert_eq!(step["broken"]["phase"], "rows after up", "{step:#}");
    assert!(step["broken"]["message"].to_string().contains("events.what"), "{step:#}");
}

#[test]
fn a_partition_that_is_made_anew_loses_its_rows_where_that_is_said() {
    let again =
        "CREATE TABLE old_events PARTITION OF events FOR VALUES FROM ('1000-01-01') TO ('2010-01-01')";
    let up = |hazard: &str| format!("{hazard}DROP TABLE old_events;\n{again} PARTITION BY RANGE (at);");
    let down = format!("-- HAZARD data loss: the rows of old_events\nDROP TABLE old_events;\n{again};");
    let step = after(EVENTS, &up("-- HAZARD data loss: the rows of old_events are lost\n"), &down, 0);
    assert!(
        step["notes"].to_string().contains("rows of old_events are gone, as the script says"),
        "{step:#}"
    );
    let step = after(EVENTS, &up(""), &down, 1);
    assert_eq!(step["broken"]["phase"], "rows after up", "{step:#}");
    // What it says of one partition is not said of another.
    let forgets =
        format!("DELETE FROM new_events;\n{}", up("-- HAZARD data loss: the rows of old_events are lost\n"));
    let step = after(EVENTS, &forgets, &down, 1);
    assert!(step["broken"]["message"].to_string().contains("rows of events are gone"), "{step:#}");
}

#[test]
fn a_table_that_becomes_a_partition_keeps_its_rows() {
    let base = (
        "CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE old_events (at date NOT NULL, what text, UNIQUE (at, what));",
        "DROP TABLE events, old_events;",
    );
    let step = after(base, ATTACH, "ALTER TABLE events DETACH PARTITION old_events;", 0);
    assert_eq!((&step["verdict"], &step["dropped"]), (&"proved".into(), &serde_json::json!([])), "{step:#}");
    assert!(step["rows"].as_u64().unwrap() > 40, "rows of its own within the bounds: {step:#}");
    let lost = format!("DELETE FROM old_events;\n{ATTACH}");
    let step = after(base, &lost, "ALTER TABLE events DETACH PARTITION old_events;", 1);
    assert_eq!(step["broken"]["phase"], "rows after up", "{step:#}");
}

#[test]
fn rows_within_other_bounds_are_found() {
    let up = "ALTER TABLE events DETACH PARTITION new_events;
-- HAZARD may fail: rows may be out of bounds
ALTER TABLE events ATTACH PARTITION new_events FOR VALUES FROM ('2010-01-01') TO ('2021-01-01');";
    let down = "ALTER TABLE events DETACH PARTITION new_events;
ALTER TABLE events ATTACH PARTITION new_events FOR VALUES FROM ('2010-01-01') TO ('3000-01-01');";
    let step = after(EVENTS, up, down, 0);
    assert_eq!(step["verdict"], "proved", "{step:#}");
    assert!(step["rows"].as_u64().unwrap() > 40, "{step:#}");
}

#[test]
fn a_partition_that_goes_takes_its_rows_along() {
    let down =
        "CREATE TABLE old_events PARTITION OF events FOR VALUES FROM ('1000-01-01') TO ('2010-01-01');";
    let step = after(EVENTS, "DROP TABLE old_events;", down, 0);
    assert_eq!(step["verdict"], "proved", "{step:#}");
    let dropped = step["dropped"].to_string();
    assert!(dropped.contains("table old_events with "), "{step:#}");
    // Where another comes in its place the rows should be there.
    let up = format!("DROP TABLE old_events;\n{down}");
    let step = after(EVENTS, &up, "SELECT 1;", 1);
    assert_eq!(step["broken"]["phase"], "rows after up", "{step:#}");
}

const FAMILY: (&str, &str) = (
    "CREATE TABLE pets (name text);\nCREATE TABLE cats (name text, lives int) INHERITS (pets);",
    "DROP TABLE cats; DROP TABLE pets;",
);

#[test]
fn children_that_leave_or_go_take_nothing_from_the_parent() {
    let step = after(FAMILY, "ALTER TABLE cats NO INHERIT pets;", "ALTER TABLE cats INHERIT pets;", 0);
    assert_eq!((&step["verdict"], &step["dropped"]), (&"proved".into(), &serde_json::json!([])), "{step:#}");
    let down = "CREATE TABLE cats (name text, lives int) INHERITS (pets);";
    let step = after(FAMILY, "-- HAZARD data loss: no cats\nDROP TABLE cats;", down, 0);
    assert_eq!(step["dropped"], serde_json::json!(["table cats with 20 rows"]), "{step:#}");
    let step = after(FAMILY, "DELETE FROM ONLY pets;", "SELECT 1;", 1);
    assert_eq!(step["broken"]["phase"], "rows after up", "{step:#}");
}

const SHOPS: (&str, &str) = (
    "CREATE TYPE place AS (street text, number int);\nCREATE TABLE shops (id int PRIMARY KEY, place place, others place[]);",
    "DROP TABLE shops; DROP TYPE place;",
);

#[test]
fn values_of_a_composite_type_keep_their_attributes() {
    let up = "ALTER TYPE place ADD ATTRIBUTE zip text;\nALTER TYPE place RENAME ATTRIBUTE street TO road;";
    let down = "ALTER TYPE place RENAME ATTRIBUTE road TO street;\nALTER TYPE place DROP ATTRIBUTE zip;";
    let step = after(SHOPS, up, down, 0);
    assert_eq!((&step["verdict"], &step["dropped"]), (&"proved".into(), &serde_json::json!([])), "{step:#}");
    assert!(step["notes"].to_string().contains("values of shops.others look otherwise"), "{step:#}");
    let forgetful = format!("{up}\nUPDATE shops SET place.road = '' WHERE (place).road IS NOT NULL;");
    let step = after(SHOPS, &forgetful, down, 1);
    assert!(step["broken"]["message"].to_string().contains("shops.place are lost"), "{step:#}");
    let (up, down) =
        ("ALTER TYPE place DROP ATTRIBUTE street;", "ALTER TYPE place ADD ATTRIBUTE street text;");
    // The server appends it, so that it is not the same type as before.
    let step = after(SHOPS, up, down, 1);
    assert_eq!(step["broken"]["phase"], "schema after down", "{step:#}");
    assert_eq!(step["dropped"], serde_json::json!(["attribute street of shops.place"]), "{step:#}");
}

#[test]
fn where_hardly_any_row_is_taken_one_or_none_is() {
    let base = ("CREATE TABLE stays (during tsrange NOT NULL);", "DROP TABLE stays;");
    let up = "-- HAZARD may fail: stays may overlap
ALTER TABLE stays ADD CONSTRAINT alone EXCLUDE USING gist (box(point(1, 1), point(0, 0)) WITH &&);";
    let step = after(base, up, "ALTER TABLE stays DROP CONSTRAINT alone;", 0);
    assert!(step["notes"].to_string().contains("proved with one row a table"), "{step:#}");
    assert_eq!(step["rows"], 3, "{step:#}");
    let up = "-- HAZARD may fail: only children may have rows
ALTER TABLE stays ADD CONSTRAINT none CHECK (false) NO INHERIT;";
    let step = after(base, up, "ALTER TABLE stays DROP CONSTRAINT none;", 0);
    assert!(step["notes"].to_string().contains("proved without rows"), "{step:#}");
    // If it is not said there, it is broken.
    let step =
        after(base, &up.replace("HAZARD may fail", "Beware"), "ALTER TABLE stays DROP CONSTRAINT none;", 1);
    assert_eq!(step["broken"]["phase"], "up", "{step:#}");
}
