//! `autogen migrate`: the project's migrations, run, reverted, listed, begun and noted.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use autogen_core::visible;
use time::OffsetDateTime;

use crate::args::{
    DownArgs, MarkArgs, MarkState, MigrateArgs, MigrateCommand, NewArgs, PlaceArgs, RedoArgs, RunArgs,
    ServerArgs, StatusArgs, StatusFormat, Unfinished, UpArgs,
};
use crate::config::VersionStyle;
use crate::migrate::{
    self, Amount, Directory, Doubt, Ending, Facts, Mark, Plan, Run, Session, Status, Timeouts,
};
use crate::output::Terminal;
use crate::output::migration::{self, MigrationName};
use crate::output::version::Versions;
use crate::project::displayed;
use crate::schema_rs::{self, Staged};
use crate::servers::Servers;
use crate::setup::Setup;
use crate::source::Source;

/// 0 done, 1 pending migrations for `status --exit-code`.
pub(crate) fn run(args: &MigrateArgs, terminal: &Terminal) -> Result<ExitCode> {
    match &args.command {
        MigrateCommand::Up(UpArgs { to, steps, run, .. }) => {
            job(run, Plan::up, &amount(to.as_ref(), *steps, Amount::All), terminal)
        }
        MigrateCommand::Down(DownArgs { to, steps, all, run }) => {
            let usual = if *all { Amount::All } else { Amount::Steps(1) };
            job(run, Plan::down, &amount(to.as_ref(), *steps, usual), terminal)
        }
        MigrateCommand::Redo(RedoArgs { steps, all, run }) => {
            let usual = if *all { Amount::All } else { Amount::Steps(1) };
            job(run, Plan::redo, &amount(None, *steps, usual), terminal)
        }
        MigrateCommand::Status(args) => status(args, terminal),
        MigrateCommand::New(args) => new(args, terminal),
        MigrateCommand::Mark(args) => mark(args, terminal),
    }
}

fn amount(to: Option<&String>, steps: Option<u32>, usual: Amount) -> Amount {
    match (to, steps) {
        (Some(version), _) => Amount::To(version.clone()),
        (None, Some(steps)) => Amount::Steps(usize::try_from(steps).unwrap_or(usize::MAX)),
        (None, None) => usual,
    }
}

/// `up`, `down` and `redo`.
fn job(
    args: &RunArgs,
    make: fn(&Facts<'_>, &Amount) -> Result<Plan>,
    amount: &Amount,
    terminal: &Terminal,
) -> Result<ExitCode> {
    let (setup, source) = place(&args.place, terminal)?;
    let directory = Directory::of(&setup.project)?;
    let timeouts = Timeouts { lock: args.lock_timeout.clone(), statement: args.statement_timeout.clone() };
    let mut session = open(&source, timeouts, terminal)?;
    if args.dry_run {
        let (plan, text) = migrate::preview(&mut session, &directory, make, amount)?;
        tell_notes(&plan, terminal);
        terminal.print(if text.is_empty() { "-- Nothing to do.\n" } else { &text })?;
        return Ok(ExitCode::SUCCESS);
    }
    let doubt = match args.unfinished {
        None => Doubt::Ask,
        Some(Unfinished::Retry) => Doubt::Retry,
        Some(Unfinished::Skip) => Doubt::Skip,
    };
    let Some(mut run) = Run::begin(&mut session, terminal, doubt)? else {
        terminal.note("interrupted while waiting; nothing was run");
        return Ok(Ending::Interrupted.code());
    };
    let plan = run.plan(&directory, make, amount)?;
    if !args.allow_todo {
        plan.forbid_todos()?;
    }
    tell_notes(&plan, terminal);
    let ending = run.run(&plan)?;
    drop(run);
    drop(session);
    if ending != Ending::Done {
        return Ok(ending.code());
    }
    if plan.jobs.is_empty() {
        terminal.print("Nothing to do.\n")?;
    }
    if !args.no_schema_rs && setup.project.names_schema_file() {
        regenerate(&setup, &source, terminal)
            .context("the migrations are done, but schema.rs is not written")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn tell_notes(plan: &Plan, terminal: &Terminal) {
    plan.notes.iter().for_each(|note| terminal.note(note));
}

/// The project, and its database.
fn place(args: &PlaceArgs, terminal: &Terminal) -> Result<(Setup, Source)> {
    let setup = Setup::new(args.project.as_deref(), args.config.as_deref(), terminal)?;
    let is_set = std::env::var_os("DATABASE_URL").is_some_and(|url| !url.is_empty());
    if args.db.is_none() && !is_set {
        bail!("no database: --db is not given, and DATABASE_URL is not set");
    }
    let source = setup.current(args.db.as_deref(), terminal)?;
    Ok((setup, source))
}

fn open(source: &Source, timeouts: Timeouts, terminal: &Terminal) -> Result<Session> {
    let Source::Live(url) = source else {
        bail!("{} is no database; migrations are run on a running one only", source.label());
    };
    let _progress = terminal.progress(&format!("connecting to {}", source.label()));
    Session::open(url, timeouts)
}

/// Writes the schema files that diesel.toml names.
fn regenerate(setup: &Setup, source: &Source, terminal: &Terminal) -> Result<()> {
    let args = ServerArgs::default();
    let loaded = source.load(&[], &mut Servers::new(&args, terminal), terminal)?;
    let schemas = schema_rs::of_project(&setup.project, None, &loaded.catalog)?;
    let staged = Staged::new(schemas.iter().map(|schema| (schema.path.as_path(), schema.text.as_str())))?;
    for path in staged.persist()? {
        terminal.note(&format!("wrote {}", displayed(&path)));
    }
    Ok(())
}

fn status(args: &StatusArgs, terminal: &Terminal) -> Result<ExitCode> {
    let (setup, source) = place(&args.place, terminal)?;
    let directory = Directory::of(&setup.project)?;
    let mut session = open(&source, Timeouts::default(), terminal)?;
    let status = Status::read(&mut session, &directory)?;
    let text = match args.format {
        StatusFormat::Human => status.human(),
        StatusFormat::Json => status.json()?,
    };
    terminal.print(&text)?;
    Ok(ExitCode::from(u8::from(args.exit_code && status.pending > 0)))
}

fn new(args: &NewArgs, terminal: &Terminal) -> Result<ExitCode> {
    let name = MigrationName::parse(&args.name)?;
    let setup = Setup::new(args.project.as_deref(), args.config.as_deref(), terminal)?;
    let versions = match setup.config.version_style {
        VersionStyle::Timestamp => Versions::Time(OffsetDateTime::now_utc()),
        VersionStyle::Sequence => Versions::Sequence,
    };
    let empty = if args.no_transaction {
        migration::Empty::WithoutTransaction
    } else {
        migration::Empty::InTransaction
    };
    for path in migration::write_empty(&setup.project.migrations(), &name, versions, empty)? {
        terminal.print(&format!("wrote {}\n", displayed(&path)))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn mark(args: &MarkArgs, terminal: &Terminal) -> Result<ExitCode> {
    let (wanted, word) = match (args.state, args.all_before) {
        (MarkState::Applied, false) => (Mark::Applied, "applied"),
        (MarkState::Applied, true) => (Mark::AppliedWithOlder, "applied"),
        (MarkState::Pending, false) => (Mark::Pending, "pending"),
        (MarkState::Pending, true) => bail!("--all-before goes with applied only"),
    };
    let (setup, source) = place(&args.place, terminal)?;
    let directory = Directory::of(&setup.project)?;
    let mut session = open(&source, Timeouts::default(), terminal)?;
    let Some(mut run) = Run::begin(&mut session, terminal, Doubt::Ask)? else {
        terminal.note("interrupted while waiting; nothing was marked");
        return Ok(Ending::Interrupted.code());
    };
    let changed = migrate::mark(&mut run, &directory, &args.version, wanted)?;
    if changed.is_empty() {
        terminal.print(&format!("Nothing to do: noted as {word} already.\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    for name in &changed {
        terminal.print(&format!("marked {} as {word}\n", visible(name)))?;
    }
    terminal.note("warning: no statement was run; the schema is as it was");
    Ok(ExitCode::SUCCESS)
}
