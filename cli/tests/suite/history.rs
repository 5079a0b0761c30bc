//! History, once more: for each commit that came with a migration, the migration is thrown away and written by autogen.
//! It starts from the schema that the parent's migrations make, sees the models of the commit with the schema.rs of the
//! parent, as on the day when somebody edited them, and what it makes is compared with what the commit's own migration
//! made: tables, columns, types and NOT NULL, as far as structs say them.
//!
//! The repository is a small one, made here. Another is taken by
//!
//!     AUTOGEN_HISTORY=REPOSITORY AUTOGEN_HISTORY_MODELS=PATH:PATH [AUTOGEN_HISTORY_SCHEMA=src/schema.rs] \
//!         [AUTOGEN_HISTORY_COMMITS=20] cargo test -p autogen --test suite history:: -- --nocapture
//!
//! which prints what it finds as it goes, newest commit first, and demands nothing of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use autogen::postgres::{Ephemeral, connect, replay};
use autogen_core::{Catalog, Object, ObjectId};
use autogen_introspect::catalog;
use autogen_introspect::models::{self, SourceFile};

use crate::support;

/// What is replayed.
struct History {
    repository: PathBuf,
    models: Vec<PathBuf>,
    schema: PathBuf,
}

/// What came of one commit, or of all.
#[derive(Debug, Default)]
struct Found {
    commits: usize,
    /// Changes of the commit's own migration that structs speak of.
    expected: usize,
    /// Of those, the ones that were made just so.
    produced: usize,
    /// Of those, the ones that were made with another type or NOT NULL.
    otherwise: Vec<String>,
    missing: Vec<String>,
    /// Changes that the commit's own migration does not make.
    spurious: Vec<String>,
    /// Commits whose code or migrations cannot be had or run.
    unusable: Vec<String>,
}

/// Table or `table.column`, and what it is like.
type Facts = BTreeMap<String, String>;

#[test]
fn migrations_are_written_again() {
    let server = support::start().unwrap();
    let made;
    let (history, is_ours) = match std::env::var_os("AUTOGEN_HISTORY") {
        Some(repository) => {
            let given =
                |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
            let models = given("AUTOGEN_HISTORY_MODELS", "src").split(':').map(PathBuf::from).collect();
            let schema = given("AUTOGEN_HISTORY_SCHEMA", "src/schema.rs").into();
            (History { repository: repository.into(), models, schema }, false)
        }
        None => {
            made = small_history();
            let (repository, models) = (made.path().to_path_buf(), vec!["src".into()]);
            (History { repository, models, schema: "src/schema.rs".into() }, true)
        }
    };
    let found = history.replay(&server);
    println!(
        "{} commits, {} changes expected: {} produced, {} otherwise, {} missing; {} spurious; {} commits unusable",
        found.commits,
        found.expected,
        found.produced,
        found.otherwise.len(),
        found.missing.len(),
        found.spurious.len(),
        found.unusable.len()
    );
    assert!(found.commits > 0, "no commit could be replayed");
    if is_ours {
        assert_eq!((found.commits, found.expected, found.produced), (3, 7, 7), "{found:?}");
        assert!(found.spurious.is_empty() && found.unusable.is_empty(), "{found:?}");
    }
}

impl Found {
    /// What is not as it should be, by what is wrong.
    fn lists(&self) -> [(&'static str, &Vec<String>); 4] {
        [
            ("otherwise", &self.otherwise),
            ("missing", &self.missing),
            ("spurious", &self.spurious),
            ("unusable", &self.unusable),
        ]
    }
}

impl History {
    fn replay(&self, server: &Ephemeral) -> Found {
        let limit = std::env::var("AUTOGEN_HISTORY_COMMITS").unwrap_or_else(|_| "20".to_owned());
        let listed =
            self.git(&["log", "--no-merges", "--format=%H", "--diff-filter=A", "--", "migrations/*/up.sql"]);
        let mut found = Found::default();
        for commit in listed.unwrap().lines().take(limit.parse().unwrap()) {
            let touched =
                self.git(&["diff-tree", "--root", "-r", "--no-commit-id", "--name-only", commit]).unwrap();
            let has_models = |file: &str| {
                let path = Path::new(file);
                path.extension().is_some_and(|extension| extension == "rs")
                    && path != self.schema
                    && self.models.iter().any(|models| path.starts_with(models))
            };
            if !touched.lines().any(has_models) || self.git(&["rev-parse", &format!("{commit}^")]).is_none() {
                continue;
            }
            let started = std::time::Instant::now();
            let known = found.lists().map(|(_, list)| list.len());
            match self.one(server, commit, &mut found) {
                Ok(()) => found.commits += 1,
                Err(error) => found.unusable.push(format!("{}: {error:#}", &commit[..9])),
            }
            // A long history is watched, and may be stopped at any time.
            println!(
                "{} {:.1} s; so far {} commits, {} changes expected, {} produced",
                &commit[..9],
                started.elapsed().as_secs_f64(),
                found.commits,
                found.expected,
                found.produced
            );
            for ((word, list), known) in found.lists().into_iter().zip(known) {
                list[known..].iter().for_each(|line| println!("  {word}: {line}"));
            }
        }
        found
    }

    fn one(&self, server: &Ephemeral, commit: &str, found: &mut Found) -> anyhow::Result<()> {
        let (work, later) = (tempfile::tempdir()?, tempfile::tempdir()?);
        self.extract(&format!("{commit}^"), work.path())?;
        self.extract(commit, later.path())?;
        let before = schema_of(server, "history_before", &work.path().join("migrations"))?;
        let own = schema_of(server, "history_own", &later.path().join("migrations"))?;
        let had = self.bound(work.path());

        // The parent's code is the baseline, the commit's code is what has just been typed.
        commit_all(work.path());
        let schema = std::fs::read(work.path().join(&self.schema)).unwrap_or_default();
        for file in code(work.path()) {
            std::fs::remove_file(file)?;
        }
        for file in code(later.path()) {
            let to = work.path().join(file.strip_prefix(later.path())?);
            std::fs::create_dir_all(to.parent().unwrap())?;
            std::fs::copy(file, to)?;
        }
        std::fs::create_dir_all(work.path().join(&self.schema).parent().unwrap())?;
        std::fs::write(work.path().join(&self.schema), schema)?;
        let has = self.bound(work.path());

        let url = server.url("history_before");
        let out = tempfile::tempdir()?;
        let mut command = support::autogen(work.path());
        command.args(["diff", "--db", &url, "--quiet", "--format", "sql", "--out"]).arg(out.path());
        support::run(command.arg("--models").args(&self.models), 0)?;
        let mut connection = connect(&url)?;
        for ((_, name), sql) in support::scripts(out.path(), "up")? {
            support::apply(&mut connection, &name, &sql)?;
        }
        let after = facts(&catalog::read(&mut connection, &catalog::ReadOptions::default())?);

        let keys: BTreeSet<&String> = before.keys().chain(own.keys()).chain(after.keys()).collect();
        for key in keys {
            let [then, wanted, got] = [&before, &own, &after].map(|facts| facts.get(key));
            let line = || format!("{} {key}: {then:?} to {got:?}, by hand {wanted:?}", &commit[..9]);
            let is_said =
                if wanted.is_some() { has.contains(key) } else { had.contains(key) && !has.contains(key) };
            if then != wanted && is_said {
                found.expected += 1;
                match () {
                    () if got == wanted => found.produced += 1,
                    () if got == then => found.missing.push(line()),
                    () => found.otherwise.push(line()),
                }
            } else if then == wanted && got != then {
                found.spurious.push(line());
            }
        }
        Ok(())
    }

    /// The tables and columns that structs are bound to.
    fn bound(&self, root: &Path) -> BTreeSet<String> {
        let files = code(root).into_iter().filter_map(|path| {
            let below = path.strip_prefix(root).ok()?;
            let is_ours = below == self.schema || self.models.iter().any(|models| below.starts_with(models));
            is_ours.then(|| SourceFile::new(&path, std::fs::read_to_string(&path).unwrap_or_default()))
        });
        let (models, _) = models::read(files.collect(), &models::ReadOptions::default());
        let tables = models.tables.iter().filter(|table| !table.structs.is_empty());
        tables
            .flat_map(|table| {
                let columns = table.columns.iter().filter(|column| column.field.is_some());
                let columns = columns.map(|column| format!("{}.{}", table.name, column.name));
                columns.chain([table.name.clone()]).collect::<Vec<_>>()
            })
            .collect()
    }

    /// Code and migrations of a commit.
    fn extract(&self, commit: &str, to: &Path) -> anyhow::Result<()> {
        let archive = to.join("archive.tar");
        let paths = [":(glob)**/*.rs", ":(glob)**/*.toml", "migrations"];
        let mut command = Command::new("git");
        command.current_dir(&self.repository).args(["archive", "--output"]).arg(&archive);
        anyhow::ensure!(
            command.arg(commit).arg("--").args(paths).output()?.status.success(),
            "git archive fails"
        );
        let status = Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(to).status()?;
        anyhow::ensure!(status.success(), "tar fails");
        Ok(std::fs::remove_file(archive)?)
    }

    fn git(&self, args: &[&str]) -> Option<String> {
        let output =
            Command::new("git").current_dir(&self.repository).args(args).output().expect("git is installed");
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    }
}

/// Rebuilds a database from migrations.
fn schema_of(server: &Ephemeral, name: &str, migrations: &Path) -> anyhow::Result<Facts> {
    let _ = server.drop_database(name);
    server.create_database(name, None)?;
    let mut connection = connect(&server.url(name))?;
    replay::replay(&mut connection, migrations)?;
    Ok(facts(&catalog::read(&mut connection, &catalog::ReadOptions::default())?))
}

fn facts(catalog: &Catalog) -> Facts {
    let mut facts = Facts::new();
    for (id, object) in catalog.iter().filter(|(id, _)| id.name.schema.as_str() == "public") {
        let table = id.name.name.as_str();
        match object {
            Object::Table(_) => {
                facts.insert(table.to_owned(), "table".to_owned());
            }
            // A view's columns are no tables'.
            Object::Column(column) if catalog.contains(&ObjectId::table(&id.name)) => {
                let null = if column.not_null { " NOT NULL" } else { "" };
                let name = format!("{table}.{}", id.own_name().as_str());
                facts.insert(name, format!("{}{null}", column.data_type.full_text()));
            }
            _ => {}
        }
    }
    facts
}

/// Rust files and manifests.
fn code(root: &Path) -> Vec<PathBuf> {
    let mut walk = ignore::WalkBuilder::new(root);
    walk.standard_filters(false).filter_entry(|entry| entry.file_name() != ".git");
    let files = walk.build().map(|entry| entry.unwrap().into_path());
    let is_code =
        |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs" || extension == "toml");
    files
        .filter(|path| path.is_file() && is_code(path) && !path.starts_with(root.join("migrations")))
        .collect()
}

fn commit_all(root: &Path) {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
    for args in [&["init", "-q"][..], &["add", "-A", "-f"], &["commit", "-q", "-m", "x"]] {
        let mut command = Command::new("git");
        command.current_dir(root).args(identity).args(args).env("GIT_CONFIG_GLOBAL", "/dev/null");
        assert!(command.status().unwrap().success(), "git {args:?}");
    }
}

/// Three edits with their migrations, after a first commit.
fn small_history() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let model = |fields: &str| {
        format!(
            "#[derive(Queryable, Selectable)]\n#[diesel(table_name = users)]\npub struct User {{\n{fields}\n}}\n"
        )
    };
    let schema =
        |columns: &str| format!("diesel::table! {{\n    users (id) {{\n        {columns}\n    }}\n}}\n");
    write("Cargo.toml", "[package]\nname = \"shop\"\n");
    write(
        "migrations/2024-01-01-000000_users/up.sql",
        "CREATE TABLE users (id bigint PRIMARY KEY, email text, age integer NOT NULL, legacy text);",
    );
    write(
        "src/models.rs",
        &model("pub id: i64, pub email: Option<String>, pub age: i32, pub legacy: Option<String>,"),
    );
    write(
        "src/schema.rs",
        &schema("id -> Int8, email -> Nullable<Text>, age -> Int4, legacy -> Nullable<Text>,"),
    );
    commit_all(dir.path());

    write("migrations/2024-02-01-000000_nick/up.sql", "ALTER TABLE users ADD COLUMN nick text;");
    write(
        "src/models.rs",
        &model(
            "pub id: i64, pub email: Option<String>, pub age: i32, pub legacy: Option<String>, pub nick: Option<String>,",
        ),
    );
    write(
        "src/schema.rs",
        &schema(
            "id -> Int8, email -> Nullable<Text>, age -> Int4, legacy -> Nullable<Text>, nick -> Nullable<Text>,",
        ),
    );
    commit_all(dir.path());

    write(
        "migrations/2024-03-01-000000_age/up.sql",
        "ALTER TABLE users ALTER age TYPE bigint, ALTER email SET NOT NULL, DROP legacy;",
    );
    write("src/models.rs", &model("pub id: i64, pub email: String, pub age: i64, pub nick: Option<String>,"));
    write("src/schema.rs", &schema("id -> Int8, email -> Text, age -> Int8, nick -> Nullable<Text>,"));
    commit_all(dir.path());

    write(
        "migrations/2024-04-01-000000_posts/up.sql",
        "CREATE TABLE posts (id bigint PRIMARY KEY, title text NOT NULL);",
    );
    let post = "#[derive(Queryable, Selectable, Insertable)]\n#[diesel(table_name = posts)]\npub struct Post { pub id: i64, pub title: String }\n";
    write(
        "src/models.rs",
        &format!(
            "{}{post}",
            model("pub id: i64, pub email: String, pub age: i64, pub nick: Option<String>,")
        ),
    );
    write(
        "src/schema.rs",
        &format!(
            "{}diesel::table! {{ posts (id) {{ id -> Int8, title -> Text, }} }}\n",
            schema("id -> Int8, email -> Text, age -> Int8, nick -> Nullable<Text>,")
        ),
    );
    commit_all(dir.path());
    dir
}
