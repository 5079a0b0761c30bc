//! `older-than-main`: a migration of this branch that comes before the newest one of the main branch. Where that one is
//! applied already, the order of the files is not the order in which they ran.

use autogen_core::{Diagnostic, visible};

use super::{Check, Rule};
use crate::lint::Scene;
use crate::postgres::replay::version_of;

pub(super) const RULE: Rule = Rule { names: &["older-than-main"], check: Check::Together(check) };

fn check(scene: &Scene, found: &mut Vec<(usize, Diagnostic)>) {
    let Some((newest, branch)) = &scene.newest_on_main else { return };
    for (at, own) in scene.migrations.iter().enumerate() {
        if own.version < version_of(newest) {
            let message = format!("it is older than {} of {}", visible(newest), visible(branch));
            found.push((
                at,
                Diagnostic::warning("older-than-main", message)
                    .at(own.place())
                    .help("give it a newer version, so that it runs last everywhere"),
            ));
        }
    }
}
