//! `--schema-rs` against what `diesel print-schema` printed for the same databases: `fixtures/schema_rs/<case>/` holds
//! `before.sql`, `diesel.toml`, and the files that diesel_cli 2.3 wrote. Where its text is no Rust (`hostile`) ours is
//! stored, and `schema_rs_compiles.rs` proves it.
//!
//! With `AUTOGEN_DIESEL=path/to/diesel` the stored files are compared with that program's, and with `AUTOGEN_BLESS=1`
//! written by it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use autogen::postgres::Ephemeral;

use crate::support::{self, autogen, load, run};

/// Case by case: the text that Diesel printed, and the text that autogen writes.
#[test]
fn as_diesel_prints_it() -> Result<()> {
    let server = support::start()?;
    let diesel = std::env::var_os("AUTOGEN_DIESEL");
    let mut wrong = Vec::new();
    for case in cases()? {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        server.create_database(&name, None)?;
        load(&server, &name, &std::fs::read_to_string(case.join("before.sql"))?)?;
        let stored = match &diesel {
            Some(diesel) if name != "hostile" => {
                let printed = printed(Path::new(diesel), &server, &name, &case)?;
                if support::is_asked("AUTOGEN_BLESS") {
                    store(&case, &printed)?;
                }
                ensure!(generated(&case)? == printed, "{name}: diesel prints something else than is stored");
                printed
            }
            _ => generated(&case)?,
        };
        ensure!(!stored.is_empty(), "{name}: nothing is stored");
        let project = project(&case)?;
        let url = server.url(&name);
        run(autogen(project.path()).args(["diff", "--db", &url, "--target", &url, "--schema-rs"]), 0)?;
        for (file, expect) in &stored {
            let got = std::fs::read_to_string(project.path().join(file)).unwrap_or_default();
            if got != *expect {
                wrong.push(format!("{name}/{}: {}", file.display(), first_difference(expect, &got)));
            }
        }
        let written = generated(project.path())?;
        ensure!(written.keys().eq(stored.keys()), "{name}: other files: {:?}", written.keys());
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// The text does not depend on rustfmt being there, but it follows the project's rustfmt.toml where it is.
#[test]
fn with_and_without_rustfmt() -> Result<()> {
    let server = support::start()?;
    let case = support::fixtures().join("schema_rs/plain");
    server.create_database("plain", None)?;
    load(&server, "plain", &std::fs::read_to_string(case.join("before.sql"))?)?;
    let url = server.url("plain");
    let project = project(&case)?;
    let args = ["diff", "--db", &url, "--target", &url, "--schema-rs", "new.rs"];
    run(autogen(project.path()).args(args).env("PATH", ""), 0)?;
    let text = || std::fs::read_to_string(project.path().join("new.rs"));
    ensure!(text()? == std::fs::read_to_string(case.join("schema.rs"))?, "rustfmt makes a difference");
    std::fs::write(project.path().join("rustfmt.toml"), "tab_spaces = 2\n")?;
    run(autogen(project.path()).args(args), 0)?;
    ensure!(text()?.contains("\n  authors,\n"), "rustfmt.toml is not followed: {}", text()?);
    Ok(())
}

/// A generated schema.rs that shows neither the database nor the models is told; layout does not matter.
#[test]
fn a_stale_file_is_noted() -> Result<()> {
    let server = support::start()?;
    server.create_database("x", None)?;
    load(&server, "x", "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL)")?;
    let project = tempfile::tempdir()?;
    let url = server.url("x");
    std::fs::create_dir(project.path().join("src"))?;
    let models = "#[derive(Queryable)]\n#[diesel(table_name = users)]\nstruct User { id: i32, name: String, age: Option<i32> }\n";
    std::fs::write(project.path().join("src/models.rs"), models)?;
    let schema = project.path().join("src/schema.rs");
    let header = "// @generated automatically by Diesel CLI.\n";
    let is_noted = |text: &str| -> Result<bool> {
        std::fs::write(&schema, text)?;
        let output = run(autogen(project.path()).args(["check", "--db", &url]), 1)?;
        Ok(String::from_utf8(output.stdout)?.contains("src/schema.rs is stale"))
    };
    let current = format!("{header}diesel::table! {{ users (id) {{ id -> Int4, name -> Text }} }}\n");
    ensure!(!is_noted(&current)?, "the current schema counts as stale");
    let old = current.replace(", name -> Text", "");
    ensure!(is_noted(&old)?, "an old schema does not count as stale");
    ensure!(!is_noted(old.trim_start_matches(header))?, "a file that nobody generated is noted");
    run(autogen(project.path()).args(["diff", "--db", &url, "--schema-rs"]), 0)?;
    let wanted = std::fs::read_to_string(&schema)?;
    ensure!(wanted.contains("age -> Nullable<Int4>"), "{wanted}");
    ensure!(!is_noted(&wanted)?, "the wanted schema counts as stale");
    // Nor is one whose form is not understood, which keeps nobody from a check.
    std::fs::write(project.path().join("diesel.toml"), "[print_schema]\ncolumn_sorting = \"size\"\n")?;
    ensure!(!is_noted(&old)?, "a file of unknown form counts as stale");
    Ok(())
}

/// An unchanged file is left alone, and nothing is written where something is wrong.
#[test]
fn files_appear_whole_or_not_at_all() -> Result<()> {
    let server = support::start()?;
    let case = support::fixtures().join("schema_rs/sorted_and_patched");
    server.create_database("x", None)?;
    load(&server, "x", &std::fs::read_to_string(case.join("before.sql"))?)?;
    let url = server.url("x");
    let project = project(&case)?;
    let mut args = vec!["diff", "--db", &url, "--target", &url, "--out", "out", "--schema-rs"];
    let said = |args: &[&str], code| -> Result<String> {
        Ok(String::from_utf8(run(autogen(project.path()).args(args), code)?.stderr)?)
    };
    ensure!(said(&args, 0)?.contains("wrote schema.rs"));
    let before = std::fs::metadata(project.path().join("schema.rs"))?.modified()?;
    args.remove(5);
    args.remove(5);
    ensure!(!said(&args, 0)?.contains("wrote"));
    ensure!(
        std::fs::metadata(project.path().join("schema.rs"))?.modified()? == before,
        "it was written again"
    );

    args.extend(["new.rs", "--out", "other"]);
    for (file, text, message) in [
        (
            "schema.patch",
            "@@ -1,1 +1,1 @@\n-something else\n+x\n",
            "schema.patch does not fit the new schema.rs",
        ),
        ("schema.patch", "@@ nonsense", "schema.patch is not understood"),
        (
            "diesel.toml",
            "[print_schema]\nfile = \"schema.rs\"\nfresh = 1\n",
            "diesel.toml:3:1: Diesel 2.3 does not know",
        ),
        (
            "diesel.toml",
            "[print_schema.a]\nfile = \"a.rs\"\n[print_schema.b]\nfile = \"b.rs\"\n",
            "has 2 schema files",
        ),
    ] {
        std::fs::write(project.path().join(file), text)?;
        let said = said(&args, 2)?;
        ensure!(said.contains(message), "{said}");
    }
    let left = support::files(project.path())?;
    let wrong = |file: &&PathBuf| file.ends_with("new.rs") || file.starts_with(project.path().join("other"));
    ensure!(!left.iter().any(|file| wrong(&file)), "something was written: {left:?}");
    Ok(())
}

fn first_difference(expect: &str, got: &str) -> String {
    let (mut expected, mut found) = (expect.lines(), got.lines());
    for number in 1.. {
        match (expected.next(), found.next()) {
            (None, None) => break,
            (expect, got) if expect != got => return format!("line {number} is {got:?}, not {expect:?}"),
            _ => {}
        }
    }
    "they end differently".to_owned()
}

fn cases() -> Result<Vec<PathBuf>> {
    let mut cases: Vec<PathBuf> = std::fs::read_dir(support::fixtures().join("schema_rs"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    cases.retain(|path| path.is_dir());
    cases.sort();
    Ok(cases)
}

/// A folder with the case's configuration only.
fn project(case: &Path) -> Result<tempfile::TempDir> {
    let project = tempfile::tempdir()?;
    for entry in std::fs::read_dir(case)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml" || extension == "patch") {
            std::fs::copy(&path, project.path().join(path.file_name().unwrap_or_default()))?;
        }
    }
    Ok(project)
}

/// The Rust files below a folder, by their path in it.
fn generated(folder: &Path) -> Result<BTreeMap<PathBuf, String>> {
    let mut texts = BTreeMap::new();
    for file in support::files(folder)? {
        if file.extension().is_some_and(|extension| extension == "rs") {
            let inside = file.strip_prefix(folder)?.to_path_buf();
            texts.insert(inside, std::fs::read_to_string(&file)?);
        }
    }
    Ok(texts)
}

/// What the real Diesel writes.
fn printed(
    diesel: &Path,
    server: &Ephemeral,
    database: &str,
    case: &Path,
) -> Result<BTreeMap<PathBuf, String>> {
    let project = project(case)?;
    std::fs::create_dir(project.path().join("migrations"))?;
    support::diesel_writes(diesel, &server.url(database), project.path())?;
    generated(project.path())
}

fn store(case: &Path, printed: &BTreeMap<PathBuf, String>) -> Result<()> {
    for (file, text) in printed {
        let path = case.join(file);
        std::fs::create_dir_all(path.parent().context("a file lies in a folder")?)?;
        std::fs::write(path, text)?;
    }
    Ok(())
}
