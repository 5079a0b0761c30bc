//! One fresh migration for a branch: its own migrations go, those of the main branch stay, and the difference between what
//! these make and the models is written anew, with what people had written into the old ones. Files are only changed
//! when all of it is known; what git does not have is kept aside.

mod applied;
mod back;
mod bench;
mod branch;
mod carry;
mod draft;
mod edits;
mod renames;
mod swap;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use autogen_core::{ObjectId, visible};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::args::{CompareArgs, ReviseArgs};
use crate::config::VersionStyle;
use crate::outcome::Outcome;
use crate::output::Terminal;
use crate::output::migration::{self, MigrationName, Texts};
use crate::output::version::{Versions, following};
use crate::pipeline::{Depth, Purpose, compare_as, compare_from};
use crate::postgres::load;
use crate::postgres::replay::Migration;
use crate::project::displayed;
use crate::servers::Servers;
use crate::setup::Setup;
use crate::source::Source;
use crate::traffic::Traffic;
use applied::Applied;
use bench::Bench;
use branch::Branch;
use carry::{Fate, Fates, Scripts};
use draft::{Draft, Piece};
use renames::Renamed;
use swap::Swap;

/// What is to be done, and what there is to tell of it.
pub(crate) struct Revision {
    branch: Branch,
    name: Option<MigrationName>,
    versions: Vec<String>,
    /// The fresh migrations.
    texts: Vec<Texts>,
    fates: Fates,
    /// What the down script leaves behind.
    rest: BTreeSet<ObjectId>,
    applied: Option<Applied>,
    /// Findings of the comparison.
    pub(crate) outcome: Outcome,
    /// What is told beside the result.
    pub(crate) notes: Vec<String>,
}

/// What was done.
pub(crate) struct Done {
    /// New files.
    pub(crate) written: Vec<PathBuf>,
    /// What is told beside the result.
    pub(crate) notes: Vec<String>,
}

/// Finds out what is to be done, and changes nothing.
pub(crate) fn plan(args: &ReviseArgs, terminal: &Terminal) -> Result<Revision> {
    let given = args.name.as_deref().map(MigrationName::parse).transpose()?;
    let setup = Setup::new(args.project.as_deref(), args.config.as_deref(), terminal)?;
    let compare = CompareArgs {
        models: args.models.clone(),
        base: args.base.clone(),
        rename: args.rename.clone(),
        drop: args.drop.clone(),
        with: args.with.clone(),
        no_pending: true,
        project: args.project.clone(),
        servers: args.servers.clone(),
        ..CompareArgs::default()
    };
    let base = args.base.as_deref().or(setup.config.base.as_deref());
    let branch = Branch::of(&setup.project, base, terminal)?;
    let applied = applied::look(args.db.as_deref(), &setup, &branch, terminal)?;
    let old = Old::of(&branch.own)?;
    let traffic = Traffic::said(args.online, args.offline_ok).unwrap_or(old.traffic);
    let outcome = fresh(&setup, &compare, &branch, (old.renamed, traffic), terminal)?;
    let mut scripts = Scripts { up: Draft::of(&outcome.up), down: Draft::of(&outcome.down) };
    let (fates, rest) = match branch.own.is_empty() {
        true => (Vec::new(), BTreeSet::new()),
        false => carried(&setup, &compare, &branch, &mut scripts, terminal)?,
    };
    let texts = match scripts.up.parts.is_empty() && scripts.down.parts.is_empty() {
        true => Vec::new(),
        false => migration::spread(scripts.up.texts(), scripts.down.texts()),
    };
    let name = given.map_or_else(|| old_name(&branch.own), |name| Ok(Some(name)))?;
    if name.is_none() && !texts.is_empty() {
        bail!(
            "this branch has no migration of its own, and the models differ from the base; name the one that is to be \
             written: --name NAME"
        );
    }
    let style = match setup.config.version_style {
        VersionStyle::Timestamp => Versions::Time(OffsetDateTime::now_utc()),
        VersionStyle::Sequence => Versions::Sequence,
    };
    let versions = following(&branch.versions(), style, texts.len())?;
    let notes = notes(&branch);
    Ok(Revision { branch, name, versions, texts, fates, rest, applied, outcome, notes })
}

/// What the old up scripts tell about the fresh one.
struct Old {
    renamed: Renamed,
    traffic: Traffic,
}

impl Old {
    fn of(own: &[Migration]) -> Result<Old> {
        let mut old = Old { renamed: Renamed::default(), traffic: Traffic::WhereRowsAre };
        for migration in own {
            let (pieces, _) = draft::pieces(&load::read(&migration.path.join("up.sql"))?);
            for piece in &pieces {
                old.renamed.read(&piece.sql);
                if piece.minds_others() {
                    old.traffic = Traffic::Everywhere;
                }
            }
        }
        Ok(old)
    }
}

/// The difference between the base and the models, with the renames that the old scripts made.
fn fresh(
    setup: &Setup,
    args: &CompareArgs,
    branch: &Branch,
    (renamed, traffic): (Renamed, Traffic),
    terminal: &Terminal,
) -> Result<Outcome> {
    let base = || Source::Part(branch.dir.clone(), branch.shared.clone());
    let mut args = args.clone();
    if !renamed.is_empty() {
        let first = compare_from(base(), setup.clone(), &args, Depth::Scripts, &Terminal::unattended())?;
        let catalogs = &first.graph.catalogs;
        args.rename.extend(renamed.between(&catalogs.before, &catalogs.after));
    }
    let purpose = Purpose { traffic, ..Depth::Scripts.into() };
    compare_as(base(), setup.clone(), &args, purpose, terminal)
}

/// Brings what people wrote into the scripts.
fn carried(
    setup: &Setup,
    args: &CompareArgs,
    branch: &Branch,
    scripts: &mut Scripts,
    terminal: &Terminal,
) -> Result<(Fates, BTreeSet<ObjectId>)> {
    let _progress = terminal.progress("looking for what people wrote into the old migrations");
    let args = &setup.applied(args);
    let mut bench = Bench::new(Servers::new(&args.servers, terminal), &branch.shared, &args.with)?;
    let keys = |draft: &Draft| draft.pieces().map(|(_, piece)| piece.key()).collect::<Vec<String>>();
    let walk = edits::walk(&mut bench, &branch.own, &keys(&scripts.up), &keys(&scripts.down))?;
    if walk.ups.is_empty() && walk.downs.is_empty() {
        return Ok((Vec::new(), BTreeSet::new()));
    }
    let judge = |url: &str| -> Result<bool> {
        let source = Source::Live(url.to_owned());
        let args = CompareArgs { rename: Vec::new(), drop: Vec::new(), ..args.clone() };
        let outcome = compare_from(source, setup.clone(), &args, Depth::Scripts, &Terminal::unattended());
        Ok(outcome.is_ok_and(|outcome| outcome.graph.is_empty()))
    };
    let plain = scripts.clone();
    let mut fates = carry::carry(&mut bench, scripts, &walk, &judge)?;
    let before = back::Plain::of(&mut bench, &plain)?;
    if fates.iter().any(|(_, fate)| *fate == Fate::Kept) {
        // One by one they ran; as migrations they are sent together.
        let texts = |scripts: &Scripts| migration::spread(scripts.up.texts(), scripts.down.texts());
        if let Err(why) = bench.migrate(&texts(scripts))?
            && bench.migrate(&texts(&plain))?.is_ok()
        {
            *scripts = plain;
            let why = format!("in one migration it fails: {}", carry::first_line(&why));
            fates.iter_mut().for_each(|(_, fate)| *fate = Fate::Left(why.clone()));
        }
    }
    let rest = back::complete(&mut bench, scripts, &before)?;
    Ok((fates, rest))
}

/// The name of the first of the old migrations, without the number of a part.
fn old_name(own: &[Migration]) -> Result<Option<MigrationName>> {
    let Some(first) = own.first() else { return Ok(None) };
    let name = first.name.split_once('_').map_or("", |(_, name)| name);
    let is_part = |other: &Migration, base: &str| other.name.ends_with(&format!("_{base}_2"));
    let name = match name.strip_suffix("_1") {
        Some(base) if own.iter().any(|other| is_part(other, base)) => base,
        _ => name,
    };
    match name {
        "" => Ok(None),
        name => MigrationName::parse(name).map(Some),
    }
}

fn notes(branch: &Branch) -> Vec<String> {
    let mut notes = Vec::new();
    if let (Some(main), false) = (&branch.main, branch.ahead.is_empty()) {
        let names: Vec<String> = branch.ahead.iter().map(|name| visible(name)).collect();
        notes.push(format!(
            "{main} has migrations that this branch has not got yet: {}; merge or rebase, and revise again",
            names.join(", ")
        ));
    }
    notes
}

impl Revision {
    /// True if the directory is as it should be.
    pub(crate) fn is_done(&self) -> bool {
        let own = &self.branch.own;
        let newest = self.branch.versions().into_iter().max().unwrap_or_default();
        let is_as_written = |(migration, texts): (&Migration, &Texts)| {
            let read = |file: &str| load::read(&migration.path.join(file)).unwrap_or_default();
            migration.version > newest
                && migration.run_in_transaction == texts.transaction
                && read("up.sql") == texts.up
                && read("down.sql") == texts.down
        };
        let count = own.len();
        let is_named = |(part, migration): (usize, &Migration)| {
            self.name.as_ref().is_none_or(|name| {
                let version = migration.name.split('_').next().unwrap_or_default();
                migration::folder_name(version, name, part, count) == migration.name
            })
        };
        count == self.texts.len()
            && own.iter().zip(&self.texts).all(is_as_written)
            && own.iter().enumerate().all(is_named)
    }

    /// The folders that go.
    pub(crate) fn removed(&self) -> impl Iterator<Item = &Path> {
        self.branch.own.iter().map(|one| one.path.as_path())
    }

    /// The folders that come.
    pub(crate) fn names(&self) -> Vec<String> {
        let Some(name) = &self.name else { return Vec::new() };
        let count = self.texts.len();
        let versions = self.versions.iter().enumerate();
        versions.map(|(part, version)| migration::folder_name(version, name, part, count)).collect()
    }

    /// The scripts, in the order of the migrations.
    pub(crate) fn texts(&self) -> &[Texts] {
        &self.texts
    }

    /// What became of what people wrote, a line each.
    pub(crate) fn fates(&self) -> Vec<String> {
        let line = |(edit, fate): &(edits::Edit, Fate)| {
            let said = format!("{}: {}", edit.place, Piece::headline(&edit.piece));
            match fate {
                Fate::Kept => format!("kept      {said}"),
                Fate::Left(why) => format!("not kept  {said}\n          because {}", visible(why)),
            }
        };
        let mut all: Vec<String> = self.fates.iter().map(line).collect();
        let open: usize =
            self.texts.iter().flat_map(|texts| draft::pieces(&texts.up).0).map(|one| one.markers()).sum();
        if open > 0 {
            let markers = if open == 1 { "marker" } else { "markers" };
            all.push(format!("open      {open} TODO {markers} in up.sql"));
        }
        if !self.rest.is_empty() {
            let rest: Vec<String> = self.rest.iter().map(ToString::to_string).collect();
            all.push(format!("complete  down.sql, which does not take back: {}", rest.join(", ")));
        }
        all
    }

    /// Exchanges the folders.
    pub(crate) fn apply(self) -> Result<Done> {
        let folder = self.branch.repository.own_folder().context("git does not say where its folder is")?;
        let copies = copies_in(&folder.join("autogen"))?;
        let old: Vec<PathBuf> = self.removed().map(Path::to_path_buf).collect();
        let lost = uncommitted(&self.branch)?;
        let keeps_copies = !lost.is_empty()
            || self.applied.is_some()
            || self.fates.iter().any(|(_, fate)| matches!(fate, Fate::Left(_)));
        let aside = match &self.name {
            Some(name) => migration::write_aside(&self.branch.dir, name, &self.versions, &self.texts)?,
            None => Vec::new(),
        };
        let written = Swap { aside, old, copies: copies.clone() }.run()?;
        let mut notes = Vec::new();
        let place = displayed(&copies);
        if keeps_copies {
            let why = if lost.is_empty() { "" } else { ", as git does not have all of them" };
            notes.push(format!("the old migrations are kept in {place}{why}"));
        } else {
            let _ = std::fs::remove_dir_all(&copies);
            let _ = std::fs::remove_dir(folder.join("autogen"));
        }
        notes.extend(self.applied.map(|applied| applied.advice(&copies)));
        Ok(Done { written, notes })
    }
}

/// The files of this branch's migrations that are not in HEAD as they are.
fn uncommitted(branch: &Branch) -> Result<Vec<PathBuf>> {
    let top = &branch.repository.top;
    let real = std::fs::canonicalize(&branch.dir)?;
    let changed = branch.repository.uncommitted(&real)?;
    let is_own = |path: &PathBuf| {
        let path = top.join(path);
        branch.own.iter().any(|one| path.starts_with(real.join(&one.name)))
    };
    Ok(changed.into_iter().filter(is_own).collect())
}

/// A folder that does not exist yet.
fn copies_in(folder: &Path) -> Result<PathBuf> {
    let format = format_description!("[year]-[month]-[day]-[hour][minute][second]");
    let now = OffsetDateTime::now_utc().format(format).context("the time cannot be written")?;
    let name = |number: usize| match number {
        1 => format!("revise-{now}"),
        _ => format!("revise-{now}-{number}"),
    };
    let free = (1..1000).map(|number| folder.join(name(number))).find(|path| !path.exists());
    free.context("there is no free name for the copies")
}
