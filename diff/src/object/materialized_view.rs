//! Materialized views: only storage changes in place. Whether it is populated is no difference.

use autogen_core::Pair;
use autogen_core::object::MaterializedView;
use autogen_core::object::materialized_view::MaterializedViewAlteration;

use crate::compare::{Compare, Comparison, Context, altered};

impl Compare for MaterializedView {
    fn compare(pair: Pair<&Self>, context: Context<'_>) -> Comparison<MaterializedViewAlteration> {
        let Pair { before, after } = pair;
        if pair.map(|view| (&view.definition, &view.columns, &view.access_method)).differs() {
            return Comparison::Replace;
        }
        let mut found = Vec::new();
        if context.resets(pair.map(|view| &view.options)) {
            found.push(MaterializedViewAlteration::Options(after.options.clone()));
        }
        if before.tablespace != after.tablespace {
            found.push(MaterializedViewAlteration::Tablespace(after.tablespace.clone()));
        }
        altered(found)
    }
}
