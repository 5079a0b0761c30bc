//! A change of a column's type makes the server parse its own text of checks and indexes again, and print another of the same
//! meaning. To models that is no difference.

use anyhow::Result;

use crate::support;

#[test]
fn what_the_server_writes_anew_is_no_difference() -> Result<()> {
    let server = support::start()?;
    let folder = tempfile::tempdir()?;
    let schema = |length: u32| {
        format!(
            "CREATE TABLE orders (
                 id bigint PRIMARY KEY,
                 state varchar({length}) NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'paid', 'it''s, [odd]'))
             );
             CREATE INDEX unpaid ON orders (id) WHERE state IN ('new', 'odd');"
        )
    };
    for (database, sql) in
        [("fresh", schema(40)), ("grown", schema(20) + "ALTER TABLE orders ALTER state TYPE varchar(40);")]
    {
        server.create_database(database, None)?;
        support::load(&server, database, &sql)?;
    }
    let texts = ["fresh", "grown"].map(|database| support::dump(&server, database));
    let [fresh, grown] = texts;
    assert_ne!(fresh?, grown?, "the server no longer writes it in two ways");
    let (fresh, grown) = (server.url("fresh"), server.url("grown"));
    let mut pull = support::autogen(folder.path());
    support::run(pull.args(["pull", "--quiet", "--db", &fresh, "--out", "pulled"]), 0)?;
    std::fs::write(folder.path().join("wanted.sql"), schema(40))?;
    for (option, wanted, code) in
        [("--models", "pulled/models.rs", 0), ("--models", "wanted.sql", 0), ("--target", &fresh, 1)]
    {
        let mut check = support::autogen(folder.path());
        support::run(check.args(["check", "--db", &grown, option, wanted]), code)?;
    }
    Ok(())
}
