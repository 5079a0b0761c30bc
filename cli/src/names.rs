//! Names as they are given to `--rename`: `users.nick=users.nickname`, `posts=articles`, `enum mood.happy=glad`, with a
//! kind in front where the name alone does not tell. Parsing first, without a database; then the names are looked up in
//! the current schema.

use anyhow::{Result, bail};
use autogen_core::{Catalog, Kind, Name, ObjectId, QualName, Renames, visible};

/// One `--rename`, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rename {
    kind: Option<Kind>,
    old: Vec<String>,
    new: Vec<String>,
    text: String,
}

/// The kinds of things with a name of their own, in the order in which a bare name is looked up.
const WHOLE: [Kind; 9] = [
    Kind::Table,
    Kind::View,
    Kind::MaterializedView,
    Kind::EnumType,
    Kind::Domain,
    Kind::CompositeType,
    Kind::RangeType,
    Kind::Sequence,
    Kind::Index,
];

/// The kinds of things within a relation.
const PARTS: [Kind; 7] = [
    Kind::Column,
    Kind::Check,
    Kind::Unique,
    Kind::ForeignKey,
    Kind::PrimaryKey,
    Kind::Exclusion,
    Kind::Trigger,
];

impl Rename {
    /// Understands `[KIND ]OLD=NEW`.
    pub(crate) fn parse(text: &str) -> Result<Rename> {
        let fail = |why: &str| {
            anyhow::anyhow!(
                "--rename {}: {why}; write OLD=NEW, as in users.nick=users.nickname",
                visible(text)
            )
        };
        let (kind, rest) = kind_in_front(text);
        let (old, rest) = dotted(rest).map_err(|why| fail(&why))?;
        let Some(rest) = rest.strip_prefix('=') else {
            return Err(fail("there is no = between an old and a new name"));
        };
        let (new, rest) = dotted(rest).map_err(|why| fail(&why))?;
        if !rest.is_empty() {
            return Err(fail("there is more than one ="));
        }
        if kind == Some(Kind::EnumType) && old.len() > 1 && new.len() > 1 && new.len() != old.len() {
            return Err(fail("old and new name do not have the same number of parts"));
        }
        Ok(Rename { kind, old, new, text: text.to_owned() })
    }
}

/// Looks the renames up in the current schema; those of tables first, because others may use the new names.
pub(crate) fn resolve(given: &[Rename], current: &Catalog) -> Result<Renames> {
    let mut renames = Renames::default();
    let (whole, parts): (Vec<_>, Vec<_>) =
        given.iter().partition(|rename| whole(rename, current).is_some() && label(rename, current).is_none());
    for rename in whole {
        let Some(old) = self::whole(rename, current) else { continue };
        let name = match rename.new.as_slice() {
            [name] => old.name.sibling(name.as_str()),
            [schema, name] => QualName::new(schema.as_str(), name.as_str()),
            _ => bail!("--rename {}: the new name has too many parts", visible(&rename.text)),
        };
        renames.insert(old.clone(), ObjectId::new(old.kind, name));
    }
    for rename in parts {
        if let Some((enum_type, old)) = label(rename, current) {
            let new = rename.new.last().map(String::as_str).unwrap_or_default();
            renames.insert_label(renames.follow(&enum_type), old, new);
        } else if let Some(old) = part(rename, current, &renames) {
            let new = rename.new.last().map(String::as_str).unwrap_or_default();
            renames.insert(old.clone(), ObjectId::part(old.kind, renames.relation(&old.name), new));
        } else {
            bail!("--rename {}: the current schema has no such {}", visible(&rename.text), wanted(rename));
        }
    }
    Ok(renames)
}

fn wanted(rename: &Rename) -> String {
    let kind = rename.kind.map_or_else(|| "object".to_owned(), |kind| kind.to_string());
    format!("{kind}: {}", visible(&rename.old.join(".")))
}

/// The object of its own that the old name means.
fn whole(rename: &Rename, current: &Catalog) -> Option<ObjectId> {
    let names = match rename.old.as_slice() {
        [name] => in_any_schema(current, name),
        // A column, `table.column`, is meant rather than `schema.table`, unless there is none.
        [schema, name] if part(rename, current, &Renames::default()).is_none() => {
            vec![QualName::new(schema.as_str(), name.as_str())]
        }
        _ => return None,
    };
    let kinds = WHOLE.into_iter().filter(|kind| rename.kind.is_none_or(|wanted| same_word(wanted, *kind)));
    kinds
        .flat_map(|kind| names.iter().map(move |name| ObjectId::new(kind, name.clone())))
        .find(|id| current.contains(id))
}

/// The part of a relation that the old name means; the relation by its old or its new name.
fn part(rename: &Rename, current: &Catalog, renames: &Renames) -> Option<ObjectId> {
    let (relations, name) = match rename.old.as_slice() {
        [table, part] => (in_any_schema(current, table), part),
        [schema, table, part] => (vec![QualName::new(schema.as_str(), table.as_str())], part),
        _ => return None,
    };
    let back = renames.inverted();
    let of_new = match rename.old.as_slice() {
        [table, _] => renames
            .iter()
            .filter(|(_, new)| new.name.name.as_str() == table)
            .map(|(old, _)| old.name.clone())
            .collect(),
        _ => relations.iter().map(|name| back.relation(name)).collect::<Vec<_>>(),
    };
    let kinds = PARTS.into_iter().filter(|kind| rename.kind.is_none_or(|wanted| wanted == *kind));
    kinds
        .flat_map(|kind| {
            relations
                .iter()
                .chain(&of_new)
                .map(move |relation| ObjectId::part(kind, relation.clone(), name.as_str()))
        })
        .find(|id| current.contains(id))
}

/// The enum and the label that the old name means; only `enum` (or `type`) in front says that.
fn label(rename: &Rename, current: &Catalog) -> Option<(ObjectId, String)> {
    let (names, label) = match (rename.kind?, rename.old.as_slice()) {
        (Kind::EnumType, [name, label]) => (in_any_schema(current, name), label),
        (Kind::EnumType, [schema, name, label]) => {
            (vec![QualName::new(schema.as_str(), name.as_str())], label)
        }
        _ => return None,
    };
    let mut ids = names.into_iter().map(|name| ObjectId::new(Kind::EnumType, name));
    let id = ids.find(|id| match current.get(id) {
        Some(autogen_core::Object::EnumType(enum_type)) => enum_type.labels.contains(label),
        _ => false,
    })?;
    Some((id, label.clone()))
}

/// `public` first, as every search path has it.
pub(crate) fn in_any_schema(current: &Catalog, name: &str) -> Vec<QualName> {
    let schemas = current.of_kind(Kind::Schema).map(|(id, _)| id.name.name.clone());
    std::iter::once(Name::new("public")).chain(schemas).map(|schema| QualName::new(schema, name)).collect()
}

/// Types of all sorts are called `type`.
pub(crate) fn same_word(wanted: Kind, kind: Kind) -> bool {
    wanted == kind || (wanted == Kind::EnumType && kind.to_string() == "type")
}

/// A kind's word or name before the name proper.
pub(crate) fn kind_in_front(text: &str) -> (Option<Kind>, &str) {
    let words = Kind::all().flat_map(|kind| [(kind.to_string(), kind), (kind.as_str().to_owned(), kind)]);
    let extra = [
        ("enum", Kind::EnumType),
        ("type", Kind::EnumType),
        ("constraint", Kind::Check),
        ("procedure", Kind::Function),
        ("aggregate", Kind::Function),
    ];
    let mut all: Vec<(String, Kind)> =
        extra.into_iter().map(|(word, kind)| (word.to_owned(), kind)).chain(words).collect();
    // The longest word first: `foreign key` before anything shorter. Sorting is stable, so `type` stays an enum.
    all.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    for (word, kind) in &all {
        if let Some(rest) = text.strip_prefix(word.as_str()).and_then(|rest| rest.strip_prefix(' ')) {
            return (Some(*kind), rest.trim_start());
        }
    }
    (None, text)
}

/// Names with dots between them, up to an equals sign or the end. Quoted ones may hold anything.
pub(crate) fn dotted(text: &str) -> Result<(Vec<String>, &str), String> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let (part, after) = match rest.strip_prefix('"') {
            Some(inside) => quoted(inside)?,
            None => {
                let end = rest.find(['.', '=']).unwrap_or(rest.len());
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        if part.is_empty() {
            return Err("a name is empty".to_owned());
        }
        parts.push(part);
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None if after.is_empty() || after.starts_with('=') => return Ok((parts, after)),
            None => return Err("after a quoted name there must be a dot or an equals sign".to_owned()),
        }
    }
}

fn quoted(inside: &str) -> Result<(String, &str), String> {
    let mut name = String::new();
    let mut rest = inside;
    while let Some(end) = rest.find('"') {
        name.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(next) => {
                name.push('"');
                rest = next;
            }
            None => return Ok((name, rest)),
        }
    }
    Err("a quote is not closed".to_owned())
}

#[cfg(test)]
mod tests {
    use autogen_core::object::{EnumType, Schema, Table};

    use super::*;

    fn parsed(text: &str) -> (Option<Kind>, String, String) {
        let rename = Rename::parse(text).unwrap();
        (rename.kind, rename.old.join("|"), rename.new.join("|"))
    }

    #[test]
    fn forms() {
        let check = |text: &str, kind: Option<Kind>, old: &str, new: &str| {
            assert_eq!(parsed(text), (kind, old.to_owned(), new.to_owned()), "{text}");
        };
        check("posts=articles", None, "posts", "articles");
        check("users.nick=users.Handle", None, "users|nick", "users|Handle");
        check("enum mood.happy=glad", Some(Kind::EnumType), "mood|happy", "glad");
        check("foreign key a.b=c", Some(Kind::ForeignKey), "a|b", "c");
        check("\"a.b\".\"c\"\"=d\"=e", None, "a.b|c\"=d", "e");
        for bad in ["", "a", "=b", "a=", "a=b=c", "a..b=c", "\"a=b", "\"a\"x=b"] {
            assert!(Rename::parse(bad).is_err(), "{bad}");
        }
    }

    fn catalog() -> Catalog {
        let mut catalog = Catalog::default();
        let users = QualName::new("public", "users");
        catalog.insert(ObjectId::schema(&Name::new("public")), Schema {});
        catalog.insert(ObjectId::table(&users), Table::default());
        let mood = ObjectId::new(Kind::EnumType, QualName::new("public", "mood"));
        catalog.insert(mood, EnumType { labels: vec!["happy".into()] });
        let column: autogen_core::object::Column = crate::names::tests::column();
        catalog.insert(ObjectId::column(&users, &Name::new("nick")), column);
        catalog
    }

    pub(super) fn column() -> autogen_core::object::Column {
        autogen_core::object::Column::plain(1, autogen_core::DataType::builtin("text", "text"))
    }

    #[test]
    fn names_are_looked_up() {
        let resolved = |texts: &[&str]| {
            let all: Vec<Rename> = texts.iter().map(|text| Rename::parse(text).unwrap()).collect();
            resolve(&all, &catalog()).map(|renames| {
                let objects = renames.iter().map(|(old, new)| format!("{old} -> {new}"));
                let labels = renames
                    .label_renames()
                    .flat_map(|(id, map)| map.iter().map(move |(a, b)| format!("{id}: {a} -> {b}")));
                objects.chain(labels).collect::<Vec<_>>().join("; ")
            })
        };
        assert_eq!(resolved(&["users=people"]).unwrap(), "table users -> table people");
        assert_eq!(resolved(&["users.nick=users.name"]).unwrap(), "column users.nick -> column users.name");
        assert_eq!(
            resolved(&["people.nick=name", "users=people"]).unwrap(),
            "table users -> table people; column users.nick -> column people.name"
        );
        assert_eq!(resolved(&["enum mood.happy=glad"]).unwrap(), "type mood: happy -> glad");
        assert_eq!(resolved(&["enum mood=feeling"]).unwrap(), "type mood -> type feeling");
        assert!(resolved(&["users.nope=x"]).unwrap_err().to_string().contains("no such"));
    }
}
