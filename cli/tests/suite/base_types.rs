//! What nobody knew of when a script was written stays when the script drops a base type, which goes by `CASCADE`.

use anyhow::Result;

use crate::support;

#[test]
fn what_came_later_holds_a_base_type() -> Result<()> {
    let server = support::start()?;
    let text = |file: &str| std::fs::read_to_string(support::fixtures().join("shell_type_filled").join(file));
    let later = [
        ("array", "CREATE TABLE later (a filled[]);", "column a of table later"),
        (
            "call",
            "CREATE OPERATOR ## (RIGHTARG = filled, FUNCTION = filled_out);",
            "operator ##(NONE,filled)",
        ),
    ];
    for (database, sql, named) in later {
        server.create_database(database, None)?;
        support::load(&server, database, &[&text("after.sql")?, sql].concat())?;
        let result = support::apply(&mut server.connect(database)?, "down.sql", &text("down.sql")?);
        let error = format!("{:#}", result.expect_err("something else uses the type"));
        assert!(error.contains(&format!("type filled is still used by {named}")), "{error}");
    }
    Ok(())
}
