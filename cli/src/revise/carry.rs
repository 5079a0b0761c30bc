//! Bringing what people have written into the fresh script. Each statement is put where its neighbours are and tried: it
//! stays only if the server takes it, and if the schema is then what both the models and the old migrations say.

use std::collections::BTreeSet;

use anyhow::Result;
use autogen_codegen::{RenderOptions, render};
use autogen_core::{Catalog, Hints, Kind, ObjectId, Pair};

use super::bench::{Bench, Copy, differing, is_same};
use super::draft::{Draft, Part, Piece, Position, key};
use super::edits::{Edit, Walk};

/// How alike two statements must be for the one to find its place by the other.
const ALIKE: f32 = 0.4;

/// Answers whether the models agree with a database.
pub(super) type Judge<'a> = dyn Fn(&str) -> Result<bool> + 'a;

/// What became of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is in the fresh script.
    Kept,
    /// It is not, and why.
    Left(String),
}

/// The statements and their fates, in their order; nothing is said of those whose effect the fresh script has anyway.
pub(super) type Fates = Vec<(Edit, Fate)>;

/// The fresh scripts.
#[derive(Clone, Debug, Default)]
pub(super) struct Scripts {
    pub(super) up: Draft,
    pub(super) down: Draft,
}

/// What a statement is kept for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    OnSchema,
    OnRows,
}

/// What is being put together.
struct Carrier<'b, 'a> {
    bench: &'b mut Bench<'a>,
    judge: &'b Judge<'b>,
    /// What the old migrations lead to.
    end: &'b Catalog,
    /// What the fresh script leads to, as far as it has come.
    now: Catalog,
    /// Statements of the fresh script that fail without rows or an answer.
    open: BTreeSet<String>,
}

/// Puts what is to stay into the scripts, and tells of each statement what became of it.
pub(super) fn carry(
    bench: &mut Bench<'_>,
    scripts: &mut Scripts,
    walk: &Walk,
    judge: &Judge<'_>,
) -> Result<Fates> {
    let (trial, copy) = bench.run(scripts.up.pieces().map(|(_, piece)| piece.sql.as_str()))?;
    bench.discard(copy)?;
    let keys: Vec<String> = scripts.up.pieces().map(|(_, piece)| piece.key()).collect();
    let open = trial.refused.keys().filter_map(|number| keys.get(*number).cloned()).collect();
    let mut carrier = Carrier { bench, judge, end: &walk.end, now: trial.catalog, open };
    let mut fates: Fates = Vec::new();
    for edit in &walk.ups {
        if let Some(fate) = carrier.up(&mut scripts.up, edit)? {
            fates.push((edit.clone(), fate));
        }
    }
    // What stood between two states is nobody's loss if both are reached without it.
    let end = |id: &ObjectId| is_same(walk.end.get(id), carrier.now.get(id));
    let is_moot = |edit: &Edit| !edit.touched.is_empty() && edit.touched.iter().all(end);
    fates.retain(|(edit, fate)| *fate == Fate::Kept || !is_moot(edit));
    fates.extend(super::back::carry(carrier.bench, scripts, &walk.downs)?);
    Ok(fates)
}

impl Carrier<'_, '_> {
    fn up(&mut self, draft: &mut Draft, edit: &Edit) -> Result<Option<Fate>> {
        let is_covered = edit.touched.iter().all(|id| is_same(self.end.get(id), self.now.get(id)));
        let speaks_of_schema = !edit.touched.is_empty();
        if let Some(why) = &edit.refused {
            return Ok(Some(Fate::Left(format!("it fails where it was: {}", first_line(why)))));
        }
        if speaks_of_schema && is_covered {
            // Its effect is there; only how rows are brought over may be lost.
            let Some(position) = same_cast(draft, edit) else { return Ok(None) };
            let mut tried = draft.clone();
            let place = &mut tried.parts[position.0].pieces[position.1];
            let mut piece = edit.kept();
            piece.comments.extend(place.comments.iter().cloned());
            piece.answered(|_| true);
            *place = piece;
            return Ok(Some(self.accept(draft, tried, edit, Effect::OnRows)?));
        }
        // What it takes away is another matter: that it was wanted away is all that is known of it.
        let makes = |id: &ObjectId| self.end.contains(id);
        if edit.is_generated && (!speaks_of_schema || edit.touched.iter().any(makes)) {
            let why = "autogen wrote it, and the models no longer say so";
            return Ok(speaks_of_schema.then(|| Fate::Left(why.to_owned())));
        }
        let mut fate = Fate::Left(String::new());
        // The same objects may be in the fresh script with less: nothing but the scripts knows a comment, or how rows go.
        let is_other = |id: &ObjectId| !is_same(self.end.get(id), self.now.get(id));
        let is_missing = |id: &ObjectId| !self.now.contains(id);
        let all = self.anew(draft, edit, &is_other)?;
        let added = self.anew(draft, edit, &is_missing)?.filter(|added| Some(added) != all.as_ref());
        for tried in placements(draft, edit).into_iter().chain(all).chain(added) {
            let effect = if speaks_of_schema { Effect::OnSchema } else { Effect::OnRows };
            let found = self.accept(draft, tried, edit, effect)?;
            if found == Fate::Kept {
                return Ok(Some(found));
            }
            if fate == Fate::Left(String::new()) {
                fate = found;
            }
        }
        Ok(Some(fate))
    }

    /// Some of the objects that the statement made as they are now, by other names perhaps, at the end.
    fn anew(&self, draft: &Draft, edit: &Edit, which: &dyn Fn(&ObjectId) -> bool) -> Result<Option<Draft>> {
        let mut after = self.now.clone();
        for id in edit.touched.iter().filter(|id| which(id)) {
            let Some(object) = self.end.get(id) else { continue };
            after.set_uses(id.clone(), self.end.uses(id).cloned().collect());
            after.insert(id.clone(), object.clone());
        }
        let Some(at) = draft.parts.iter().rposition(|part| part.transaction) else { return Ok(None) };
        let graph = autogen_diff::diff(Pair::new(&self.now, &after), &Hints::default())?;
        let options = RenderOptions { server_version: self.now.server_version, ..RenderOptions::default() };
        let script = Draft::of(&render(&graph, &options));
        let mut pieces = script.parts.into_iter().flat_map(|part| part.pieces).peekable();
        if pieces.peek().is_none() {
            return Ok(None);
        }
        let mut tried = draft.clone();
        let comments = edit.kept().comments;
        tried.parts[at].pieces.extend(pieces.map(|piece| Piece {
            comments: comments.clone(),
            gap: true,
            ..piece
        }));
        Ok(Some(tried))
    }

    /// Takes a draft that has the statement if it holds.
    fn accept(&mut self, draft: &mut Draft, tried: Draft, edit: &Edit, effect: Effect) -> Result<Fate> {
        let (trial, copy) = self.bench.run(tried.pieces().map(|(_, piece)| piece.sql.as_str()))?;
        let own = edit.piece.key();
        let refused = tried.pieces().zip(0..).filter_map(|((_, piece), number)| {
            let why = trial.refused.get(&number)?;
            Some((piece, first_line(why)))
        });
        let mut why = None;
        for (piece, reason) in refused {
            if piece.key() == own {
                why = Some(format!("it fails now: {reason}"));
            } else if !self.open.contains(&piece.key()) && why.is_none() {
                why = Some(format!("`{}` fails with it: {reason}", piece.headline()));
            }
        }
        let why = match why {
            Some(why) => Some(why),
            // IF NOT EXISTS, for one.
            None if effect == Effect::OnSchema
                && differing(&self.now, &trial.catalog).is_disjoint(&edit.touched) =>
            {
                Some("it would change nothing now".to_owned())
            }
            None => self.objection(&trial.catalog, &copy)?,
        };
        self.bench.discard(copy)?;
        Ok(match why {
            Some(why) => Fate::Left(why),
            None => {
                *draft = tried;
                self.now = trial.catalog;
                Fate::Kept
            }
        })
    }

    /// Why a schema is not what it should be.
    fn objection(&self, catalog: &Catalog, copy: &Copy) -> Result<Option<String>> {
        let changed = differing(&self.now, catalog);
        if let Some(id) = changed.iter().find(|id| !is_same(catalog.get(id), self.end.get(id))) {
            return Ok(Some(format!("{id} would be another than these migrations made it")));
        }
        let is_new = |id: &&ObjectId| id.kind == Kind::Column && !self.now.contains(id);
        let in_table = |id: &&ObjectId| self.now.contains(&ObjectId::table(&id.name));
        if let Some(id) = changed.iter().filter(is_new).find(in_table) {
            return Ok(Some(format!("the models have no {id}")));
        }
        if !changed.is_empty() && !(self.judge)(copy.url())? {
            return Ok(Some("the models say otherwise".to_owned()));
        }
        Ok(None)
    }
}

/// The drafts that have the statement in a place that suits it, the best first.
fn placements(draft: &Draft, edit: &Edit) -> Vec<Draft> {
    if edit.piece.alone {
        return vec![at_the_end_alone(draft, edit)];
    }
    let mut all: Vec<(Position, bool)> = Vec::new();
    let own = edit.piece.key();
    // It answers a marker.
    let answers = |proposal: &str| begins_alike(&key(proposal), &own);
    let marked = draft.pieces().find(|(_, piece)| piece.proposals().iter().any(|one| answers(one)));
    all.extend(marked.map(|(position, _)| (position, true)));
    let behind = |(part, at): Position| ((part, at + 1), false);
    all.extend(edit.before.iter().find_map(|key| draft.find(key)).map(behind));
    all.extend(edit.after.iter().find_map(|key| draft.find(key)).map(|position| (position, false)));
    let ratio = |piece: &Piece| alike(&piece.key(), &own);
    let nearest = draft.pieces().max_by(|(_, a), (_, b)| ratio(a).total_cmp(&ratio(b)));
    all.extend(nearest.filter(|(_, piece)| ratio(piece) >= ALIKE).map(|(position, _)| behind(position)));
    let last = draft.parts.iter().rposition(|part| part.transaction);
    all.extend(last.map(|part| ((part, draft.parts[part].pieces.len()), false)));
    // Before anything has another name.
    all.extend(draft.parts.first().filter(|part| part.transaction).map(|_| ((0, 0), false)));
    let mut seen = BTreeSet::new();
    all.retain(|(position, _)| seen.insert(*position));
    let placed = |((part, at), is_answer): (Position, bool)| {
        let mut tried = draft.clone();
        if is_answer {
            tried.parts[part].pieces[at].answered(answers);
        }
        tried.insert((part, at), edit.kept());
        tried
    };
    let mut drafts: Vec<Draft> = all.into_iter().map(placed).collect();
    if drafts.is_empty() {
        let mut tried = draft.clone();
        tried.parts.insert(0, Part { pieces: vec![edit.kept()], tail: String::new(), transaction: true });
        drafts.push(tried);
    }
    drafts
}

fn at_the_end_alone(draft: &Draft, edit: &Edit) -> Draft {
    let mut tried = draft.clone();
    match tried.parts.last_mut() {
        Some(last) if !last.transaction => last.pieces.push(edit.kept()),
        _ => tried.parts.push(Part { pieces: vec![edit.kept()], tail: String::new(), transaction: false }),
    }
    tried
}

/// The statement that changes the same column to the same type, if the old one says how its values are brought over.
fn same_cast(draft: &Draft, edit: &Edit) -> Option<Position> {
    let own = edit.piece.key();
    let (head, _) = own.split_once(" USING ").filter(|(head, _)| head.starts_with("ALTER TABLE "))?;
    let head = head.replace(" SET DATA TYPE ", " TYPE ");
    let is_it = |key: String| {
        let key = key.replace(" SET DATA TYPE ", " TYPE ");
        key == head || key.strip_prefix(&head).is_some_and(|rest| rest.starts_with(" USING "))
    };
    draft.pieces().find(|(_, piece)| is_it(piece.key())).map(|(position, _)| position)
}

/// `UPDATE users SET handle =` in both.
fn begins_alike(proposal: &str, statement: &str) -> bool {
    let head =
        |text: &str| text.split(' ').take_while(|word| *word != "=").map(str::to_owned).collect::<Vec<_>>();
    proposal.starts_with("UPDATE ") && proposal.contains(" = ") && head(proposal) == head(statement)
}

fn alike(one: &str, other: &str) -> f32 {
    let words = |text: &'_ str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    similar::TextDiff::from_slices(&refs(&words(one)), &refs(&words(other))).ratio()
}

fn refs(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

/// The server's message without its details.
pub(super) fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}
