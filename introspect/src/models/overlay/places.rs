//! Where attributes can be put that say what lives: the structs of each live table, their fields by column, and what
//! the models say already, kind by kind, for the first mention of a kind makes the list of it the truth. What is to be
//! said is decided elsewhere, and so is how it gets into a file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use autogen_core::{Catalog, Name, Object, ObjectId, QualName, Span};

use super::super::grammar::{FieldAttr, TableAttr};
use super::super::{EnumModel, Load, Models, StructBinding, TableModel};
use super::column::target;
use super::table::is_full;
use super::{Builder, Canon, Laid, OverlayOptions, types};

/// The places in all models.
#[derive(Debug, Default)]
pub struct Places {
    /// What lives, under the names that the models give it with `was`.
    pub live: Catalog,
    /// The live tables that structs are bound to.
    pub tables: Vec<TablePlace>,
    /// The live enums that Rust enums are bound to.
    pub enums: Vec<EnumPlace>,
}

/// The places for one table.
#[derive(Debug)]
pub struct TablePlace {
    /// The live table.
    pub table: QualName,
    /// Its structs, the one that says most about loading first.
    pub structs: Vec<StructPlace>,
    /// The columns whose type a new column would not get without a word.
    pub untold_types: BTreeSet<Name>,
    /// The columns of the key, where something tells it.
    pub key: Option<Vec<String>>,
    /// `managed = "full"`: what is not said is said to be absent.
    pub is_full: bool,
    said: TableAttr,
    said_of: BTreeMap<Name, Arc<FieldAttr>>,
}

/// A struct and its fields.
#[derive(Debug)]
pub struct StructPlace {
    /// The struct's name in Rust.
    pub rust_name: String,
    /// Where its name is.
    pub span: Span,
    /// Where the field of each live column is.
    pub fields: BTreeMap<Name, Span>,
}

/// The place for one enum.
#[derive(Debug)]
pub struct EnumPlace {
    /// The live type.
    pub name: QualName,
    /// The name in Rust.
    pub rust_name: String,
    /// Where that is.
    pub span: Span,
    /// True if an attribute names the type already.
    pub is_said: bool,
    /// True if an attribute says the comment.
    pub has_comment: bool,
    /// True if the variants are the live labels in their order.
    pub is_alike: bool,
}

/// Finds the places for what lives.
pub fn places(models: &Models, live: &Catalog) -> Places {
    let (canon, options) = (Canon::default(), OverlayOptions::default());
    let laid = Laid::new(models, live, &options.renames);
    let mut builder = laid.builder(&canon, &options).laid();
    let tables = builder.tables.clone();
    let tables = tables
        .iter()
        .filter(|(name, model)| !model.structs.is_empty() && laid.live.contains(&ObjectId::table(name)));
    let tables = tables.map(|(name, model)| table(&mut builder, name, model)).collect();
    let enums = builder.models.enums.iter().filter_map(|model| enumeration(&builder, model)).collect();
    let live = builder.live;
    Places { live, tables, enums }
}

fn table(builder: &mut Builder<'_>, name: &QualName, model: &TableModel) -> TablePlace {
    let laid: Vec<_> = builder
        .columns
        .iter()
        .filter(|laid| laid.id.name == *name && builder.live.contains(&laid.id))
        .map(|laid| (laid.id.own_name().clone(), laid.column))
        .collect();
    let mut structs: Vec<&StructBinding> = model.structs.iter().collect();
    structs.sort_by_key(|one| std::cmp::Reverse(strength(one)));
    let place = |one: &&StructBinding| StructPlace {
        rust_name: one.rust_name.clone(),
        span: one.span.clone(),
        fields: one
            .fields
            .iter()
            .filter(|field| !field.positional)
            .filter_map(|field| {
                let (column, _) = laid.iter().find(|(_, column)| column.name == field.column)?;
                Some((column.clone(), field.span.clone()))
            })
            .collect(),
    };
    let mut untold_types = BTreeSet::new();
    for (own, column) in &laid {
        let id = ObjectId::column(name, own);
        let Some(Object::Column(live)) = builder.live.get(&id) else { continue };
        let proposed = target(column).map(|target| types::of(&target, &builder.live));
        if proposed.as_ref() != Some(&live.data_type) && builder.accepts(column, &live.data_type) {
            untold_types.insert(own.clone());
        }
    }
    TablePlace {
        table: name.clone(),
        structs: structs.iter().map(place).collect(),
        untold_types,
        key: model.primary_key.as_ref().map(|key| key.columns.clone()),
        is_full: is_full(model),
        said: TableAttr::clone(&model.attribute),
        said_of: laid.into_iter().map(|(own, column)| (own, column.attribute.clone())).collect(),
    }
}

/// Loaded by name, loaded by position, inserted, changed; then the one with the most columns.
fn strength(one: &StructBinding) -> (u8, bool, bool, usize) {
    let load = match one.roles.load {
        Some(Load::Named) => 2,
        Some(Load::Positional) => 1,
        None => 0,
    };
    (load, one.roles.insert, one.roles.update, one.fields.len())
}

fn enumeration(builder: &Builder<'_>, model: &EnumModel) -> Option<EnumPlace> {
    let id = builder.enum_id(model)?;
    let Some(Object::EnumType(live)) = builder.live.get(&id) else { return None };
    Some(EnumPlace {
        name: id.name.clone(),
        rust_name: model.rust_name.clone(),
        span: model.span.clone(),
        is_said: model.is_ordered,
        has_comment: model.attribute.comment.is_some(),
        is_alike: model.labels.iter().map(|label| &label.label).eq(live.labels.iter()),
    })
}

impl TablePlace {
    /// True if an attribute speaks of what a key of the struct's attribute is about. A kind that is listed is spoken of
    /// wherever one of its kind stands.
    pub fn says(&self, key: &str) -> bool {
        let said = &self.said;
        let of_any = |is_said: fn(&FieldAttr) -> bool| self.said_of.values().any(|said| is_said(said));
        match key {
            "index" => said.index.is_some() || of_any(|one| !one.index.is_empty()),
            "unique" => said.unique.is_some() || of_any(|one| one.unique.is_some()),
            "check" => said.check.is_some() || of_any(|one| !one.check.is_empty()),
            "exclude" => said.exclude.is_some(),
            "references" | "foreign_key" => {
                said.foreign_key.is_some() || of_any(|one| !one.references.is_empty())
            }
            "primary_key" => said.primary_key.is_some() || of_any(|one| one.primary_key.is_some()),
            "partition_by" => said.partition_by.is_some(),
            "unlogged" => said.unlogged.is_some(),
            "with" => said.with.is_some(),
            "tablespace" => said.tablespace.is_some(),
            "rls" => said.rls.is_some(),
            "comment" => said.comment.is_some(),
            _ => false,
        }
    }

    /// True if an attribute speaks of what a key of a field's attribute is about.
    pub fn says_of(&self, column: &Name, key: &str) -> bool {
        let Some(said) = self.said_of.get(column) else { return false };
        match key {
            "index" | "unique" | "check" | "references" | "primary_key" => self.says(key),
            // A column has one source of values.
            "default" | "identity" | "serial" | "generated" => {
                said.default.is_some()
                    || said.identity.is_some()
                    || said.serial.is_some()
                    || said.generated.is_some()
                    || said.sql_type.as_ref().is_some_and(|said| types::is_serial(&said.value))
            }
            "sql_type" => said.sql_type.is_some(),
            "collate" => said.collation.is_some(),
            "storage" => said.storage.is_some(),
            "compression" => said.compression.is_some(),
            "statistics" => said.statistics.is_some(),
            "comment" => said.comment.is_some(),
            _ => false,
        }
    }
}
