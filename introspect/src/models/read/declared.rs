//! Where files belong: what `mod` declarations with attributes and `include!` say about a file, which its path alone does
//! not.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use syn::{Expr, Item, Lit, Meta};

use super::ReadOptions;
use super::attrs::flatten;
use super::pieces::Piece;
use super::select::ParsedFile;

/// All that has been declared so far.
#[derive(Default)]
pub(super) struct Declarations {
    /// Modules that are configured away.
    excluded: HashSet<Vec<String>>,
    /// Modules that are not: one for each database may be declared under the same name.
    included: HashSet<Vec<String>>,
    /// Files of modules that are configured away, where `#[path]` names one.
    excluded_files: HashSet<PathBuf>,
    /// Files that are another module than their path says: `#[path]`, or a part of a module by `include!`.
    moved: Vec<(PathBuf, Vec<String>)>,
}

impl Declarations {
    /// Notes what a file declares.
    pub(super) fn note(&mut self, file: &ParsedFile, options: &ReadOptions) {
        for piece in &file.pieces {
            match piece {
                Piece::Items(items, _) => self.items(file, &file.module, items, options),
                Piece::Struct(_) => {}
            }
        }
    }

    fn items(&mut self, file: &ParsedFile, module: &[String], items: &[Item], options: &ReadOptions) {
        for item in items {
            match item {
                Item::Mod(item) => {
                    let mut path = module.to_vec();
                    path.push(item.ident.to_string().trim_start_matches("r#").to_owned());
                    let Some(metas) = flatten(&item.attrs, options) else {
                        let metas: Vec<&Meta> = item.attrs.iter().map(|attr| &attr.meta).collect();
                        let _ = match metas.into_iter().find_map(path_attribute) {
                            Some(target) => self.excluded_files.insert(beside(&file.path, &target)),
                            None => self.excluded.insert(path),
                        };
                        continue;
                    };
                    self.included.insert(path.clone());
                    if let Some((_, items)) = &item.content {
                        self.items(file, &path, items, options);
                    } else if let Some(target) = metas.iter().find_map(path_attribute) {
                        self.moved.push((beside(&file.path, &target), path));
                    }
                }
                // `include!(concat!(…))` names what a build script made; it is not there to be read.
                Item::Macro(item) if item.mac.path.is_ident("include") => {
                    if let Ok(target) = item.mac.parse_body::<syn::LitStr>() {
                        self.moved.push((beside(&file.path, &target.value()), module.to_vec()));
                    }
                }
                _ => {}
            }
        }
    }

    /// The module that a file is: declared, or else as its path says. `None` where it is configured away.
    pub(super) fn module_of(&self, file: &ParsedFile) -> Option<Vec<String>> {
        let path = normal(&file.path);
        let moved = self.moved.iter().find(|(moved, _)| *moved == path).map(|(_, module)| module);
        let module = moved.unwrap_or(&file.module);
        let is_excluded =
            |module: &[String]| self.excluded.contains(module) && !self.included.contains(module);
        let excluded = self.excluded_files.contains(&path)
            || (1..=module.len()).any(|length| is_excluded(&module[..length]));
        (!excluded).then(|| module.clone())
    }
}

fn path_attribute(meta: &Meta) -> Option<String> {
    match meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(lit) => match &lit.lit {
                Lit::Str(target) => Some(target.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

fn beside(file: &Path, target: &str) -> PathBuf {
    normal(&file.parent().unwrap_or(Path::new("")).join(target))
}

/// The path without `.` and `..`, told from its text.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}
