//! A bad attribute reads the same whether rustc or the tool finds it: what `autogen check` says of the sources in
//! `derive/tests/ui` is compared with what the compiler says of them, which the tests of the derive keep true.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::support::{autogen, run};

#[test]
fn the_tool_and_the_compiler_say_the_same() -> Result<()> {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../derive/tests/ui");
    let project = tempfile::tempdir()?;
    std::fs::create_dir_all(project.path().join("tests/ui"))?;
    std::fs::write(project.path().join("orgs.sql"), "CREATE TABLE orgs (id bigint PRIMARY KEY);")?;
    let mut compiler = BTreeSet::new();
    for entry in std::fs::read_dir(&ui).with_context(|| format!("cannot read {}", ui.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.file_name().context("a file has a name")?;
            std::fs::copy(&path, project.path().join("tests/ui").join(name))?;
            compiler.extend(mistakes(&std::fs::read_to_string(path.with_extension("stderr"))?));
        }
    }
    ensure!(compiler.len() > 30, "only {} messages are stored", compiler.len());
    let args = ["check", "--db", "orgs.sql", "--models", "tests/ui"];
    let output = run(autogen(project.path()).args(args), 2)?;
    let tool = mistakes(&String::from_utf8(output.stderr)?);
    let only = |these: &BTreeSet<Mistake>, those: &BTreeSet<Mistake>| {
        these.difference(those).map(|one| format!("\n  {one:?}")).collect::<String>()
    };
    ensure!(
        tool == compiler,
        "only the compiler:{}\nonly the tool:{}",
        only(&compiler, &tool),
        only(&tool, &compiler)
    );
    Ok(())
}

/// Place, message and help.
type Mistake = (String, String, String);

/// The errors in a text of rustc's shape.
fn mistakes(text: &str) -> BTreeSet<Mistake> {
    let mut out: Vec<Mistake> = Vec::new();
    for line in text.lines() {
        let bare = line.trim_start_matches([' ', '=']);
        if line.starts_with("error") {
            let message = line.split_once(": ").map_or(line, |(_, message)| message);
            out.push((String::new(), message.trim_end().to_owned(), String::new()));
        } else if let (Some(last), Some(place)) = (out.last_mut(), bare.strip_prefix("--> ")) {
            last.0 = place.to_owned();
        } else if let (Some(last), Some(help)) = (out.last_mut(), bare.strip_prefix("help: ")) {
            last.2 = help.to_owned();
        }
    }
    // The last line of the tool says what became of the run, and has no place.
    out.into_iter().filter(|(place, _, _)| !place.is_empty()).collect()
}
