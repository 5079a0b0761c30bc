//! Migrations on disk: folders of Diesel's, one for each part of a script, or the scripts alone. They appear whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use autogen_codegen::{Part, Script};
use autogen_core::visible;

use crate::output::files::{builder, write_all_new};
use crate::output::human::nothing;
use crate::output::part::PartOf;
use crate::output::version::{Versions, next};
use crate::project::displayed;

/// A migration's name: what stands behind the version in its folder's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MigrationName(String);

impl MigrationName {
    /// Accepts what can be part of a folder's name everywhere. A message, `Add email, to users!`, becomes one:
    /// `add_email_to_users`.
    pub(crate) fn parse(text: &str) -> Result<MigrationName> {
        let shown = visible(text);
        if text.trim().is_empty() {
            bail!("the migration's name is empty");
        }
        if text.contains(['/', '\\', ':']) || text.chars().any(char::is_control) {
            bail!(
                "{shown}: a migration's name is part of a folder's name and cannot hold slashes, colons or control characters"
            );
        }
        if !text.contains(char::is_alphanumeric) {
            bail!("{shown}: a migration's name needs a letter or a digit");
        }
        if text.len() > 200 {
            bail!("{shown}: the name is too long for a folder");
        }
        Ok(MigrationName(slug(text)))
    }
}

/// Words joined by underscores. What is a name already, letters and digits with `_`, `-` or `.` between them, stays.
fn slug(text: &str) -> String {
    if text.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c)) {
        return text.to_owned();
    }
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

/// Fails if `--out` would overwrite something.
pub(crate) fn check_free(dir: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(dir) else { return Ok(()) };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_ours = ["up", "down"].iter().any(|stem| {
            let rest = name.strip_prefix(stem).and_then(|rest| rest.strip_suffix("sql"));
            rest.is_some_and(|rest| {
                rest.starts_with('.') && rest.chars().all(|c| c == '.' || c.is_ascii_digit())
            })
        });
        if is_ours {
            bail!("{} exists already; nothing was written", displayed(&entry.path()));
        }
    }
    Ok(())
}

/// Writes `up.sql` and `down.sql`, or numbered files where a script has several parts. Without a change they hold a
/// comment.
pub(crate) fn write_out(dir: &Path, up: &Script, down: &Script) -> Result<Vec<PathBuf>> {
    check_free(dir)?;
    let mut files = Vec::new();
    for (stem, script) in [("up", up), ("down", down)] {
        let mut texts: Vec<String> = script.filled().map(Part::to_sql).collect();
        if texts.is_empty() {
            texts.push(nothing());
        }
        let several = texts.len() > 1;
        for (number, text) in texts.into_iter().enumerate() {
            let name = if several { format!("{stem}.{}.sql", number + 1) } else { format!("{stem}.sql") };
            files.push((dir.join(name), text));
        }
    }
    write_all_new(dir, files)
}

/// The files of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Texts {
    pub(crate) up: String,
    pub(crate) down: String,
    /// False if one of them may not run in a transaction block.
    pub(crate) transaction: bool,
}

/// What metadata.toml says of a migration that may not run in a transaction block.
pub(crate) const WITHOUT_TRANSACTION: &str =
    "# One of these scripts may not run in a transaction block.\nrun_in_transaction = false\n";

/// Writes one migration a part, newer than all that are there.
pub(crate) fn write_migrations(
    dir: &Path,
    name: &MigrationName,
    versions: Versions,
    up: &Script,
    down: &Script,
) -> Result<Vec<PathBuf>> {
    let parts = |script: &Script| {
        let transactions = script.parts.iter().map(|part| part.transaction).chain([true]);
        texts(script).into_iter().zip(transactions).collect::<Vec<_>>()
    };
    let all = spread(parts(up), parts(down));
    fs::create_dir_all(dir).with_context(|| format!("cannot create {}", displayed(dir)))?;
    let versions = next(dir, versions, all.len())?;
    place(write_aside(dir, name, &versions, &all)?)
}

/// One migration a part of a script, of which each is a text and whether it runs in a transaction. Down parts are spread so
/// that Diesel, which reverts the newest migration first, runs them in their order. Where there are several, each begins with
/// which of them it is.
pub(crate) fn spread(ups: Vec<(String, bool)>, mut downs: Vec<(String, bool)>) -> Vec<Texts> {
    let count = ups.len().max(downs.len());
    let idle = || (idle(), true);
    downs.resize_with(count, idle);
    downs.reverse();
    let ups = ups.into_iter().chain(std::iter::repeat_with(idle));
    let both = ups.zip(downs);
    let head = |number: usize| if count > 1 { PartOf { number, count }.head() } else { String::new() };
    let numbered = (1..).map(head).zip(both);
    let texts = numbered.map(|(head, (up, down))| Texts {
        up: format!("{head}{}", up.0),
        down: format!("{head}{}", down.0),
        transaction: up.1 && down.1,
    });
    texts.collect()
}

/// Writes folders of migrations aside in their directory, to be put into their places.
pub(crate) fn write_aside(
    dir: &Path,
    name: &MigrationName,
    versions: &[String],
    all: &[Texts],
) -> Result<Vec<(tempfile::TempDir, PathBuf)>> {
    let mut aside = Vec::new();
    for (part, (version, texts)) in versions.iter().zip(all).enumerate() {
        let folder = builder(0o777)
            .tempdir_in(dir)
            .with_context(|| format!("cannot write into {}", displayed(dir)))?;
        let write = |file: &str, text: &str| {
            fs::write(folder.path().join(file), text)
                .with_context(|| format!("cannot write {file} into {}", displayed(dir)))
        };
        write("up.sql", &texts.up)?;
        write("down.sql", &texts.down)?;
        if !texts.transaction {
            write("metadata.toml", WITHOUT_TRANSACTION)?;
        }
        aside.push((folder, dir.join(folder_name(version, name, part, all.len()))));
    }
    Ok(aside)
}

/// What a migration's folder is called. Several of one name are told apart by their place in the row.
pub(crate) fn folder_name(version: &str, name: &MigrationName, part: usize, count: usize) -> String {
    let suffix = if count > 1 { format!("_{}", part + 1) } else { String::new() };
    format!("{version}_{}{suffix}", name.0)
}

/// How an empty migration is to be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Empty {
    InTransaction,
    WithoutTransaction,
}

/// Writes a migration that somebody is going to fill in, newer than all that are there.
pub(crate) fn write_empty(
    dir: &Path,
    name: &MigrationName,
    versions: Versions,
    empty: Empty,
) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(dir).with_context(|| format!("cannot create {}", displayed(dir)))?;
    let folder =
        builder(0o777).tempdir_in(dir).with_context(|| format!("cannot write into {}", displayed(dir)))?;
    let mut texts = vec![
        ("up.sql", "-- The statements that make the change.\n"),
        ("down.sql", "-- The statements that take it back; without any it cannot be reverted.\n"),
    ];
    if empty == Empty::WithoutTransaction {
        texts.push((
            "metadata.toml",
            "# These scripts may not run in a transaction block.\nrun_in_transaction = false\n",
        ));
    }
    for (file, text) in texts {
        fs::write(folder.path().join(file), text)
            .with_context(|| format!("cannot write {file} into {}", displayed(dir)))?;
    }
    let version = next(dir, versions, 1)?.concat();
    place(vec![(folder, dir.join(format!("{version}_{}", name.0)))])
}

/// Puts folders of migrations that lie aside into their places, all or none, and returns their files.
pub(crate) fn place(aside: Vec<(tempfile::TempDir, PathBuf)>) -> Result<Vec<PathBuf>> {
    let mut done: Vec<PathBuf> = Vec::new();
    for (folder, path) in aside {
        let result = if fs::symlink_metadata(&path).is_ok() {
            Err(std::io::Error::from(std::io::ErrorKind::AlreadyExists))
        } else {
            fs::rename(folder.path(), &path)
        };
        if let Err(error) = result {
            for path in &done {
                let _ = fs::remove_dir_all(path);
            }
            return Err(error)
                .with_context(|| format!("cannot create {}; nothing was written", displayed(&path)));
        }
        // It is in its place now, and no longer to be removed.
        let _ = folder.keep();
        done.push(path);
    }
    let files =
        done.iter().flat_map(|dir| ["up.sql", "down.sql", "metadata.toml"].map(|file| dir.join(file)));
    Ok(files.filter(|file| file.is_file()).collect())
}

/// The comment above the statement of a part that does nothing.
pub(crate) const IDLE_NOTE: &str = "Nothing to do in this part.";

/// The text of a part that does nothing. Diesel refuses a file without a statement.
pub(crate) fn idle() -> String {
    format!("-- {IDLE_NOTE}\nSELECT 1;\n")
}

/// The texts of a script's parts, at least one.
fn texts(script: &Script) -> Vec<String> {
    match script.parts.len() {
        0 => vec![idle()],
        _ => {
            let text = |part: &Part| if part.statements.is_empty() { idle() } else { part.to_sql() };
            script.parts.iter().map(text).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use autogen_codegen::sql::Sql;
    use autogen_codegen::{Statement, Verb};
    use autogen_core::{ObjectId, QualName};
    use time::macros::datetime;

    use super::*;

    fn script(parts: &[(&'static str, bool)]) -> Script {
        let id = ObjectId::table(&QualName::new("public", "t"));
        let part = |(sql, transaction): &(&'static str, bool)| Part {
            statements: vec![Statement::new(Sql::new(sql), id.clone(), Verb::Alter)],
            transaction: *transaction,
        };
        Script { parts: parts.iter().map(part).collect() }
    }

    fn listing(dir: &Path) -> Vec<String> {
        let mut all: Vec<String> = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        all.sort();
        all
    }

    #[test]
    fn names() {
        let parsed = |text: &str| MigrationName::parse(text).unwrap().0;
        assert_eq!(parsed("Add email, to users!"), "add_email_to_users");
        assert_eq!(parsed("don't  stop_now"), "don_t_stop_now");
        assert_eq!(parsed("AddÉmails-2.1"), "AddÉmails-2.1");
        for bad in ["", " ", "!", "..", "a/b", "..\\x", "a\nb"] {
            assert!(MigrationName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn one_migration() {
        let dir = tempfile::tempdir().unwrap();
        let migrations = dir.path().join("migrations");
        let name = MigrationName::parse("add_email").unwrap();
        let now = Versions::Time(datetime!(2026-03-04 05:06:07.89 UTC));
        let write = || {
            write_migrations(&migrations, &name, now, &script(&[("UP", true)]), &script(&[("DOWN", true)]))
                .unwrap()
        };
        write();
        assert_eq!(listing(&migrations), ["2026-03-04-050607_add_email"]);
        let folder = migrations.join("2026-03-04-050607_add_email");
        assert_eq!(listing(&folder), ["down.sql", "up.sql"]);
        assert_eq!(fs::read_to_string(folder.join("up.sql")).unwrap(), "UP;\n");
        // In the same second another one gets a version of its own.
        write();
        assert_eq!(listing(&migrations), ["2026-03-04-050607_add_email", "2026-03-04-050608_add_email"]);
    }

    #[test]
    fn parts_become_migrations_and_downs_run_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let name = MigrationName::parse("x").unwrap();
        let (up, down) = (script(&[("U1", true), ("U2", false)]), script(&[("D1", false), ("D2", true)]));
        let now = Versions::Time(datetime!(2026-01-01 00:00:59 UTC));
        write_migrations(dir.path(), &name, now, &up, &down).unwrap();
        assert_eq!(listing(dir.path()), ["2026-01-01-000059_x_1", "2026-01-01-000100_x_2"]);
        let read = |path: &str| fs::read_to_string(dir.path().join(path)).unwrap_or_default();
        let head = |part: u32| format!("-- Part {part} of 2; each is committed before the next begins.\n\n");
        assert_eq!(read("2026-01-01-000059_x_1/down.sql"), head(1) + "D2;\n");
        assert_eq!(read("2026-01-01-000100_x_2/down.sql"), head(2) + "D1;\n");
        assert!(read("2026-01-01-000059_x_1/metadata.toml").is_empty());
        assert!(read("2026-01-01-000100_x_2/metadata.toml").contains("run_in_transaction = false"));
    }

    #[test]
    fn nothing_is_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        write_out(&out, &script(&[("U1", true), ("U2", true)]), &Script::default()).unwrap();
        assert_eq!(listing(&out), ["down.sql", "up.1.sql", "up.2.sql"]);
        assert_eq!(fs::read_to_string(out.join("down.sql")).unwrap(), "-- Nothing to do.\n");
        let error = write_out(&out, &script(&[("X", true)]), &Script::default()).unwrap_err().to_string();
        assert!(error.contains("exists already"), "{error}");
        assert_eq!(listing(&out), ["down.sql", "up.1.sql", "up.2.sql"]);
    }
}
