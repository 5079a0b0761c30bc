//! Small values that several kinds have in common, from their catalog form.

use autogen_core::object::Deferrability;
use autogen_core::object::column::Origin;
use autogen_core::object::table::Persistence;
use autogen_core::object::trigger::Firing;
use autogen_core::{Expression, Name, QualName};

use super::Error;

/// `reloptions` and their like: `name=value` each.
pub(crate) fn options(list: Option<Vec<String>>) -> autogen_core::Options {
    prefixed_options("", list)
}

/// The same with a prefix before each name.
pub(crate) fn prefixed_options(prefix: &str, list: Option<Vec<String>>) -> autogen_core::Options {
    let split = |option: &String| {
        let (name, value) = option.split_once('=').unwrap_or((option.as_str(), ""));
        (format!("{prefix}{name}"), value.to_owned())
    };
    list.iter().flatten().map(split).collect()
}

/// `condeferrable` and `condeferred`.
pub(crate) fn deferrability(deferrable: bool, deferred: bool) -> Deferrability {
    match (deferrable, deferred) {
        (false, _) => Deferrability::NotDeferrable,
        (true, false) => Deferrability::InitiallyImmediate,
        (true, true) => Deferrability::InitiallyDeferred,
    }
}

/// `attislocal` and `attinhcount`, or those of a constraint.
pub(crate) fn origin(is_local: bool, parents: i32) -> Origin {
    match (is_local, parents) {
        (_, ..=0) => Origin::Local,
        (true, _) => Origin::Merged,
        (false, _) => Origin::Inherited,
    }
}

/// `relpersistence`.
pub(crate) fn persistence(letter: u8) -> Persistence {
    if letter == b'u' { Persistence::Unlogged } else { Persistence::Permanent }
}

/// `tgenabled` and `ev_enabled`.
pub(crate) fn firing(letter: u8) -> Firing {
    match letter {
        b'D' => Firing::Disabled,
        b'R' => Firing::Replica,
        b'A' => Firing::Always,
        _ => Firing::Origin,
    }
}

/// A name that is there in both halves, or not at all.
pub(crate) fn qualified(schema: Option<Name>, name: Option<Name>) -> Option<QualName> {
    Some(QualName { schema: schema?, name: name? })
}

/// A deparsed text that cannot be missing; the server answers NULL when the object is gone.
pub(crate) fn deparsed(query: &'static str, name: &Name, text: Option<String>) -> Result<Expression, Error> {
    text.map(Expression::new).ok_or_else(|| Error::changing(query, format!("{name} is gone")))
}

/// A definition without the semicolon and the blanks at its end.
pub(crate) fn definition(
    query: &'static str,
    name: &Name,
    text: Option<String>,
) -> Result<Expression, Error> {
    let text = deparsed(query, name, text)?;
    let trimmed = text.as_str().trim_end();
    Ok(Expression::new(trimmed.strip_suffix(';').unwrap_or(trimmed).trim_start()))
}
