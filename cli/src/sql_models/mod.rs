//! `.sql` files as models: the wanted state of what Rust has no shape for, views, functions, triggers, policies and the
//! like. They are executed, not parsed: in a scratch database, on top of the wanted tables, under the real names; then
//! the catalog is read back, and what the statements made is what is wanted. The order of the statements does not
//! matter.

mod merge;
mod queue;
mod statement;
mod subject;
mod vanished;

use std::collections::BTreeSet;

use anyhow::Result;
use autogen_core::{Catalog, Diagnostic, ObjectId};
use autogen_introspect::catalog::{Owners, ReadOptions};

pub(crate) use statement::SqlFile;

use crate::scratch::{Base, Scratch, Selection};
use crate::servers::Servers;
use crate::wanted::{UNKNOWN_EXPRESSION, Wanted};
use queue::Built;
use statement::Statement;
use subject::Deed;

/// How many refused statements are shown; the first ones are mostly why the others fail.
const SHOWN: usize = 5;

/// The files' statements, and what there is to say about them before they are executed.
#[derive(Debug, Default)]
pub(crate) struct SqlModels {
    said: Vec<Statement>,
    findings: Vec<Diagnostic>,
}

impl SqlModels {
    /// Cuts the files into statements.
    pub(crate) fn new(files: &[SqlFile]) -> Self {
        let (said, findings) = statement::statements(files);
        Self { said, findings }
    }

    /// True if there is nothing to execute.
    pub(crate) fn is_empty(&self) -> bool {
        self.said.is_empty() && self.findings.is_empty()
    }

    /// The live objects that the files say anew or drop.
    pub(crate) fn redefined(&self, live: &Catalog) -> BTreeSet<ObjectId> {
        let is_said =
            |id: &&ObjectId| is_named(id, &self.said, Deed::Create) || is_named(id, &self.said, Deed::Drop);
        live.ids().filter(is_said).cloned().collect()
    }
}

/// What is known beside today's files.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    /// The files of the baseline, if there is one.
    pub(crate) before: Option<&'a SqlModels>,
    /// What `--drop` names.
    pub(crate) drops: &'a [ObjectId],
    /// How a catalog is read.
    pub(crate) options: &'a ReadOptions,
}

/// Executes the files on top of the wanted schema and takes what they claim into it, and what only the baseline's had
/// out of it. A statement that the server refuses is an error among the findings.
///
/// # Errors
/// When there is no server to ask, or it is lost.
pub(crate) fn lay_over(
    models: &SqlModels,
    wanted: &mut Wanted,
    around: Around<'_>,
    servers: &mut Servers<'_>,
) -> Result<()> {
    let said = models.said.as_slice();
    wanted.diagnostics.extend(models.findings.iter().cloned());
    wanted.diagnostics.extend(passed_over(said, around.options));
    let mut scratch = Scratch::new(servers, *around.options)?;
    let empty = scratch.read()?;
    let selection = Selection {
        leave_out: &|id| is_named(id, said, Deed::Create),
        // What the files drop must be there to be dropped.
        keep: &|id| is_named(id, said, Deed::Drop),
    };
    let base = Base::new(&empty, &wanted.catalog, &selection)?;
    let built = queue::run(&mut scratch, &base, said)?;
    if built.missing.is_empty() {
        // What the models write and the database does not understand yet: the files brought it.
        wanted.diagnostics.retain(|one| one.code != UNKNOWN_EXPRESSION);
    }
    wanted.diagnostics.extend(refusals(&built, said));
    merge::merge(&mut wanted.catalog, &built, said);
    let modelled = around.drops.iter().filter(|id| built.claimed.contains(*id));
    wanted.diagnostics.extend(modelled.map(|id| {
        let message = format!("--drop of {id} names what the .sql files still have");
        Diagnostic::error("drop-of-modelled", message).help("remove it from the files first")
    }));
    if let Some(before) = around.before {
        let sources = &wanted.sources;
        let declared = |id: &ObjectId| sources.get(id).is_some();
        let found = vanished::vanished(&mut scratch, &before.said, &built, &wanted.catalog, &declared)?;
        wanted.catalog.remove_trees(found.gone.iter().cloned());
        wanted.vanished.extend(found.gone);
        wanted.diagnostics.extend(found.kept.into_iter().map(|(id, user)| {
            let message = format!("{id} is no longer in the .sql files, but stays, because {user} uses it");
            Diagnostic::warning("still-used", message)
        }));
    }
    wanted.catalog.unread.extend(built.catalog.unread.iter().cloned());
    wanted.catalog.unread.sort();
    wanted.catalog.unread.dedup();
    merge::places(&built, said, &mut wanted.sources);
    merge::no_longer_unmanaged(&mut wanted.unmanaged, &built, &wanted.catalog);
    Ok(())
}

fn is_named(id: &ObjectId, said: &[Statement], deed: Deed) -> bool {
    said.iter().any(|statement| {
        let mut subjects = statement.subjects.iter();
        subjects.any(|subject| subject.deed == deed && subject.names(id, &statement.search_path))
    })
}

/// The statements that did not work, each at the place that the server names.
fn refusals(built: &Built, said: &[Statement]) -> Vec<Diagnostic> {
    let mut all: Vec<Diagnostic> = built
        .refused
        .iter()
        .take(SHOWN)
        .map(|(at, refusal)| {
            let statement = &said[*at];
            let span = refusal.character.map_or_else(|| statement.span.clone(), |at| statement.token_at(at));
            let (message, details) = match refusal.message.split_once('\n') {
                Some((message, details)) => (message, Some(details.to_owned())),
                None => (refusal.message.as_str(), None),
            };
            Diagnostic { help: details, ..Diagnostic::error("sql", message).at(span) }
        })
        .collect();
    if let (Some(last), Some(missing)) = (all.last_mut(), built.missing.first()) {
        last.help = Some(format!(
            "on the throwaway server not all of the tables could be built, because: {missing}\n\
             --scratch names a server that has what is missing"
        ));
    }
    if built.refused.len() > SHOWN {
        let more = built.refused.len() - SHOWN;
        all.push(Diagnostic::error("sql", format!("{more} more statements of the .sql files do not work")));
    }
    all
}

/// What is granted, and who owns what, is compared on request only.
fn passed_over(said: &[Statement], options: &ReadOptions) -> Vec<Diagnostic> {
    let grant = said.iter().find(|statement| statement.is_grant && !options.privileges).map(|first| {
        let message = "GRANT and REVOKE are not compared unless you say --with privileges";
        Diagnostic::warning("privileges", message).at(first.span.clone())
    });
    let gift =
        said.iter().find(|statement| statement.gives && options.owners == Owners::Unread).map(|first| {
            let message = "OWNER TO is not compared unless you say --with owners";
            Diagnostic::warning("owners", message).at(first.span.clone())
        });
    grant.into_iter().chain(gift).collect()
}
