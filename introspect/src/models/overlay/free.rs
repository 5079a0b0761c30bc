//! Structs that only a live table can place: a `Queryable` binds by position and names no table that anybody checks
//! (MODELS.md, rules 2 and 3). With a `table!` the reader has placed them; this is for code without one. The physical
//! order of columns alone is never believed.

use std::borrow::Cow;

use autogen_core::object::{Column, column};
use autogen_core::{Catalog, Diagnostic, Kind, Name, ObjectId, QualName};

use super::super::grammar::TableAttr;
use super::super::{FieldBinding, FreeStruct, Models, StructBinding, TableModel};
use super::types;

/// The models with every struct that a live table decides about bound to it.
pub(super) fn settle<'a>(
    models: &'a Models,
    live: &Catalog,
    conflicts: &mut Vec<Diagnostic>,
) -> Cow<'a, Models> {
    let fields = models.tables.iter().flat_map(|model| &model.structs).flat_map(|one| &one.fields);
    if models.free.is_empty() && !fields.into_iter().any(|field| field.positional) {
        return Cow::Borrowed(models);
    }
    let mut models = models.clone();
    for free in std::mem::take(&mut models.free) {
        let FreeStruct { implicit, binding: one, attribute, is_declared } = free;
        let own = || is_declared.then(|| QualName::new("public", implicit.as_str()));
        let Some(table) = table_of(&implicit, &one, live).or_else(own) else { continue };
        let at = models.tables.iter().position(|model| qualified(model) == table);
        let at = at.unwrap_or_else(|| {
            models.tables.push(TableModel {
                schema: Some(table.schema.as_str().to_owned()),
                name: table.name.as_str().to_owned(),
                span: one.span.clone(),
                implicit_name: !is_declared,
                structs: Vec::new(),
                columns: Vec::new(),
                attribute: Default::default(),
                primary_key: None,
                belongs_to: Vec::new(),
                declared: None,
                outside: Vec::new(),
                aside: false,
            });
            models.tables.len() - 1
        });
        let model = &mut models.tables[at];
        model.structs.push(one);
        conflicts.extend(TableAttr::share(&mut model.attribute, &attribute));
    }
    let Models { tables, schema_tables, .. } = &mut models;
    for model in tables {
        let is_guessed = |one: &StructBinding| one.fields.iter().any(|field| field.positional);
        if !model.structs.iter().any(is_guessed) {
            continue;
        }
        let table = qualified(model);
        let columns = column::in_order(live, &table);
        for one in model.structs.iter_mut().filter(|one| is_guessed(one)) {
            pair(&mut one.fields, &columns, live);
        }
        // What the structs disagree about has been told when they were read.
        let _ = model.merge(model.declared.and_then(|at| schema_tables.get(at)));
    }
    Cow::Owned(models)
}

fn qualified(model: &TableModel) -> QualName {
    QualName::new(model.schema.as_deref().unwrap_or("public"), model.name.as_str())
}

/// The table with just these columns, else the one of the struct's name, if at least 70% of the fields are columns.
fn table_of(implicit: &str, one: &StructBinding, live: &Catalog) -> Option<QualName> {
    let hits =
        |table: &QualName| one.fields.iter().filter(|field| own_name(field, table, live).is_some()).count();
    let all = one.fields.len();
    // One column is no evidence: half of all tables have an id.
    if all > 1 {
        let mut same = live
            .of_kind(Kind::Table)
            .map(|(id, _)| &id.name)
            .filter(|table| live.parts(Kind::Column, table).count() == all && hits(table) == all);
        if let (Some(table), None) = (same.next(), same.next()) {
            return Some(table.clone());
        }
    }
    let singular = implicit.strip_suffix('s').unwrap_or(implicit);
    [implicit, singular].into_iter().map(|name| QualName::new("public", name)).find(|table| {
        live.contains(&ObjectId::table(table)) && hits(table) > 0 && hits(table) * 10 >= all * 7
    })
}

/// The live column that a field's name means.
fn own_name(field: &FieldBinding, table: &QualName, live: &Catalog) -> Option<String> {
    let names = [Some(&field.column), field.stem.as_ref()];
    names
        .into_iter()
        .flatten()
        .find(|name| live.contains(&ObjectId::column(table, &Name::new(*name))))
        .cloned()
}

/// Gives fields their columns: by name, then at most two that are left over on either side, where the types leave one
/// way only. If all columns have a field, a further field is a new column; else it is a guess that makes none.
fn pair(fields: &mut [FieldBinding], columns: &[(&Name, &Column)], live: &Catalog) {
    let is_column = |name: &str| columns.iter().any(|(column, _)| column.as_str() == name);
    for field in fields.iter_mut() {
        if let (false, Some(stem)) = (is_column(&field.column), &field.stem)
            && is_column(stem)
        {
            field.column.clone_from(stem);
            field.stem = None;
        }
        field.positional &= !is_column(&field.column);
    }
    let covers =
        |fields: &[FieldBinding], name: &Name| fields.iter().any(|field| field.column == name.as_str());
    let left: Vec<&(&Name, &Column)> = columns.iter().filter(|(name, _)| !covers(fields, name)).collect();
    if left.is_empty() {
        fields.iter_mut().for_each(|field| field.positional = false);
        return;
    }
    let over: Vec<usize> =
        fields.iter().enumerate().filter(|(_, field)| field.positional).map(|(at, _)| at).collect();
    if over.len() > 2 || left.len() > 2 {
        return;
    }
    let suits = |field: &FieldBinding, column: &Column| {
        field.load.as_ref().is_some_and(|said| {
            types::live(&column.data_type, live).iter().any(|live| said.accept.accepts(live))
        })
    };
    let all_ways: Vec<Vec<(usize, &(&Name, &Column))>> = match (over.as_slice(), left.as_slice()) {
        ([field], [column]) => vec![vec![(*field, *column)]],
        ([field], [one, two]) => vec![vec![(*field, *one)], vec![(*field, *two)]],
        ([a, b], [column]) => vec![vec![(*a, *column)], vec![(*b, *column)]],
        ([a, b], [one, two]) => vec![vec![(*a, *one), (*b, *two)], vec![(*a, *two), (*b, *one)]],
        _ => Vec::new(),
    };
    let possible = |way: &&Vec<(usize, &(&Name, &Column))>| {
        way.iter().all(|(at, (_, column))| suits(&fields[*at], column))
    };
    let ways: Vec<_> = all_ways.iter().filter(possible).collect();
    // Both orders suit: then the order of the fields is that of the columns, as the row is loaded.
    let way = match ways.as_slice() {
        [way] => way,
        [way, _] if way.len() == 2 => way,
        _ => return,
    };
    for (at, (name, _)) in *way {
        fields[*at].column = name.as_str().to_owned();
        fields[*at].stem = None;
        fields[*at].positional = false;
    }
}
