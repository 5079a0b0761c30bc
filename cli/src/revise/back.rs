//! What people have written into down scripts. A statement about the schema stays if the way back comes nearer to the base
//! with it, one about rows if it stands in no other's way.

use std::collections::BTreeSet;

use anyhow::Result;
use autogen_codegen::{Direction, RenderOptions, render};
use autogen_core::{Catalog, Hints, ObjectId, Pair};

use super::bench::{Bench, differing, is_same};
use super::carry::{Fate, Fates, Scripts, first_line};
use super::draft::Draft;
use super::edits::Edit;

/// Where the way back ends.
struct End {
    /// What is not as in the base.
    rest: BTreeSet<ObjectId>,
    /// The statements that were refused, with the reasons.
    refused: Vec<(String, String)>,
    catalog: Catalog,
}

/// Puts what is to stay into the down script.
pub(super) fn carry(bench: &mut Bench<'_>, scripts: &mut Scripts, edits: &[Edit]) -> Result<Fates> {
    let mut fates = Vec::new();
    if edits.is_empty() {
        return Ok(fates);
    }
    let mut now = end(bench, scripts, &scripts.down)?;
    for edit in edits {
        let tried = placed(&scripts.down, edit);
        let then = end(bench, scripts, &tried)?;
        let own = edit.piece.key();
        let is_known = |key: &String| now.refused.iter().any(|(known, _)| known == key);
        let refused = then.refused.iter().find(|(key, _)| *key == own || !is_known(key));
        let is_nearer = then.rest.len() < now.rest.len() && then.rest.is_subset(&now.rest);
        let is_of_rows = !is_definition(&own);
        if is_of_rows && edit.is_generated {
            continue;
        }
        let fate = match refused {
            None if is_nearer || (is_of_rows && then.rest == now.rest) => Fate::Kept,
            // What it takes back, the fresh script takes back too, or never makes.
            _ if !is_of_rows && then.rest.is_superset(&now.rest) => continue,
            Some((key, why)) if *key == own => Fate::Left(format!("it fails now: {}", first_line(why))),
            Some((_, why)) => Fate::Left(format!("the way back fails with it: {}", first_line(why))),
            None => Fate::Left("it leads away from the base".to_owned()),
        };
        if fate == Fate::Kept {
            scripts.down = tried;
            now = then;
        }
        fates.push((edit.clone(), fate));
    }
    Ok(fates)
}

/// What scripts make that nobody has edited.
pub(super) struct Plain {
    end: End,
    /// The schema that the up script leads to.
    top: Catalog,
}

impl Plain {
    /// Runs them.
    pub(super) fn of(bench: &mut Bench<'_>, scripts: &Scripts) -> Result<Plain> {
        let (trial, copy) = bench.run(scripts.up.pieces().map(|(_, piece)| piece.sql.as_str()))?;
        bench.discard(copy)?;
        Ok(Plain { end: end(bench, scripts, &scripts.down)?, top: trial.catalog })
    }
}

/// Takes back what was kept in the up script, and nobody has written down how; returns what cannot be.
pub(super) fn complete(
    bench: &mut Bench<'_>,
    scripts: &mut Scripts,
    plain: &Plain,
) -> Result<BTreeSet<ObjectId>> {
    let now = end(bench, scripts, &scripts.down)?;
    let rest: BTreeSet<ObjectId> = now.rest.difference(&plain.end.rest).cloned().collect();
    if rest.is_empty() {
        return Ok(rest);
    }
    let mut wanted = now.catalog.clone();
    let is_changed = |id: &ObjectId| !is_same(plain.top.get(id), now.catalog.get(id));
    // What the models say is taken back already, but for what stands in the way.
    for id in rest.iter().filter(|id| is_changed(id)) {
        wanted.remove(id);
        if let Some(object) = bench.catalog.get(id) {
            wanted.insert(id.clone(), object.clone());
            wanted.set_uses(id.clone(), bench.catalog.uses(id).cloned().collect());
        }
    }
    let graph = autogen_diff::diff(Pair::new(&now.catalog, &wanted), &Hints::default())?;
    let options = RenderOptions {
        direction: Direction::Down,
        server_version: wanted.server_version,
        ..RenderOptions::default()
    };
    let own = Draft::of(&render(&graph, &options)).parts;
    let others = &scripts.down.parts;
    // It mostly stands on what the models say, so it goes first.
    for parts in [[&own[..], others].concat(), [others, &own[..]].concat()] {
        let mut tried = Draft { parts };
        tried.join();
        let then = end(bench, scripts, &tried)?;
        let is_known = |refused: &(String, String)| plain.end.refused.contains(refused);
        if then.rest.is_subset(&plain.end.rest) && then.refused.iter().all(is_known) {
            scripts.down = tried;
            return Ok(BTreeSet::new());
        }
    }
    Ok(rest)
}

/// Runs up and down.
fn end(bench: &mut Bench<'_>, scripts: &Scripts, down: &Draft) -> Result<End> {
    let all: Vec<String> =
        scripts.up.pieces().chain(down.pieces()).map(|(_, piece)| piece.sql.clone()).collect();
    let first = scripts.up.pieces().count();
    let (trial, copy) = bench.run(all.iter().map(String::as_str))?;
    bench.discard(copy)?;
    let refused = trial.refused.iter().filter(|(number, _)| **number >= first);
    let refused = refused
        .filter_map(|(number, why)| Some((super::draft::key(all.get(*number)?), why.clone())))
        .collect();
    Ok(End { rest: differing(&bench.catalog, &trial.catalog), refused, catalog: trial.catalog })
}

/// Behind the nearest statement that stood before it, else first: what it is about is still there then.
fn placed(draft: &Draft, edit: &Edit) -> Draft {
    let mut tried = draft.clone();
    let behind = edit.before.iter().find_map(|key| draft.find(key)).map(|(part, at)| (part, at + 1));
    let before = || edit.after.iter().find_map(|key| draft.find(key));
    let position = behind.or_else(before).unwrap_or_default();
    tried.insert(position, edit.kept());
    tried
}

/// True for a statement that can only be about the schema.
fn is_definition(key: &str) -> bool {
    let first = key.split(' ').next().unwrap_or_default();
    matches!(first, "CREATE" | "ALTER" | "DROP" | "COMMENT" | "GRANT" | "REVOKE")
}
