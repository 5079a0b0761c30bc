//! Foreign keys: `references(…)` on the field of a key over one column, `foreign_key(…)` on the struct for the others.

use autogen_core::object::foreign_key::ReferentialAction;
use autogen_core::object::{ForeignKey, choose_name};
use autogen_core::{Catalog, Kind, Name, Object, QualName};

use super::super::part::is_modelled;
use super::super::word::{word, words};
use super::constraint::deferrability;
use super::{Entry, TableEntries, name_option};

/// True if the grammar has words for all of the key.
pub(in super::super) fn can_say_foreign_key(key: &ForeignKey) -> bool {
    key.enforced && !key.inherited
}

pub(super) fn entries(catalog: &Catalog, table: &QualName, out: &mut TableEntries) {
    let all: Vec<_> = catalog
        .parts(Kind::ForeignKey, table)
        .filter_map(|(id, object)| match object {
            Object::ForeignKey(key) if can_say_foreign_key(key) => Some((id.own_name(), key)),
            _ => None,
        })
        .collect();
    for (name, key) in &all {
        let joined = key.columns.iter().map(Name::as_str).collect::<Vec<_>>().join("_");
        let twin = all.iter().any(|(other, twin)| other != name && twin.columns == key.columns);
        let chosen = if twin { String::new() } else { choose_name(&[table.name.as_str(), &joined], "fkey") };
        let mut options = options(key);
        options.extend(name_option(name, &chosen));
        let parent = parent(catalog, table, key);
        match key.columns.as_slice() {
            [column] if out.has_field(column) => {
                let args: Vec<String> = std::iter::once(parent).chain(options).collect();
                out.on(column, Entry::list("references", &args));
            }
            columns => {
                let arrow = format!("({}) -> {parent}", words(columns));
                let args: Vec<String> = std::iter::once(arrow).chain(options).collect();
                out.table.push(Entry::list("foreign_key", &args));
            }
        }
    }
}

/// `orgs`, `audit.orgs`, `orgs(code)`: the schema where it is another one, the columns where they are not its key.
fn parent(catalog: &Catalog, table: &QualName, key: &ForeignKey) -> String {
    let mut out = word(&key.parent.name);
    if key.parent.schema != table.schema || key.parent.name.as_str().contains('.') {
        out = format!("{}.{out}", word(&key.parent.schema));
    }
    let primary = catalog.parts(Kind::PrimaryKey, &key.parent).any(
        |(_, object)| matches!(object, Object::PrimaryKey(primary) if primary.columns == key.parent_columns),
    );
    // A table of objects.sql has no key yet when the models are read.
    if !primary || !is_modelled(catalog, &key.parent) {
        out.push_str(&format!("({})", words(&key.parent_columns)));
    }
    out
}

fn options(key: &ForeignKey) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(action) = action(key.on_delete) {
        let columns =
            if key.set_columns.is_empty() { String::new() } else { format!("({})", words(&key.set_columns)) };
        out.push(format!("on_delete = {action}{columns}"));
    }
    out.extend(action(key.on_update).map(|action| format!("on_update = {action}")));
    out.extend(key.match_full.then(|| "match = full".to_owned()));
    out.extend(deferrability(key.deferrability));
    out.extend((!key.validated).then(|| "not_valid".to_owned()));
    out
}

fn action(action: ReferentialAction) -> Option<&'static str> {
    match action {
        ReferentialAction::NoAction => None,
        ReferentialAction::Restrict => Some("restrict"),
        ReferentialAction::Cascade => Some("cascade"),
        ReferentialAction::SetNull => Some("set_null"),
        ReferentialAction::SetDefault => Some("set_default"),
    }
}
