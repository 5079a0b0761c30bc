//! Several structs, one table: the union of columns, with the strongest evidence about each.

use std::sync::{Arc, LazyLock};

use autogen_core::Diagnostic;

use super::accepts;
use crate::models::grammar::{FieldAttr, NullWord};
use crate::models::model::*;

/// The attribute of most columns.
static NOTHING_SAID: LazyLock<Arc<FieldAttr>> = LazyLock::new(Arc::default);

impl TableModel {
    /// Computes columns, key and parents anew from the bound structs and the `table!`. Whoever binds a further struct
    /// calls it again.
    pub fn merge(&mut self, declared: Option<&SchemaTable>) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let declared = declared.filter(|_| !self.aside);
        self.primary_key = self.key(declared, &mut diagnostics);
        let mut names: Vec<String> = Vec::new();
        // Loaded structs come first: they have the columns in the order that people think of.
        let mut structs: Vec<&StructBinding> = self.structs.iter().collect();
        structs.sort_by_key(|one| std::cmp::Reverse(one.roles.load_rank()));
        let all = structs.iter().flat_map(|one| one.fields.iter().map(|field| &field.column));
        for name in all
            .chain(declared.into_iter().flat_map(|table| table.columns.iter().map(|column| &column.sql_name)))
        {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        let mut columns = Vec::with_capacity(names.len());
        for name in names {
            let column =
                declared.and_then(|table| table.columns.iter().find(|column| column.sql_name == name));
            columns.extend(self.column(&name, &structs, column, &mut diagnostics));
        }
        self.columns = columns;
        // A struct without `primary_key` is keyed by `id`, if there is one.
        if self.primary_key.is_none()
            && let Some(id) = self.columns.iter_mut().find(|column| column.name == "id")
        {
            id.is_key = true;
            settle_key(id);
            self.primary_key =
                Some(PrimaryKey { columns: vec!["id".to_owned()], origin: KeyOrigin::Default });
        }
        self.belongs_to.clear();
        for parent in self.structs.iter().flat_map(|one| &one.belongs_to) {
            let twice =
                self.belongs_to.iter().any(|one| one.column == parent.column && one.table == parent.table);
            if !twice {
                self.belongs_to.push(parent.clone());
            }
        }
        diagnostics
    }

    fn key(&self, declared: Option<&SchemaTable>, diagnostics: &mut Vec<Diagnostic>) -> Option<PrimaryKey> {
        let sql = |name: &String| {
            let field = self.structs.iter().flat_map(|one| &one.fields).find(|field| field.field == *name);
            field.map_or_else(|| name.clone(), |field| field.column.clone())
        };
        if let Some(key) = &self.attribute.primary_key {
            return Some(PrimaryKey {
                columns: key.value.columns.iter().map(sql).collect(),
                origin: KeyOrigin::Attribute,
            });
        }
        let mut marked: Vec<String> = Vec::new();
        for field in self.structs.iter().flat_map(|one| &one.fields) {
            if field.attribute.as_ref().is_some_and(|said| said.primary_key.is_some())
                && !marked.contains(&field.column)
            {
                marked.push(field.column.clone());
            }
        }
        let outside = self.outside.iter().filter(|(_, said)| said.primary_key.is_some());
        marked.extend(
            outside
                .map(|(name, _)| sql(&name.value))
                .filter(|name| !marked.contains(name))
                .collect::<Vec<_>>(),
        );
        if !marked.is_empty() {
            return Some(PrimaryKey { columns: marked, origin: KeyOrigin::Attribute });
        }
        let said = self.structs.iter().find_map(|one| Some((one, one.primary_key.clone()?)));
        if let Some(table) = declared {
            let set = |key: &[String]| {
                let mut key = key.to_vec();
                key.sort();
                key
            };
            if let Some((one, key)) = said.filter(|(_, key)| set(key) != set(&table.primary_key)) {
                let message = format!(
                    "{} has the primary key ({}), but table! {} has ({})",
                    one.rust_name,
                    key.join(", "),
                    table.sql_name,
                    table.primary_key.join(", ")
                );
                let note = Diagnostic::note("key-differs", message).at(one.span.clone());
                diagnostics.push(note.related(table.span.clone(), "the table!"));
            }
            return Some(PrimaryKey { columns: table.primary_key.clone(), origin: KeyOrigin::TableMacro });
        }
        said.map(|(_, columns)| PrimaryKey { columns, origin: KeyOrigin::Struct })
    }

    fn column(
        &self,
        name: &str,
        structs: &[&StructBinding],
        declared: Option<&SchemaColumn>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<ColumnModel> {
        let bound: Vec<(&StructBinding, &FieldBinding)> = structs
            .iter()
            .flat_map(|one| {
                one.fields.iter().filter(|field| field.column == name).map(move |field| (*one, field))
            })
            .collect();
        let first = bound.first().map(|(_, field)| *field);
        let called = |said: &str| said == name || first.is_some_and(|field| field.field == said);
        let mut attribute: Option<Arc<FieldAttr>> = None;
        for said in bound.iter().filter_map(|(_, field)| field.attribute.as_ref()) {
            match &mut attribute {
                Some(attribute) => diagnostics.extend(Arc::make_mut(attribute).merge((**said).clone())),
                // What is listed twice in one attribute is meant once.
                None if said.has_lists() => attribute = Some(Arc::new(said.without_repeats())),
                None => attribute = Some(said.clone()),
            }
        }
        let mut attribute = attribute.unwrap_or_else(|| NOTHING_SAID.clone());
        for (_, said) in self.outside.iter().filter(|(said, _)| called(&said.value)) {
            diagnostics.extend(Arc::make_mut(&mut attribute).merge(said.clone()));
        }
        let span = first.map(|field| &field.span).or(declared.map(|column| &column.span))?.clone();
        let mut column = ColumnModel {
            name: name.to_owned(),
            stem: first.and_then(|field| field.stem.clone()),
            field: first.map(|field| field.field.clone()),
            span,
            positional: !bound.is_empty() && bound.iter().all(|(_, field)| field.positional),
            declared: declared.cloned().map(Box::new),
            // What the attribute says settles it.
            accept: match attribute.sql_type {
                Some(_) => self.accept(name, &bound, declared, &mut Vec::new()),
                None => self.accept(name, &bound, declared, diagnostics),
            },
            nullability: self.nullability(name, &bound, declared, diagnostics),
            if_new: Nullability::NotNull,
            insert: self.insertion(name),
            is_key: self.primary_key.as_ref().is_some_and(|key| key.columns.iter().any(|one| one == name)),
            attribute,
        };
        column.if_new = match column.nullability {
            Nullability::Keep => if_new(&bound, declared),
            said => said,
        };
        if let Some(word) = &column.attribute.null {
            column.nullability = match word.value {
                NullWord::Null => Nullability::Nullable,
                NullWord::NotNull => Nullability::NotNull,
            };
            column.if_new = column.nullability;
        }
        if column.is_key {
            settle_key(&mut column);
        }
        Some(column)
    }

    /// The types that suit all structs at the strongest level.
    fn accept(
        &self,
        name: &str,
        bound: &[(&StructBinding, &FieldBinding)],
        declared: Option<&SchemaColumn>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> TypeSet {
        let from_table = declared.and_then(|column| column.sql_type.as_ref());
        // A level where nothing is known leaves the word to the next.
        let strongest = (1..=3).rev().find_map(|rank| {
            let level: Vec<_> = bound
                .iter()
                .filter(|(one, _)| one.roles.load_rank() == rank)
                .filter_map(|(one, field)| Some((*one, *field, &field.load.as_ref()?.accept)))
                .filter(|(_, _, set)| **set != TypeSet::Unknown)
                .collect();
            (!level.is_empty()).then_some(level)
        });
        let level = strongest.unwrap_or_else(|| {
            let written = bound.iter().flat_map(|(one, field)| {
                let evidence = [field.insert.as_ref(), field.update.as_ref()];
                evidence.into_iter().flatten().map(|evidence| (*one, *field, &evidence.accept))
            });
            written.filter(|(_, _, set)| **set != TypeSet::Unknown).collect()
        });
        let Some((first_struct, first_field, first)) = level.first() else {
            return match from_table {
                Some(ty) if bound.is_empty() => TypeSet::OneOf(accepts(ty).into()),
                _ => TypeSet::Unknown,
            };
        };
        let mut set = (*first).clone();
        for (one, field, other) in &level[1..] {
            match set.intersect(other) {
                Some(both) => set = both,
                None if field.positional || first_field.positional => {}
                None => {
                    let message = format!(
                        "{} and {} disagree about the type of {}.{name}",
                        first_struct.rust_name, one.rust_name, self.name
                    );
                    let help = "make them agree, or say it: #[autogen(sql_type = \"…\")], or sql_type in autogen.toml";
                    let error = Diagnostic::error("type-conflict", message).at(field.span.clone()).help(help);
                    diagnostics.push(error.related(
                        first_field.span.clone(),
                        format!("{} says so here", first_struct.rust_name),
                    ));
                    return set;
                }
            }
        }
        // What `table!` has is proposed when it suits. Mostly it comes first anyhow, and the list stays shared.
        if let (TypeSet::OneOf(types), Some(ty)) = (&mut set, from_table)
            && let Some(at) = types.iter().position(|one| one.matches(ty)).filter(|at| *at > 0)
        {
            Arc::make_mut(types)[..=at].rotate_right(1);
        }
        set
    }

    fn nullability(
        &self,
        name: &str,
        bound: &[(&StructBinding, &FieldBinding)],
        declared: Option<&SchemaColumn>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Nullability {
        let unsaid = match declared {
            Some(column) if column.nullable => Nullability::Nullable,
            Some(_) => Nullability::NotNull,
            None => Nullability::Keep,
        };
        for rank in (1..=3).rev() {
            let level = bound.iter().filter(|(one, _)| one.roles.load_rank() == rank);
            let says: Vec<_> = level
                .filter_map(|(one, field)| match field.load.as_ref()?.nulls {
                    Nulls::Never => Some((*one, *field, Nullability::NotNull)),
                    Nulls::Once | Nulls::Twice => Some((*one, *field, Nullability::Nullable)),
                    Nulls::Unknown => None,
                })
                .collect();
            let Some((first_struct, first_field, first)) = says.first() else { continue };
            let Some((other_struct, other_field, _)) = says.iter().find(|(_, _, other)| other != first)
            else {
                return *first;
            };
            let message = format!(
                "{} and {} disagree whether {}.{name} can be NULL; it stays as it is",
                first_struct.rust_name, other_struct.rust_name, self.name
            );
            let note = Diagnostic::note("null-conflict", message).at(other_field.span.clone());
            diagnostics.push(note.related(first_field.span.clone(), first_struct.rust_name.clone()));
            return Nullability::Keep;
        }
        let writes_null =
            bound.iter().flat_map(|(_, field)| [&field.insert, &field.update]).flatten().any(|evidence| {
                evidence.nulls == Nulls::Twice || (evidence.none_is_null && evidence.nulls == Nulls::Once)
            });
        if writes_null { Nullability::Nullable } else { unsaid }
    }

    fn insertion(&self, name: &str) -> InsertEvidence {
        let mut out = InsertEvidence::NoInsertable;
        for one in self.structs.iter().filter(|one| one.roles.insert) {
            let evidence =
                one.fields.iter().find(|field| field.column == name).and_then(|field| field.insert.as_ref());
            let this = match evidence {
                None => InsertEvidence::Absent,
                Some(evidence) if evidence.nulls == Nulls::Never || evidence.none_is_null => {
                    InsertEvidence::Always
                }
                Some(_) => InsertEvidence::Optional,
            };
            out = match (out, this) {
                (InsertEvidence::NoInsertable, this) => this,
                (out, this) if out == this => out,
                _ => InsertEvidence::Optional,
            };
        }
        out
    }
}

/// For a new column: what is inserted tells, since nobody has loaded it yet.
fn if_new(bound: &[(&StructBinding, &FieldBinding)], declared: Option<&SchemaColumn>) -> Nullability {
    let first =
        |role: fn(&FieldBinding) -> Option<&Evidence>| bound.iter().find_map(|(_, field)| role(field));
    let evidence = first(|field| field.load.as_ref())
        .or_else(|| first(|field| field.insert.as_ref()))
        .or_else(|| first(|field| field.update.as_ref()));
    match evidence.map(|evidence| evidence.nulls) {
        Some(Nulls::Never) => Nullability::NotNull,
        Some(_) => Nullability::Nullable,
        None if declared.is_some_and(|column| column.nullable) => Nullability::Nullable,
        None => Nullability::NotNull,
    }
}

/// A key is never NULL, but Diesel never checks its keys: where the table has another, an `Option` says nothing.
fn settle_key(column: &mut ColumnModel) {
    if column.nullability == Nullability::Nullable {
        column.nullability = Nullability::Keep;
    }
    column.if_new = Nullability::NotNull;
}
