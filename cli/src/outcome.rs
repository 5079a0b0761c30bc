//! What a comparison has found: the data of every output format and of every command that goes on from a difference. How it
//! is found is the pipeline's business, how it is told that of `output`.

use autogen_codegen::{Script, catalog_after};
use autogen_core::{Answers, Catalog, ChangeGraph, Diagnostic, Object, ObjectId, Pair, SourceMap};
use autogen_introspect::models::overlay::Coverage;

use crate::accepted::Accepted;
use crate::postgres::replay::Migration;
use crate::schema_rs;
use crate::setup::Setup;

/// Everything there is to tell.
pub(crate) struct Outcome {
    /// From the current schema to the wanted one.
    pub(crate) graph: ChangeGraph,
    /// The other way round.
    pub(crate) back: ChangeGraph,
    /// The way there.
    pub(crate) up: Script,
    /// The way back.
    pub(crate) down: Script,
    /// What the rows said before the way there was written.
    pub(crate) answers: Answers,
    /// Where the models say what.
    pub(crate) sources: SourceMap,
    /// What is there and nobody models.
    pub(crate) unmanaged: Vec<ObjectId>,
    /// Differences that are to stay; they are in neither script.
    pub(crate) accepted: Vec<Accepted>,
    /// How many accepted differences are none any more. They are among the findings.
    pub(crate) vanished: usize,
    /// What could not be compared.
    pub(crate) skipped: Vec<Skipped>,
    /// Worth knowing.
    pub(crate) notes: Vec<String>,
    /// Findings about the models.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// How much of the schema the models are about, if models say what is wanted.
    pub(crate) coverage: Option<Coverage>,
    /// What was compared, in words.
    pub(crate) labels: Pair<String>,
    /// Migrations that the current database lacks, and that count as applied.
    pub(crate) pending: Vec<Migration>,
    /// The project that the options mean, and its configuration.
    pub(crate) setup: Setup,
    /// Objects of the current schema that `--include` and `--exclude` left out of the comparison.
    pub(crate) left_out: Vec<(ObjectId, Object)>,
    /// What the wanted schema was made of. Nobody reads it; it is here so that a process that ends, and forgets the outcome,
    /// does not take apart hundreds of thousands of small things first.
    #[expect(dead_code, reason = "it is only held")]
    pub(crate) spent: Option<Box<dyn std::any::Any>>,
}

impl Outcome {
    /// The whole schema as it is once the up script has run.
    pub(crate) fn schema_after(&self) -> Catalog {
        self.whole(catalog_after(&self.graph))
    }

    /// Notes about schema.rs files that show neither the current schema nor the wanted one.
    pub(crate) fn stale_schema_files(&self) -> Vec<String> {
        let before = || self.whole(self.graph.catalogs.before.clone());
        let stale = schema_rs::stale_files(&self.setup.project, &[&before, &|| self.schema_after()]);
        stale.iter().map(|path| schema_rs::stale_note(path)).collect()
    }

    /// With what was left out of the comparison.
    fn whole(&self, mut catalog: Catalog) -> Catalog {
        for (id, object) in &self.left_out {
            if !catalog.contains(id) {
                catalog.insert(id.clone(), object.clone());
            }
        }
        catalog
    }

    /// True if both sides agree, but for what was accepted and still is as it was.
    pub(crate) fn is_in_sync(&self) -> bool {
        self.graph.is_empty() && self.vanished == 0
    }
}

/// Something that could not be compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Skipped {
    /// The kind.
    pub(crate) kind: String,
    /// Which.
    pub(crate) object: String,
    /// Why.
    pub(crate) reason: String,
}

/// What neither side could read, and what could not be compared, each once.
pub(crate) fn skipped(graph: &ChangeGraph) -> Vec<Skipped> {
    let compared = graph.skipped.iter().map(|one| Skipped {
        kind: one.id.kind.as_str().to_owned(),
        object: crate::describe::object_name(&one.id),
        reason: one.reason.clone(),
    });
    let unread = [&graph.catalogs.before, &graph.catalogs.after]
        .into_iter()
        .flat_map(|catalog| &catalog.unread)
        .map(|one| Skipped {
            kind: one.kind.clone(),
            object: one.name.to_string(),
            reason: one.reason.clone(),
        });
    let mut all: Vec<Skipped> = compared.chain(unread).collect();
    all.sort();
    all.dedup();
    all
}
