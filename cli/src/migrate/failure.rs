//! What is told when a run stops: the statement with its place in the file and the server's words, what is applied and
//! what is not, and how to go on.

use std::sync::Arc;

use anyhow::Result;
use autogen_core::{Diagnostic, Span};
use diesel::result::Error as DieselError;

use super::plan::{Direction, Job, Plan};
use super::run::{Ending, Run};
use super::script::Script;
use super::target::{Target, target};
use crate::diagnostics::Texts;
use crate::postgres::server_message;
use crate::project::shown;

/// Why and where a migration stopped.
#[derive(Debug)]
pub(super) struct Stop {
    pub(super) place: Place,
    pub(super) cause: Cause,
    /// How many of its statements are applied for good.
    pub(super) done: usize,
}

/// Where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// At this statement, counted from 0.
    Step(usize),
    /// While the migration was noted as applied, or its transaction begun.
    Record,
    /// At the end of the transaction.
    Commit,
}

/// Why.
#[derive(Debug)]
pub(super) enum Cause {
    Server(DieselError),
    /// Something around the statement that has more to say than the server.
    Other(anyhow::Error),
    Interrupted,
}

impl From<DieselError> for Cause {
    fn from(error: DieselError) -> Cause {
        Cause::Server(error)
    }
}

impl From<anyhow::Error> for Cause {
    fn from(error: anyhow::Error) -> Cause {
        Cause::Other(error)
    }
}

impl Stop {
    /// Before anything of the migration has run.
    pub(super) fn interrupted(job: &Job) -> Stop {
        let done = job.begun.as_ref().map_or(0, |begun| begun.done);
        Stop { place: Place::Step(done), cause: Cause::Interrupted, done }
    }
}

/// Tells it.
pub(super) fn tell(run: &mut Run<'_>, stop: &Stop, plan: &Plan, at: usize) -> Result<Ending> {
    let Some(job) = plan.jobs.get(at) else { return Ok(Ending::Failed) };
    let is_interrupted = run.session.is_interrupted();
    let is_alive = run.session.is_alive();
    let text = match &stop.cause {
        Cause::Interrupted => "interrupted".to_owned(),
        Cause::Server(_) | Cause::Other(_) if is_interrupted => "interrupted".to_owned(),
        Cause::Server(error) => server_message(error),
        Cause::Other(error) => error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": "),
    };
    let (message, rest) = text.split_once('\n').map_or((text.as_str(), ""), |(first, rest)| (first, rest));
    let message = match stop.place {
        Place::Step(_) => message.to_owned(),
        Place::Record => format!("the migration could not be recorded: {message}"),
        Place::Commit => format!("at the end of the transaction: {message}"),
    };
    let mut help: Vec<String> =
        rest.lines().map(|line| line.trim().to_owned()).filter(|l| !l.is_empty()).collect();
    help.extend(left(job, stop, is_alive));
    help.extend(around(plan, at));
    help.push(match is_interrupted {
        true => format!("go on with `autogen migrate {}`", command(job)),
        false => format!("when the reason is gone, go on with `autogen migrate {}`", command(job)),
    });
    let mut finding = Diagnostic::error("migration-stopped", message).help(help.join("\n"));
    if let Place::Step(step) = stop.place {
        finding.span = span(&job.script, step, position(&stop.cause));
    }
    let texts = Texts::new([(shown(&job.script.path), Arc::from(job.script.text.as_str()))].into());
    run.terminal.diagnostics(&[finding], &texts);
    Ok(if is_interrupted { Ending::Interrupted } else { Ending::Failed })
}

fn command(job: &Job) -> &'static str {
    match job.direction {
        Direction::Up => "up",
        Direction::Down => "down",
    }
}

/// What the migration that stopped has left.
fn left(job: &Job, stop: &Stop, is_alive: bool) -> Vec<String> {
    let (name, total) = (job.name(), job.script.steps.len());
    let mut lines = Vec::new();
    if !is_alive {
        lines.push(
            "the connection was lost; `autogen migrate status` tells what the server has kept".to_owned(),
        );
    }
    if job.is_whole() {
        match stop.place {
            Place::Commit if !is_alive => {}
            Place::Commit | Place::Record | Place::Step(_) => {
                lines.push(format!(
                    "{name} ran in a transaction, which is rolled back: nothing of it is left"
                ));
            }
        }
        return lines;
    }
    lines.push(format!("{name} does not run in one transaction:"));
    lines.push(match stop.done {
        0 => format!("none of its {total} statements is applied"),
        1 if total == 1 => "its statement is applied, only the record is not".to_owned(),
        done if done == total => format!("all {total} statements are applied, only the record is not"),
        1 => format!("1 of its {total} statements is applied and noted; the next run goes on behind it"),
        done => format!(
            "{done} of its {total} statements are applied and noted; the next run goes on behind them"
        ),
    });
    if let Place::Step(at) = stop.place {
        let may_leave = match job.script.steps.get(at).map(|step| target(&step.sql)) {
            Some(Target::NewIndex { .. }) => "an invalid index, which the next run looks for and drops",
            Some(Target::Partition { .. }) => {
                "a partition that is half detached, which the next run completes"
            }
            Some(Target::OldIndex { .. } | Target::Repeatable | Target::Unknown) | None => return lines,
        };
        lines.push(format!("it may have left {may_leave}"));
    }
    lines
}

/// What was run before, and what was not reached.
fn around(plan: &Plan, at: usize) -> Vec<String> {
    let count = |number: usize| match number {
        1 => "1 migration".to_owned(),
        more => format!("{more} migrations"),
    };
    let mut lines = Vec::new();
    if at > 0 {
        lines.push(format!("{} of this run before it: done", count(at)));
    }
    let after = plan.jobs.len() - at - 1;
    if after > 0 {
        lines.push(format!("{} of this run after it: not reached", count(after)));
    }
    lines
}

/// The server counts characters from the statement's beginning.
fn position(cause: &Cause) -> Option<usize> {
    let Cause::Server(DieselError::DatabaseError(_, info)) = cause else { return None };
    info.statement_position().and_then(|at| usize::try_from(at).ok()).and_then(|at| at.checked_sub(1))
}

/// The token that the server points at, else the statement's first line.
fn span(script: &Script, step: usize, position: Option<usize>) -> Option<Span> {
    let step = script.steps.get(step)?;
    let inside = position.and_then(|chars| step.sql.char_indices().nth(chars)).map(|(at, _)| at);
    let begin = step.start + inside.unwrap_or(0);
    let rest = script.text.get(begin..)?;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let length = match inside {
        Some(_) => rest.find(|c| !is_word(c)).filter(|end| *end > 0).unwrap_or(1),
        None => rest.find('\n').unwrap_or(rest.len()).min(step.sql.len()),
    };
    let (start, end) = (script.place(begin), script.place(begin + length));
    let file = Arc::new(shown(&script.path));
    Some(Span::new(file, (start.line, start.column), (end.line, end.column)))
}
