//! Primary keys, unique constraints, checks and exclusions. What concerns one column stands on its field.

use std::collections::BTreeSet;

use autogen_core::object::column::Origin;
use autogen_core::object::index::IndexTarget;
use autogen_core::object::{Check, Deferrability, Exclusion, PrimaryKey, Unique, choose_name};
use autogen_core::{Catalog, Expression, Kind, Name, Object, ObjectId, QualName, TokenKind, tokens};

use super::super::super::literal::string as literal;
use super::super::word::{word, words};
use super::{Entry, TableEntries, name_option};

/// True if the grammar has words for all of the key.
pub(in super::super) fn can_say_primary_key(key: &PrimaryKey) -> bool {
    key.options.is_empty() && key.tablespace.is_none() && !key.without_overlaps && !key.inherited && key.valid
}

/// True if the grammar has words for all of the constraint.
pub(in super::super) fn can_say_unique(key: &Unique) -> bool {
    key.options.is_empty() && key.tablespace.is_none() && !key.without_overlaps && !key.inherited && key.valid
}

/// True if the grammar has words for all of the check. A child that is made after a check has it as a valid one; where its
/// is not, the parent's comes later than all that attributes say.
pub(in super::super) fn can_say_check(catalog: &Catalog, id: &ObjectId, check: &Check) -> bool {
    check.enforced && check.origin == Origin::Local && (check.validated || !is_unproved_below(catalog, id))
}

/// True if a child, or a child of one, has the check as one that is not valid.
fn is_unproved_below(catalog: &Catalog, id: &ObjectId) -> bool {
    let is_child =
        |object: &Object| matches!(object, Object::Table(table) if table.parents().any(|up| *up == id.name));
    let is_unproved =
        |copy: &ObjectId| matches!(catalog.get(copy), Some(Object::Check(check)) if !check.validated);
    catalog.of_kind(Kind::Table).filter(|(_, object)| is_child(object)).any(|(child, _)| {
        let copy = ObjectId { name: child.name.clone(), ..id.clone() };
        is_unproved(&copy) || is_unproved_below(catalog, &copy)
    })
}

/// True if the grammar has words for all of the constraint.
pub(in super::super) fn can_say_exclusion(exclusion: &Exclusion) -> bool {
    let plain = |name: &Name| word(name) == name.as_str();
    exclusion.include.is_empty()
        && exclusion.options.is_empty()
        && exclusion.tablespace.is_none()
        && exclusion.elements.iter().all(|(key, _)| {
            key.collation.is_none()
                && key.opclass.is_none()
                && key.opclass_options.is_empty()
                && !key.descending
                && !key.nulls_first
                && !matches!(&key.target, IndexTarget::Column(column) if !plain(column))
        })
}

/// A table without a key says so, for Diesel takes a column `id` for one.
pub(super) fn primary_key(catalog: &Catalog, table: &QualName, out: &mut TableEntries) {
    let key = catalog.parts(Kind::PrimaryKey, table).find_map(|(id, object)| match object {
        Object::PrimaryKey(key) if can_say_primary_key(key) => Some((id, key)),
        _ => None,
    });
    let Some((id, key)) = key else {
        if catalog.parts(Kind::PrimaryKey, table).next().is_none() {
            out.is_key_plain = true;
            out.table.push(Entry::new("primary_key", "primary_key()"));
        }
        return;
    };
    let mut args: Vec<String> = key.columns.iter().map(word).collect();
    args.extend(name_option(id.own_name(), &PrimaryKey::chosen_name(table)));
    args.extend(include(&key.include));
    args.extend(deferrability(key.deferrability));
    out.is_key_plain = args.len() == key.columns.len();
    if let ([column], 1) = (key.columns.as_slice(), args.len())
        && out.has_field(column)
    {
        out.on(column, Entry::flag("primary_key"));
    } else {
        out.table.push(Entry::list("primary_key", &args));
    }
}

pub(super) fn uniques(catalog: &Catalog, table: &QualName, out: &mut TableEntries) {
    let all: Vec<_> = catalog
        .parts(Kind::Unique, table)
        .filter_map(|(id, object)| match object {
            Object::Unique(key) if can_say_unique(key) => Some((id.own_name(), key)),
            _ => None,
        })
        .collect();
    for (name, key) in &all {
        let joined = key.columns.iter().map(Name::as_str).collect::<Vec<_>>().join("_");
        let twin = all.iter().any(|(other, twin)| other != name && twin.columns == key.columns);
        let chosen = if twin { String::new() } else { choose_name(&[table.name.as_str(), &joined], "key") };
        let mut options: Vec<String> = name_option(name, &chosen).into_iter().collect();
        options.extend(include(&key.include));
        options.extend(key.nulls_not_distinct.then(|| "nulls_not_distinct".to_owned()));
        options.extend(deferrability(key.deferrability));
        match key.columns.as_slice() {
            // A field says it once.
            [column] if options.is_empty() && !twin && out.has_field(column) => {
                out.on(column, Entry::flag("unique"));
            }
            [column] if !twin && out.has_field(column) => out.on(column, Entry::list("unique", &options)),
            columns => {
                let args: Vec<String> = columns.iter().map(word).chain(options).collect();
                out.table.push(Entry::list("unique", &args));
            }
        }
    }
}

pub(super) fn checks(catalog: &Catalog, table: &QualName, out: &mut TableEntries) {
    for (id, object) in catalog.parts(Kind::Check, table) {
        let Object::Check(check) = object else { continue };
        if !can_say_check(catalog, id, check) {
            continue;
        }
        let columns = columns_in(catalog, table, &check.expression);
        let chosen = match columns.as_slice() {
            [column] => choose_name(&[table.name.as_str(), column.as_str()], "check"),
            _ => choose_name(&[table.name.as_str()], "check"),
        };
        let mut args = vec![literal(check.expression.as_str())];
        args.extend(name_option(id.own_name(), &chosen));
        args.extend(check.no_inherit.then(|| "no_inherit".to_owned()));
        args.extend((!check.validated).then(|| "not_valid".to_owned()));
        match (columns.as_slice(), args.as_slice()) {
            ([column], [text]) if out.has_field(column) => {
                out.on(column, Entry::new("check", format!("check = {text}")))
            }
            ([column], _) if out.has_field(column) => out.on(column, Entry::list("check", &args)),
            _ => out.table.push(Entry::list("check", &args)),
        }
    }
}

pub(super) fn exclusions(catalog: &Catalog, table: &QualName, out: &mut TableEntries) {
    for (id, object) in catalog.parts(Kind::Exclusion, table) {
        let Object::Exclusion(exclusion) = object else { continue };
        if !can_say_exclusion(exclusion) {
            continue;
        }
        let columns: Vec<&str> = exclusion
            .elements
            .iter()
            .filter_map(|(key, _)| match &key.target {
                IndexTarget::Column(column) => Some(column.as_str()),
                IndexTarget::Expression(_) => None,
            })
            .collect();
        let chosen = choose_name(&[table.name.as_str(), &columns.join("_")], "excl");
        let has_expression = columns.len() < exclusion.elements.len();
        let mut args = vec![word(&exclusion.method)];
        args.extend(exclusion.elements.iter().map(|(key, operator)| {
            let target = match &key.target {
                IndexTarget::Column(column) => column.as_str(),
                IndexTarget::Expression(expression) => expression.as_str(),
            };
            literal(&format!("{target} WITH {}", operator.as_str()))
        }));
        args.extend(exclusion.predicate.as_ref().map(|text| format!("where = {}", literal(text.as_str()))));
        args.extend(name_option(id.own_name(), if has_expression { "" } else { &chosen }));
        args.extend(deferrability(exclusion.deferrability));
        out.table.push(Entry::list("exclude", &args));
    }
}

fn include(columns: &[Name]) -> Option<String> {
    (!columns.is_empty()).then(|| format!("include({})", words(columns)))
}

pub(super) fn deferrability(deferrability: Deferrability) -> Option<String> {
    match deferrability {
        Deferrability::NotDeferrable => None,
        Deferrability::InitiallyImmediate => Some("deferrable".to_owned()),
        Deferrability::InitiallyDeferred => Some("initially_deferred".to_owned()),
    }
}

/// The columns that an expression seems to read: the reader of the models, who has only its words, gives the check a
/// name accordingly.
fn columns_in(catalog: &Catalog, table: &QualName, expression: &Expression) -> Vec<Name> {
    let words: BTreeSet<String> = tokens(expression.as_str())
        .into_iter()
        .filter_map(|token| match token.kind {
            TokenKind::Word => Some(token.text.to_lowercase()),
            TokenKind::Quoted => Some(token.unquoted()),
            TokenKind::String | TokenKind::Comment | TokenKind::Space | TokenKind::Other => None,
        })
        .collect();
    let columns = catalog.parts(Kind::Column, table).map(|(id, _)| id.own_name().clone());
    columns.filter(|name| words.contains(name.as_str())).collect()
}
