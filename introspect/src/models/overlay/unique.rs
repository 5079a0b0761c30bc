//! Unique constraints: those listed are the truth of the table.

use autogen_core::object::index::numbered;
use autogen_core::object::{Index, Unique};
use autogen_core::{Kind, Name, Object, ObjectId, QualName};

use super::super::TableModel;
use super::super::grammar::{KeyAttr, Said};
use super::listed::{self, Listed, Place, deferrability};
use super::{Builder, FromModels};

impl FromModels for Unique {
    fn lay(builder: &mut Builder<'_>) {
        listed::lay::<Self>(builder);
    }
}

impl Listed for Unique {
    type Entry = KeyAttr;
    const KIND: Kind = Kind::Unique;

    fn of(object: &Object) -> Option<&Self> {
        if let Object::Unique(unique) = object { Some(unique) } else { None }
    }

    fn entries(model: &TableModel) -> Option<Vec<Said<KeyAttr>>> {
        let mut all = model.attribute.unique.clone();
        for column in &model.columns {
            if let Some(said) = &column.attribute.unique {
                let value = KeyAttr { columns: vec![column.name.clone()], ..said.value.clone() };
                all.get_or_insert_default().push(Said { value, span: said.span.clone() });
            }
        }
        all
    }

    fn name(entry: &KeyAttr) -> Option<&str> {
        entry.name.as_deref()
    }

    fn wanted(builder: &mut Builder<'_>, place: &Place<'_>, key: &KeyAttr) -> Option<Self> {
        Some(Self {
            columns: builder.columns_named(place.table, place.model, &key.columns, place.span)?,
            include: builder.columns_named(place.table, place.model, &key.include, place.span)?,
            nulls_not_distinct: key.nulls_not_distinct,
            deferrability: deferrability(key.deferrable, key.initially_deferred),
            options: autogen_core::Options::new(),
            tablespace: None,
            without_overlaps: false,
            inherited: false,
            partition_of: None,
            valid: true,
        })
    }

    /// The attribute has no words for the index behind the constraint.
    fn meet(_: &mut Builder<'_>, _: &Place<'_>, live: &Self, wanted: &Self) -> Option<Self> {
        (live.columns == wanted.columns).then(|| Self {
            include: wanted.include.clone(),
            nulls_not_distinct: wanted.nulls_not_distinct,
            deferrability: wanted.deferrability,
            ..live.clone()
        })
    }

    fn is_claimed(&self, _: &Builder<'_>, _: &QualName, _: &TableModel) -> bool {
        !self.inherited
    }

    fn is_served(builder: &Builder<'_>, table: &QualName, wanted: &Self) -> bool {
        Index::present(builder, table).into_iter().any(|(_, index)| {
            index.unique
                && index.predicate.is_none()
                && index.nulls_not_distinct == wanted.nulls_not_distinct
                && index.plain_columns().as_ref() == Some(&wanted.columns)
        })
    }

    fn id(builder: &Builder<'_>, table: &QualName, wanted: &Self, name: Option<&str>) -> ObjectId {
        let joined =
            numbered(wanted.columns.iter().chain(&wanted.include).map(|name| name.as_str().to_owned()))
                .join("_");
        let name = name.map_or_else(
            || builder.free_relation_name(&table.schema, &[table.name.as_str(), &joined], "key"),
            Name::new,
        );
        ObjectId::part(Kind::Unique, table.clone(), name)
    }
}
