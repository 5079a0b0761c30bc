//! Where the database stands: every migration of the directory and of the table, as a table for reading or as a document
//! for programs. It only reads, and takes no lock.

use anyhow::{Context, Result};
use autogen_core::visible;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::directory::{self, Directory};
use super::history::History;
use super::lock;
use super::plan::Direction;
use super::progress::{self, Begun};
use super::script::Script;
use super::session::Session;

/// All of it.
#[derive(Debug, Serialize)]
pub(crate) struct Status {
    /// Oldest first.
    migrations: Vec<Line>,
    /// How many are not applied.
    pub(crate) pending: usize,
    /// The server process that runs migrations at this moment.
    running: Option<i32>,
    #[serde(skip)]
    holder: Option<String>,
}

/// One migration.
#[derive(Debug, Serialize)]
struct Line {
    version: String,
    /// The folder's name; none if only the table knows the migration.
    name: Option<String>,
    state: State,
    /// When it was applied, in the time zone of the session that did it.
    run_on: Option<String>,
    /// Whether it runs in one transaction.
    run_in_transaction: Option<bool>,
    /// Whether it can be reverted.
    reversible: Option<bool>,
    /// Open markers in up.sql and down.sql.
    todos: usize,
    /// How far it is, where it was cut off.
    progress: Option<Progress>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Applied,
    Pending,
    /// Begun outside of one transaction, and not finished.
    Partial,
    /// Applied, but the directory does not have it.
    Missing,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Applied => "applied",
            State::Pending => "pending",
            State::Partial => "partial",
            State::Missing => "missing file",
        }
    }
}

#[derive(Debug, Serialize)]
struct Progress {
    direction: &'static str,
    done: usize,
    statements: usize,
    /// True if it is not known what came of the next statement.
    in_doubt: bool,
}

impl Status {
    /// Reads it.
    pub(crate) fn read(session: &mut Session, directory: &Directory) -> Result<Status> {
        // One moment for all tables.
        session
            .keep("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .context("cannot begin to read")?;
        let status = Status::snapshot(session, directory);
        session.roll_back();
        status
    }

    fn snapshot(session: &mut Session, directory: &Directory) -> Result<Status> {
        let connection = &mut session.connection;
        let (history, is_there) = History::find(connection)?;
        let applied = if is_there { history.applied(connection)? } else { Vec::new() };
        let begun = progress::all(connection, &history)?;
        let holder = lock::holder(connection).context("cannot look at the locks")?;
        let mut lines: Vec<Line> = Vec::new();
        for migration in &directory.migrations {
            let row = applied.iter().find(|row| row.version == migration.version);
            let begun = begun.iter().find(|begun| begun.version == migration.version);
            let scripts = [Direction::Up, Direction::Down]
                .map(|direction| Script::read(&directory::file(migration, direction)).ok());
            let state = match (begun, row) {
                (Some(_), _) => State::Partial,
                (None, Some(_)) => State::Applied,
                (None, None) => State::Pending,
            };
            lines.push(Line {
                version: migration.version.clone(),
                name: Some(migration.name.clone()),
                state,
                run_on: row.and_then(|row| row.run_on.clone()),
                run_in_transaction: Some(migration.run_in_transaction),
                reversible: Some(directory::is_reversible(migration)),
                todos: scripts.iter().flatten().map(|script| script.todos.len()).sum(),
                progress: begun.map(|begun| progress(begun, &scripts)),
            });
        }
        for row in applied.into_iter().filter(|row| directory.get(&row.version).is_none()) {
            lines.push(Line {
                version: row.version,
                name: None,
                state: State::Missing,
                run_on: row.run_on,
                run_in_transaction: None,
                reversible: None,
                todos: 0,
                progress: None,
            });
        }
        lines.sort_by(|a, b| a.version.cmp(&b.version));
        let is_pending = |line: &&Line| matches!(line.state, State::Pending | State::Partial);
        let pending = lines.iter().filter(is_pending).count();
        let running = holder.as_ref().map(|holder| holder.pid);
        Ok(Status { migrations: lines, pending, running, holder: holder.map(|holder| holder.shown()) })
    }

    /// For reading.
    pub(crate) fn human(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(["version", "name", "state", "run on", "reversible", "TODOs"]);
        for line in &self.migrations {
            let state = match &line.progress {
                None => line.state.word().to_owned(),
                Some(at) => {
                    format!("{} ({}, {} of {} done)", line.state.word(), at.direction, at.done, at.statements)
                }
            };
            let yes = |flag: Option<bool>| flag.map_or("", |flag| if flag { "yes" } else { "no" });
            let name =
                line.name.as_deref().and_then(|name| name.split_once('_')).map_or("", |(_, name)| name);
            table.add_row([
                visible(&line.version),
                visible(name),
                state,
                visible(line.run_on.as_deref().unwrap_or_default()),
                yes(line.reversible).to_owned(),
                if line.todos == 0 { String::new() } else { line.todos.to_string() },
            ]);
        }
        let mut out: String = match self.migrations.is_empty() {
            true => "There are no migrations.\n".to_owned(),
            false => table.trim_fmt().lines().map(|line| format!("{}\n", line.trim())).collect(),
        };
        if !self.migrations.is_empty() {
            let count =
                |states: &[State]| self.migrations.iter().filter(|line| states.contains(&line.state)).count();
            out.push_str(&format!(
                "{} applied, {} pending\n",
                count(&[State::Applied, State::Missing]),
                self.pending
            ));
        }
        if let Some(holder) = &self.holder {
            out.push_str(&format!("Migrations are being run at this moment ({holder}).\n"));
        }
        out
    }

    /// For programs.
    pub(crate) fn json(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self).context("the status cannot be written as JSON")?;
        Ok(format!("{text}\n"))
    }
}

fn progress(begun: &Begun, scripts: &[Option<Script>; 2]) -> Progress {
    let (direction, script) = match begun.direction {
        Direction::Up => ("up", &scripts[0]),
        Direction::Down => ("down", &scripts[1]),
    };
    let statements = script.as_ref().map_or(0, |script| script.steps.len());
    Progress { direction, done: begun.done, statements, in_doubt: begun.running }
}
