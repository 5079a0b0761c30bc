//! A migration that is not one transaction: its statements run one by one, each in a transaction of its own together with
//! the note that it is done, so that after a crash the next run goes on behind the last one that is applied. A statement
//! that cannot run in a transaction is noted before; what it has left tells whether it took effect.

use anyhow::{Result, bail};

use super::alone::{self, Verdict};
use super::failure::{Cause, Place, Stop};
use super::plan::Job;
use super::progress::{self, Begun};
use super::run::Run;
use super::script::{Role, Step};
use crate::postgres::wants_no_transaction;
use crate::project::displayed;

/// What to do with a statement of which nobody knows whether it has taken effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// Stop and ask.
    Ask,
    /// Run it again.
    Retry,
    /// Take it for done.
    Skip,
}

/// Runs what is left of a migration. The outer error is a refusal: no statement was run.
pub(super) fn run(run: &mut Run<'_>, job: &Job) -> Result<Result<(), Stop>> {
    let mut state = match &job.begun {
        None => Begun::new(&job.migration.version, job.direction),
        Some(begun) => match resume(run, job, begun.clone())? {
            Ok(state) => state,
            Err(stop) => return Ok(Err(stop)),
        },
    };
    let result = rest(run, job, &mut state);
    if result.is_err() {
        run.session.roll_back();
    }
    Ok(result)
}

/// `COMMIT AND CHAIN` opens the next transaction at once.
fn chains(step: &Step) -> bool {
    let upper = step.sql.to_ascii_uppercase();
    let words: Vec<&str> = upper.split_whitespace().collect();
    words.windows(2).any(|pair| pair == ["AND", "CHAIN"])
}

/// Finds out where to go on, and makes the session what it was.
fn resume(run: &mut Run<'_>, job: &Job, mut state: Begun) -> Result<Result<Begun, Stop>> {
    let steps = &job.script.steps;
    let path = displayed(&job.script.path);
    let covered = steps.get(..state.covered());
    let hash = covered.map(|steps| progress::hash(&mut run.session.connection, steps)).transpose()?;
    if hash.as_ref() != Some(&state.hash) {
        bail!(
            "{path}: its first {} statements are applied, and the file now has others in their place. Restore them, or \
             finish by hand and note that with `autogen migrate mark`",
            state.covered()
        );
    }
    if let Some(step) = steps.iter().take(state.done).find(|step| step.role == Role::Temporary) {
        bail!(
            "{path}{}: what this statement made was gone with the session that was cut off, so the migration cannot go \
             on behind it. Finish it by hand and note that with `autogen migrate mark`",
            job.script.place(step.start)
        );
    }
    if let Some(step) = steps.get(state.done).filter(|_| state.running) {
        match alone::verdict(run.session, &step.sql, &state.before, run.terminal) {
            Ok(verdict) => settle(run, job, step, verdict, &mut state)?,
            // What it had left could not be brought to an end.
            Err(error) => {
                return Ok(Err(Stop {
                    place: Place::Step(state.done),
                    cause: error.into(),
                    done: state.done,
                }));
            }
        }
    }
    if state.done > 0 {
        run.terminal.note(&format!(
            "{}: {} of {} statements are applied already; going on behind them",
            job.name(),
            state.done,
            steps.len()
        ));
    }
    for step in steps.iter().take(state.done).filter(|step| step.role == Role::Session) {
        run.session.run(&step.sql)?;
    }
    Ok(Ok(state))
}

/// Goes by what came of the statement that was running.
fn settle(run: &mut Run<'_>, job: &Job, step: &Step, verdict: Verdict, state: &mut Begun) -> Result<()> {
    let number = state.done + 1;
    let is_done = match (verdict, run.doubt) {
        (Verdict::Done, _) => true,
        (Verdict::NotDone, _) => false,
        (Verdict::Unknown, Doubt::Retry) => false,
        (Verdict::Unknown, Doubt::Skip) => true,
        (Verdict::Unknown, Doubt::Ask) => bail!(
            "{}{}: statement {number} was running when the migration was cut off, and it cannot be told whether it has \
             taken effect. Look, and run it again with --unfinished retry, or go on behind it with --unfinished skip",
            displayed(&job.script.path),
            job.script.place(step.start)
        ),
    };
    if is_done {
        state.done = number;
        run.terminal.note(&format!("{}: statement {number} is taken for done", job.name()));
    }
    state.running = false;
    state.before.clear();
    Ok(())
}

/// Runs the statements that are not done, and makes the record.
fn rest(run: &mut Run<'_>, job: &Job, state: &mut Begun) -> Result<(), Stop> {
    let steps = &job.script.steps;
    let mut is_open = false;
    for at in state.done..steps.len() {
        let Some(step) = steps.get(at) else { break };
        let done = if is_open { state.done } else { at };
        if run.session.is_interrupted() {
            return Err(Stop { place: Place::Step(at), cause: Cause::Interrupted, done });
        }
        let result = match (step.role, is_open) {
            (Role::Opens, false) => {
                is_open = true;
                run.session.run(&step.sql).map_err(Cause::from)
            }
            (Role::Commits, true) => {
                // Noted in the transaction that it closes.
                is_open = chains(step);
                note(run, job, state, at + 1).and_then(|()| Ok(run.session.run(&step.sql)?))
            }
            (Role::RollsBack | Role::Commits, _) => {
                is_open = is_open && chains(step);
                run.session.run(&step.sql).map_err(Cause::from).and_then(|()| note(run, job, state, at + 1))
            }
            (_, true) => run.session.run(&step.sql).map_err(Cause::from),
            (Role::Alone, false) => by_itself(run, job, state, at),
            (_, false) => match in_own(run, job, state, at) {
                Ok(Noted::Whole) => return Ok(()),
                Ok(Noted::Step) => Ok(()),
                Err(cause) => Err(cause),
            },
        };
        result.map_err(|cause| Stop { place: Place::Step(at), cause, done })?;
    }
    let done = if is_open { state.done } else { steps.len() };
    let stop = |error| Stop { place: Place::Record, cause: Cause::Server(error), done };
    // What the file leaves open is closed with the record, as Diesel does it.
    if !is_open {
        run.session.keep("BEGIN").map_err(stop)?;
    }
    run.record(job).map_err(stop)?;
    run.session.keep("COMMIT").map_err(stop)
}

/// What was noted with a statement.
enum Noted {
    /// That it is done.
    Step,
    /// That the migration is.
    Whole,
}

/// In a transaction with its note; the last statement with the record of the whole migration.
fn in_own(run: &mut Run<'_>, job: &Job, state: &mut Begun, at: usize) -> Result<Noted, Cause> {
    let Some(step) = job.script.steps.get(at) else { return Ok(Noted::Step) };
    run.session.keep("BEGIN")?;
    if let Err(error) = run.session.run(&step.sql) {
        run.session.roll_back();
        if !wants_no_transaction(&error) {
            return Err(error.into());
        }
        // Nothing was done, so it can be done otherwise.
        by_itself(run, job, state, at)?;
        return Ok(Noted::Step);
    }
    let noted = if at + 1 == job.script.steps.len() {
        run.record(job)?;
        Noted::Whole
    } else {
        note(run, job, state, at + 1)?;
        Noted::Step
    };
    run.session.keep("COMMIT")?;
    Ok(noted)
}

/// Without a transaction, noted before and after.
fn by_itself(run: &mut Run<'_>, job: &Job, state: &mut Begun, at: usize) -> Result<(), Cause> {
    let Some(step) = job.script.steps.get(at) else { return Ok(()) };
    alone::clear_leftovers(run.session, &step.sql, run.terminal)?;
    let before = alone::before(run.session, &step.sql)?;
    let hash = progress::hash(&mut run.session.connection, &job.script.steps[..=at])?;
    *state = Begun { done: at, running: true, hash, before, ..state.clone() };
    progress::note(&mut run.session.connection, &run.history, state)?;
    run.session.run(&step.sql)?;
    note(run, job, state, at + 1)
}

/// Notes that so many statements are done.
fn note(run: &mut Run<'_>, job: &Job, state: &mut Begun, done: usize) -> Result<(), Cause> {
    let hash = progress::hash(&mut run.session.connection, &job.script.steps[..done])?;
    *state = Begun { done, running: false, hash, before: String::new(), ..state.clone() };
    Ok(progress::note(&mut run.session.connection, &run.history, state)?)
}
