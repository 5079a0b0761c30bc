//! Names as the catalog holds them: raw text, never quoted. Quoting for SQL happens in one place,
//! `autogen_codegen::sql`; this file deliberately offers no way to print a name into SQL.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;

use arcstr::ArcStr;
use serde::{Deserialize, Serialize};

/// One identifier, raw, as `pg_catalog` columns of type `name` hold it. Cheap to clone, and one word in size: ids are most of
/// what a large catalog holds.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(ArcStr);

/// By the text; clones of one name are known by their address. Every step down a catalog's map compares names, and most
/// of them are those of one schema and one table.
impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        if ArcStr::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.as_str().cmp(other.as_str()) }
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The longest name in bytes, `NAMEDATALEN - 1` of a stock server.
pub const MAX_NAME_BYTES: usize = 63;

impl Name {
    /// Wraps raw text; nothing is checked or folded.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(ArcStr::from(text.as_ref()))
    }

    /// The raw text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True for the name of no schema, used by objects that live in none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// For messages to people only: control characters are escaped, so that a hostile name cannot move a terminal's
/// cursor or break out of a comment line.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_visible(f, &self.0)
    }
}

/// Writes text for people: control characters (and the Unicode ones that reorder a line) appear escaped.
pub fn write_visible(f: &mut impl fmt::Write, text: &str) -> fmt::Result {
    for c in text.chars() {
        let reorders = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        if c.is_control() || reorders {
            write!(f, "{}", c.escape_default())?;
        } else {
            f.write_char(c)?;
        }
    }
    Ok(())
}

/// [`write_visible`] into a new string.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Writing into a String cannot fail.
    let _ = write_visible(&mut out, text);
    out
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self(ArcStr::from(text))
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// A name with its schema. The schema is empty for objects that live in none (schemas, extensions).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct QualName {
    /// The schema, or empty.
    pub schema: Name,
    /// The name within the schema.
    pub name: Name,
}

impl QualName {
    /// A name in a schema.
    pub fn new(schema: impl Into<Name>, name: impl Into<Name>) -> Self {
        Self { schema: schema.into(), name: name.into() }
    }

    /// A name that lives in no schema.
    pub fn global(name: impl Into<Name>) -> Self {
        Self { schema: Name::new(""), name: name.into() }
    }

    /// The same schema, another name.
    pub fn sibling(&self, name: impl Into<Name>) -> Self {
        Self { schema: self.schema.clone(), name: name.into() }
    }
}

impl fmt::Debug for QualName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}.{:?}", self.schema, self.name)
    }
}

/// For people: `users`, or `audit.users` outside `public`.
impl fmt::Display for QualName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.schema.is_empty() && self.schema.as_str() != "public" {
            write!(f, "{}.", self.schema)?;
        }
        write!(f, "{}", self.name)
    }
}
