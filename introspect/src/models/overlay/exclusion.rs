//! Exclusion constraints: those listed are the truth of the table.

use autogen_core::object::Exclusion;
use autogen_core::object::index::{IndexKey, IndexTarget, numbered};
use autogen_core::{Expression, Kind, Name, Object, ObjectId, QualName};

use super::super::TableModel;
use super::super::grammar::{ExcludeAttr, Said};
use super::listed::{self, Listed, Place, deferrability};
use super::{Builder, FromModels, Role};

impl FromModels for Exclusion {
    fn lay(builder: &mut Builder<'_>) {
        listed::lay::<Self>(builder);
    }
}

impl Listed for Exclusion {
    type Entry = ExcludeAttr;
    const KIND: Kind = Kind::Exclusion;

    fn of(object: &Object) -> Option<&Self> {
        if let Object::Exclusion(exclusion) = object { Some(exclusion) } else { None }
    }

    fn entries(model: &TableModel) -> Option<Vec<Said<ExcludeAttr>>> {
        model.attribute.exclude.clone()
    }

    fn name(entry: &ExcludeAttr) -> Option<&str> {
        entry.name.as_deref()
    }

    fn wanted(builder: &mut Builder<'_>, place: &Place<'_>, exclude: &ExcludeAttr) -> Option<Self> {
        let table = place.table;
        let elements = exclude.elements.iter().map(|element| {
            let (key, operator) = split_operator(element);
            let column = Name::new(key);
            let is_column = builder.out.catalog.contains(&ObjectId::column(table, &column));
            let target = if is_column {
                IndexTarget::Column(column)
            } else {
                IndexTarget::Expression(Expression::new(key))
            };
            (IndexKey { target, ..IndexKey::column("") }, Expression::new(operator))
        });
        Some(Self {
            method: Name::new(&exclude.method),
            elements: elements.collect(),
            include: Vec::new(),
            predicate: exclude.predicate.as_ref().map(Expression::new),
            deferrability: deferrability(exclude.deferrable, exclude.initially_deferred),
            options: autogen_core::Options::new(),
            tablespace: None,
        })
    }

    fn meet(builder: &mut Builder<'_>, place: &Place<'_>, live: &Self, wanted: &Self) -> Option<Self> {
        let Place { table, span, .. } = *place;
        let shape = live.method == wanted.method
            && live.deferrability == wanted.deferrability
            && live.elements.len() == wanted.elements.len()
            && live.predicate.is_some() == wanted.predicate.is_some();
        if !shape {
            return None;
        }
        // Every part is looked at, also after one that differs: the server is asked about all of them in one go.
        let mut same = true;
        for ((live_key, live_operator), (key, operator)) in live.elements.iter().zip(&wanted.elements) {
            let target = match (&live_key.target, &key.target) {
                (IndexTarget::Column(live), IndexTarget::Column(wanted)) => live == wanted,
                (IndexTarget::Expression(live), IndexTarget::Expression(wanted)) => {
                    builder.same(table, &Role::Value, live, wanted.as_str(), span)
                }
                (_, _) => false,
            };
            same &= target && live_operator == operator;
        }
        if let (Some(live), Some(wanted)) = (&live.predicate, &wanted.predicate) {
            same &= builder.same(table, &Role::Condition, live, wanted.as_str(), span);
        }
        same.then(|| live.clone())
    }

    fn is_claimed(&self, _: &Builder<'_>, _: &QualName, _: &TableModel) -> bool {
        true
    }

    fn id(builder: &Builder<'_>, table: &QualName, wanted: &Self, name: Option<&str>) -> ObjectId {
        let joined = numbered(wanted.elements.iter().map(|(key, _)| key.column_name())).join("_");
        let name = name.map_or_else(
            || builder.free_relation_name(&table.schema, &[table.name.as_str(), &joined], "excl"),
            Name::new,
        );
        ObjectId::part(Kind::Exclusion, table.clone(), name)
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
