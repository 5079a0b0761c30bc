//! What is said of a table as such: persistence, partitioning, storage parameters, row security.

use autogen_core::object::Table;
use autogen_core::object::table::Persistence;
use autogen_core::{Catalog, Object, ObjectId, Options, QualName};

use super::super::super::literal::string as literal;
use super::{Entry, TableEntries, comment};

pub(super) fn entries(catalog: &Catalog, name: &QualName, out: &mut TableEntries) {
    let Some(Object::Table(table)) = catalog.get(&ObjectId::table(name)) else { return };
    if table.persistence == Persistence::Unlogged {
        out.table.push(Entry::flag("unlogged"));
    }
    out.table.extend(partition_by(table));
}

/// What reads best behind the keys and indexes.
pub(super) fn last_entries(catalog: &Catalog, name: &QualName, out: &mut TableEntries) {
    let id = ObjectId::table(name);
    let Some(Object::Table(table)) = catalog.get(&id) else { return };
    if !table.options.is_empty() {
        out.table.push(Entry::new("with", with(&table.options)));
    }
    if let Some(tablespace) = &table.tablespace {
        out.table.push(Entry::text("tablespace", tablespace.as_str()));
    }
    match (table.row_security, table.force_row_security) {
        (true, false) => out.table.push(Entry::flag("rls")),
        (true, true) => out.table.push(Entry::new("rls", "rls(force)")),
        (false, _) => {}
    }
    out.table.extend(comment(catalog, &id));
}

/// `with(fillfactor = 70, toast.autovacuum_enabled = false)`.
pub(super) fn with(options: &Options) -> String {
    let settings: Vec<String> = options
        .iter()
        .map(|(key, value)| {
            let bare = value.parse::<u64>().is_ok_and(|number| number.to_string() == *value)
                || ["true", "false"].contains(&value.as_str());
            // A name of Postgres's own, with a dot in it for the TOAST table's: words of the attribute.
            format!("{key} = {}", if bare { value.clone() } else { literal(value) })
        })
        .collect();
    format!("with({})", settings.join(", "))
}

/// The key is `RANGE (…)` in the catalog.
fn partition_by(table: &Table) -> Option<Entry> {
    let key = table.partition_key.as_ref()?.as_str();
    let (method, rest) = key.split_once(' ')?;
    let inner = rest.trim().strip_prefix('(')?.strip_suffix(')')?;
    Some(Entry::new("partition_by", format!("partition_by({}, {})", method.to_lowercase(), literal(inner))))
}
