//! Which struct binds which table, and its fields which columns.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use autogen_core::Diagnostic;
use rustc_hash::FxHashMap;
use syn::Type;

use super::free;
use super::sql::widen;
use super::types::{RustType, Types};
use crate::models::grammar::TableAttr;
use crate::models::model::{
    BelongsTo, Binding, Evidence, FieldBinding, FreeStruct, Load, Nulls, Roles, SchemaTable, StructBinding,
    TableModel, TypeSet,
};
use crate::models::read::{Def, FieldItem, StructItem};

/// Tables by schema and SQL name.
pub(super) type Tables = BTreeMap<(Option<String>, String), TableModel>;

/// The key of a table; `public` is what Diesel means by no schema.
pub(super) fn table_key(schema: Option<&str>, name: &str) -> (Option<String>, String) {
    (schema.filter(|schema| *schema != "public").map(str::to_owned), name.to_owned())
}

pub(super) struct Binder<'a> {
    pub(super) types: &'a Types<'a>,
    pub(super) schema_tables: &'a [SchemaTable],
    pub(super) tables: Tables,
    pub(super) free: Vec<FreeStruct>,
    /// The table of a struct, by the struct's name; for `belongs_to`.
    pub(super) home: BTreeMap<String, String>,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
    /// What types mean in a module that have been looked up: thousands of fields are of a few dozen types.
    pub(super) known: RefCell<FxHashMap<(usize, *const Type), RustType>>,
}

/// The table that a struct is about to be bound to.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) schema: Option<String>,
    pub(super) name: String,
    pub(super) declared: Option<usize>,
    pub(super) binding: Binding,
}

/// Every capital starts a word, as Diesel has it.
pub(super) fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (at, c) in name.chars().enumerate() {
        if c.is_uppercase() && at > 0 {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

pub(super) fn roles(item: &StructItem) -> Roles {
    let named = ["HasQuery", "Selectable", "QueryableByName"].iter().any(|derive| item.derives(derive));
    let load = match (named, item.derives("Queryable")) {
        (true, _) => Some(Load::Named),
        (false, true) => Some(Load::Positional),
        (false, false) => None,
    };
    Roles {
        load,
        insert: item.derives("Insertable"),
        update: item.derives("AsChangeset"),
        keys: item.derives("Identifiable") || item.derives("Associations"),
    }
}

impl Binder<'_> {
    pub(super) fn all(&mut self) {
        for item in &self.types.workspace.structs {
            let is_context = self.types.workspace.is_context(&item.span);
            if item.autogen.ignore.is_none() && !item.derives("SqlType") && !is_context {
                self.one(item);
            }
        }
    }

    fn one(&mut self, item: &StructItem) {
        let mut roles = roles(item);
        let explicit = self.explicit(item);
        let nothing = roles == Roles::default();
        if nothing && !(item.has_autogen && (!explicit.is_empty() || !item.fields.is_empty())) {
            return;
        }
        if nothing {
            // A struct with the attribute alone is a declaration, read like a loaded one.
            roles.load = Some(Load::Named);
        }
        // `Queryable` alone never looks at `table_name`, so a wrong one compiles; the fields know better.
        let unread =
            roles == (Roles { load: Some(Load::Positional), ..Roles::default() }) && !item.has_autogen;
        if unread
            && explicit.iter().all(|target| target.declared.is_none())
            && let free::Match::Table(at) = free::find(self, item)
        {
            let target = self.declared_target(at, Binding::Free);
            self.bind(item, roles, target);
            return;
        }
        if !explicit.is_empty() {
            for target in explicit {
                self.bind(item, roles, target);
            }
            return;
        }
        let direct =
            |field: &FieldItem| field.arg("embed").is_none() && field.arg("select_expression").is_none();
        if !item.fields.iter().any(direct) {
            return;
        }
        let only_by_name = item.derives("QueryableByName")
            && !["HasQuery", "Selectable", "Queryable"].iter().any(|derive| item.derives(derive));
        if only_by_name && !roles.insert && !roles.update && !roles.keys && !item.has_autogen {
            return;
        }
        let by_name = roles.insert || roles.update || roles.keys || roles.load == Some(Load::Named);
        if by_name || item.autogen.schema.is_some() {
            self.implicit(item, roles);
        } else {
            match free::find(self, item) {
                free::Match::Table(at) => {
                    let target = self.declared_target(at, Binding::Free);
                    self.bind(item, roles, target);
                }
                free::Match::Projection if item.has_autogen => self.implicit(item, roles),
                free::Match::Projection => {}
                free::Match::Undecided => {
                    let name = format!("{}s", snake(&item.name));
                    let target =
                        Target { schema: None, name: name.clone(), declared: None, binding: Binding::Free };
                    self.free.push(FreeStruct {
                        implicit: name,
                        binding: self.binding(item, roles, &target),
                        attribute: item.autogen.clone(),
                        is_declared: item.has_autogen,
                    });
                }
            }
        }
    }

    /// By the struct's own name: the `table!` of that name, or a table that is at least written to.
    fn implicit(&mut self, item: &StructItem, roles: Roles) {
        let name = format!("{}s", snake(&item.name));
        let declared = self.types.workspace.table(item.module, std::slice::from_ref(&name));
        let target = match declared {
            Some(at) => self.declared_target(at, Binding::Implicit),
            None => Target { schema: None, name, declared: None, binding: Binding::Implicit },
        };
        let written = roles.insert || roles.update || item.has_autogen;
        if target.declared.is_none() && !written && !self.schema_tables.is_empty() {
            return;
        }
        self.bind(item, roles, target);
    }

    pub(super) fn declared_target(&self, at: usize, binding: Binding) -> Target {
        let table = &self.schema_tables[at];
        Target { schema: table.schema.clone(), name: table.sql_name.clone(), declared: Some(at), binding }
    }

    /// The tables that are named: by `table_name`, or by the autogen attribute, which wins.
    pub(super) fn explicit(&self, item: &StructItem) -> Vec<Target> {
        let mut out = Vec::new();
        for arg in item.diesel.iter().filter(|arg| arg.key == "table_name") {
            let Some(path) = arg.path() else { continue };
            let target = match self.types.workspace.table(item.module, &path) {
                Some(at) => self.declared_target(at, Binding::Named),
                None => {
                    // `use schema::users as u` names the table all the same.
                    let path = match self.types.workspace.resolve(item.module, &path) {
                        crate::models::read::Found::External(path) => path,
                        _ => path,
                    };
                    let Some(name) = path.into_iter().rfind(|segment| segment != "table") else { continue };
                    Target { schema: None, name, declared: None, binding: Binding::Named }
                }
            };
            out.push(target);
        }
        if let (Some(table), true) = (&item.autogen.table, out.len() < 2) {
            let schema = item.autogen.schema.as_ref().map(|schema| schema.value.clone());
            let declared = self
                .schema_tables
                .iter()
                .position(|one| one.sql_name == table.value && (schema.is_none() || one.schema == schema));
            out = vec![match declared {
                Some(at) => self.declared_target(at, Binding::Named),
                None => Target { schema, name: table.value.clone(), declared: None, binding: Binding::Named },
            }];
        }
        if let Some(schema) = &item.autogen.schema {
            for target in out.iter_mut().filter(|target| target.schema.is_none()) {
                target.schema = Some(schema.value.clone());
            }
        }
        out
    }

    fn bind(&mut self, item: &StructItem, roles: Roles, mut target: Target) {
        if let (None, Some(schema)) = (&target.schema, &item.autogen.schema) {
            target.schema = Some(schema.value.clone());
        }
        let binding = self.binding(item, roles, &target);
        self.home.entry(item.name.clone()).or_insert_with(|| target.name.clone());
        let only_loaded = roles == (Roles { load: Some(Load::Positional), ..Roles::default() });
        let is_sure = target.declared.is_some()
            || (target.binding == Binding::Named && !only_loaded)
            || roles.insert
            || roles.update
            || item.has_autogen;
        let key = table_key(target.schema.as_deref(), &target.name);
        let table = self.tables.entry(key).or_insert_with(|| TableModel {
            schema: target.schema,
            name: target.name,
            span: item.span.clone(),
            implicit_name: true,
            structs: Vec::new(),
            columns: Vec::new(),
            attribute: Default::default(),
            primary_key: None,
            belongs_to: Vec::new(),
            declared: target.declared,
            outside: Vec::new(),
            aside: false,
        });
        table.implicit_name &= !is_sure;
        self.diagnostics.extend(TableAttr::share(&mut table.attribute, &item.autogen));
        // Most tables have one.
        table.structs.reserve_exact(1);
        table.structs.push(binding);
    }

    fn binding(&self, item: &StructItem, roles: Roles, target: &Target) -> StructBinding {
        let mut fields = Vec::new();
        self.fields(item, item, roles, target, &mut fields, 0);
        free::positions(self, item, target.declared, &mut fields);
        // A struct that is only identified says nothing of its other fields.
        if roles.load.is_none() && !roles.insert && !roles.update {
            fields.clear();
        }
        fields.shrink_to_fit();
        let column = |name: &String| match self.column(target, name) {
            (Some(column), _) => column,
            (None, _) => name.clone(),
        };
        let primary_key = item.diesel.iter().find(|arg| arg.key == "primary_key");
        StructBinding {
            rust_name: item.name.clone(),
            span: item.span.clone(),
            binding: target.binding,
            roles,
            primary_key: primary_key.map(|arg| arg.idents().iter().map(column).collect()),
            belongs_to: self.parents(item, target),
            fields,
        }
    }

    fn parents(&self, item: &StructItem, target: &Target) -> Vec<BelongsTo> {
        let args = item.diesel.iter().filter(|arg| arg.key == "belongs_to");
        args.filter_map(|arg| {
            let inner = arg.inner();
            let first = inner.first()?;
            let path = if first.value.is_empty() { vec![first.key.clone()] } else { first.path()? };
            let parent = path.last()?.clone();
            // An import may have renamed it.
            let real = match self.types.workspace.resolve(item.module, &path) {
                crate::models::read::Found::Item(Def::Struct(at)) => {
                    self.types.workspace.structs[at].name.clone()
                }
                _ => parent.clone(),
            };
            let key = inner.iter().find(|arg| arg.key == "foreign_key").and_then(|arg| arg.text());
            let key = key.unwrap_or_else(|| format!("{}_id", snake(&parent)));
            let column = self.column(target, &key).0.unwrap_or(key);
            let table = self.types.workspace.table_named(&format!("{}s", snake(&real)));
            let table = table.map(|at| self.schema_tables[at].sql_name.clone());
            Some(BelongsTo { parent: real, table, column, span: item.span.clone() })
        })
        .collect()
    }

    /// The SQL name of a field's column where `table!` knows it, and else the stem to try.
    fn column(&self, target: &Target, name: &str) -> (Option<String>, Option<String>) {
        let stem = name.strip_suffix('_').filter(|stem| is_keyword(stem));
        let Some(at) = target.declared else { return (None, stem.map(str::to_owned)) };
        let find = |name: &str| self.schema_tables[at].columns.iter().find(|column| column.name == name);
        match find(name).or_else(|| find(stem?)) {
            Some(column) => (Some(column.sql_name.clone()), None),
            None => (None, stem.map(str::to_owned)),
        }
    }

    fn fields(
        &self,
        outer: &StructItem,
        item: &StructItem,
        roles: Roles,
        target: &Target,
        out: &mut Vec<FieldBinding>,
        depth: usize,
    ) {
        for field in &item.fields {
            if field.arg("embed").is_some() {
                if let (Some(Def::Struct(at)), true) = (self.types.def(item.module, &field.ty), depth < 8) {
                    let inner = &self.types.workspace.structs[at];
                    let named = self.explicit(inner);
                    if named.is_empty() || named.iter().any(|one| one.name == target.name) {
                        self.fields(outer, inner, roles, target, out, depth + 1);
                    }
                }
                continue;
            }
            out.extend(self.field(outer, item, field, roles, target));
        }
    }

    /// What a field's type means.
    fn rust(&self, item: &StructItem, ty: &Rc<Type>) -> RustType {
        if !item.generics.is_empty() {
            return self.types.rust(item.module, &item.generics, ty);
        }
        let key = (item.module, Rc::as_ptr(ty));
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let found = self.types.rust(item.module, &[], ty);
        self.known.borrow_mut().insert(key, found.clone());
        found
    }

    fn field(
        &self,
        outer: &StructItem,
        item: &StructItem,
        field: &FieldItem,
        roles: Roles,
        target: &Target,
    ) -> Option<FieldBinding> {
        if field.autogen.as_ref().is_some_and(|said| said.ignore.is_some()) {
            return None;
        }
        let selected = field.arg("select_expression").is_none();
        let insert = roles.insert && field.arg("skip_insertion").is_none();
        let update = roles.update && field.arg("skip_update").is_none();
        let load = roles.load.is_some() && selected;
        if !load && !insert && !update && roles != (Roles { keys: true, ..Roles::default() }) {
            return None;
        }
        if !insert && !update && roles.load == Some(Load::Positional) && free::is_row(self, item, field) {
            return None;
        }
        let named = field.arg("column_name").and_then(|arg| arg.text()).or_else(|| field.name.clone());
        let name = match named {
            Some(name) => name,
            // A tuple struct that is loaded by position; `positions` gives the name, or drops the field.
            None if roles.load == Some(Load::Positional) && !roles.insert && !roles.update => String::new(),
            None => return None,
        };
        let (column, stem) = self.column(target, &name);
        let read = |key: &str| -> Evidence {
            let ty = field.arg(key).and_then(|arg| arg.ty());
            let mut found = match &ty {
                Some(ty) => self.types.rust(item.module, &item.generics, ty),
                None => self.rust(item, &field.ty),
            };
            let sql = field
                .arg("sql_type")
                .and_then(|arg| arg.ty())
                .and_then(|ty| self.types.sql(item.module, &ty));
            if let Some(sql) = sql {
                if sql.nullable && found.nulls == Nulls::Never {
                    found.nulls = Nulls::Unknown;
                }
                found.set = TypeSet::OneOf(widen(sql.ty).into());
            }
            Evidence { accept: found.set, nulls: found.nulls, none_is_null: false }
        };
        let says = |key: &str, value: &str| {
            let args = field.diesel.iter().chain(&outer.diesel);
            args.filter(|arg| arg.key == key).filter_map(|arg| arg.text()).next().as_deref() == Some(value)
        };
        Some(FieldBinding {
            column: column.unwrap_or_else(|| name.clone()),
            stem,
            field: field.name.clone().unwrap_or(name),
            span: field.span.clone(),
            positional: false,
            load: load.then(|| read("deserialize_as")),
            insert: insert.then(|| Evidence {
                none_is_null: says("treat_none_as_default_value", "false"),
                ..read("serialize_as")
            }),
            update: update.then(|| Evidence {
                none_is_null: says("treat_none_as_null", "true"),
                ..read("serialize_as")
            }),
            attribute: field.autogen.clone(),
        })
    }
}

/// Words that cannot be a field's name, so that people append an underscore.
fn is_keyword(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
        "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
        "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self",
        "static", "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
        "virtual", "where", "while", "yield",
    ];
    // Diesel's own table modules also refuse these.
    WORDS.contains(&word) || ["table", "columns", "dsl", "all_columns", "star"].contains(&word)
}
