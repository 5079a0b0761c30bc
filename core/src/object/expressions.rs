//! The expressions that objects hold, whichever their kind.

use super::{Object, index::IndexTarget};
use crate::Expression;

macro_rules! expressions {
    ($object:expr, $($mutable:tt)?) => {
        match $object {
            Object::Check(check) => vec![&$($mutable)? check.expression],
            Object::Default(default) => vec![&$($mutable)? default.expression],
            Object::Column(column) => match &$($mutable)? column.generated {
                Some(generated) => vec![&$($mutable)? generated.expression],
                None => Vec::new(),
            },
            Object::Index(index) => {
                let keys = (&$($mutable)? index.keys).into_iter().map(|key| &$($mutable)? key.target);
                let keys = keys.filter_map(|target| match target {
                    IndexTarget::Expression(expression) => Some(expression),
                    IndexTarget::Column(_) => None,
                });
                keys.chain(&$($mutable)? index.predicate).collect()
            }
            Object::Exclusion(exclusion) => {
                let keys = (&$($mutable)? exclusion.elements).into_iter().map(|(key, _)| &$($mutable)? key.target);
                let keys = keys.filter_map(|target| match target {
                    IndexTarget::Expression(expression) => Some(expression),
                    IndexTarget::Column(_) => None,
                });
                keys.chain(&$($mutable)? exclusion.predicate).collect()
            }
            Object::Domain(domain) => {
                let checks = (&$($mutable)? domain.checks).into_iter().map(|(_, check)| &$($mutable)? check.expression);
                checks.chain(&$($mutable)? domain.default).collect()
            }
            Object::Policy(policy) => {
                (&$($mutable)? policy.using).into_iter().chain(&$($mutable)? policy.check).collect()
            }
            Object::View(view) => vec![&$($mutable)? view.definition],
            Object::MaterializedView(view) => vec![&$($mutable)? view.definition],
            Object::Rule(rule) => vec![&$($mutable)? rule.definition],
            Object::Trigger(trigger) => vec![&$($mutable)? trigger.definition],
            Object::Statistics(statistics) => vec![&$($mutable)? statistics.definition],
            Object::Function(function) => vec![&$($mutable)? function.definition],
            Object::Table(_)
            | Object::Defined(_)
            | Object::Schema(_)
            | Object::Extension(_)
            | Object::EnumType(_)
            | Object::CompositeType(_)
            | Object::RangeType(_)
            | Object::Collation(_)
            | Object::Sequence(_)
            | Object::PrimaryKey(_)
            | Object::Unique(_)
            | Object::ForeignKey(_)
            | Object::Setting(_)
            | Object::Owner(_)
            | Object::Privilege(_)
            | Object::DefaultPrivilege(_)
            | Object::Comment(_) => Vec::new(),
        }
    };
}

impl Object {
    /// What it says by expressions or whole definitions, other than the bounds and keys of partitions and what stands behind
    /// `CREATE` for the defined kinds.
    pub fn expressions(&self) -> Vec<&Expression> {
        expressions!(self,)
    }

    /// The same, to be exchanged.
    pub fn expressions_mut(&mut self) -> Vec<&mut Expression> {
        expressions!(self, mut)
    }
}
