//! The kinds that their definition's text says all about: compared as text, made by it, dropped and made anew where it
//! differs. What `ALTER` can set one by one are settings: an option, a table of a publication, a mapping of a text search
//! configuration. A new kind is a word in [`for_each_defined_kind!`](crate::for_each_defined_kind) and its query.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::object::ObjectKind;
use crate::{Catalog, Expression, Kind, ObjectId, QualName, Renames};

/// Calls a macro with `Kind module "words for people" "KEYWORDS OF SQL"` for every defined kind.
#[macro_export]
macro_rules! for_each_defined_kind {
    ($callback:ident) => {
        $callback! {
            ShellType shell_type "shell type" "TYPE",
            BaseType base_type "type" "TYPE",
            AccessMethod access_method "access method" "ACCESS METHOD",
            Language language "language" "LANGUAGE",
            Transform transform "transform" "TRANSFORM",
            Cast cast "cast" "CAST",
            Conversion conversion "conversion" "CONVERSION",
            Operator operator "operator" "OPERATOR",
            OperatorFamily operator_family "operator family" "OPERATOR FAMILY",
            OperatorClass operator_class "operator class" "OPERATOR CLASS",
            SearchParser search_parser "text search parser" "TEXT SEARCH PARSER",
            SearchTemplate search_template "text search template" "TEXT SEARCH TEMPLATE",
            SearchDictionary search_dictionary "text search dictionary" "TEXT SEARCH DICTIONARY",
            SearchConfiguration search_configuration "text search configuration" "TEXT SEARCH CONFIGURATION",
            DataWrapper data_wrapper "foreign data wrapper" "FOREIGN DATA WRAPPER",
            Server server "foreign server" "SERVER",
            UserMapping user_mapping "user mapping" "USER MAPPING",
            Publication publication "publication" "PUBLICATION",
            EventTrigger event_trigger "event trigger" "EVENT TRIGGER",
        }
    };
}

macro_rules! kinds {
    ($($kind:ident $module:ident $words:literal $keywords:literal,)*) => {
        /// Which of the defined kinds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum DefinedKind {
            $(#[doc = $words] $kind,)*
        }

        impl DefinedKind {
            /// All of them, in the registry's order.
            pub const ALL: &[DefinedKind] = &[$(DefinedKind::$kind,)*];

            /// The name used in files and options, such as `event_trigger`.
            pub fn as_str(self) -> &'static str {
                match self { $(DefinedKind::$kind => stringify!($module),)* }
            }

            /// In words for people, such as `event trigger`.
            pub fn words(self) -> &'static str {
                match self { $(DefinedKind::$kind => $words,)* }
            }
        }
    };
}

for_each_defined_kind!(kinds);

impl fmt::Display for DefinedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// An object of one of these kinds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defined {
    /// Its kind.
    pub class: DefinedKind,
    /// What stands behind the kind's keywords in `DROP`, `ALTER` and `COMMENT`, quoted by the server.
    pub address: Expression,
    /// The `CREATE` statement without the semicolon, quoted by the server.
    pub definition: Expression,
    /// What of the definition only a replacement can change. `None` where that is all of it, and the settings are made
    /// by statements of their own; else the definition holds them too.
    pub fixed: Option<Expression>,
    /// What `ALTER` changes, by a name that is of no use but to tell them apart.
    pub settings: BTreeMap<String, Setting>,
}

impl Defined {
    /// The shell of the base type of that name, which its functions speak of: they are there before the whole type is.
    pub fn shell(name: &QualName) -> ObjectId {
        ObjectId::new(Kind::Defined(DefinedKind::ShellType), name.clone())
    }
}

/// One thing that `ALTER` changes; the texts are what stands behind the address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Makes it where it is not.
    pub set: Expression,
    /// Changes it from any other value; `None` where it has to be taken back first.
    pub change: Option<Expression>,
    /// Takes it back.
    pub reset: Expression,
}

/// Changes in place.
#[derive(Clone, Debug, PartialEq)]
pub enum DefinedAlteration {
    /// A setting that is new, or another value for one.
    Set(String, Setting),
    /// A setting that goes.
    Reset(String),
}

impl ObjectKind for Defined {
    type Alteration = DefinedAlteration;

    /// No base type becomes a shell again: one goes with the other.
    fn container(&self, id: &ObjectId) -> Option<ObjectId> {
        (self.class == DefinedKind::BaseType).then(|| Defined::shell(&id.name))
    }

    fn references(&self, id: &ObjectId, _: &Catalog) -> Vec<ObjectId> {
        vec![ObjectId::schema(&id.name.schema)]
    }

    fn rename(&mut self, _: &ObjectId, renames: &Renames) {
        let follow = |text: &mut Expression| *text = renames.expression(None, text);
        follow(&mut self.definition);
        self.fixed.iter_mut().for_each(follow);
        let settings = std::mem::take(&mut self.settings).into_iter();
        self.settings = settings
            .map(|(key, mut setting)| {
                follow(&mut setting.set);
                setting.change.iter_mut().for_each(follow);
                follow(&mut setting.reset);
                (renames.expression(None, &Expression::new(key)).as_str().to_owned(), setting)
            })
            .collect();
    }

    fn apply(&mut self, alteration: &DefinedAlteration) {
        match alteration {
            DefinedAlteration::Set(key, setting) => {
                self.settings.insert(key.clone(), setting.clone());
            }
            DefinedAlteration::Reset(key) => {
                self.settings.remove(key);
            }
        }
    }
}
