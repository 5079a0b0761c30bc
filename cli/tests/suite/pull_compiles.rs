//! What `autogen pull` writes, before rustc, Diesel's macros and the derive: of the sample project and of a schema that has
//! every type and every odd name. One project holds both as modules, with just the features and crates that the heads of
//! the files ask for. It is kept in the target folder, so that its dependencies are compiled once.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use autogen::postgres::{Ephemeral, replay};

use crate::support::pulled::{check, round};
use crate::support::{self, autogen, load, run};

/// The crates that a head may name. Diesel takes no newer ones.
const CRATES: &[(&str, &str)] =
    &[("bigdecimal", "0.4"), ("chrono", "0.4"), ("ipnetwork", "0.21"), ("serde_json", "1"), ("uuid", "1")];

/// Diesel has its own style of naming.
const OF_DIESEL: &str = "#[allow(non_snake_case)] ";

#[test]
fn pulled_files_compile() -> Result<()> {
    let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pulled");
    let source = project.join("src");
    if source.exists() {
        std::fs::remove_dir_all(&source)?;
    }
    let server = support::start()?;
    let mut needs = Needs::default();
    let mut lib = String::from("#![deny(warnings)]\n");
    for (module, prepare) in
        [("sample", sample as fn(&Ephemeral, &str) -> Result<()>), ("all_types", all_types)]
    {
        server.create_database(module, None)?;
        prepare(&server, module)?;
        let out = source.join(module);
        std::fs::create_dir_all(&out)?;
        run(autogen(&project).args(["pull", "--db", &server.url(module), "--out"]).arg(&out), 0)?;
        needs.read(&std::fs::read_to_string(out.join("models.rs"))?)?;
        lib.push_str(&format!(
            "pub mod {module} {{\n    pub mod models;\n    {OF_DIESEL}pub mod schema;\n}}\n"
        ));
    }
    std::fs::write(source.join("lib.rs"), lib)?;
    std::fs::write(project.join("Cargo.toml"), needs.manifest()?)?;
    // With the versions that the workspace has.
    let stored = support::fixtures().join("pull/Cargo.lock");
    std::fs::copy(stored, project.join("Cargo.lock"))?;

    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["check", "--quiet", "--target-dir", "target"]).current_dir(&project);
    let output = cargo.output().context("cargo does not start")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// The pulled files are what the database is, and a new database from them is the same.
#[test]
fn the_sample_makes_the_round() -> Result<()> {
    let server = support::start()?;
    server.create_database("old", None)?;
    sample(&server, "old")?;
    round(&server, "old", "new")?;
    Ok(())
}

/// The schema.rs of several schemas, too, is known to be up to date, or not to be.
#[test]
fn every_type_makes_the_round() -> Result<()> {
    let server = support::start()?;
    server.create_database("old", None)?;
    all_types(&server, "old")?;
    let project = round(&server, "old", "new")?;
    let schema = project.path().join("src/schema.rs");
    std::fs::write(&schema, std::fs::read_to_string(&schema)?.replacen("Int4", "Int8", 1))?;
    let told = check(&server, &project, "old")?;
    ensure!(told.contains("src/schema.rs is stale"), "of an edited file:\n{told}");
    Ok(())
}

fn sample(server: &Ephemeral, database: &str) -> Result<()> {
    let mut connection = server.connect(database)?;
    replay::replay(&mut connection, &support::fixtures().join("sample/migrations"))?;
    Ok(())
}

fn all_types(server: &Ephemeral, database: &str) -> Result<()> {
    load(server, database, &std::fs::read_to_string(support::fixtures().join("pull/all_types.sql"))?)
}

/// What the heads of files say that they need.
#[derive(Default)]
struct Needs {
    features: BTreeSet<String>,
    crates: BTreeSet<String>,
}

impl Needs {
    fn read(&mut self, file: &str) -> Result<()> {
        let head: String = file.lines().map_while(|line| line.strip_prefix("//!")).collect();
        let (_, needs) = head.split_once("Needs diesel with the features ").context("no head")?;
        let needs = needs.trim_end_matches('.');
        let (features, crates) = needs.split_once("; and the crates ").unwrap_or((needs, ""));
        let names = |list: &str| {
            list.split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        self.features.extend(names(features));
        self.crates.extend(names(crates));
        Ok(())
    }

    fn manifest(&self) -> Result<String> {
        // Nothing is linked, so no libpq is needed either.
        let features = self.features.iter().map(|name| match name.as_str() {
            "postgres" => "postgres_backend",
            name => name,
        });
        let features: Vec<String> = features.map(|name| format!("{name:?}")).collect();
        let derive = Path::new(env!("CARGO_MANIFEST_DIR")).join("../derive");
        let mut text = format!(
            "[package]\nname = \"pulled\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             autogen-derive = {{ path = {derive:?} }}\ndiesel = {{ version = \"2.3\", features = [{}] }}\n",
            features.join(", ")
        );
        for name in &self.crates {
            match CRATES.iter().find(|(known, _)| known == name) {
                Some((_, version)) => text.push_str(&format!("{name} = \"{version}\"\n")),
                None => bail!("the head names the crate {name}"),
            }
        }
        Ok(text)
    }
}
