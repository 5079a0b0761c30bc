//! Exclusion constraints: those listed are the truth of the table.

use std::collections::BTreeSet;

use autogen_core::object::Exclusion;
use autogen_core::object::index::{IndexKey, IndexTarget};
use autogen_core::{Expression, Kind, Name, Object, ObjectId, QualName};

use super::super::TableModel;
use super::key::deferrability;
use super::table::is_full;
use super::{Builder, Role};

impl Builder<'_> {
    pub(super) fn exclusions(&mut self, table: &QualName, model: &TableModel) {
        if model.attribute.exclude.is_none() && !is_full(model) {
            return;
        }
        let mut kept: BTreeSet<ObjectId> = BTreeSet::new();
        for said in model.attribute.exclude.clone().into_iter().flatten() {
            let exclude = &said.value;
            let elements: Vec<(IndexKey, Expression)> = exclude
                .elements
                .iter()
                .map(|element| {
                    let (key, operator) = split_operator(element);
                    let column = Name::new(key);
                    let is_column = self.out.catalog.contains(&ObjectId::column(table, &column));
                    let target = if is_column {
                        IndexTarget::Column(column)
                    } else {
                        IndexTarget::Expression(Expression::new(key))
                    };
                    (IndexKey { target, ..IndexKey::column("") }, Expression::new(operator))
                })
                .collect();
            let wanted = Exclusion {
                method: Name::new(&exclude.method),
                elements,
                include: Vec::new(),
                predicate: exclude.predicate.as_ref().map(Expression::new),
                deferrability: deferrability(exclude.deferrable, exclude.initially_deferred),
                options: autogen_core::Options::new(),
                tablespace: None,
            };
            let live: Vec<(ObjectId, Exclusion)> = self
                .out
                .catalog
                .parts(Kind::Exclusion, table)
                .filter_map(|(id, object)| match object {
                    Object::Exclusion(exclusion) => Some((id.clone(), exclusion.clone())),
                    _ => None,
                })
                .collect();
            let found = live.into_iter().find(|(id, live)| {
                exclude.name.as_ref().is_none_or(|name| name == id.own_name().as_str())
                    && self.same_exclusion(table, live, &wanted, &said.span)
            });
            let id = match found {
                Some((id, _)) => id,
                None => {
                    let parts: Vec<&str> = wanted
                        .elements
                        .iter()
                        .filter_map(|(key, _)| match &key.target {
                            IndexTarget::Column(column) => Some(column.as_str()),
                            IndexTarget::Expression(_) => None,
                        })
                        .collect();
                    let name = match &exclude.name {
                        Some(name) => Name::new(name),
                        None => self.free_relation_name(
                            &table.schema,
                            &[table.name.as_str(), &parts.join("_")],
                            "excl",
                        ),
                    };
                    let id = ObjectId::part(Kind::Exclusion, table.clone(), name);
                    self.out.catalog.insert(id.clone(), wanted);
                    id
                }
            };
            self.declare(&id, &said.span);
            kept.insert(id);
        }
        let unlisted: Vec<ObjectId> = self
            .out
            .catalog
            .parts(Kind::Exclusion, table)
            .map(|(id, _)| id.clone())
            .filter(|id| !kept.contains(id))
            .collect();
        for id in unlisted {
            self.out.catalog.remove_tree(&id);
        }
    }

    fn same_exclusion(
        &mut self,
        table: &QualName,
        live: &Exclusion,
        wanted: &Exclusion,
        span: &autogen_core::Span,
    ) -> bool {
        let shape = live.method == wanted.method
            && live.deferrability == wanted.deferrability
            && live.elements.len() == wanted.elements.len()
            && live.predicate.is_some() == wanted.predicate.is_some();
        if !shape {
            return false;
        }
        // Every part is looked at, also after one that differs: the server is asked about all of them in one go.
        let mut same = true;
        for ((live_key, live_operator), (key, operator)) in live.elements.iter().zip(&wanted.elements) {
            let target = match (&live_key.target, &key.target) {
                (IndexTarget::Column(live), IndexTarget::Column(wanted)) => live == wanted,
                (IndexTarget::Expression(live), IndexTarget::Expression(wanted)) => {
                    self.same(table, &Role::Value, live, wanted.as_str(), span)
                }
                (_, _) => false,
            };
            same &= target && live_operator == operator;
        }
        if let (Some(live), Some(wanted)) = (&live.predicate, &wanted.predicate) {
            same &= self.same(table, &Role::Condition, live, wanted.as_str(), span);
        }
        same
    }
}

/// `during WITH &&` in its two parts; the last `WITH` counts.
fn split_operator(element: &str) -> (&str, &str) {
    let upper = element.to_ascii_uppercase();
    match upper.rfind(" WITH ") {
        Some(at) => (element[..at].trim(), element[at + 6..].trim()),
        None => (element.trim(), "="),
    }
}
