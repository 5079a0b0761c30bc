//! Checks and indexes that the server would write anew while it looks at every value of a column (see
//! `autogen_core::array_cast`). To make them anew costs little then, and they keep the text that they are to have. Where the
//! column's type only gets wider nobody waits for that: both texts mean the same.

use autogen_core::object::column::ColumnAlteration;
use autogen_core::object::index::IndexTarget;
use autogen_core::{Alteration, Expression, Object};

use crate::plan::Planned;

/// True for what is to have another text than a change of the column would leave it with.
pub(crate) fn must_yield(column: &Object, planned: Option<&Planned>, wanted: Option<&Object>) -> bool {
    let Object::Column(column) = column else { return false };
    let shortens = |alteration: &Alteration| match alteration {
        Alteration::Column(ColumnAlteration::Type { data_type, .. }) => {
            column.data_type.shortened_to(data_type).is_some()
        }
        _ => false,
    };
    planned.is_some_and(|planned| planned.alterations.iter().any(shortens))
        && wanted.is_some_and(|wanted| expressions(wanted).any(|expression| !expression.is_stable()))
}

fn expressions(object: &Object) -> Box<dyn Iterator<Item = &Expression> + '_> {
    match object {
        Object::Check(check) => Box::new(std::iter::once(&check.expression)),
        Object::Index(index) => {
            let keys = index.keys.iter().filter_map(|key| match &key.target {
                IndexTarget::Expression(expression) => Some(expression),
                IndexTarget::Column(_) => None,
            });
            Box::new(keys.chain(&index.predicate))
        }
        _ => Box::new(std::iter::empty()),
    }
}
