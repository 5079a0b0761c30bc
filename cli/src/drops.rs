//! Names as they are given to `--drop`: `posts`, `users.nick`, `view stats`, `function f(integer)`. They are looked up in
//! the current schema; what stands against a drop is the overlay's matter.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use autogen_core::{Catalog, Kind, Name, ObjectId, QualName, visible};

use crate::names::{dotted, in_any_schema, kind_in_front, same_word};

/// The kinds of things with a name of their own, in the order in which a bare name is looked up.
const WHOLE: [Kind; 14] = [
    Kind::Table,
    Kind::View,
    Kind::MaterializedView,
    Kind::Function,
    Kind::EnumType,
    Kind::Domain,
    Kind::CompositeType,
    Kind::RangeType,
    Kind::Sequence,
    Kind::Index,
    Kind::Statistics,
    Kind::Collation,
    Kind::Extension,
    Kind::Schema,
];

/// The kinds of things within a relation.
const PARTS: [Kind; 9] = [
    Kind::Column,
    Kind::Check,
    Kind::Unique,
    Kind::ForeignKey,
    Kind::PrimaryKey,
    Kind::Exclusion,
    Kind::Trigger,
    Kind::Policy,
    Kind::Rule,
];

/// Looks the names up, each once.
///
/// # Errors
/// For what is no name, names nothing, or could mean several functions.
pub(crate) fn resolve(texts: &[String], current: &Catalog) -> Result<Vec<ObjectId>> {
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for text in texts {
        let id = one(text, current)?;
        if seen.insert(id.clone()) {
            all.push(id);
        }
    }
    Ok(all)
}

fn one(text: &str, current: &Catalog) -> Result<ObjectId> {
    let fail = |why: &str| anyhow::anyhow!("--drop {}: {why}", visible(text));
    let (kind, rest) = kind_in_front(text.trim());
    let (name, arguments) = split_arguments(rest);
    let (parts, rest) = dotted(name).map_err(|why| fail(&why))?;
    if !rest.is_empty() {
        return Err(fail("there is no place for an equals sign"));
    }
    let fits = |own: Kind| kind.is_none_or(|wanted| same_word(wanted, own) || is_constraint(wanted, own));
    let mut found: Vec<ObjectId> = Vec::new();
    if arguments.is_none() {
        let members = members(&parts, current);
        found.extend(PARTS.into_iter().filter(|kind| fits(*kind)).flat_map(|kind| {
            members.iter().map(move |(table, part)| ObjectId::part(kind, table.clone(), part.as_str()))
        }));
        found.retain(|id| current.contains(id));
    }
    let names = match parts.as_slice() {
        [name] => in_any_schema(current, name),
        [schema, name] => vec![QualName::new(schema.as_str(), name.as_str())],
        _ => Vec::new(),
    };
    for kind in WHOLE.into_iter().chain(kind).filter(|kind| fits(*kind)) {
        for name in &names {
            found.extend(of_kind(kind, name, arguments, current));
        }
    }
    found.dedup();
    match found.as_slice() {
        [] => bail!(fail(
            "the current schema has no such object; a kind in front may help, as in \"view stats\""
        )),
        [first, second, ..]
            if first.kind == Kind::Function && second.name == first.name && arguments.is_none() =>
        {
            let forms: Vec<String> = found.iter().map(ToString::to_string).collect();
            bail!(fail(&format!("that may be any of {}; give the arguments", forms.join(", "))))
        }
        [first, ..] => Ok(first.clone()),
    }
}

/// `f(integer, text)` into its name and what is in the parentheses.
fn split_arguments(text: &str) -> (&str, Option<&str>) {
    match text.strip_suffix(')').and_then(|open| open.split_once('(')) {
        Some((name, arguments)) if !name.trim().is_empty() && !name.contains('"') || name_is_closed(name) => {
            (name.trim_end(), Some(arguments))
        }
        _ => (text, None),
    }
}

/// True if a parenthesis behind this text is not inside a quoted name.
fn name_is_closed(name: &str) -> bool {
    name.contains('"') && name.matches('"').count().is_multiple_of(2)
}

/// The objects of a name; functions by their argument types, with or without their names.
fn of_kind(kind: Kind, name: &QualName, arguments: Option<&str>, current: &Catalog) -> Vec<ObjectId> {
    if kind != Kind::Function {
        let global = matches!(kind, Kind::Schema | Kind::Extension);
        let name = if global { QualName::global(name.name.clone()) } else { name.clone() };
        let id = ObjectId::new(kind, name);
        return if arguments.is_none() && current.contains(&id) { vec![id] } else { Vec::new() };
    }
    let forms = current.parts(Kind::Function, name).filter(|(id, object)| {
        let Some(arguments) = arguments else { return true };
        let same = |own: &str| squeezed(own) == squeezed(arguments);
        let full = matches!(object, autogen_core::Object::Function(own) if same(&own.identity_arguments));
        full || same(id.part.as_ref().map_or("", Name::as_str))
    });
    forms.map(|(id, _)| id.clone()).collect()
}

/// Without white space around commas, and without the schema that everybody has.
fn squeezed(text: &str) -> String {
    let parts = text.split(',').map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    parts.collect::<Vec<_>>().join(",").replace("public.", "")
}

/// The relations and parts that a dotted name may mean.
fn members(parts: &[String], current: &Catalog) -> Vec<(QualName, String)> {
    match parts {
        [table, part] => {
            in_any_schema(current, table).into_iter().map(|table| (table, part.clone())).collect()
        }
        [schema, table, part] => vec![(QualName::new(schema.as_str(), table.as_str()), part.clone())],
        _ => Vec::new(),
    }
}

/// `constraint` is any of them.
fn is_constraint(wanted: Kind, own: Kind) -> bool {
    wanted == Kind::Check
        && matches!(own, Kind::Unique | Kind::ForeignKey | Kind::PrimaryKey | Kind::Exclusion)
}

#[cfg(test)]
mod tests {
    use autogen_core::Expression;
    use autogen_core::object::function::Routine;
    use autogen_core::object::{Function, Schema, Table};

    use super::*;

    fn catalog() -> Catalog {
        let mut catalog = Catalog::default();
        for schema in ["public", "app"] {
            catalog.insert(ObjectId::schema(&Name::new(schema)), Schema {});
        }
        for name in ["users", "odd.\"name(x)"] {
            catalog.insert(ObjectId::table(&QualName::new("public", name)), Table::default());
        }
        catalog.insert(ObjectId::table(&QualName::new("app", "jobs")), Table::default());
        for (name, types, arguments) in
            [("f", "integer", "a integer"), ("f", "text, public.mood", "text, m public.mood"), ("g", "", "")]
        {
            let function = Function {
                routine: Routine::Function,
                definition: Expression::new(""),
                signature: String::new(),
                identity_arguments: arguments.to_owned(),
                base_type: None,
            };
            catalog.insert(ObjectId::part(Kind::Function, QualName::new("public", name), types), function);
        }
        catalog
    }

    #[test]
    fn names_are_looked_up() {
        let check = |text: &str, expect: &str| match one(text, &catalog()) {
            Ok(id) => assert_eq!(id.to_string(), expect, "{text}"),
            Err(error) => assert!(error.to_string().contains(expect), "{text}: {error}"),
        };
        check("users", "table users");
        check("table users", "table users");
        check("jobs", "table app.jobs");
        check("\"odd.\"\"name(x)\"", "table odd.\"name(x)");
        check("g", "function g()");
        check("g()", "function g()");
        check("function f(integer)", "function f(integer)");
        check("f( a  integer )", "function f(integer)");
        check("public.f(text,mood)", "function f(text, public.mood)");
        check("f", "any of function f(integer), function f(text, public.mood)");
        check("f(bigint)", "no such object");
        check("view users", "no such object");
        check("a=b", "equals sign");
        check("\"a", "not closed");
    }
}
