//! Indexes: those over one plain column stand on its field, all others on the struct.

use autogen_core::object::index::{IndexKey, IndexTarget};
use autogen_core::object::{Index, choose_name};
use autogen_core::{Catalog, Kind, Name, Object, ObjectId, QualName};

use super::super::super::literal::string as literal;
use super::super::word::{word, words};
use super::table::with;
use super::{Entry, TableEntries, name_option};

/// True if the grammar has words for all of the index.
pub(in super::super) fn can_say_index(index: &Index) -> bool {
    index.valid && index.partition_of.is_none() && index.keys.iter().all(|key| key.opclass_options.is_empty())
}

pub(super) fn entries(catalog: &Catalog, table: &QualName, out: &mut TableEntries) {
    let mut all: Vec<(&ObjectId, &Index)> = catalog
        .of_kind(Kind::Index)
        .filter_map(|(id, object)| match object {
            Object::Index(index) if index.table == *table => Some((id, index)),
            _ => None,
        })
        .collect();
    all.retain(|(_, index)| can_say_index(index));
    for (id, index) in &all {
        let chosen = chosen_name(table, index);
        // Of two indexes on the same keys each needs its name, or one could be taken for the other.
        let twin = all.iter().any(|(other, twin)| other != id && twin.keys == index.keys);
        let chosen = chosen.filter(|_| !twin);
        let options = options(id.own_name(), chosen.as_deref(), index);
        match index.keys.as_slice() {
            [IndexKey { target: IndexTarget::Column(column), .. }]
                if index.predicate.is_none() && out.has_field(column) =>
            {
                let mut args: Vec<String> = order(&index.keys[0]).into_iter().collect();
                args.extend(options);
                out.on(
                    column,
                    if args.is_empty() { Entry::flag("index") } else { Entry::list("index", &args) },
                );
            }
            _ => {
                let args: Vec<String> = index.keys.iter().map(key).chain(options).collect();
                out.table.push(Entry::list("index", &args));
            }
        }
    }
}

/// The name that is chosen for an index over plain columns; Postgres names expressions in ways that are not ours to
/// repeat.
fn chosen_name(table: &QualName, index: &Index) -> Option<String> {
    let columns = index.plain_columns()?;
    let joined = columns.iter().map(Name::as_str).collect::<Vec<_>>().join("_");
    Some(choose_name(&[table.name.as_str(), &joined], "idx"))
}

fn options(name: &Name, chosen: Option<&str>, index: &Index) -> Vec<String> {
    let mut out = Vec::new();
    out.extend(index.unique.then(|| "unique".to_owned()));
    out.extend(index.nulls_not_distinct.then(|| "nulls_not_distinct".to_owned()));
    out.extend(
        (index.method.as_str() != "btree").then(|| format!("method = {}", literal(index.method.as_str()))),
    );
    if !index.include.is_empty() {
        out.push(format!("include({})", words(&index.include)));
    }
    out.extend(index.predicate.as_ref().map(|predicate| format!("where = {}", literal(predicate.as_str()))));
    if !index.options.is_empty() {
        out.push(with(&index.options));
    }
    out.extend(index.tablespace.as_ref().map(|name| format!("tablespace = {}", literal(name.as_str()))));
    out.extend(name_option(name, chosen.unwrap_or_default()));
    out
}

/// `created_at desc nulls_last`, `"lower(email)"`.
fn key(key: &IndexKey) -> String {
    let target = match &key.target {
        IndexTarget::Column(column) => word(column),
        IndexTarget::Expression(expression) => literal(expression.as_str()),
    };
    match order(key) {
        Some(order) => format!("{target} {order}"),
        None => target,
    }
}

/// The words behind a key: collation, operator class, direction, NULLs.
fn order(key: &IndexKey) -> Option<String> {
    let mut out = Vec::new();
    out.extend(key.collation.as_ref().map(|name| format!("collate({})", literal(&collation(name)))));
    out.extend(key.opclass.as_ref().map(|name| format!("opclass({})", literal(&type_name(name)))));
    out.extend(key.descending.then(|| "desc".to_owned()));
    match (key.descending, key.nulls_first) {
        (false, true) => out.push("nulls_first".to_owned()),
        (true, false) => out.push("nulls_last".to_owned()),
        (true, true) | (false, false) => {}
    }
    (!out.is_empty()).then(|| out.join(" "))
}

/// A name with its schema, but for what every search path finds.
fn type_name(name: &QualName) -> String {
    if name.schema.as_str() == "pg_catalog" || name.schema.is_empty() {
        name.name.as_str().to_owned()
    } else {
        format!("{}.{}", name.schema.as_str(), name.name.as_str())
    }
}

/// A collation; one with a dot in its name, such as `en_US.utf8`, is quoted.
pub(super) fn collation(name: &QualName) -> String {
    let own = name.name.as_str();
    let own = if own.contains('.') { format!("\"{own}\"") } else { own.to_owned() };
    if name.schema.as_str() == "pg_catalog" { own } else { format!("{}.{own}", name.schema.as_str()) }
}
