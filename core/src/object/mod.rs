//! The registry of object kinds. [`for_each_kind!`](crate::for_each_kind) is the one list: it makes `Kind`, `Object` and
//! `Alteration` here, and every stage hands its own small macro to the same list, so that a kind without a stage does
//! not compile. To add a kind: a file here and in each stage, each with its `mod` (no macro makes those, formatters and
//! editors would not find the files), and a word in the list. Kinds that need no more than their definition's text are
//! all of them one entry of it, [`Defined`], and have a list of their own in `defined.rs`.

pub mod check;
mod chosen_name;
pub mod collation;
pub mod column;
pub mod comment;
pub mod composite_type;
pub mod default;
pub mod default_privilege;
pub mod defined;
pub mod domain;
pub mod enum_type;
pub mod exclusion;
mod expressions;
pub mod extension;
pub mod foreign_key;
pub mod function;
pub mod index;
mod key;
pub mod materialized_view;
pub mod not_null;
pub mod owner;
pub mod policy;
pub mod primary_key;
pub mod privilege;
pub mod range_type;
mod row_type;
pub mod rule;
pub mod schema;
pub mod sequence;
pub mod setting;
pub mod statistics;
pub mod table;
pub mod trigger;
pub mod unique;
pub mod view;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Catalog, ObjectId, QualName, Renames};

/// Calls a macro with `Kind module "words for people"` for every kind that has code of its own, and once for all the
/// defined kinds together.
#[macro_export]
macro_rules! for_each_kind {
    ($callback:ident) => {
        $crate::for_each_structured_kind! { $callback Defined defined "object", }
    };
}

/// The kinds that have code of their own; what follows the callback is put before them.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_structured_kind {
    ($callback:ident $($more:tt)*) => {
        $callback! {
            $($more)*
            Schema schema "schema",
            Extension extension "extension",
            EnumType enum_type "type",
            CompositeType composite_type "type",
            RangeType range_type "type",
            Domain domain "domain",
            Collation collation "collation",
            Sequence sequence "sequence",
            Function function "function",
            Table table "table",
            Column column "column",
            Default default "default",
            PrimaryKey primary_key "primary key",
            Unique unique "unique constraint",
            Check check "check",
            ForeignKey foreign_key "foreign key",
            Exclusion exclusion "exclusion constraint",
            Index index "index",
            View view "view",
            MaterializedView materialized_view "materialized view",
            Trigger trigger "trigger",
            Policy policy "policy",
            Rule rule "rule",
            Statistics statistics "statistics",
            Setting setting "setting",
            Owner owner "owner",
            Privilege privilege "privilege",
            DefaultPrivilege default_privilege "default privilege",
            Comment comment "comment",
        }
    };
}

/// What the catalog model asks of every kind.
pub trait ObjectKind: Sized {
    /// The fine-grained changes that Postgres can make in place; each carries the new value.
    type Alteration: Clone + fmt::Debug + PartialEq;

    /// The object that takes this one along when it is dropped (`pg_depend.deptype` `a` or `i`), if any.
    fn container(&self, id: &ObjectId) -> Option<ObjectId>;

    /// What must exist before this object can: structural references only. What an expression uses is in
    /// [`Catalog::depends_on`], from `pg_depend`.
    fn references(&self, id: &ObjectId, catalog: &Catalog) -> Vec<ObjectId>;

    /// Follows renames of other objects into the references that this one holds.
    fn rename(&mut self, id: &ObjectId, renames: &Renames);

    /// Makes a change on the model. The differ proves with it that its alterations are complete.
    fn apply(&mut self, alteration: &Self::Alteration);
}

macro_rules! kinds {
    ($($kind:ident $module:ident $words:literal,)*) => {
        /// The kind of a schema object.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind {
            $(#[doc = $words] $kind,)*
            /// One of those that their definition's text says all about.
            #[serde(untagged)]
            Defined(DefinedKind),
        }

        impl Kind {
            /// The kinds that have code of their own, in the registry's order.
            pub const STRUCTURED: &[Kind] = &[$(Kind::$kind,)*];

            /// The name used in files and options, such as `foreign_key`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Kind::$kind => stringify!($module),)*
                    Kind::Defined(kind) => kind.as_str(),
                }
            }
        }

        /// In words for people, such as `foreign key`.
        impl fmt::Display for Kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Kind::$kind => $words,)*
                    Kind::Defined(kind) => kind.words(),
                })
            }
        }

        $(impl OfKind for $kind {
            fn kind(&self) -> Kind { Kind::$kind }
        })*
    };
}

for_each_structured_kind!(kinds);

/// Which kind an object is of.
trait OfKind {
    fn kind(&self) -> Kind;
}

impl OfKind for Defined {
    fn kind(&self) -> Kind {
        Kind::Defined(self.class)
    }
}

impl Kind {
    /// Every kind: the registry's, then the defined ones.
    pub fn all() -> impl Iterator<Item = Kind> {
        let defined = DefinedKind::ALL.iter().map(|kind| Kind::Defined(*kind));
        Self::STRUCTURED.iter().copied().chain(defined)
    }

    /// True for what is only said of another object: it goes with it, and keeps nothing in place.
    pub fn is_remark(self) -> bool {
        matches!(self, Kind::Comment | Kind::Owner | Kind::Privilege)
    }

    /// True where the part of an id tells objects of one name apart (by their arguments, or their access method), and is
    /// no piece of a relation.
    pub fn has_signature(self) -> bool {
        matches!(self, Kind::Function | Kind::Defined(_))
    }
}

macro_rules! registry {
    ($($kind:ident $module:ident $words:literal,)*) => {
        $(pub use $module::$kind;)*

        /// A schema object of any kind.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all = "snake_case")]
        pub enum Object {
            $(#[doc = $words] $kind($kind),)*
        }

        $(impl From<$kind> for Object { fn from(object: $kind) -> Self { Object::$kind(object) } })*

        /// A change in place to an object of any kind.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Alteration {
            $(#[doc = $words] $kind(<$kind as ObjectKind>::Alteration),)*
        }

        impl Object {
            /// Its kind.
            pub fn kind(&self) -> Kind {
                match self { $(Object::$kind(object) => object.kind(),)* }
            }

            /// See [`ObjectKind::container`].
            pub fn container(&self, id: &ObjectId) -> Option<ObjectId> {
                match self { $(Object::$kind(object) => object.container(id),)* }
            }

            /// See [`ObjectKind::references`].
            pub fn references(&self, id: &ObjectId, catalog: &Catalog) -> Vec<ObjectId> {
                match self { $(Object::$kind(object) => object.references(id, catalog),)* }
            }

            /// See [`ObjectKind::rename`].
            pub fn rename(&mut self, id: &ObjectId, renames: &Renames) {
                match self { $(Object::$kind(object) => object.rename(id, renames),)* }
            }

            /// See [`ObjectKind::apply`]. An alteration of another kind is answered with `false` and changes nothing.
            #[must_use]
            pub fn apply(&mut self, alteration: &Alteration) -> bool {
                match (self, alteration) {
                    $((Object::$kind(object), Alteration::$kind(alteration)) => { object.apply(alteration); true })*
                    (_, _) => false,
                }
            }
        }
    };
}

for_each_kind!(registry);

pub use chosen_name::choose_name;
pub use default_privilege::Standing;
pub use defined::DefinedKind;
pub use key::{KeyAlteration, comes_ahead, is_copy};
pub use row_type::{attributes, stored_tables, tables_within, types_within};

/// The alteration of kinds that Postgres can only replace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Never {}

/// When a constraint is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deferrability {
    /// At once, always.
    #[default]
    NotDeferrable,
    /// At once, unless the transaction defers it.
    InitiallyImmediate,
    /// At commit, unless the transaction asks at once.
    InitiallyDeferred,
}

/// What a field is where a snapshot leaves it out because it is true nearly everywhere.
fn true_unless_said() -> bool {
    true
}

/// The relation (table, view, materialized view) of a name, if the catalog has it.
pub fn relation_id(catalog: &Catalog, name: &QualName) -> ObjectId {
    [Kind::Table, Kind::View, Kind::MaterializedView]
        .into_iter()
        .map(|kind| ObjectId::new(kind, name.clone()))
        .find(|id| catalog.contains(id))
        .unwrap_or_else(|| ObjectId::table(name))
}
