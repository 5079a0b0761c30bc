//! One schema with every kind of object: compared with itself it has no difference, an empty database becomes it as
//! `pg_dump` sees it, and becomes empty again.

use anyhow::{Context, Result, ensure};
use autogen_core::Kind;
use autogen_introspect::catalog::{Owners, ReadOptions, read};

use crate::support::{self, apply, autogen, dump, load, run, same, scripts};

const COMPARED: &[&str] = &["--with", "privileges,owners"];

#[test]
fn every_kind_is_built_and_taken_away() -> Result<()> {
    let server = support::start()?;
    let text = |file: &str| std::fs::read_to_string(support::fixtures().join(file));
    load(&server, "postgres", &text("roles.sql")?)?;
    server.create_database("whole", None)?;
    server.create_database("empty", None)?;
    load(&server, "whole", &text("regression.sql")?).context("regression.sql")?;
    for major in [14, 15].into_iter().filter(|major| server.major() >= *major) {
        let file = format!("regression_{major}.sql");
        load(&server, "whole", &text(&file)?).context(file)?;
    }
    let options = ReadOptions { privileges: true, owners: Owners::All, ..ReadOptions::default() };
    let catalog = read(&mut server.connect("whole")?, &options)?;
    let missing: Vec<Kind> = Kind::all().filter(|kind| catalog.of_kind(*kind).next().is_none()).collect();
    ensure!(missing.is_empty(), "the schema has no {missing:?}");

    let project = tempfile::tempdir()?;
    let (whole, empty) = (server.url("whole"), server.url("empty"));
    let check = |db: &str| {
        run(autogen(project.path()).args(["check", "--db", db, "--target", &whole]).args(COMPARED), 0)
    };
    check(&whole).context("the schema differs from itself")?;

    let (nothing, wanted) = (dump(&server, "empty")?, dump(&server, "whole")?);
    let out = project.path().join("out");
    let mut diff = autogen(project.path());
    diff.args(["diff", "--db", &empty, "--target", &whole]).args(COMPARED).arg("--out").arg(&out);
    run(&mut diff, 0)?;
    let mut connection = server.connect("empty")?;
    let mut run_all = |direction: &str| {
        scripts(&out, direction)?.iter().try_for_each(|((_, name), sql)| apply(&mut connection, name, sql))
    };
    run_all("up")?;
    same("after up (+ is, - should be)", &dump(&server, "empty")?, &wanted)?;
    check(&empty).context("after up there is still something to do")?;
    run_all("down")?;
    same("after down (+ is, - should be)", &dump(&server, "empty")?, &nothing)?;
    run_all("up").context("the second time")?;
    same("after the second up (+ is, - should be)", &dump(&server, "empty")?, &wanted)
}
