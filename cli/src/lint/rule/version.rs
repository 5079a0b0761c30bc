//! `duplicate-version`: two migrations with one version, of which Diesel runs one. `version-order`: versions are compared as
//! text, so that `10` comes before `9`.

use autogen_core::{Diagnostic, visible};

use super::{Check, Rule};
use crate::lint::Scene;

pub(super) const RULE: Rule =
    Rule { names: &["duplicate-version", "version-order"], check: Check::Together(check) };

fn check(scene: &Scene, found: &mut Vec<(usize, Diagnostic)>) {
    for (at, own) in scene.migrations.iter().enumerate() {
        let others = || scene.all.iter().filter(|other| own.is_beside(other));
        if let Some(twin) = others().find(|other| other.version == own.version) {
            let message = format!(
                "{} has the same version, {}, and Diesel runs only one of the two",
                visible(&twin.name),
                visible(&own.version)
            );
            let help = "give one of them another version";
            found.push((at, Diagnostic::error("duplicate-version", message).at(own.place()).help(help)));
        }
        let number = |version: &str| -> Option<u128> { version.parse().ok() };
        let Some(own_number) = number(&own.version) else { continue };
        let out_of_order = |version: &str| {
            // Dates are in their order whatever follows them.
            let are_dates = is_date(version) && is_date(&own.version);
            !are_dates
                && number(version).is_some_and(|other| {
                    other != own_number && (other < own_number) != (version < own.version.as_str())
                })
        };
        if let Some(other) = others().find(|other| out_of_order(&other.version)) {
            let message = format!(
                "Diesel orders versions as text, so {} and {} run in the other order than their numbers say",
                visible(&own.name),
                visible(&other.name)
            );
            let help = "write versions with the same number of digits";
            found.push((at, Diagnostic::warning("version-order", message).at(own.place()).help(help)));
        }
    }
}

/// A year, a month and a day, with or without more.
fn is_date(version: &str) -> bool {
    version.len() >= 8 && (version.starts_with("19") || version.starts_with("20"))
}
