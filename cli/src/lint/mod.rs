//! `autogen lint`: hazards and left-overs in migrations that somebody wrote or edited. Rules look at files only; what a
//! migration does to rows and locks on a server is the business of other commands. Each rule has a file in `rule`, and
//! those about what a statement does to a table in use come from squawk's linter, a library made for it.

mod files;
mod ignore;
mod rule;
mod select;

use std::collections::BTreeMap;

use anyhow::Result;
use autogen_core::{Diagnostic, Severity};

use crate::args::LintArgs;
use crate::config::Config;
use crate::diagnostics::Texts;
use crate::output::Terminal;
use crate::setup::Setup;
use files::{Migration, Named};
use rule::{Check, RULES};

/// What was found.
pub(crate) struct Linted {
    /// In the order of the migrations, and within a file of the lines.
    pub(crate) findings: Vec<Diagnostic>,
    /// How many migrations were looked at.
    pub(crate) migrations: usize,
    /// The files, for excerpts.
    pub(crate) texts: Texts,
}

/// What rules about several migrations see.
struct Scene {
    /// Those that are looked at.
    migrations: Vec<Migration>,
    /// All that lie in the same folders.
    all: Vec<Named>,
    /// The newest migration of the main branch that is not among those looked at, and what the branch is called.
    newest_on_main: Option<(String, String)>,
}

/// Lints what the options select.
pub(crate) fn lint(args: &LintArgs, terminal: &Terminal) -> Result<Linted> {
    let setup = Setup::new(args.project.as_deref(), args.config.as_deref(), terminal)?;
    let scene = select::scene(args, &setup, terminal)?;
    let findings = findings(&scene, &setup.config);
    let texts: BTreeMap<_, _> = scene
        .migrations
        .iter()
        .flat_map(|one| one.scripts().map(|script| (script.path.to_path_buf(), script.text.as_str().into())))
        .collect();
    Ok(Linted { findings, migrations: scene.migrations.len(), texts: Texts::new(texts) })
}

fn findings(scene: &Scene, config: &Config) -> Vec<Diagnostic> {
    let mut found: Vec<(usize, Diagnostic)> = Vec::new();
    for rule in RULES.iter() {
        match rule.check {
            Check::Each(check) => {
                for (at, migration) in scene.migrations.iter().enumerate() {
                    let mut own = Vec::new();
                    check(migration, &mut own);
                    found.extend(own.into_iter().map(|one| (at, one)));
                }
            }
            Check::Together(check) => check(scene, &mut found),
        }
    }
    let mut kept: Vec<(usize, Diagnostic)> = found
        .into_iter()
        .filter(|(_, one)| !config.lint_ignore.contains(&one.code))
        .filter(|(at, one)| !scene.migrations.get(*at).is_some_and(|own| ignore::is_ignored(own, one)))
        .collect();
    for (at, migration) in scene.migrations.iter().enumerate() {
        kept.extend(ignore::unknown(migration).into_iter().map(|one| (at, one)));
    }
    // Up is read before down.
    let is_down = |one: &Diagnostic| one.span.as_ref().is_some_and(|span| span.file.ends_with("down.sql"));
    kept.sort_by(|(at, a), (bt, b)| {
        (at, is_down(a), &a.span, a.code).cmp(&(bt, is_down(b), &b.span, b.code))
    });
    kept.dedup();
    kept.into_iter().map(|(_, one)| one).collect()
}

/// The names of all rules.
pub(crate) fn rule_names() -> Vec<&'static str> {
    rule::names()
}

/// How findings are taken away, and the rules.
pub(crate) fn help() -> String {
    format!(
        "A comment takes findings away: `-- autogen: ignore RULE, RULE` above a statement, within it, or behind it on its \
         line; for what is about a migration as such, anywhere in it. So does `ignore = [\"RULE\"]` in the section [lint] of \
         autogen.toml, for the project.\n\nRules: {}.",
        rule_names().join(", ")
    )
}

/// The findings of a level or above.
pub(crate) fn at_least(findings: &[Diagnostic], level: Severity) -> Vec<Diagnostic> {
    findings.iter().filter(|one| one.severity >= level).cloned().collect()
}
