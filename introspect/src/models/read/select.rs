//! Which files are parsed at all. Parsing is what costs, so a file is first searched for a word that only schema
//! code has; the others are parsed later, when a type that a model uses is defined in one.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use autogen_core::Diagnostic;
use syn::Type;

use super::collect::{Collector, KnownWords};
use super::declared::Declarations;
use super::pieces::{self, Piece};
use super::plain::KnownTypes;
use super::scope::Workspace;
use super::{ReadOptions, SourceFile};
use crate::models::grammar::span_of;
use crate::models::model::Standing;
use crate::models::place::Origin;

const MARKERS: &[&str] = &[
    "table!",
    "view!",
    "joinable!",
    "diesel(",
    "table_name",
    "autogen",
    "Queryable",
    "Insertable",
    "AsChangeset",
    "HasQuery",
    "Selectable",
    "Identifiable",
    "FromSql",
    "ToSql",
    "AsExpression",
    "DieselNewType",
    "DbEnum",
    "SqlType",
];

/// Reads the files. Those below a folder named after another database are left out where Postgres has one too.
pub(crate) fn workspace(files: Vec<SourceFile>, options: &ReadOptions) -> (Workspace, Vec<Diagnostic>) {
    let mut files = files;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut workspace = Workspace::default();
    let mut diagnostics = Vec::new();
    let has_schema_files = files.iter().any(|file| file.is_schema && file.text.contains("table!"));
    let has =
        |file: &SourceFile, words: &[&str]| file.module.iter().any(|part| words.contains(&part.as_str()));
    let ours = ["postgres", "postgresql", "pg"];
    let several = files.iter().any(|file| has(file, &ours));
    files.retain(|file| !(in_tests(file) || several && has(file, &["sqlite", "mysql"])));

    let (wanted, mut waiting): (Vec<_>, Vec<_>) = files.into_iter().partition(is_wanted);
    let mut types = KnownTypes::default();
    let mut parsed = Vec::new();
    for file in wanted {
        parsed.extend(parse(file, Strict::Yes, has_schema_files, &mut types, &mut diagnostics));
    }
    let mut declarations = Declarations::default();
    enter(parsed, &mut declarations, options, &mut workspace, &mut diagnostics);
    // Types can lead to types, so look again while something new turns up.
    for _ in 0..4 {
        let names = missing(&workspace);
        if names.is_empty() || waiting.is_empty() {
            break;
        }
        let (found, rest): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|file| defines(&file.text, &names));
        waiting = rest;
        if found.is_empty() {
            break;
        }
        let parsed = found
            .into_iter()
            .filter_map(|file| parse(file, Strict::No, has_schema_files, &mut types, &mut diagnostics))
            .collect();
        enter(parsed, &mut declarations, options, &mut workspace, &mut diagnostics);
    }
    workspace.enter_made_types();
    diagnostics.extend(workspace.unread_models());
    (workspace, diagnostics)
}

/// Integration tests, benches and examples hold no models.
fn in_tests(file: &SourceFile) -> bool {
    let mut parts: Vec<_> = file.path.components().filter_map(|part| part.as_os_str().to_str()).collect();
    parts.pop();
    let src = parts.iter().rposition(|part| *part == "src");
    // Only folders beside src count by their name; below src the module's own cfg decides.
    let last = parts.iter().rposition(|part| ["tests", "benches", "examples"].contains(part));
    match (src, last) {
        (None, Some(last)) => last + 1 == parts.len() && parts.len() > 1 && !file.path.is_absolute(),
        (Some(src), Some(last)) => last > src && parts[last] == "tests",
        _ => false,
    }
}

fn is_wanted(file: &SourceFile) -> bool {
    let name = file.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    file.named
        || ["lib.rs", "mod.rs", "main.rs"].contains(&name)
        || MARKERS.iter().any(|marker| file.text.contains(marker))
        || excludes_module(&file.text)
}

/// True if a line `mod name;` comes after an attribute, which may move or exclude a file.
fn excludes_module(text: &str) -> bool {
    let mut attribute = false;
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let declares = line.ends_with(';') && line.split_whitespace().any(|word| word == "mod");
        if declares && (attribute || line.starts_with("#[")) {
            return true;
        }
        attribute = line.starts_with("#[cfg") || line.starts_with("#[path");
    }
    false
}

enum Strict {
    Yes,
    No,
}

pub(super) struct ParsedFile {
    pub(super) path: Arc<PathBuf>,
    pub(super) module: Vec<String>,
    standing: Standing,
    is_context: bool,
    text: Arc<str>,
    pub(super) pieces: Vec<Piece>,
}

fn parse(
    file: SourceFile,
    strict: Strict,
    has_schema_files: bool,
    types: &mut KnownTypes,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<ParsedFile> {
    let path = Arc::new(file.path);
    let standing = match (has_schema_files, file.is_schema) {
        (false, _) if file.is_context => Standing::Context,
        (false, _) => Standing::Unsaid,
        (true, true) => Standing::Schema,
        (true, false) => Standing::Aside,
    };
    // Whoever did not name a file need not hear of its faults.
    let strict = if file.is_context { Strict::No } else { strict };
    match pieces::parse(&file.text, types) {
        Ok(pieces) => {
            let (module, is_context) = (file.module, file.is_context);
            Some(ParsedFile { path, module, standing, is_context, text: file.text, pieces })
        }
        Err((error, origin)) => {
            if matches!(strict, Strict::Yes) {
                let message = format!("this is not Rust: {error}");
                let finding = match file.is_stray {
                    true => Diagnostic::note("syntax", format!("{message}; the file is left out")),
                    false => Diagnostic::error("syntax", message),
                };
                diagnostics.push(finding.at(origin.shift(span_of(&path, error.span()))));
            }
            None
        }
    }
}

/// Enters parsed files, without those that are configured away.
fn enter(
    files: Vec<ParsedFile>,
    declarations: &mut Declarations,
    options: &ReadOptions,
    workspace: &mut Workspace,
    diagnostics: &mut Vec<Diagnostic>,
) {
    files.iter().for_each(|file| declarations.note(file, options));
    let mut known = KnownWords::default();
    for file in files {
        let Some(module) = declarations.module_of(&file) else { continue };
        let module = workspace.module(&module);
        let mut unheard = Vec::new();
        let diagnostics = if file.is_context { &mut unheard } else { &mut *diagnostics };
        if file.is_context {
            workspace.context.insert(file.path.clone());
        }
        let ParsedFile { path, standing, text, pieces, .. } = file;
        let origin = Origin::default();
        let known = &mut known;
        let mut collector =
            Collector { workspace, diagnostics, known, options, file: path, origin, standing };
        pieces.into_iter().for_each(|piece| collector.piece(module, piece, &text));
    }
}

/// Names of types in model fields that nothing defines yet.
fn missing(workspace: &Workspace) -> HashSet<String> {
    let mut names = HashSet::new();
    let roles = [
        "Queryable",
        "Selectable",
        "HasQuery",
        "Insertable",
        "AsChangeset",
        "QueryableByName",
        "DieselNewType",
    ];
    let models = workspace
        .structs
        .iter()
        .filter(|item| item.derives.iter().any(|derive| roles.contains(&derive.as_str())));
    let fields = models.flat_map(|item| item.fields.iter()).map(|field| &*field.ty);
    let mut seen: HashSet<*const Type> = HashSet::new();
    let all = fields.chain(workspace.aliases.iter().map(|alias| &alias.ty));
    for ty in all.filter(|ty| seen.insert(std::ptr::from_ref(*ty))) {
        words(quote::ToTokens::to_token_stream(ty), &mut names);
    }
    names.retain(|name| name.starts_with(char::is_uppercase) && !workspace.by_name.contains_key(name));
    names
}

fn words(stream: proc_macro2::TokenStream, out: &mut HashSet<String>) {
    for tree in stream {
        match tree {
            proc_macro2::TokenTree::Ident(word) => {
                out.insert(word.to_string());
            }
            proc_macro2::TokenTree::Group(group) => words(group.stream(), out),
            _ => {}
        }
    }
}

/// True if the text has `type X`, `struct X`, `enum X` or `some_macro!(X` for one of the names.
fn defines(text: &str, names: &HashSet<String>) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut at, mut before) = (0, "");
    while let Some(start) = text[at..].find(is_word).map(|start| at + start) {
        at = text[start..].find(|c| !is_word(c)).map_or(text.len(), |length| start + length);
        let word = &text[start..at];
        if names.contains(word) {
            let is_argument = || {
                let head = text[..start].trim_end();
                head.strip_suffix(['(', '{', '[']).is_some_and(|head| head.trim_end().ends_with('!'))
            };
            if matches!(before, "type" | "struct" | "enum") || is_argument() {
                return true;
            }
        }
        before = word;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files that are no Rust, which nobody can have parsed without a complaint, beside one model.
    #[test]
    fn files_without_models_are_not_parsed() {
        let broken = (0..1_000).map(|at| SourceFile::new(format!("a/src/m{at}.rs"), "pub fn broken( {"));
        let model = "#[derive(Queryable)] struct A { id: i32, kind: Kind }";
        let model = SourceFile::new("a/src/model.rs", model);
        let kind = SourceFile::new("a/src/kind.rs", "pub enum Kind { B }");
        let (workspace, diagnostics) =
            workspace(broken.chain([model, kind]).collect(), &ReadOptions::default());
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        assert_eq!((workspace.structs.len(), workspace.enums.len()), (1, 1));
        // The same files are complained of, each of them, once they have the mark of a model.
        let marked =
            (0..1_000).map(|at| SourceFile::new(format!("a/src/m{at}.rs"), "pub fn broken( { // Queryable"));
        let (_, diagnostics) = super::workspace(marked.collect(), &ReadOptions::default());
        assert_eq!(diagnostics.len(), 1_000);
    }
}
