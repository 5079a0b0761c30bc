//! What a statement does to a table that is in use, by squawk's linter (<https://squawkhq.com>): locks, rewrites, scans, what
//! running code no longer finds. Its rules of style are left out; those about transactions are ours, which know Diesel's.
//! Only up.sql is looked at: a way back takes things away by nature. What the script itself announces in a `HAZARD` line,
//! as `autogen diff` writes it, somebody has read already.

use std::collections::BTreeSet;

use autogen_core::Diagnostic;
use squawk_linter::{Linter, Rule as Squawk, Violation};

use super::{Check, Rule, proof};
use crate::lint::Scene;
use crate::lint::files::{Migration, Script};

pub(super) const RULE: Rule = Rule { names: NAMES, check: Check::Together(check) };

/// Squawk's rules and their names, one list for both.
macro_rules! rules {
    ($($rule:ident $name:literal),* $(,)?) => {
        const OURS: &[(Squawk, &str)] = &[$((Squawk::$rule, $name)),*];
        const NAMES: &[&str] = &[$($name),*];
    };
}

rules! {
    AddingFieldWithDefault "adding-field-with-default",
    AddingForeignKeyConstraint "adding-foreign-key-constraint",
    AddingNotNullableField "adding-not-nullable-field",
    AddingRequiredField "adding-required-field",
    AddingSerialPrimaryKeyField "adding-serial-primary-key-field",
    BanAlterDomainWithAddConstraint "ban-alter-domain-with-add-constraint",
    BanDropColumn "ban-drop-column",
    BanDropDatabase "ban-drop-database",
    BanDropSchema "ban-drop-schema",
    BanDropTable "ban-drop-table",
    BanTruncateCascade "ban-truncate-cascade",
    ChangingColumnType "changing-column-type",
    ConstraintMissingNotValid "constraint-missing-not-valid",
    DisallowedUniqueConstraint "disallowed-unique-constraint",
    IdentifierTooLong "identifier-too-long",
    RenamingColumn "renaming-column",
    RenamingTable "renaming-table",
    RequireConcurrentIndexCreation "require-concurrent-index-creation",
    RequireConcurrentIndexDeletion "require-concurrent-index-deletion",
    RequireConcurrentPartitionDetach "require-concurrent-partition-detach",
    RequireConcurrentReindex "require-concurrent-reindex",
}

fn check(scene: &Scene, found: &mut Vec<(usize, Diagnostic)>) {
    for (at, migration) in scene.migrations.iter().enumerate() {
        found.extend(one(scene, migration).into_iter().map(|finding| (at, finding)));
    }
}

fn one(scene: &Scene, migration: &Migration) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let Some(up) = &migration.up else { return found };
    let mut linter = Linter::from(OURS.iter().map(|(rule, _)| *rule));
    linter.settings.assume_in_transaction = migration.in_transaction;
    let file = squawk_syntax::SourceFile::parse(&up.text);
    let violations = linter.lint(&file, &up.text);
    let of = |violation: &Violation| usize::from(violation.text_range.start());
    let places: BTreeSet<(usize, &'static str)> =
        violations.iter().filter_map(|one| Some((statement(up, of(one)), name(one)?))).collect();
    for violation in &violations {
        let (Some(name), at) = (name(violation), of(violation)) else { continue };
        let beside = |other| places.contains(&(statement(up, at), other));
        // The rule about that sort of constraint says more.
        let is_told = name == "constraint-missing-not-valid"
            && (beside("disallowed-unique-constraint")
                || beside("adding-serial-primary-key-field")
                || beside("adding-foreign-key-constraint"));
        let is_proved = name == "adding-not-nullable-field" && proof::is_proved(scene, migration, at);
        if is_told
            || is_proved
            || is_announced(up, at)
            || is_on_new_view(up, at)
            || is_empty_index(up, at, name)
        {
            continue;
        }
        let end = usize::from(violation.text_range.end());
        let more = format!("https://squawkhq.com/docs/{name}");
        let help = violation.help.iter().cloned().chain([more]).collect::<Vec<_>>().join("\n");
        found.push(Diagnostic::warning(name, violation.message.clone()).at(up.span(at, end)).help(help));
    }
    found
}

fn name(violation: &Violation) -> Option<&'static str> {
    OURS.iter().find(|(rule, _)| *rule == violation.code).map(|(_, name)| *name)
}

/// Where the statement at a place begins.
fn statement(script: &Script, at: usize) -> usize {
    script.steps.iter().find(|step| step.end > at).map_or(at, |step| step.start)
}

/// An index on a materialized view that the same script makes, which squawk does not know from an old one.
fn is_on_new_view(script: &Script, at: usize) -> bool {
    let index = script.steps.iter().find(|step| step.end > at && step.begins(&["CREATE"]));
    let Some(index) = index.filter(|step| step.start <= at) else { return false };
    let on = script.name_after(index, "ON");
    script
        .steps
        .iter()
        .take_while(|step| step.end <= at)
        .any(|step| step.begins(&["CREATE", "MATERIALIZED", "VIEW"]) && script.name_after(step, "VIEW") == on)
}

/// The index of a partitioned table without those of its partitions, which Postgres makes in a moment and not concurrently.
fn is_empty_index(script: &Script, at: usize, rule: &str) -> bool {
    let here = script.steps.iter().find(|step| step.end > at);
    rule == "require-concurrent-index-creation"
        && here.is_some_and(|step| script.has_words(step, &["ON", "ONLY"]))
}

fn is_announced(script: &Script, at: usize) -> bool {
    script.surroundings(at).lines().any(|line| line.trim_start().starts_with("-- HAZARD "))
}
