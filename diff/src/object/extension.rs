//! Extensions: schema and version change in place. A version that one side does not state is no difference.

use autogen_core::Pair;
use autogen_core::object::Extension;
use autogen_core::object::extension::ExtensionAlteration;

use crate::compare::{Compare, Comparison, Context, altered};

impl Compare for Extension {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<ExtensionAlteration> {
        let mut found = Vec::new();
        if pair.map(|extension| &extension.schema).differs() {
            found.push(ExtensionAlteration::Schema(pair.after.schema.clone()));
        }
        let versions = pair.map(|extension| extension.version.as_ref());
        if versions.both().is_some_and(|versions| versions.differs()) {
            found.push(ExtensionAlteration::Version(pair.after.version.clone()));
        }
        altered(found)
    }
}
