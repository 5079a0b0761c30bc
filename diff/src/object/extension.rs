//! Extensions: schema and version change in place, the version only forward. One that cannot be moved is made anew where
//! nothing uses it. A version that one side does not state is no difference.

use autogen_core::Pair;
use autogen_core::object::Extension;
use autogen_core::object::extension::ExtensionAlteration;

use crate::compare::{Compare, Comparison, Context, altered};

impl Compare for Extension {
    fn compare(pair: Pair<&Self>, context: Context<'_>) -> Comparison<ExtensionAlteration> {
        let mut found = Vec::new();
        if pair.map(|extension| &extension.schema).differs() {
            if !pair.before.relocatable {
                let before = context.catalogs.before;
                let is_used = before.ids().any(|id| before.uses(id).any(|used| used == context.id));
                return match is_used {
                    true => {
                        Comparison::Skip("it cannot be moved to another schema, and it is in use".to_owned())
                    }
                    false => Comparison::Replace,
                };
            }
            found.push(ExtensionAlteration::Schema(pair.after.schema.clone()));
        }
        let versions = pair.map(|extension| extension.version.as_ref());
        if let Some(versions) = versions.both().filter(Pair::differs) {
            let numbers = versions.map(|version| {
                version.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u32>>()
            });
            if numbers.after < numbers.before {
                let (before, after) = (versions.before, versions.after);
                return Comparison::Skip(format!(
                    "an extension's scripts lead forward only, and version {before} is newer than {after}"
                ));
            }
            found.push(ExtensionAlteration::Version(pair.after.version.clone()));
        }
        altered(found)
    }
}
