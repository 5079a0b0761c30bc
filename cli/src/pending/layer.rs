//! A live schema and what migrations change of it. They were run on a copy that our own renderer built, and only what they
//! made different there counts: all else stays exactly as the live server tells it, even what could not be built.

use std::collections::BTreeMap;

use autogen_core::{Catalog, Kind, Object, ObjectId, QualName};

/// The live schema with the changes that lead from `before` to `after`.
pub(super) fn on_top(live: &Catalog, before: &Catalog, after: &Catalog) -> Catalog {
    let mut result = live.clone();
    for id in before.ids().filter(|id| !after.contains(id)) {
        result.remove(id);
    }
    let shift = shifts(live, before);
    for (id, object) in after.iter() {
        let is_same = before.get(id) == Some(object);
        if is_same && live.contains(id) {
            if before.uses(id).ne(after.uses(id)) {
                result.set_uses(id.clone(), after.uses(id).cloned().collect());
            }
            continue;
        }
        if is_same {
            // A new database has it, the live one does not, and no migration has touched it.
            continue;
        }
        let mut object = object.clone();
        if let (Object::Column(column), Some(shift)) = (&mut object, shift.get(&id.name))
            && !before.contains(id)
        {
            column.position += shift;
        }
        result.insert(id.clone(), object);
        if before.uses(id).ne(after.uses(id)) {
            result.set_uses(id.clone(), after.uses(id).cloned().collect());
        }
    }
    result.extension_owned.extend(after.extension_owned.iter().cloned());
    result
}

/// By how much the columns of live tables are further behind than those of their copies, which have no gaps where
/// columns were dropped. A new column comes after all of them.
fn shifts(live: &Catalog, before: &Catalog) -> BTreeMap<QualName, i32> {
    let last = |catalog: &Catalog, table: &QualName| {
        let positions = catalog.parts(Kind::Column, table).filter_map(|(_, object)| match object {
            Object::Column(column) => Some(column.position),
            _ => None,
        });
        positions.max().unwrap_or_default()
    };
    let shift = |id: &ObjectId| (id.name.clone(), last(live, &id.name) - last(before, &id.name));
    live.of_kind(Kind::Table).map(|(id, _)| shift(id)).collect()
}

#[cfg(test)]
mod tests {
    use autogen_core::DataType;
    use autogen_core::object::{Column, Table};

    use super::*;

    fn table(columns: &[(&str, i32)]) -> Catalog {
        let mut catalog = Catalog::default();
        let name = QualName::new("public", "t");
        catalog.insert(ObjectId::table(&name), Table::default());
        for (column, position) in columns {
            let plain = Column::plain(*position, DataType::builtin("text", "text"));
            catalog.insert(ObjectId::column(&name, &(*column).into()), plain);
        }
        catalog
    }

    fn check(live: &[(&str, i32)], before: &[(&str, i32)], after: &[(&str, i32)], expect: &[(&str, i32)]) {
        assert_eq!(on_top(&table(live), &table(before), &table(after)), table(expect));
    }

    #[test]
    fn only_what_changed_counts() {
        // Gaps stay, and what is new comes last.
        check(
            &[("a", 2), ("b", 7)],
            &[("a", 1), ("b", 2)],
            &[("a", 1), ("b", 2), ("c", 3)],
            &[("a", 2), ("b", 7), ("c", 8)],
        );
        check(&[("a", 2), ("b", 7)], &[("a", 1), ("b", 2)], &[("a", 1)], &[("a", 2)]);
        // What could not be built is there all the same.
        check(
            &[("a", 1), ("vector", 2)],
            &[("a", 1)],
            &[("a", 1), ("c", 2)],
            &[("a", 1), ("vector", 2), ("c", 3)],
        );
    }
}
