//! What is said of a column besides its type: where its values come from, collation, storage, comment.

use autogen_core::object::column::{Identity, Storage, in_order};
use autogen_core::object::sequence::SequenceOptions;
use autogen_core::object::table::Persistence;
use autogen_core::object::{Column, Sequence, choose_name};
use autogen_core::{Catalog, Kind, Name, Object, ObjectId, QualName};

use super::super::super::literal::string as literal;
use super::index::collation;
use super::{Entry, TableEntries, comment};

pub(super) fn entries(catalog: &Catalog, table: &QualName, out: &mut TableEntries) {
    for (name, column) in in_order(catalog, table) {
        let id = ObjectId::column(table, name);
        let mut entries = Vec::new();
        entries.extend(column.collation.as_ref().map(|name| Entry::text("collate", &collation(name))));
        entries.extend(value(catalog, &id, column));
        entries.extend(column.storage.map(|storage| Entry::text("storage", strategy(storage))));
        entries.extend(column.compression.as_ref().map(|method| Entry::text("compression", method)));
        entries.extend(
            column.statistics.map(|target| Entry::new("statistics", format!("statistics = {target}"))),
        );
        entries.extend(comment(catalog, &id));
        for entry in entries {
            out.on(name, entry);
        }
    }
}

/// Where a value comes from that an insert leaves out.
fn value(catalog: &Catalog, id: &ObjectId, column: &Column) -> Option<Entry> {
    if let Some(identity) = &column.identity {
        return Some(self::identity(identity));
    }
    if let Some(generated) = &column.generated {
        return Some(Entry::text("generated", generated.expression.as_str()));
    }
    if serial_sequence(catalog, id, column).is_some() {
        return Some(Entry::flag("serial"));
    }
    match catalog.get(&ObjectId { kind: Kind::Default, ..id.clone() }) {
        Some(Object::Default(default)) => Some(Entry::text("default", default.expression.as_str())),
        _ => None,
    }
}

/// The sequence of a column that is just what `serial` makes.
pub(in super::super) fn serial_sequence(
    catalog: &Catalog,
    id: &ObjectId,
    column: &Column,
) -> Option<ObjectId> {
    let name = choose_name(&[id.name.name.as_str(), id.own_name().as_str()], "seq");
    let sequence = ObjectId::new(Kind::Sequence, id.name.sibling(Name::new(&name)));
    let plain = Sequence {
        options: SequenceOptions::of_type(&column.data_type.full_text()),
        owned_by: Some(id.clone()),
        persistence: match catalog.get(&ObjectId::table(&id.name)) {
            Some(Object::Table(table)) => table.persistence,
            _ => Persistence::Permanent,
        },
    };
    let default = ObjectId { kind: Kind::Default, ..id.clone() };
    let is_plain = matches!(catalog.get(&sequence), Some(Object::Sequence(found)) if *found == plain)
        && column.not_null
        && ["smallint", "integer", "bigint"].contains(&column.data_type.full_text().as_str())
        && matches!(catalog.get(&default), Some(Object::Default(default)) if default.expression.as_str().starts_with("nextval("))
        && catalog.uses(&default).any(|used| *used == sequence);
    is_plain.then_some(sequence)
}

fn identity(identity: &Identity) -> Entry {
    let plain = SequenceOptions::of_type(&identity.sequence.data_type);
    let plain = SequenceOptions { increment: identity.sequence.increment, ..plain }.defaults();
    let sequence = &identity.sequence;
    let mut args = Vec::new();
    let mut number = |key: &str, value: i64, plain: i64| {
        args.extend((value != plain).then(|| format!("{key} = {value}")));
    };
    number("increment", sequence.increment, 1);
    number("min", sequence.min, plain.min);
    number("max", sequence.max, plain.max);
    let first = if sequence.increment > 0 { sequence.min } else { sequence.max };
    number("start", sequence.start, first);
    number("cache", sequence.cache, 1);
    args.extend(sequence.cycle.then(|| "cycle".to_owned()));
    args.extend(
        identity.sequence_name.as_ref().map(|name| format!("sequence = {}", literal(name.name.as_str()))),
    );
    let mode = if identity.always { "always" } else { "by_default" };
    let options = if args.is_empty() { String::new() } else { format!("({})", args.join(", ")) };
    Entry::new("identity", format!("identity = {mode}{options}"))
}

fn strategy(storage: Storage) -> &'static str {
    match storage {
        Storage::Plain => "plain",
        Storage::External => "external",
        Storage::Extended => "extended",
        Storage::Main => "main",
    }
}
