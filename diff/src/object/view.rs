//! Views: `CREATE OR REPLACE` where the columns stay and new ones only follow.

use autogen_core::Pair;
use autogen_core::object::View;
use autogen_core::object::view::ViewAlteration;

use crate::compare::{Compare, Comparison, Context};

impl Compare for View {
    fn compare(pair: Pair<&Self>, context: Context<'_>) -> Comparison<ViewAlteration> {
        let Pair { before, after } = pair;
        if before.definition == after.definition && before.columns == after.columns {
            if !context.resets(pair.map(|view| &view.options)) {
                return Comparison::Equal;
            }
            return Comparison::Alter(vec![ViewAlteration::Options(after.options.clone())]);
        }
        if after.columns.starts_with(&before.columns) {
            Comparison::Alter(vec![ViewAlteration::Definition(after.clone())])
        } else {
            Comparison::Replace
        }
    }
}
