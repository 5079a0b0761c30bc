//! Differences one by one, each with what either side says in exact words, so that a person can accept one and not its
//! neighbour. A property of a column is a difference of its own; any other object differs as a whole. Words are made
//! from the objects' fields, so that a new kind of object needs none of its own.

use autogen_core::object::{Comment, Table};
use autogen_core::{Action, Catalog, ChangeGraph, Kind, Object, ObjectId, QualName};
use serde_json::{Map, Value};

use crate::config::COLUMN_ASPECTS;

/// The kind of a difference that is a pending rename.
pub(crate) const RENAME: &str = "rename";

/// What is said for a side that has nothing.
pub(crate) const NOTHING: &str = "none";

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drift {
    /// The object, by its new name.
    pub(crate) id: ObjectId,
    /// The property, if it is one of a column that is there on both sides, or [`RENAME`].
    pub(crate) aspect: Option<&'static str>,
    /// What the models say.
    pub(crate) model: String,
    /// What the database has.
    pub(crate) db: String,
    /// The table that it belongs to.
    pub(crate) table: Option<String>,
    /// The column that it is about.
    pub(crate) column: Option<String>,
    /// Its own name, where it is neither a table nor about a column.
    pub(crate) name: Option<String>,
    /// True for an object that nothing changes in place: what it is made of is part of the difference.
    pub(crate) is_anew: bool,
}

impl Drift {
    /// A property of a column, else the kind of object.
    pub(crate) fn kind(&self) -> &'static str {
        self.aspect.unwrap_or(self.id.kind.as_str())
    }
}

/// The differences of a graph that are not only consequences of others.
pub(crate) fn drifts(graph: &ChangeGraph) -> Vec<Drift> {
    let mut all: Vec<Drift> = Vec::new();
    for change in graph.changes.iter().filter(|change| change.because.is_none()) {
        let (before, after) = (graph.before(&change.id), graph.after(&change.id));
        let Some(either) = after.or(before) else { continue };
        let blank = placed(&change.id, either);
        if let Action::Rename { from } = &change.action {
            let (model, db) = (renamed_name(&change.id, from), renamed_name(from, &change.id));
            all.push(Drift { aspect: Some(RENAME), model, db, ..blank });
            continue;
        }
        // A drop and re-create is one difference.
        if all.iter().any(|one| one.id == change.id && one.aspect != Some(RENAME)) {
            continue;
        }
        if let (Some(Object::Column(_)), Some(Object::Column(_))) = (before, after) {
            let (was, is) = (fields(before), fields(after));
            for aspect in COLUMN_ASPECTS {
                let (was, is) = (was.get(field(aspect)), is.get(field(aspect)));
                if was != is {
                    let say = |value| words_of(aspect, value);
                    all.push(Drift { aspect: Some(aspect), model: say(is), db: say(was), ..blank.clone() });
                }
            }
            continue;
        }
        let side = |catalog: &Catalog, id: &ObjectId, object: Option<&Object>| match object {
            Some(object) => words(catalog, id, object),
            None => NOTHING.to_owned(),
        };
        let old = graph.old_id(&change.id);
        let db = side(&graph.catalogs.before, &old, before);
        let model = side(&graph.catalogs.after, &change.id, after);
        let is_anew = change.replaces && before.is_some() && after.is_some();
        all.push(Drift { model, db, is_anew, ..blank });
    }
    all
}

/// A name as far as it differs from the other.
fn renamed_name(id: &ObjectId, other: &ObjectId) -> String {
    if id.part.is_some() && id.part != other.part { id.own_name().as_str().to_owned() } else { raw(&id.name) }
}

/// Gives the wanted catalog what the database has, so that there is no difference left but the name.
pub(crate) fn take_live(drift: &Drift, live: &Catalog, wanted: &mut Catalog) {
    if drift.aspect == Some(RENAME) {
        return;
    }
    let Some(object) = live.get(&drift.id) else {
        wanted.remove_tree(&drift.id);
        return;
    };
    if let Some(aspect) = drift.aspect {
        let mut mixed = fields(wanted.get(&drift.id));
        mixed
            .insert(field(aspect).to_owned(), fields(Some(object)).remove(field(aspect)).unwrap_or_default());
        if let Ok(mixed) = serde_json::from_value::<Object>(Value::Object(mixed)) {
            wanted.insert(drift.id.clone(), mixed);
        }
        return;
    }
    let mut taken = vec![drift.id.clone()];
    if drift.is_anew && drift.id.kind == Kind::Table {
        let columns = |catalog: &Catalog| -> Vec<ObjectId> {
            catalog.parts(Kind::Column, &drift.id.name).map(|(id, _)| id.clone()).collect()
        };
        columns(wanted).iter().filter(|id| !live.contains(id)).for_each(|id| wanted.remove_tree(id));
        taken.extend(columns(live));
    }
    if !wanted.contains(&drift.id) {
        // What went with it comes back with it.
        let within = |id: &ObjectId| {
            let mut whole = live.container(id);
            for _ in 0..8 {
                match whole {
                    Some(found) if found == drift.id => return true,
                    Some(found) => whole = live.container(&found),
                    None => return false,
                }
            }
            false
        };
        taken.extend(live.ids().filter(|id| within(id)).cloned());
    }
    for id in taken {
        if let Some(object) = live.get(&id) {
            wanted.set_uses(id.clone(), live.uses(&id).cloned().collect());
            wanted.insert(id, object.clone());
        }
    }
}

/// Where it is: table, column, own name.
fn placed(id: &ObjectId, object: &Object) -> Drift {
    let about = match object {
        Object::Comment(comment) => &comment.on,
        _ => id,
    };
    let (table, column, name) = match about.kind {
        Kind::Table => (Some(raw(&about.name)), None, None),
        Kind::Column | Kind::Default => {
            (Some(raw(&about.name)), about.part.as_ref().map(|part| part.as_str().to_owned()), None)
        }
        Kind::Index => {
            let table = match object {
                Object::Index(index) => Some(raw(&index.table)),
                _ => None,
            };
            (table, None, Some(about.name.name.as_str().to_owned()))
        }
        _ => match &about.part {
            Some(part) => (Some(raw(&about.name)), None, Some(part.as_str().to_owned())),
            None => (None, None, Some(raw(&about.name))),
        },
    };
    let (model, db) = Default::default();
    Drift { id: id.clone(), aspect: None, model, db, table, column, name, is_anew: false }
}

/// `users`, or `audit.users` outside of `public`, with every character as it is.
pub(crate) fn raw(name: &QualName) -> String {
    match name.schema.as_str() {
        "" | "public" => name.name.as_str().to_owned(),
        schema => format!("{schema}.{}", name.name.as_str()),
    }
}

/// The column that a difference is about, if it is about one.
pub(crate) fn column_of(drift: &Drift, catalogs: [&Catalog; 2]) -> Option<ObjectId> {
    let id = match drift.id.kind {
        Kind::Comment => {
            let found = catalogs.iter().find_map(|catalog| catalog.get(&drift.id));
            match found {
                Some(Object::Comment(Comment { on, .. })) => on.clone(),
                _ => return None,
            }
        }
        _ => drift.id.clone(),
    };
    match id.kind {
        Kind::Column | Kind::Default => Some(ObjectId { kind: Kind::Column, ..id }),
        _ => None,
    }
}

/// The field of a column that a property's word means.
fn field(aspect: &str) -> &str {
    match aspect {
        "type" => "data_type",
        "null" => "not_null",
        other => other,
    }
}

fn fields(object: Option<&Object>) -> Map<String, Value> {
    match object.map(serde_json::to_value) {
        Some(Ok(Value::Object(map))) => map,
        _ => Map::new(),
    }
}

fn words_of(aspect: &str, value: Option<&Value>) -> String {
    match (aspect, value) {
        (_, None) => NOTHING.to_owned(),
        ("null", Some(value)) => if value == &Value::Bool(true) { "NOT NULL" } else { "NULL" }.to_owned(),
        ("type", Some(value)) => match serde_json::from_value::<autogen_core::DataType>(value.clone()) {
            Ok(data_type) => data_type.full_text(),
            Err(_) => compact(value),
        },
        (_, Some(value)) if is_nothing(value) => NOTHING.to_owned(),
        (_, Some(value)) => compact(value),
    }
}

/// What an object is, in a line that is the same for the same object only.
fn words(catalog: &Catalog, id: &ObjectId, object: &Object) -> String {
    match object {
        Object::Column(column) => {
            let mut rest = fields(Some(object));
            for known in ["kind", "position", "data_type", "not_null", "not_null_constraint", "origin"] {
                rest.remove(known);
            }
            let mut out = column.data_type.full_text();
            if column.not_null {
                out.push_str(" NOT NULL");
            }
            let rest = compact_fields(&rest);
            if rest.is_empty() { out } else { format!("{out}, {rest}") }
        }
        Object::Table(_) => {
            let columns = catalog.parts(Kind::Column, &id.name).map(|(column, object)| {
                format!("{} {}", quoted(column.own_name().as_str()), words(catalog, column, object))
            });
            let usual = fields(Some(&Object::from(Table::default())));
            let mut rest = fields(Some(object));
            rest.retain(|name, value| usual.get(name) != Some(value));
            let rest = compact_fields(&rest);
            let columns = columns.collect::<Vec<_>>().join(", ");
            if rest.is_empty() { columns } else { format!("{columns}; {rest}") }
        }
        Object::Default(default) => default.expression.as_str().to_owned(),
        Object::Comment(comment) => comment.text.clone(),
        Object::EnumType(one) => one.labels.iter().map(|label| quoted(label)).collect::<Vec<_>>().join(", "),
        other => {
            let mut rest = fields(Some(other));
            rest.remove("kind");
            if let Object::Index(index) = other {
                // The table is known, and that it is usable is usual.
                rest.remove("table");
                rest.remove("valid");
                rest.insert("invalid".to_owned(), Value::Bool(!index.valid));
            }
            let rest = compact_fields(&rest);
            // Some objects are nothing but a name.
            if rest.is_empty() { "there".to_owned() } else { rest }
        }
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(all) => all.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::String(_) => false,
    }
}

fn compact_fields(map: &Map<String, Value>) -> String {
    let said = map.iter().filter(|(_, value)| !is_nothing(value));
    let parts = said.map(|(name, value)| {
        let name = quoted(&name.replace('_', " "));
        if value == &Value::Bool(true) { name } else { format!("{name} {}", compact(value)) }
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn compact(value: &Value) -> String {
    match value {
        Value::Null => NOTHING.to_owned(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(all) => format!("({})", all.iter().map(compact).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => match (map.get("schema"), map.get("name"), map.len()) {
            (Some(Value::String(schema)), Some(Value::String(name)), 2) => {
                if matches!(schema.as_str(), "" | "public" | "pg_catalog") {
                    quoted(name)
                } else {
                    format!("{}.{}", quoted(schema), quoted(name))
                }
            }
            _ => match (map.get("target"), map.get("column"), map.len()) {
                // The key of an index.
                (Some(target), _, _) => {
                    let rest = map.iter().filter(|(name, value)| *name != "target" && !is_nothing(value));
                    let rest = rest.map(|(name, value)| match value {
                        Value::Bool(true) => format!(" {}", name.replace('_', " ")),
                        _ => format!(" {} {}", name.replace('_', " "), compact(value)),
                    });
                    compact(target) + &rest.collect::<String>()
                }
                (None, Some(column), 1) => compact(column),
                (None, _, _) => format!("({})", compact_fields(map)),
            },
        },
    }
}

/// Text that could be taken for more than one value stands in quotes.
fn quoted(text: &str) -> String {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_ .$".contains(c));
    if plain { text.to_owned() } else { Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use autogen_core::object::{Column, EnumType};
    use autogen_core::{DataType, Hints, Pair};

    use super::*;

    fn table(columns: &[(&str, &str, bool)]) -> Catalog {
        let mut catalog = Catalog::default();
        let name = QualName::new("public", "t");
        catalog.insert(ObjectId::table(&name), autogen_core::object::Table::default());
        for (at, (column, data_type, not_null)) in columns.iter().enumerate() {
            let plain = Column::plain(at as i32 + 1, DataType::builtin(data_type, *data_type));
            catalog
                .insert(ObjectId::column(&name, &(*column).into()), Column { not_null: *not_null, ..plain });
        }
        catalog
    }

    fn check(db: &Catalog, model: &Catalog, expect: &[&str]) {
        let graph = autogen_diff::diff(Pair::new(db, model), &Hints::default()).unwrap();
        let all = drifts(&graph);
        let shown: Vec<String> = all
            .iter()
            .map(|one| {
                let place = [&one.table, &one.column, &one.name].map(|part| part.as_deref().unwrap_or("-"));
                format!("{} {}: {} | {}", place.join(" "), one.kind(), one.model, one.db)
            })
            .collect();
        assert_eq!(shown, expect);
        // With every difference taken back nothing differs.
        let mut wanted = model.clone();
        for one in &all {
            take_live(one, db, &mut wanted);
        }
        assert!(autogen_diff::diff(Pair::new(db, &wanted), &Hints::default()).unwrap().is_empty());
    }

    #[test]
    fn properties_of_columns_are_told_apart() {
        let live = table(&[("a", "text", false), ("gone", "int4", true)]);
        let model = table(&[("a", "int8", true), ("new", "text", true)]);
        check(
            &live,
            &model,
            &[
                "t gone - column: none | int4 NOT NULL",
                "t a - type: int8 | text",
                "t a - null: NOT NULL | NULL",
                "t new - column: text NOT NULL | none",
            ],
        );
        check(&Catalog::default(), &table(&[("a", "text", true)]), &["t - - table: a text NOT NULL | none"]);
    }

    #[test]
    fn words_are_exact() {
        let labels = |labels: &[&str]| {
            let mut catalog = Catalog::default();
            let labels = labels.iter().map(|label| (*label).to_owned()).collect();
            catalog.insert(ObjectId::new(Kind::EnumType, QualName::new("x", "mood")), EnumType { labels });
            catalog
        };
        check(&labels(&["a", "b"]), &labels(&["a", "b, c"]), &["- - x.mood enum_type: a, \"b, c\" | a, b"]);
    }
}
