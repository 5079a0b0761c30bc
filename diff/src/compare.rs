//! The question to every kind: what is the difference between these two?

use autogen_core::object::*;
use autogen_core::{Alteration, Catalog, Object, ObjectId, Options, Pair, for_each_kind};

/// The answer.
#[derive(Debug, PartialEq)]
pub(crate) enum Comparison<A> {
    /// None.
    Equal,
    /// One that Postgres changes in place, in this order.
    Alter(Vec<A>),
    /// One that takes a drop and a create.
    Replace,
    /// It cannot be told, for this reason.
    #[allow(dead_code, reason = "the answer belongs to the contract; kinds that need it follow")]
    Skip(String),
}

/// What a comparison may look at beside the two objects.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// What the objects are called, by the new names.
    pub(crate) id: &'a ObjectId,
    /// Both catalogs, the first with the new names.
    pub(crate) catalogs: Pair<&'a Catalog>,
    /// The renamed labels of this object, if it is an enum.
    pub(crate) labels: Option<&'a std::collections::BTreeMap<String, String>>,
    /// See [`Hints::to_the_letter`](autogen_core::Hints::to_the_letter).
    pub(crate) to_the_letter: bool,
}

impl Context<'_> {
    /// True for storage parameters that are to be others; to the letter their order counts, too, in which `pg_dump` prints
    /// them.
    pub(crate) fn resets(&self, options: Pair<&Options>) -> bool {
        options.differs() || self.to_the_letter && !options.before.is_exactly(options.after)
    }
}

/// What a change in place means for those that depend on the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Disturbance {
    /// Nothing.
    None,
    /// The type changes to one that reads alike (a longer varchar, a wider integer): what only indexes or checks stays.
    Widened,
    /// The type changes to another: whatever was built on it has to be built anew.
    Retyped,
}

/// Implemented once per kind, in the file of its name.
pub(crate) trait Compare: ObjectKind {
    fn compare(pair: Pair<&Self>, context: Context<'_>) -> Comparison<Self::Alteration>;

    fn disturbs(_: &Self::Alteration, _: &Self) -> Disturbance {
        Disturbance::None
    }
}

/// Answers from a list of alterations.
pub(crate) fn altered<A>(alterations: Vec<A>) -> Comparison<A> {
    if alterations.is_empty() { Comparison::Equal } else { Comparison::Alter(alterations) }
}

macro_rules! dispatch {
    ($($kind:ident $module:ident $words:literal,)*) => {
        /// Compares two objects; different kinds are a replacement.
        pub(crate) fn compare(pair: Pair<&Object>, context: Context<'_>) -> Comparison<Alteration> {
            match (pair.before, pair.after) {
                $((Object::$kind(before), Object::$kind(after)) => {
                    match <$kind as Compare>::compare(Pair::new(before, after), context) {
                        Comparison::Equal => Comparison::Equal,
                        Comparison::Alter(all) => Comparison::Alter(all.into_iter().map(Alteration::$kind).collect()),
                        Comparison::Replace => Comparison::Replace,
                        Comparison::Skip(reason) => Comparison::Skip(reason),
                    }
                })*
                (_, _) => Comparison::Replace,
            }
        }

        /// What an alteration of an object (as it was) means for its dependants.
        pub(crate) fn disturbance(alteration: &Alteration, object: &Object) -> Disturbance {
            match (alteration, object) {
                $((Alteration::$kind(alteration), Object::$kind(object)) => <$kind as Compare>::disturbs(alteration, object),)*
                (_, _) => Disturbance::None,
            }
        }
    };
}

for_each_kind!(dispatch);
