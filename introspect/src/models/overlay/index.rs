//! Indexes: those listed are the truth of the table, matched by their structure, whatever their name.

use std::collections::BTreeSet;

use autogen_core::object::index::{IndexKey, IndexTarget};
use autogen_core::object::{Index, Unique};
use autogen_core::{Expression, Kind, Name, Object, ObjectId, QualName, Span};

use super::super::TableModel;
use super::super::grammar::{IndexAttr, IndexKey as SaidKey, IndexPart, Nulls, Order, Said};
use super::listed::{self, Listed, Place};
use super::table::{is_full, tablespace};
use super::{Builder, FromModels, Role};

impl FromModels for Index {
    fn lay(builder: &mut Builder<'_>) {
        listed::lay::<Self>(builder);
        builder.defaults_from_parents();
        builder.indexes_from_parents();
    }
}

impl Listed for Index {
    type Entry = IndexAttr;
    const KIND: Kind = Kind::Index;

    fn of(object: &Object) -> Option<&Self> {
        if let Object::Index(index) = object { Some(index) } else { None }
    }

    fn entries(model: &TableModel) -> Option<Vec<Said<IndexAttr>>> {
        let mut all = model.attribute.index.clone();
        for column in &model.columns {
            for index in &column.attribute.index {
                let mut value = index.value.clone();
                let own = IndexPart {
                    key: SaidKey::Column(column.name.clone()),
                    order: None,
                    nulls: None,
                    opclass: None,
                    collation: None,
                };
                if value.parts.is_empty() {
                    value.parts.push(own);
                }
                // `index(desc)` on a field has a key without a name: the field's own column.
                for part in value.parts.iter_mut().filter(|part| part.key == SaidKey::Column("_".to_owned()))
                {
                    part.key = SaidKey::Column(column.name.clone());
                }
                all.get_or_insert_default().push(Said { value, span: index.span.clone() });
            }
        }
        all
    }

    fn name(entry: &IndexAttr) -> Option<&str> {
        entry.name.as_deref()
    }

    fn wanted(builder: &mut Builder<'_>, place: &Place<'_>, said: &IndexAttr) -> Option<Self> {
        let Place { table, model, span } = *place;
        let mut keys = Vec::new();
        for part in &said.parts {
            let target = match &part.key {
                SaidKey::Column(name) => IndexTarget::Column(
                    builder.columns_named(table, model, std::slice::from_ref(name), span)?.pop()?,
                ),
                SaidKey::Expression(text) => match builder.bare_column(table, text) {
                    Some(column) => IndexTarget::Column(column),
                    None => IndexTarget::Expression(Expression::new(text)),
                },
            };
            let descending = part.order == Some(Order::Desc);
            keys.push(IndexKey {
                target,
                collation: part.collation.as_deref().and_then(|text| builder.collation(table, text)),
                opclass: part.opclass.as_deref().map(opclass),
                opclass_options: autogen_core::Options::new(),
                descending,
                nulls_first: part.nulls.map_or(descending, |nulls| nulls == Nulls::First),
            });
        }
        Some(Self {
            table: table.clone(),
            unique: said.unique,
            nulls_not_distinct: said.nulls_not_distinct,
            method: Name::new(said.method.as_deref().unwrap_or("btree")),
            keys,
            include: builder.columns_named(table, model, &said.include, span)?,
            predicate: said.predicate.as_ref().map(Expression::new),
            options: said.with.iter().cloned().collect(),
            tablespace: said.tablespace.as_deref().and_then(tablespace),
            valid: true,
            partition_of: None,
        })
    }

    /// Storage is claimed where it is said, and under full management; it changes in place.
    fn meet(builder: &mut Builder<'_>, place: &Place<'_>, live: &Self, wanted: &Self) -> Option<Self> {
        let Place { table, model, span } = *place;
        let shape = live.unique == wanted.unique
            && live.nulls_not_distinct == wanted.nulls_not_distinct
            && live.method == wanted.method
            && live.include == wanted.include
            && live.keys.len() == wanted.keys.len()
            && live.predicate.is_some() == wanted.predicate.is_some();
        if !shape {
            return None;
        }
        // Every part is looked at, also after one that differs: the server is asked about all of them in one go.
        let mut same = true;
        for (live_key, wanted) in live.keys.iter().zip(&wanted.keys) {
            let live = live_key;
            let order = (live.descending, live.nulls_first) == (wanted.descending, wanted.nulls_first);
            let class = match (&live.opclass, &wanted.opclass) {
                (Some(live), Some(wanted)) => live.name == wanted.name,
                (None, None) => true,
                (Some(_), None) => false,
                (None, Some(wanted)) => builder.is_default_opclass(table, &live_key.target, &wanted.name),
            };
            let target = match (&live.target, &wanted.target) {
                (IndexTarget::Column(live), IndexTarget::Column(wanted)) => live == wanted,
                (IndexTarget::Expression(live), IndexTarget::Expression(wanted)) => {
                    builder.same(table, &Role::Value, live, wanted.as_str(), span)
                }
                (_, _) => false,
            };
            same &= order && class && target && live.collation == wanted.collation;
        }
        if let (Some(live), Some(wanted)) = (&live.predicate, &wanted.predicate) {
            same &= builder.same(table, &Role::Condition, live, wanted.as_str(), span);
        }
        let full = is_full(model);
        same.then(|| Self {
            options: if full || !wanted.options.is_empty() { &wanted.options } else { &live.options }.clone(),
            tablespace: if full || wanted.tablespace.is_some() {
                &wanted.tablespace
            } else {
                &live.tablespace
            }
            .clone(),
            // Nobody wants one that is not.
            valid: true,
            ..live.clone()
        })
    }

    /// The index of a partition comes with that of its parent.
    fn is_claimed(&self, _: &Builder<'_>, _: &QualName, _: &TableModel) -> bool {
        self.partition_of.is_none()
    }

    /// A unique index that is wanted where a unique constraint stands is there already.
    fn is_served(builder: &Builder<'_>, table: &QualName, wanted: &Self) -> bool {
        wanted.unique
            && wanted.predicate.is_none()
            && Unique::present(builder, table).into_iter().any(|(_, unique)| {
                wanted.plain_columns().as_ref() == Some(&unique.columns)
                    && unique.nulls_not_distinct == wanted.nulls_not_distinct
            })
    }

    fn id(builder: &Builder<'_>, table: &QualName, wanted: &Self, name: Option<&str>) -> ObjectId {
        let joined = wanted.column_names().join("_");
        let name = name.map_or_else(
            || builder.free_relation_name(&table.schema, &[table.name.as_str(), &joined], "idx"),
            Name::new,
        );
        ObjectId::new(Kind::Index, table.sibling(name))
    }

    fn added(builder: &mut Builder<'_>, table: &QualName, id: &ObjectId, wanted: &Self, span: &Span) {
        let mut used: BTreeSet<ObjectId> = BTreeSet::new();
        let keys = wanted.keys.iter().filter_map(|key| match &key.target {
            IndexTarget::Expression(expression) => Some((Role::Value, expression)),
            IndexTarget::Column(_) => None,
        });
        let predicate = wanted.predicate.iter().map(|predicate| (Role::Condition, predicate));
        for (role, expression) in keys.chain(predicate) {
            builder.ask(table, &role, expression, Some(span));
            let columns = builder.columns_in(table, expression);
            used.extend(columns.iter().map(|column| ObjectId::column(table, column)));
        }
        builder.out.catalog.set_uses(id.clone(), used);
        builder.indexes.entry(table.clone()).or_default().push(id.clone());
    }

    /// An index is no part of its table's name, so they are looked up by table.
    fn present(builder: &Builder<'_>, table: &QualName) -> Vec<(ObjectId, Self)> {
        let ids = builder.indexes.get(table).into_iter().flatten();
        ids.filter_map(|id| Some((id.clone(), Self::of(builder.out.catalog.get(id)?)?.clone()))).collect()
    }
}

impl Builder<'_> {
    /// True for the operator class that goes without saying: those of the built-in types are called after them.
    fn is_default_opclass(&self, table: &QualName, target: &IndexTarget, class: &Name) -> bool {
        let IndexTarget::Column(column) = target else { return class.as_str() == "text_ops" };
        let Some(Object::Column(column)) = self.out.catalog.get(&ObjectId::column(table, column)) else {
            return false;
        };
        let base = column.data_type.base.name.as_str();
        let own = match base {
            _ if column.data_type.array => "array",
            "varchar" => "text",
            "cidr" => "inet",
            "varbit" => "varbit",
            _ if matches!(column.data_type.object(&self.out.catalog), Some(id) if id.kind == Kind::EnumType) => {
                "enum"
            }
            _ if base.ends_with("multirange") => "multirange",
            _ if base.ends_with("range") => "range",
            other => other,
        };
        class.as_str().strip_suffix("_ops") == Some(own)
    }

    /// A string that is just a column's name is the column.
    fn bare_column(&self, table: &QualName, text: &str) -> Option<Name> {
        let name = Name::new(text.trim());
        self.out.catalog.contains(&ObjectId::column(table, &name)).then_some(name)
    }
}

/// `public.gin_trgm_ops` or `text_pattern_ops`; where it lives decides the server.
fn opclass(text: &str) -> QualName {
    match text.split_once('.') {
        Some((schema, name)) => QualName::new(schema, name),
        None => QualName::new("", text),
    }
}
