//! The proof of one step in a throwaway database with rows: up, the rows, down, the schema and the rows again, and up once more.
//! It stops at the first thing that is not as it should be.

use anyhow::Result;
use autogen_core::{Catalog, HazardKind, Hints, Pair, QualName, Renames};

use super::bench::{Bench, Failure, Times};
use super::fill::{Filled, Rules};
use super::locate;
use super::observe::{self, Sights};
use super::proof::{Broken, Phase, Proof, Spot, Told, Verdict};
use super::step::{Down, File, Step};
use super::survive::{Contents, Loss, Outcome};
use super::tables;
use crate::describe;
use crate::output::Terminal;
use crate::project::displayed;
use crate::servers::Servers;

/// What a proof needs beside the step.
pub(super) struct Scene<'s, 'a> {
    pub(super) bench: &'s Bench,
    pub(super) servers: &'s mut Servers<'a>,
    pub(super) terminal: &'s Terminal,
    pub(super) renames: &'s Renames,
    pub(super) filled: &'s Filled,
    /// Run scripts with open markers.
    pub(super) allow_todo: bool,
}

/// What came of a step.
pub(super) struct Proved {
    pub(super) proof: Proof,
    /// The schema after the last up, if it came to that.
    pub(super) reached: Option<Catalog>,
    /// The script refuses rows that the schema allows, as is known: why that may be.
    pub(super) choosy: Option<String>,
}

/// Why a proof stopped, or the schema after the last up.
type Reached = Result<Result<Catalog, Stop>>;

struct Stop {
    broken: Broken,
    choosy: Option<String>,
}

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Stop {
        Stop { broken, choosy: None }
    }
}

/// Proves a step, and leaves the database as it is after up.
pub(super) fn prove(step: &Step, scene: &mut Scene<'_, '_>) -> Result<Proved> {
    let _progress = scene.terminal.progress(&format!("proving {}", step.name));
    let mut proof = Proof {
        name: step.shown(),
        verdict: Verdict::Proven,
        statements: Vec::new(),
        rows: scene.filled.rows(),
        tables: scene.filled.tables.len(),
        dropped: Vec::new(),
        notes: Vec::new(),
    };
    for file in step.files().filter(|file| file.is_beyond_diesel()) {
        proof.notes.push(format!(
            "{} holds several statements, one of which cannot run in a transaction: `autogen migrate` runs it, Diesel's own \
             tools do not",
            displayed(&file.script.path)
        ));
    }
    let reached = walk(step, scene, &mut proof)?;
    Ok(match reached {
        Ok(catalog) => {
            if let Down::Irreversible { because } = &step.down {
                proof.verdict = Verdict::Irreversible { because: because.clone() };
            }
            Proved { proof, reached: Some(catalog), choosy: None }
        }
        Err(Stop { broken, choosy }) => {
            proof.verdict = Verdict::Broken(broken);
            Proved { proof, reached: None, choosy }
        }
    })
}

fn walk(step: &Step, scene: &mut Scene<'_, '_>, proof: &mut Proof) -> Reached {
    if let Some(broken) = marker(step).filter(|_| !scene.allow_todo) {
        return Ok(Err(broken.into()));
    }
    let bench = scene.bench;
    let start = bench.catalog()?;
    let before = Contents::read(bench)?;
    let columns = column_order(bench)?;
    let (times, sights) = match run(&step.up, scene)? {
        Ok(ran) => ran,
        Err(failure) => return Ok(Err(refused(&failure, step))),
    };
    tell(proof, "up", &step.up, &times, &sights);
    let reached = bench.catalog()?;
    let after = Contents::read(bench)?;
    let outcome = before.compare(&after, scene.renames, None, bench)?;
    proof.dropped.extend(outcome.dropped.iter().cloned());
    proof.notes.extend(outcome.notes.iter().cloned());
    if let Some(broken) = losses(&outcome, step, Phase::Rows, proof) {
        return Ok(Err(broken.into()));
    }

    let down = match &step.down {
        Down::Irreversible { .. } => return Ok(Ok(reached)),
        Down::Missing { path } => {
            let broken = Broken::new(
                Phase::NoDown,
                format!("{} has no statement, so there is no way back", displayed(path)),
            );
            let help =
                "write it, or say that there is none with a comment line `-- autogen: irreversible` in it";
            return Ok(Err(Broken { help: Some(help.to_owned()), ..broken }.into()));
        }
        Down::Files(down) => down,
    };
    let (times, sights) = match run(down, scene)? {
        Ok(ran) => ran,
        Err(failure) => {
            let broken = Broken::refused(Phase::Down, &failure, down);
            return Ok(Err(Stop { broken, choosy: declared(&failure, down) }));
        }
    };
    tell(proof, "down", down, &times, &sights);
    if let Some(broken) = differs(&bench.catalog()?, &start, Phase::Restored, &step.up, down)? {
        return Ok(Err(broken.into()));
    }
    let back = Contents::read(bench)?;
    let outcome = before.compare(&back, &Renames::default(), Some(&outcome.kept), bench)?;
    if let Some(broken) = losses(&outcome, step, Phase::RowsBack, proof) {
        return Ok(Err(broken.into()));
    }
    let moved = column_order(bench)?;
    for (table, _) in
        columns.iter().filter(|(table, order)| moved.get(*table).is_some_and(|now| now != *order))
    {
        proof.notes.push(format!(
            "after down the columns of {table} are in another order: Postgres can only append"
        ));
    }

    if let Err(failure) = bench.run(&step.up)? {
        return Ok(Err(Broken::refused(Phase::Again, &failure, &step.up).into()));
    }
    let again = bench.catalog()?;
    if let Some(broken) = differs(&again, &reached, Phase::Again, &step.up, down)? {
        return Ok(Err(broken.into()));
    }
    Ok(Ok(again))
}

/// A failure of up. The script may have said that rows can make it fail, or it was written for rows that do not.
fn refused(failure: &Failure, step: &Step) -> Stop {
    let mut broken = Broken::refused(Phase::Up, failure, &step.up);
    let declared = declared(failure, &step.up);
    if declared.is_some() || !is_about_rows(&failure.message) {
        return Stop { broken, choosy: declared };
    }
    let asked = &step.asked;
    let sql = failed(failure, &step.up).unwrap_or_default();
    let is_about = |table: &&QualName| locate::speaks_of(sql, table.name.as_str());
    if asked.answers.tables_that_agree().iter().any(is_about) {
        return Stop { broken, choosy: Some(format!("but {} has none of these", asked.of)) };
    }
    broken.help = Some(match asked.answers.empty_tables().find(is_about) {
        Some(table) => format!(
            "{table} has no rows in {}, so the script is the plain one; for a database where it has some, `autogen diff \
             --no-probe` writes it",
            asked.of
        ),
        None => "if there can be no such rows, say so in a comment line above the statement: -- HAZARD may fail: why; it is then \
                 proved with rows that it takes"
            .to_owned(),
    });
    Stop { broken, choosy: None }
}

/// The statement that failed.
fn failed<'f>(failure: &Failure, files: &'f [File]) -> Option<&'f str> {
    let file = files.get(failure.file)?;
    Some(&file.script.steps.get(failure.statement?)?.sql)
}

/// Where the script says of the statement that it refuses rows.
fn declared(failure: &Failure, files: &[File]) -> Option<String> {
    let declares = |at| files.get(failure.file).is_some_and(|file| file.declares(at, HazardKind::MayFail));
    failure.statement.is_some_and(declares).then(|| "as it says".to_owned())
}

/// The server says what it found in the rows.
fn is_about_rows(message: &str) -> bool {
    [
        "contains null values",
        "violated by",
        "violates",
        "could not create unique index",
        "invalid input",
        "out of range",
        "too long for type",
        "numeric field overflow",
    ]
    .iter()
    .any(|words| message.contains(words))
}

/// The rules of the schema that a step leads to, found in a database without rows. Nothing where it does not run.
pub(super) fn rules(step: &Step, bench: &Bench) -> Result<Option<Rules>> {
    if bench.run(&step.up)?.is_err() {
        return Ok(None);
    }
    let mut connection = bench.reader()?;
    let (tables, types) = (tables::with_partitions(&mut connection)?, tables::types(&mut connection)?);
    let way_back = match &step.down {
        Down::Files(files) => files.iter().any(File::may_fail),
        Down::Irreversible { .. } | Down::Missing { .. } => false,
    };
    Ok(Some(Rules { tables, types, way_back }))
}

/// The first marker that waits for somebody.
fn marker(step: &Step) -> Option<Broken> {
    let file = step.files().find(|file| !file.script.todos.is_empty())?;
    let (line, todo) = file.script.todos.first()?;
    let help = "do what it says and take the comment away, or run the script as it is with --allow-todo";
    Some(Broken {
        place: Some(Spot::line(file, *line)),
        help: Some(help.to_owned()),
        ..Broken::new(Phase::Marker, format!("a marker is open: {todo}"))
    })
}

/// Runs files, and once more in a copy to see what they do.
fn run(files: &[File], scene: &mut Scene<'_, '_>) -> Result<Result<(Times, Sights), Failure>> {
    let original = scene.bench.copy(scene.servers)?;
    let times = match scene.bench.run(files)? {
        Ok(times) => times,
        Err(failure) => return Ok(Err(failure)),
    };
    let sights = observe::observe(files, &original, scene.servers)?;
    scene.servers.discard(original.database)?;
    Ok(Ok((times, sights)))
}

fn tell(proof: &mut Proof, direction: &'static str, files: &[File], times: &Times, sights: &Sights) {
    for (at, time) in times {
        let Some(file) = files.get(at.file) else { continue };
        let Some(step) = file.script.steps.get(at.statement) else { continue };
        proof.statements.push(Told {
            direction,
            path: file.script.path.clone(),
            line: file.script.place(step.start).line,
            sql: step.sql.lines().next().unwrap_or_default().trim_end().to_owned(),
            time: *time,
            seen: sights.get(at).cloned(),
        });
    }
}

/// What was lost and not declared.
fn losses(outcome: &Outcome, step: &Step, phase: Phase, proof: &mut Proof) -> Option<Broken> {
    let back: &[File] = match &step.down {
        Down::Files(files) => files,
        Down::Irreversible { .. } | Down::Missing { .. } => &[],
    };
    // What the way back loses is not lost by the way there.
    let is_back = phase == Phase::RowsBack;
    let is_told = |loss: &&Loss| is_declared(loss, &step.up) || is_back && is_declared(loss, back);
    let (declared, lost): (Vec<&Loss>, Vec<&Loss>) = outcome.losses.iter().partition(is_told);
    proof.notes.extend(declared.iter().map(|loss| format!("{}, as the script says", loss.message)));
    let first = *lost.first()?;
    let mut names = vec![first.table_name.as_str()];
    names.extend(first.column.as_deref());
    let files =
        if phase == Phase::RowsBack && locate::naming(back, &names).is_some() { back } else { &step.up };
    let help = "if that is meant, say so in a comment line above the statement: -- HAZARD data loss: why";
    let mut broken = Broken::new(phase, first.message.clone()).at(files, locate::naming(files, &names));
    broken.details = lost.iter().skip(1).map(|loss| loss.message.clone()).collect();
    broken.help = Some(help.to_owned());
    Some(broken)
}

/// True if a statement that names the table says that it loses values.
fn is_declared(loss: &Loss, files: &[File]) -> bool {
    files.iter().any(|file| {
        file.script.steps.iter().enumerate().any(|(at, step)| {
            let comments = file.comments(at).join("\n");
            file.declares(at, HazardKind::DataLoss)
                && (locate::speaks_of(&step.sql, &loss.table_name)
                    || locate::mentions(&comments, &loss.table_name))
        })
    })
}

/// The schema that is against the one that should be.
fn differs(
    is: &Catalog,
    should: &Catalog,
    phase: Phase,
    up: &[File],
    down: &[File],
) -> Result<Option<Broken>> {
    let graph = autogen_diff::diff(Pair::new(is, should), &Hints::default())?;
    if graph.is_empty() {
        return Ok(None);
    }
    let lines = describe::residue(&graph);
    let words = match phase {
        Phase::Restored => "down does not restore the schema",
        _ => "up makes another schema the second time",
    };
    let first = lines
        .first()
        .map_or_else(|| graph.changes.first().map(|change| change.id.clone()), |(id, _)| Some(id.clone()));
    let message = match lines.first() {
        Some((_, line)) => format!("{words}: {line}"),
        None => words.to_owned(),
    };
    // What down undoes wrongly is named there; what it forgets is named in up alone.
    let mut broken = Broken::new(phase, message);
    if let Some(id) = first {
        // What goes along with something else is named by that.
        let with = should.depends_on(&id).into_iter().find_map(|used| locate::about(up, &used));
        let (files, at) = match (locate::about(up, &id), locate::about(down, &id)) {
            (Some(at), _) => (up, Some(at)),
            (None, Some(at)) => (down, Some(at)),
            (None, None) => (up, with),
        };
        broken = broken.at(files, at);
    }
    broken.details = lines.into_iter().skip(1).map(|(_, line)| line).collect();
    Ok(Some(broken))
}

/// The names of the columns of each table in their order.
fn column_order(bench: &Bench) -> Result<std::collections::BTreeMap<String, Vec<String>>> {
    let tables = tables::tables(&mut bench.reader()?)?;
    let order = |table: &tables::Table| table.columns.iter().map(|column| column.name.clone()).collect();
    Ok(tables.iter().map(|table| (table.shown(), order(table))).collect())
}
