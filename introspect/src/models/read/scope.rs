//! Modules and their names, and what a path means where it stands. Macros' hygiene, visibility and the prelude are
//! left out: a path that a compiler would refuse may still resolve.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use autogen_core::{Diagnostic, Span};

use super::items::*;

/// A module, inline or a file, or what `table!` makes.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// The crate's name and the modules down to this one.
    pub(crate) path: Vec<String>,
    pub(crate) parent: Option<usize>,
    pub(crate) root: usize,
    pub(crate) children: HashMap<String, usize>,
    pub(crate) names: HashMap<String, Def>,
    /// `use a::b as c`: c to a::b.
    pub(crate) uses: HashMap<String, Vec<String>>,
    pub(crate) globs: Vec<Vec<String>>,
    /// The `table!` that made it.
    pub(crate) table: Option<usize>,
}

/// Everything read.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    pub(crate) modules: Vec<Module>,
    pub(crate) crates: HashMap<String, usize>,
    pub(crate) structs: Vec<StructItem>,
    pub(crate) enums: Vec<EnumItem>,
    pub(crate) aliases: Vec<AliasItem>,
    pub(crate) tables: Vec<TableItem>,
    pub(crate) impls: Vec<ImplItem>,
    pub(crate) joinables: Vec<JoinableItem>,
    pub(crate) macros: Vec<MacroItem>,
    pub(crate) calls: Vec<CallItem>,
    /// Macros that make structs for a table that they are told.
    pub(crate) model_macros: Vec<String>,
    /// Files that are read for their types only.
    pub(crate) context: HashSet<Arc<PathBuf>>,
    /// All definitions of a name, wherever they are.
    pub(crate) by_name: HashMap<String, Vec<Def>>,
    /// Where the globs of a module lead. Filled on demand, once everything is collected: modules that import each
    /// other's everything would otherwise be walked again for each name.
    glob_targets: RefCell<HashMap<usize, Vec<usize>>>,
}

/// What a path means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Item(Def),
    Module(usize),
    /// Not ours: the path with imports substituted.
    External(Vec<String>),
}

/// Longer chains of imports are loops.
const DEEPEST: usize = 24;

/// A path's segments as text.
pub(crate) fn segments(path: &syn::Path) -> Vec<String> {
    path.segments
        .iter()
        .map(|segment| segment.ident.to_string().trim_start_matches("r#").to_owned())
        .collect()
}

impl Workspace {
    /// Forgets every `ignore`.
    pub(crate) fn obey_no_ignore(&mut self) {
        for item in &mut self.structs {
            if item.autogen.ignore.is_some() {
                std::sync::Arc::make_mut(&mut item.autogen).ignore = None;
            }
            for said in item.fields.iter_mut().filter_map(|field| field.autogen.as_mut()) {
                std::sync::Arc::make_mut(said).ignore = None;
            }
        }
        for item in &mut self.enums {
            item.autogen.ignore = None;
        }
    }

    /// The module of a path below a crate's name, made if it is new.
    pub(super) fn module(&mut self, path: &[String]) -> usize {
        let name = path.first().cloned().unwrap_or_else(|| "crate".to_owned());
        let mut at = match self.crates.get(&name) {
            Some(root) => *root,
            None => {
                let root = self.modules.len();
                self.modules.push(Module { path: vec![name.clone()], root, ..Module::default() });
                self.crates.insert(name, root);
                root
            }
        };
        for name in path.iter().skip(1) {
            at = self.child(at, name);
        }
        at
    }

    /// A child module, made if it is new.
    pub(super) fn child(&mut self, parent: usize, name: &str) -> usize {
        if let Some(child) = self.modules[parent].children.get(name) {
            return *child;
        }
        let child = self.modules.len();
        let root = self.modules[parent].root;
        let mut path = self.modules[parent].path.clone();
        path.push(name.to_owned());
        self.modules.push(Module { path, parent: Some(parent), root, ..Module::default() });
        self.modules[parent].children.insert(name.to_owned(), child);
        child
    }

    /// Enters a definition.
    pub(super) fn define(&mut self, module: usize, name: &str, def: Def) {
        self.modules[module].names.entry(name.to_owned()).or_insert(def);
        self.by_name.entry(name.to_owned()).or_default().push(def);
    }

    /// True if the place is in a file that is read for its types only.
    pub(crate) fn is_context(&self, span: &Span) -> bool {
        self.context.contains(&span.file)
    }

    /// The full path of a definition: crate, modules, name.
    pub(crate) fn path(&self, def: Def) -> Vec<String> {
        let (module, name) = match def {
            Def::Struct(at) => (self.structs[at].module, &self.structs[at].name),
            Def::Enum(at) => (self.enums[at].module, &self.enums[at].name),
            Def::Alias(at) => (self.aliases[at].module, &self.aliases[at].name),
        };
        self.modules[module].path.iter().chain([name]).cloned().collect()
    }

    /// Enters the types that macros make out of a name: `id_type!(UserId)`, where the macro is known to fix a type.
    pub(super) fn enter_made_types(&mut self) {
        for at in 0..self.calls.len() {
            let call = &self.calls[at];
            let known = self.macro_named(&call.name, call.module).filter(|known| known.makes_types);
            let Some(known) = known else { continue };
            let subjects: Vec<String> = known.subjects(call).cloned().collect();
            let (module, file_span) = (call.module, call.file_span.clone());
            for subject in subjects {
                if let Found::Item(_) = self.resolve(module, std::slice::from_ref(&subject)) {
                    continue;
                }
                let def = Def::Struct(self.structs.len());
                self.structs.push(StructItem::made(subject.clone(), module, file_span.clone()));
                self.define(module, &subject, def);
            }
        }
    }

    /// Says which calls make models that nobody reads: macros are not expanded.
    pub(super) fn unread_models(&self) -> impl Iterator<Item = Diagnostic> {
        let calls = self.calls.iter().filter(|call| self.model_macros.contains(&call.name));
        calls.filter(|call| !self.is_context(&call.file_span)).map(|call| {
            let what = call.subjects.join(", ");
            let message =
                format!("`{}!` makes a struct of a table, and what it makes is not read: {what}", call.name);
            let help = "write the struct out where the schema is to follow it";
            Diagnostic::note("macro-not-read", message).at(call.file_span.clone()).help(help)
        })
    }

    /// The declarative macro that a name means: that of the own crate first.
    pub(crate) fn macro_named(&self, name: &str, module: usize) -> Option<&MacroItem> {
        let root = self.modules[module].root;
        let all = self.macros.iter().filter(|item| item.name == name);
        all.min_by_key(|item| self.modules[item.module].root != root)
    }

    /// What a path means in a module.
    pub(crate) fn resolve(&self, module: usize, path: &[String]) -> Found {
        self.walk(module, path, 0).unwrap_or_else(|| Found::External(path.to_vec()))
    }

    fn walk(&self, module: usize, path: &[String], depth: usize) -> Option<Found> {
        if depth > DEEPEST {
            return None;
        }
        let (first, mut rest) = path.split_first()?;
        let mut found = match first.as_str() {
            "crate" | "$crate" => Found::Module(self.modules[module].root),
            "self" => Found::Module(module),
            "super" => Found::Module(self.modules[module].parent?),
            name => self
                .lookup(module, name, depth)
                .or_else(|| self.crates.get(name).map(|root| Found::Module(*root)))?,
        };
        while let Some((name, after)) = rest.split_first() {
            found = match found {
                Found::Module(at) if name == "super" => Found::Module(self.modules[at].parent?),
                Found::Module(at) if name == "self" => Found::Module(at),
                Found::Module(at) => self.lookup(at, name, depth + 1)?,
                Found::Item(_) => return None,
                Found::External(mut path) => {
                    path.extend(rest.iter().cloned());
                    return Some(Found::External(path));
                }
            };
            rest = after;
        }
        Some(found)
    }

    /// A name in a module: its own, an import, or through globs, the nearest first.
    fn lookup(&self, module: usize, name: &str, depth: usize) -> Option<Found> {
        let mut seen = HashSet::from([module]);
        let mut level = vec![module];
        while !level.is_empty() {
            if let Some(found) = level.iter().find_map(|at| self.own(*at, name, depth)) {
                return Some(found);
            }
            let next = level.iter().flat_map(|at| self.globs(*at, depth));
            level = next.filter(|at| seen.insert(*at)).collect();
        }
        None
    }

    /// A name in a module: its own, or an import by name.
    fn own(&self, module: usize, name: &str, depth: usize) -> Option<Found> {
        let here = &self.modules[module];
        if let Some(def) = here.names.get(name) {
            return Some(Found::Item(*def));
        }
        if let Some(child) = here.children.get(name) {
            return Some(Found::Module(*child));
        }
        let path = here.uses.get(name)?;
        // `use diesel;` and the like name themselves.
        if path.len() == 1 && path[0] == name {
            return self.crates.get(name).map(|root| Found::Module(*root));
        }
        Some(self.walk(module, path, depth + 1).unwrap_or_else(|| Found::External(path.clone())))
    }

    /// The modules that a module's globs name.
    fn globs(&self, module: usize, depth: usize) -> Vec<usize> {
        if let Some(known) = self.glob_targets.borrow().get(&module) {
            return known.clone();
        }
        // Stands while the answer is sought, so that a circle of globs ends.
        self.glob_targets.borrow_mut().insert(module, Vec::new());
        let found: Vec<usize> = self.modules[module]
            .globs
            .iter()
            .filter_map(|glob| match self.walk(module, glob, depth + 1)? {
                Found::Module(at) if at != module => Some(at),
                _ => None,
            })
            .collect();
        self.glob_targets.borrow_mut().insert(module, found.clone());
        found
    }

    /// The `table!` that a path names; failing that, the only one of its last name.
    pub(crate) fn table(&self, module: usize, path: &[String]) -> Option<usize> {
        let found = self.resolve(module, path);
        let path = match found {
            Found::Module(at) if self.modules[at].table.is_some() => return self.modules[at].table,
            Found::External(path) => path,
            // `users::table`, or an item that happens to have the name.
            _ => path.to_vec(),
        };
        let name = path.iter().rev().find(|segment| *segment != "table")?;
        self.table_named(name)
    }

    /// The only `table!` of a Rust name.
    pub(crate) fn table_named(&self, name: &str) -> Option<usize> {
        let mut all = self.tables.iter().enumerate().filter(|(_, table)| table.rust_name == name);
        let first = all.next()?;
        // The same table written in two crates is still one table.
        all.all(|(_, other)| other.sql_name == first.1.sql_name && other.schema == first.1.schema)
            .then_some(first.0)
    }
}
