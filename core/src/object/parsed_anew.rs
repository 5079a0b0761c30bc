//! The expressions that the server parses anew when a column they use gets another type (`ATPostAlterTypeParse` in tablecmds.c).

use super::{Index, Object, index::IndexTarget};
use crate::Expression;

impl Object {
    /// Those of a check or an index, in an order of their own; nothing else has any.
    pub fn parsed_anew(&self) -> Vec<&Expression> {
        match self {
            Object::Check(check) => vec![&check.expression],
            Object::Index(Index { keys, predicate, .. }) => {
                let keys = keys.iter().filter_map(|key| match &key.target {
                    IndexTarget::Expression(expression) => Some(expression),
                    IndexTarget::Column(_) => None,
                });
                keys.chain(predicate).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The same, to be exchanged.
    pub fn parsed_anew_mut(&mut self) -> Vec<&mut Expression> {
        match self {
            Object::Check(check) => vec![&mut check.expression],
            Object::Index(Index { keys, predicate, .. }) => {
                let keys = keys.iter_mut().filter_map(|key| match &mut key.target {
                    IndexTarget::Expression(expression) => Some(expression),
                    IndexTarget::Column(_) => None,
                });
                keys.chain(predicate).collect()
            }
            _ => Vec::new(),
        }
    }
}
