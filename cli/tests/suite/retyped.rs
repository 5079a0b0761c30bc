//! The server writes a list over a varchar in another way once it has parsed its own text again: after a change of the column's
//! type, or from a dump. To models that is no difference.

use anyhow::Result;

use crate::support;

/// A schema with such lists in everything that may hold one. `is_restored` writes them as a dump does.
fn schema(length: u32, is_restored: bool) -> String {
    let list = |name: &str| match is_restored {
        false => format!("{name} IN ('new', 'it''s, [odd]')"),
        true => format!(
            "({name})::text = ANY ((ARRAY['new'::character varying, 'it''s, [odd]'::character varying])::text[])"
        ),
    };
    let (state, value) = (list("state"), list("VALUE"));
    format!(
        "CREATE DOMAIN word AS varchar(20) CHECK ({value});
         CREATE TABLE orders (
             id bigint PRIMARY KEY, state varchar({length}) NOT NULL DEFAULT 'new' CHECK ({state}), word word,
             is_open boolean GENERATED ALWAYS AS ({state}) STORED
         );
         CREATE INDEX unpaid ON orders (id) WHERE {state};
         ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
         CREATE POLICY open_ones ON orders USING ({state});
         CREATE VIEW open_orders AS SELECT id FROM orders WHERE {state};"
    )
}

#[test]
fn a_list_that_the_server_writes_anew_is_no_difference() -> Result<()> {
    let server = support::start()?;
    let folder = tempfile::tempdir()?;
    let loaded = |database: &str, sql: &str| -> Result<Vec<String>> {
        server.create_database(database, None)?;
        support::load(&server, database, sql)?;
        support::dump(&server, database)
    };
    let narrow = "CREATE TABLE t (a varchar(20) CHECK (a IN ('b', 'c')));";
    let wide = narrow.replace("20", "40");
    let grown = [narrow, "ALTER TABLE t ALTER a TYPE varchar(40);"].concat();
    for (name, fresh, other) in [("retyped", wide, grown), ("restored", schema(40, false), schema(40, true))]
    {
        let (new, old) = (format!("{name}_new"), format!("{name}_old"));
        assert_ne!(
            loaded(&new, &fresh)?,
            loaded(&old, &other)?,
            "the server no longer writes it in two ways"
        );
        let (new, old) = (server.url(&new), server.url(&old));
        let mut pull = support::autogen(folder.path());
        support::run(pull.args(["pull", "--quiet", "--db", &new, "--out", name]), 0)?;
        let sql = format!("{name}.sql");
        std::fs::write(folder.path().join(&sql), fresh)?;
        for (option, wanted, code) in [("--models", name, 0), ("--models", &sql, 0), ("--target", &new, 1)] {
            let mut check = support::autogen(folder.path());
            support::run(check.args(["check", "--db", &old, option, wanted]), code)?;
        }
    }
    Ok(())
}
