//! What people have written into this branch's migrations: each statement that the fresh script does not have, with what
//! it does to the schema, and whether autogen would have written it at its time.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use autogen_codegen::{InUse, RenderOptions, render};
use autogen_core::{Catalog, Hints, ObjectId, Pair, visible};

use super::bench::{Bench, differing};
use super::draft::{Piece, key, pieces};
use crate::postgres::load;
use crate::postgres::replay::Migration;
use crate::project::shown;

/// A statement that the fresh script does not have.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub(super) piece: Piece,
    /// `migrations/x/up.sql:4`.
    pub(super) place: String,
    /// The migration's name.
    pub(super) migration: String,
    /// The tokens of the statements before it in its file, the nearest first.
    pub(super) before: Vec<String>,
    /// And of those behind it.
    pub(super) after: Vec<String>,
    /// What it made different; nothing for one about rows.
    pub(super) touched: BTreeSet<ObjectId>,
    /// Why the server refused it, where it did.
    pub(super) refused: Option<String>,
    /// True if autogen wrote it.
    pub(super) is_generated: bool,
}

/// What became of the base.
pub(super) struct Walk {
    /// Of the up scripts.
    pub(super) ups: Vec<Edit>,
    /// Of the down scripts, in the order in which they are run.
    pub(super) downs: Vec<Edit>,
    /// The schema that this branch's migrations lead to.
    pub(super) end: Catalog,
}

/// Runs this branch's migrations statement by statement.
pub(super) fn walk(bench: &mut Bench<'_>, own: &[Migration], up: &[String], down: &[String]) -> Result<Walk> {
    let mut copy = bench.copy()?;
    let mut now = bench.catalog.clone();
    let (mut ups, mut downs) = (Vec::new(), Vec::new());
    for migration in own {
        let before = now.clone();
        let mut of_file = Edit::all(migration, "up.sql", up)?;
        let mut is_read = true;
        for (is_known, edit) in &mut of_file {
            if !*is_known && !is_read {
                now = copy.read()?;
            }
            edit.refused = copy.run(&edit.piece.sql)?.err();
            is_read = false;
            if !*is_known {
                let then = copy.read()?;
                edit.touched = differing(&now, &then);
                now = then;
                is_read = true;
            }
        }
        if !is_read {
            now = copy.read()?;
        }
        ups.extend(unknown(of_file, &before, &now)?);
        let back = match migration.path.join("down.sql").is_file() {
            true => Edit::all(migration, "down.sql", down)?,
            false => Vec::new(),
        };
        downs.splice(0..0, unknown(back, &now, &before)?);
    }
    bench.discard(copy)?;
    // What belongs to a change that is spread over several migrations is seen only in all of them.
    mark(ups.iter_mut(), &bench.catalog, &now)?;
    Ok(Walk { ups, downs, end: now })
}

/// Those of a file that the fresh script does not have, each marked.
fn unknown(mut of_file: Vec<(bool, Edit)>, before: &Catalog, after: &Catalog) -> Result<Vec<Edit>> {
    if of_file.iter().any(|(is_known, _)| !is_known) {
        mark(of_file.iter_mut().map(|(_, edit)| edit), before, after)?;
    }
    Ok(of_file.into_iter().filter(|(is_known, _)| !is_known).map(|(_, edit)| edit).collect())
}

/// Marks what autogen has written: what it would write now, under the comment that it puts there.
fn mark<'e>(
    edits: impl ExactSizeIterator<Item = &'e mut Edit>,
    before: &Catalog,
    after: &Catalog,
) -> Result<()> {
    if edits.len() == 0 {
        return Ok(());
    }
    let graph = autogen_diff::diff(Pair::new(before, after), &Hints::default())?;
    let scripts = [InUse::Nothing, InUse::Everything].map(|in_use| {
        render(
            &graph,
            &RenderOptions { server_version: after.server_version, in_use, ..RenderOptions::default() },
        )
    });
    let statements = scripts.iter().flat_map(autogen_codegen::Script::statements);
    let mut generated: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for one in statements {
        generated.entry(key(&one.sql)).or_default().extend(one.comment.as_deref());
    }
    let mut follows = false;
    for edit in edits {
        let Piece { comments, gap, .. } = &edit.piece;
        let key = edit.piece.key();
        let is_generated = generated.get(&key).is_some_and(|said| {
            let says =
                |line: &String| said.iter().any(|text| line.trim_start_matches("-- ").starts_with(text));
            // One comment is enough for what belongs together. Nobody writes a whole block in autogen's words.
            comments.iter().any(says) || (follows && comments.is_empty() && !gap) || key.starts_with("DO ")
        });
        edit.is_generated |= is_generated;
        follows = edit.is_generated;
    }
    Ok(())
}

impl Edit {
    /// The statements of a file, and whether the fresh script has each, or need not.
    fn all(migration: &Migration, file: &str, fresh: &[String]) -> Result<Vec<(bool, Edit)>> {
        let path = migration.path.join(file);
        let (pieces, _) = pieces(&load::read(&path)?);
        let keys: Vec<String> = pieces.iter().map(Piece::key).collect();
        let edit = |(at, piece): (usize, Piece)| {
            let place = visible(&format!("{}:{}", shown(&path).display(), piece.line));
            let edit = Edit {
                place,
                migration: migration.name.clone(),
                before: keys[..at].iter().rev().cloned().collect(),
                after: keys[at + 1..].to_vec(),
                touched: BTreeSet::new(),
                refused: None,
                is_generated: false,
                piece,
            };
            (fresh.contains(&keys[at]) || edit.piece.is_scaffold(), edit)
        };
        Ok(pieces.into_iter().enumerate().map(edit).collect())
    }

    /// The statement as it stands in the fresh script, with where it comes from.
    pub(super) fn kept(&self) -> Piece {
        const FROM: &str = "-- Kept from ";
        let own = self.piece.comments.iter().filter(|line| !line.contains("TODO(autogen)"));
        let mut comments: Vec<String> = own.cloned().collect();
        if !comments.iter().any(|line| line.starts_with(FROM)) {
            comments.insert(0, format!("{FROM}{}", visible(&self.migration)));
        }
        Piece { comments, gap: true, ..self.piece.clone() }
    }
}
