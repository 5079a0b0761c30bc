//! Indexes: those listed are the truth of the table, matched by their structure, whatever their name.

use std::collections::BTreeSet;

use autogen_core::object::index::{IndexKey, IndexTarget};
use autogen_core::object::{Index, Unique};
use autogen_core::{Expression, Kind, Name, Object, ObjectId, QualName, Span};

use super::super::TableModel;
use super::super::grammar::{IndexAttr, IndexKey as SaidKey, IndexPart, Nulls, Order};
use super::column::collation;
use super::table::is_full;
use super::{Builder, Role};

impl Builder<'_> {
    pub(super) fn indexes(&mut self, table: &QualName, model: &TableModel) {
        let mut said: Vec<(IndexAttr, Span)> = Vec::new();
        for index in model.attribute.index.iter().flatten() {
            said.push((index.value.clone(), index.span.clone()));
        }
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
                said.push((value, index.span.clone()));
            }
        }
        if said.is_empty() && model.attribute.index.is_none() && !is_full(model) {
            return;
        }
        let mut kept: BTreeSet<ObjectId> = BTreeSet::new();
        for (index, span) in said {
            let Some(wanted) = self.wanted_index(table, model, &index, &span) else { continue };
            let live: Vec<(ObjectId, Index)> =
                self.indexes_of(table).into_iter().filter(|(id, _)| !kept.contains(id)).collect();
            let mut found = None;
            for (id, live) in live {
                let named = index.name.as_ref().is_none_or(|name| name == id.name.name.as_str());
                if named && self.same_index(table, &live, &wanted, &span) {
                    found = Some(id);
                    break;
                }
            }
            let id = match found {
                Some(id) => id,
                None if self.serves_as_constraint(table, &wanted) => continue,
                None => self.add_index(table, &index, wanted, &span),
            };
            self.declare(&id, &span);
            kept.insert(id);
        }
        for (id, _) in self.indexes_of(table).into_iter().filter(|(id, _)| !kept.contains(id)) {
            self.out.catalog.remove_tree(&id);
        }
    }

    fn add_index(&mut self, table: &QualName, said: &IndexAttr, wanted: Index, span: &Span) -> ObjectId {
        for key in &wanted.keys {
            if let IndexTarget::Expression(expression) = &key.target {
                self.ask(table, &Role::Value, expression, Some(span));
            }
        }
        if let Some(predicate) = &wanted.predicate {
            self.ask(table, &Role::Condition, predicate, Some(span));
        }
        let name = match &said.name {
            Some(name) => Name::new(name),
            None => {
                let parts: Vec<&str> = wanted
                    .keys
                    .iter()
                    .map(|key| match &key.target {
                        IndexTarget::Column(column) => column.as_str(),
                        IndexTarget::Expression(expression) => leading_word(expression),
                    })
                    .collect();
                self.free_relation_name(&table.schema, &[table.name.as_str(), &parts.join("_")], "idx")
            }
        };
        let id = ObjectId::new(Kind::Index, table.sibling(name));
        let mut used: BTreeSet<ObjectId> = BTreeSet::new();
        let expressions = wanted.keys.iter().filter_map(|key| match &key.target {
            IndexTarget::Expression(expression) => Some(expression),
            IndexTarget::Column(_) => None,
        });
        for expression in expressions.chain(&wanted.predicate) {
            used.extend(
                self.columns_in(table, expression).iter().map(|column| ObjectId::column(table, column)),
            );
        }
        self.out.catalog.insert(id.clone(), wanted);
        self.out.catalog.set_uses(id.clone(), used);
        id
    }

    fn indexes_of(&self, table: &QualName) -> Vec<(ObjectId, Index)> {
        self.out
            .catalog
            .of_kind(Kind::Index)
            .filter_map(|(id, object)| match object {
                Object::Index(index) if index.table == *table => Some((id.clone(), index.clone())),
                _ => None,
            })
            .collect()
    }

    fn wanted_index(
        &mut self,
        table: &QualName,
        model: &TableModel,
        said: &IndexAttr,
        span: &Span,
    ) -> Option<Index> {
        let mut keys = Vec::new();
        for part in &said.parts {
            let target = match &part.key {
                SaidKey::Column(name) => IndexTarget::Column(
                    self.columns_named(table, model, std::slice::from_ref(name), span)?.pop()?,
                ),
                SaidKey::Expression(text) => match self.bare_column(table, text) {
                    Some(column) => IndexTarget::Column(column),
                    None => IndexTarget::Expression(Expression::new(text)),
                },
            };
            let descending = part.order == Some(Order::Desc);
            keys.push(IndexKey {
                target,
                collation: part.collation.as_deref().and_then(collation),
                opclass: part.opclass.as_deref().map(opclass),
                opclass_options: autogen_core::Options::new(),
                descending,
                nulls_first: part.nulls.map_or(descending, |nulls| nulls == Nulls::First),
            });
        }
        Some(Index {
            table: table.clone(),
            unique: said.unique,
            nulls_not_distinct: said.nulls_not_distinct,
            method: Name::new(said.method.as_deref().unwrap_or("btree")),
            keys,
            include: self.columns_named(table, model, &said.include, span)?,
            predicate: said.predicate.as_ref().map(Expression::new),
            options: said.with.iter().cloned().collect(),
            tablespace: said.tablespace.as_ref().map(Name::new),
            valid: true,
            clustered: false,
            partition_of: None,
        })
    }

    /// A string that is just a column's name is the column.
    fn bare_column(&self, table: &QualName, text: &str) -> Option<Name> {
        let name = Name::new(text.trim());
        self.out.catalog.contains(&ObjectId::column(table, &name)).then_some(name)
    }

    fn same_index(&mut self, table: &QualName, live: &Index, wanted: &Index, span: &Span) -> bool {
        let shape = live.unique == wanted.unique
            && live.nulls_not_distinct == wanted.nulls_not_distinct
            && live.method == wanted.method
            && live.include == wanted.include
            && live.valid
            && live.keys.len() == wanted.keys.len()
            && live.predicate.is_some() == wanted.predicate.is_some()
            && (wanted.options.is_empty() || live.options == wanted.options)
            && (wanted.tablespace.is_none() || live.tablespace == wanted.tablespace);
        if !shape {
            return false;
        }
        // Every part is looked at, also after one that differs: the server is asked about all of them in one go.
        let mut same = true;
        for (live, wanted) in live.keys.iter().zip(&wanted.keys) {
            let order = (live.descending, live.nulls_first) == (wanted.descending, wanted.nulls_first);
            let class = match (&live.opclass, &wanted.opclass) {
                (Some(live), Some(wanted)) => live.name == wanted.name,
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            };
            let target = match (&live.target, &wanted.target) {
                (IndexTarget::Column(live), IndexTarget::Column(wanted)) => live == wanted,
                (IndexTarget::Expression(live), IndexTarget::Expression(wanted)) => {
                    self.same(table, &Role::Value, live, wanted.as_str(), span)
                }
                (_, _) => false,
            };
            same &= order && class && target && live.collation == wanted.collation;
        }
        if let (Some(live), Some(wanted)) = (&live.predicate, &wanted.predicate) {
            same &= self.same(table, &Role::Condition, live, wanted.as_str(), span);
        }
        same
    }

    /// A unique index that is wanted where a unique constraint stands is there already.
    fn serves_as_constraint(&self, table: &QualName, wanted: &Index) -> bool {
        wanted.unique
            && wanted.predicate.is_none()
            && self.out.catalog.parts(Kind::Unique, table).any(|(_, object)| {
                matches!(object, Object::Unique(Unique { columns, nulls_not_distinct, .. })
                    if wanted.plain_columns().as_ref() == Some(columns) && *nulls_not_distinct == wanted.nulls_not_distinct)
            })
    }
}

/// `public.gin_trgm_ops` or `text_pattern_ops`; where it lives decides the server.
fn opclass(text: &str) -> QualName {
    match text.split_once('.') {
        Some((schema, name)) => QualName::new(schema, name),
        None => QualName::new("", text),
    }
}

/// How Postgres names an expression in an index's name: by its function, else `expr`.
fn leading_word(expression: &Expression) -> &str {
    let text = expression.as_str().trim();
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    if end > 0 && text[end..].trim_start().starts_with('(') { &text[..end] } else { "expr" }
}
