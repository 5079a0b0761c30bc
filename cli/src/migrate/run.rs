//! Running a plan, migration by migration. One that is a single transaction is run here; `stepwise` runs the others. The
//! first failure ends the run, and is told with what is applied and what is not.

use std::process::ExitCode;

use anyhow::{Result, bail};
use autogen_codegen::sql::Sql;
use autogen_core::visible;
use diesel::QueryResult;
use diesel::result::Error as DieselError;

use super::directory::Directory;
use super::failure::{self, Cause, Place, Stop};
use super::history::History;
use super::plan::{Amount, Direction, Facts, Job, Plan};
use super::session::Session;
use super::stepwise::{self, Doubt};
use super::{lock, progress};
use crate::output::Terminal;
use crate::postgres::signals;
use crate::project::displayed;

/// A run, which has the lock.
pub(crate) struct Run<'a> {
    pub(super) session: &'a mut Session,
    pub(super) history: History,
    pub(super) terminal: &'a Terminal,
    /// What to do where nobody knows whether a statement has taken effect.
    pub(super) doubt: Doubt,
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        lock::give_back(self.session);
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Done,
    /// A statement failed.
    Failed,
    /// A signal came.
    Interrupted,
}

impl Ending {
    /// As the process ends with it.
    pub(crate) fn code(self) -> ExitCode {
        match self {
            Ending::Done => ExitCode::SUCCESS,
            Ending::Failed => ExitCode::from(2),
            Ending::Interrupted => ExitCode::from(signals::EXIT_CODE),
        }
    }
}

impl<'a> Run<'a> {
    /// Takes the lock, and makes Diesel's table where there is none. Nothing if a signal came first.
    pub(crate) fn begin(
        session: &'a mut Session,
        terminal: &'a Terminal,
        doubt: Doubt,
    ) -> Result<Option<Run<'a>>> {
        session.mind_signals();
        if !lock::take(session, terminal)? {
            return Ok(None);
        }
        let history = History::ensure(&mut session.connection)?;
        Ok(Some(Run { session, history, terminal, doubt }))
    }

    /// What is to be run, as things are now.
    pub(crate) fn plan(
        &mut self,
        directory: &Directory,
        make: fn(&Facts<'_>, &Amount) -> Result<Plan>,
        amount: &Amount,
    ) -> Result<Plan> {
        plan(self.session, &self.history, directory, make, amount)
    }

    /// Runs all, or up to the first failure, which it tells.
    pub(crate) fn run(&mut self, plan: &Plan) -> Result<Ending> {
        for (at, job) in plan.jobs.iter().enumerate() {
            let result = match self.session.is_interrupted() {
                true => Err(Stop::interrupted(job)),
                false => self.one(job)?,
            };
            if let Err(stop) = result {
                return failure::tell(self, &stop, plan, at);
            }
            let word = match job.direction {
                Direction::Up => "applied",
                Direction::Down => "reverted",
            };
            self.terminal.print(&format!("{word} {}\n", job.name()))?;
            if at + 1 < plan.jobs.len() {
                self.session.tidy()?;
            }
        }
        Ok(Ending::Done)
    }

    fn one(&mut self, job: &Job) -> Result<Result<(), Stop>> {
        let _progress = self.terminal.progress(&format!("{} {}", word(job.direction), job.migration.name));
        let is_applied = self.history.has(&mut self.session.connection, &job.migration.version)?;
        if is_applied == (job.direction == Direction::Up) {
            bail!("{} was run by another program at the same time; nothing of it was run here", job.name());
        }
        if job.is_whole() { Ok(self.whole(job)) } else { stepwise::run(self, job) }
    }

    /// The statements and the record, or nothing.
    fn whole(&mut self, job: &Job) -> Result<(), Stop> {
        let result = self.in_transaction(job);
        if result.is_err() {
            self.session.roll_back();
        }
        result
    }

    fn in_transaction(&mut self, job: &Job) -> Result<(), Stop> {
        let stop = |place| move |error: DieselError| Stop { place, cause: Cause::Server(error), done: 0 };
        self.session.keep("BEGIN").map_err(stop(Place::Record))?;
        for (at, step) in job.script.steps.iter().enumerate() {
            if self.session.is_interrupted() {
                return Err(Stop { place: Place::Step(at), cause: Cause::Interrupted, done: 0 });
            }
            self.session.run(&step.sql).map_err(stop(Place::Step(at)))?;
        }
        self.record(job).map_err(stop(Place::Record))?;
        self.session.keep("COMMIT").map_err(stop(Place::Commit))
    }

    /// Notes in Diesel's table that the migration is applied, or no longer.
    pub(super) fn record(&mut self, job: &Job) -> QueryResult<()> {
        let (version, connection) = (&job.migration.version, &mut self.session.connection);
        progress::forget(connection, &self.history, version)?;
        match job.direction {
            Direction::Up => self.history.insert(connection, version),
            Direction::Down => self.history.delete(connection, version),
        }
    }
}

/// For a display while it lasts.
fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "applying",
        Direction::Down => "reverting",
    }
}

/// What would be run, without the lock and without making a table.
pub(crate) fn preview(
    session: &mut Session,
    directory: &Directory,
    make: fn(&Facts<'_>, &Amount) -> Result<Plan>,
    amount: &Amount,
) -> Result<(Plan, String)> {
    let (history, is_there) = History::find(&mut session.connection)?;
    let plan = if is_there {
        plan(session, &history, directory, make, amount)?
    } else {
        make(&Facts { directory, applied: &[], begun: &[] }, amount)?
    };
    let text = dry(&plan, &history, is_there);
    Ok((plan, text))
}

fn plan(
    session: &mut Session,
    history: &History,
    directory: &Directory,
    make: fn(&Facts<'_>, &Amount) -> Result<Plan>,
    amount: &Amount,
) -> Result<Plan> {
    let applied = history.applied(&mut session.connection)?;
    let begun = progress::all(&mut session.connection, history)?;
    make(&Facts { directory, applied: &applied, begun: &begun }, amount)
}

/// The statements that would be sent, with the transactions around them.
fn dry(plan: &Plan, history: &History, is_there: bool) -> String {
    let mut out = String::new();
    if plan.jobs.is_empty() {
        return out;
    }
    if !is_there {
        out.push_str(&format!("{};\n\n", crate::postgres::replay::CREATE_TABLE));
    }
    for job in &plan.jobs {
        let version = visible(&job.migration.version);
        let record = match job.direction {
            Direction::Up => Sql::new("INSERT INTO")
                .qualified(history.table())
                .kw("(version) VALUES")
                .parens([Sql::empty().literal(&version)]),
            Direction::Down => {
                Sql::new("DELETE FROM").qualified(history.table()).kw("WHERE version =").literal(&version)
            }
        };
        out.push_str(&format!("-- {}\n", displayed(&job.script.path)));
        let done = job.begun.as_ref().map_or(0, |begun| begun.done);
        if done > 0 {
            out.push_str(&format!("-- its first {done} statements are applied already\n"));
        }
        if !job.is_whole() {
            out.push_str("-- not in one transaction\n");
        }
        let open = if job.is_whole() { "BEGIN;\n" } else { "" };
        out.push_str(open);
        for step in job.script.steps.iter().skip(done) {
            out.push_str(&format!("{};\n", step.sql));
        }
        out.push_str(&format!("{};\n", record.as_str()));
        out.push_str(if job.is_whole() { "COMMIT;\n\n" } else { "\n" });
    }
    out.pop();
    out
}
