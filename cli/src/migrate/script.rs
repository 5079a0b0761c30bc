//! A migration's file as the statements that are sent, one at a time, and what each of them means for transactions.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::postgres::script::{Item, Statement, split};
use crate::postgres::{Place, load};
use crate::project::displayed;
/// A file of SQL.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) steps: Vec<Step>,
    /// Markers that wait for somebody, with their lines.
    pub(crate) todos: Vec<(usize, String)>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) sql: String,
    /// Byte offset in the file.
    pub(crate) start: usize,
    pub(crate) role: Role,
}

/// What a statement means for transactions, as far as its first words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Runs in a transaction or without.
    Plain,
    /// Cannot run inside a transaction block.
    Alone,
    /// Changes the session and nothing that lasts.
    Session,
    /// Makes a table that is gone with the session.
    Temporary,
    /// Opens a transaction.
    Opens,
    /// Closes one for good.
    Commits,
    /// Closes one and undoes it.
    RollsBack,
}

impl Script {
    /// Reads a file. What only psql understands is refused, as the server would refuse it.
    pub(crate) fn read(path: &Path) -> Result<Script> {
        Script::parse(path, load::read(path)?)
    }

    /// Cuts the text of a file, which need not be there yet.
    pub(crate) fn parse(path: &Path, text: String) -> Result<Script> {
        let mut steps = Vec::new();
        for item in split(&text) {
            let (what, start) = match item {
                Item::Statement(statement) => {
                    let role = Role::of(&statement);
                    steps.push(Step { sql: statement.sql.to_owned(), start: statement.start, role });
                    continue;
                }
                Item::Copy(statement) => ("COPY … FROM STDIN", statement.start),
                Item::Meta { start, .. } => ("a command of psql", start),
            };
            bail!(
                "{}{}: {what} cannot be run by Diesel or autogen; nothing was run",
                displayed(path),
                place(&text, start)
            );
        }
        let todos = todos(&text);
        Ok(Script { path: path.to_path_buf(), text, steps, todos })
    }

    /// Where a byte of the file is.
    pub(crate) fn place(&self, at: usize) -> Place {
        place(&self.text, at)
    }

    /// True if the file opens or closes transactions by itself.
    pub(crate) fn controls_transactions(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.role, Role::Opens | Role::Commits | Role::RollsBack))
    }

    /// True if a down script leads back, as far as can be told without running it: it does something, or says that
    /// nothing is to be done.
    pub(crate) fn leads_back(&self, up: &Script) -> bool {
        !self.steps.is_empty() || up.steps.is_empty() || self.text.contains("Nothing to do.")
    }
}

fn place(text: &str, at: usize) -> Place {
    Place::of_char(text, text.get(..at).unwrap_or(text).chars().count())
}

/// Markers as `autogen diff` writes them: a comment that somebody has to answer and then to take away.
fn todos(text: &str) -> Vec<(usize, String)> {
    let line = |(number, line): (usize, &str)| {
        let (_, comment) = line.split_once("--")?;
        let at = comment.find("TODO(autogen)")?;
        Some((number + 1, comment[at..].trim_end().to_owned()))
    };
    text.lines().enumerate().filter_map(line).collect()
}

impl Role {
    /// Of a statement.
    pub(crate) fn of(statement: &Statement<'_>) -> Role {
        let begins = |words: &[&str]| statement.begins(words);
        let has = |word: &str| statement.words.iter().any(|own| own == word);
        let any = |all: &[&[&str]]| all.iter().any(|words| begins(words));
        if any(&[&["COMMIT", "PREPARED"], &["ROLLBACK", "PREPARED"]]) {
            return Role::Alone;
        }
        if any(&[&["BEGIN"], &["START", "TRANSACTION"]]) {
            return Role::Opens;
        }
        if any(&[&["COMMIT"], &["END"], &["PREPARE", "TRANSACTION"]]) {
            return Role::Commits;
        }
        if any(&[&["ROLLBACK"], &["ABORT"]]) {
            // Back to a savepoint is not out of the transaction.
            return if has("TO") { Role::Plain } else { Role::RollsBack };
        }
        if any(&[&["SET", "LOCAL"], &["SET", "CONSTRAINTS"], &["SET", "TRANSACTION"]]) {
            return Role::Plain;
        }
        if any(&[&["SET"], &["RESET"]]) {
            return Role::Session;
        }
        let scope = statement.words.get(1).filter(|word| matches!(word.as_str(), "GLOBAL" | "LOCAL"));
        let sort = statement.words.get(if scope.is_some() { 2 } else { 1 });
        if begins(&["CREATE"]) && sort.is_some_and(|word| matches!(word.as_str(), "TEMP" | "TEMPORARY")) {
            return Role::Temporary;
        }
        let concurrently = any(&[&["CREATE"], &["DROP"], &["ALTER", "TABLE"]]) && has("CONCURRENTLY");
        let alone: &[&[&str]] = &[
            &["REINDEX"],
            &["VACUUM"],
            &["CLUSTER"],
            &["ALTER", "SYSTEM"],
            &["CREATE", "DATABASE"],
            &["DROP", "DATABASE"],
            &["CREATE", "TABLESPACE"],
            &["DROP", "TABLESPACE"],
            &["CREATE", "SUBSCRIPTION"],
            &["ALTER", "SUBSCRIPTION"],
            &["DROP", "SUBSCRIPTION"],
            &["DISCARD", "ALL"],
        ];
        let moves_database = begins(&["ALTER", "DATABASE"]) && has("TABLESPACE");
        if concurrently || moves_database || any(alone) { Role::Alone } else { Role::Plain }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expect: Role) {
        let found: Vec<Role> = split(sql)
            .iter()
            .map(|item| match item {
                Item::Statement(statement) => Role::of(statement),
                Item::Copy(_) | Item::Meta { .. } => panic!("no statement: {sql}"),
            })
            .collect();
        assert_eq!(found, [expect], "{sql}");
    }

    #[test]
    fn roles() {
        check("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", Role::Alone);
        check("create index concurrently on t (a)", Role::Alone);
        check("CREATE INDEX \"CONCURRENTLY\" ON t (concurrently)", Role::Plain);
        check("DROP INDEX CONCURRENTLY IF EXISTS i", Role::Alone);
        check("REINDEX (CONCURRENTLY) TABLE t", Role::Alone);
        check("ALTER TABLE a.b DETACH PARTITION c CONCURRENTLY", Role::Alone);
        check("REFRESH MATERIALIZED VIEW CONCURRENTLY v", Role::Plain);
        check("VACUUM (ANALYZE) t", Role::Alone);
        check("ALTER DATABASE d SET TABLESPACE x", Role::Alone);
        check("ALTER DATABASE d SET work_mem = '1MB'", Role::Plain);
        check("START TRANSACTION", Role::Opens);
        check("END", Role::Commits);
        check("ROLLBACK", Role::RollsBack);
        check("ROLLBACK TO SAVEPOINT s", Role::Plain);
        check("COMMIT PREPARED 'x'", Role::Alone);
        check("SET lock_timeout = '5s'", Role::Session);
        check("SET LOCAL lock_timeout = '5s'", Role::Plain);
        check("CREATE TEMP TABLE x (a int)", Role::Temporary);
        check("CREATE LOCAL TEMPORARY VIEW x AS SELECT 1", Role::Temporary);
        check("CREATE TABLE temp (a int)", Role::Plain);
    }

    #[test]
    fn markers_are_comments() {
        let text =
            "-- TODO(autogen): fill them.\nSELECT 'TODO(autogen)';\n  --  TODO(autogen): and these \n-- done";
        let found: Vec<usize> = todos(text).into_iter().map(|(line, _)| line).collect();
        assert_eq!(found, [1, 3]);
    }
}
