//! Renames that nobody told, but the models point at: the new column suits the type that lives under a name which the
//! models no longer have. A type is compared as everywhere, by what the Rust type accepts, so that a `String` suits a
//! `varchar`. Whether to offer such a pair is not decided here.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::{Grounds, Kind, Object, ObjectId, QualName};

use super::super::{StructBinding, TableModel};
use super::Builder;

impl Builder<'_> {
    /// Pairs of what the wanted state no longer has and what is new in it.
    pub(super) fn likely_renames(&mut self) {
        let gone = |id: &ObjectId| !self.out.catalog.contains(id);
        let gone_tables: Vec<&QualName> = self
            .live
            .of_kind(Kind::Table)
            .map(|(id, _)| id)
            .filter(|id| gone(id))
            .map(|id| &id.name)
            .collect();
        let mut found = Vec::new();
        for new in self.columns.iter().map(|laid| &laid.id).filter(|id| !self.live.contains(id)) {
            if self.live.contains(&ObjectId::table(&new.name)) {
                let columns = self.live.parts(Kind::Column, &new.name).map(|(id, _)| id);
                found.extend(columns.filter(|old| gone(old)).map(|old| (old.clone(), new.clone())));
                continue;
            }
            // A column of a new table counts for the table, if it keeps its name.
            let same = gone_tables.iter().map(|table| ObjectId::column(table, new.own_name()));
            found.extend(same.filter(|old| self.live.contains(old)).map(|old| (old, new.clone())));
        }
        for (old, new) in found {
            if self.suits(&old, &new) {
                self.out.hints.likely.insert(old, new, Grounds::Suits);
            }
        }
    }

    /// Pairs where the one stands in the code where the other stood: a field between the same neighbours, or the table
    /// of a struct. Something else may still use the old name.
    pub(super) fn renamed_in_place(&mut self, then: &Builder<'_>) {
        let mut before: BTreeMap<&str, Vec<(ObjectId, QualName, &StructBinding)>> = BTreeMap::new();
        for (old, model) in &then.tables {
            let table = self.today(then, &ObjectId::table(old));
            for one in &model.structs {
                before.entry(&one.rust_name).or_default().push((table.clone(), old.clone(), one));
            }
        }
        let (had, have) = (then.said_by_structs(), self.said_by_structs());
        let had: BTreeSet<ObjectId> = had.iter().map(|old| self.today(then, old)).collect();
        let vanished = |id: &ObjectId| !have.contains(id) && self.live.contains(id);
        let appeared = |id: &ObjectId| !had.contains(id) && !self.live.contains(id);
        let mut found: Vec<(ObjectId, ObjectId)> = Vec::new();
        for (name, model) in &self.tables {
            let table = ObjectId::table(name);
            for one in &model.structs {
                let Some(others) = before.get(one.rust_name.as_str()) else { continue };
                if let Some((_, old_name, old)) = others.iter().find(|(id, ..)| *id == table) {
                    let fields =
                        |builder: &Builder<'_>, table: &QualName, one: &StructBinding| -> Vec<ObjectId> {
                            one.fields.iter().map(|field| builder.field_id(table, &field.column)).collect()
                        };
                    let was = fields(then, old_name, old);
                    let was: Vec<ObjectId> = was.iter().map(|id| self.today(then, id)).collect();
                    let pairs = in_place(&was, &fields(self, name, one));
                    found.extend(pairs.into_iter().filter(|(old, new)| vanished(old) && appeared(new)));
                } else if let [(old, ..)] = others.as_slice()
                    && vanished(old)
                    && appeared(&table)
                {
                    found.push((old.clone(), table.clone()));
                }
            }
        }
        for (old, new) in found {
            let suits = match old.kind {
                Kind::Column => self.suits(&old, &new),
                _ => self.is_alike(&old.name, &new.name),
            };
            if suits {
                self.out.hints.likely.insert(old, new, Grounds::Place);
            }
        }
    }

    /// The column of a field, by the name that its binding has.
    fn field_id(&self, table: &QualName, column: &str) -> ObjectId {
        let models = self.tables.iter().filter(|(name, _)| name == table).map(|(_, model)| *model);
        let found = models.flat_map(|model: &TableModel| &model.columns).find(|one| one.name == column);
        found.map_or_else(|| ObjectId::column(table, &column.into()), |one| self.column_id(table, one))
    }

    /// True if a live column could be the new one: its type is accepted, or is the one that an attribute says.
    fn suits(&self, old: &ObjectId, new: &ObjectId) -> bool {
        let Some(Object::Column(live)) = self.live.get(old) else { return false };
        let Some(laid) = self.columns.iter().find(|laid| laid.id == *new) else { return false };
        match (&laid.column.attribute.sql_type, self.out.catalog.get(new)) {
            (Some(_), Some(Object::Column(wanted))) => wanted.data_type == live.data_type,
            _ => self.accepts(laid.column, &live.data_type),
        }
    }

    /// True if most columns of a new table are those of a live one.
    fn is_alike(&self, old: &QualName, new: &QualName) -> bool {
        let columns: Vec<&ObjectId> =
            self.columns.iter().map(|laid| &laid.id).filter(|id| id.name == *new).collect();
        let kept = columns.iter().filter(|id| self.suits(&ObjectId::column(old, id.own_name()), id)).count();
        kept * 2 > columns.len()
    }
}

/// Pairs what left a list with what came into it at the same distance behind the same neighbour.
fn in_place(before: &[ObjectId], after: &[ObjectId]) -> Vec<(ObjectId, ObjectId)> {
    let places = |list: &[ObjectId], other: &[ObjectId]| {
        let (mut neighbour, mut distance) = (None, 0_usize);
        let mut places = BTreeMap::new();
        for id in list {
            if other.contains(id) {
                (neighbour, distance) = (Some(id.clone()), 0);
            } else {
                places.insert((neighbour.clone(), distance), id.clone());
                distance += 1;
            }
        }
        places
    };
    let mut new = places(after, before);
    places(before, after).into_iter().filter_map(|(place, old)| Some((old, new.remove(&place)?))).collect()
}
