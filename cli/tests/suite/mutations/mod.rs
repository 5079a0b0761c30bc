//! Every edit that people make to a bound field must be seen, as the one statement that it means: a field is added, gets
//! another type, becomes or stops being an `Option`, is renamed with `was`, is removed. The models start out as they are,
//! the database is the project's own migrations, replayed once.
//!
//! The project is the one beside this file. Another is taken by
//!
//!     AUTOGEN_PROJECT=DIR [AUTOGEN_PROJECT_MIGRATIONS=DIR] [AUTOGEN_PROJECT_MODELS=PATH:PATH] AUTOGEN_MUTATIONS=200 \
//!         cargo test -p autogen --test suite mutations:: -- --nocapture
//!
//! where a sample of as many edits is tried, always the same; the figures are printed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod fields;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use autogen::postgres::{connect, replay};
use autogen_core::{Catalog, Name, Object, ObjectId, QualName};
use autogen_introspect::catalog;
use autogen_introspect::models::{self, SourceFile};
use fields::{Column, Edit, with_options, without_options};

use crate::support;

/// At least this part of the edits of fields that bind by name has to be seen.
const SEEN: f64 = 0.97;

/// How many edits are tried of a project of which nobody says it.
const TRIED: usize = 80;

/// What is done to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mutation {
    Add,
    Retype,
    Toggle,
    Rename,
    Remove,
}

const MUTATIONS: [Mutation; 5] =
    [Mutation::Add, Mutation::Retype, Mutation::Toggle, Mutation::Rename, Mutation::Remove];

/// What became of the edits of a kind.
#[derive(Debug, Default)]
struct Count {
    tried: usize,
    seen: usize,
    /// Seen, and said to be kept because something uses the column.
    kept: usize,
    unrelated: usize,
}

struct Project {
    /// A copy.
    root: tempfile::TempDir,
    models: Vec<PathBuf>,
    url: String,
}

#[test]
fn every_edit_is_seen() {
    let original = std::env::var_os("AUTOGEN_PROJECT").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/mutations/project"),
        |dir| std::fs::canonicalize(dir).unwrap(),
    );
    let server = support::start().unwrap();
    server.create_database("mutations", None).unwrap();
    let url = server.url("mutations");
    let migrations = std::env::var_os("AUTOGEN_PROJECT_MIGRATIONS")
        .map_or_else(|| original.join("migrations"), |dir| std::fs::canonicalize(dir).unwrap());
    let mut connection = connect(&url).unwrap();
    replay::replay(&mut connection, &migrations).unwrap();
    let live = catalog::read(&mut connection, &catalog::ReadOptions::default()).unwrap();
    drop(connection);

    let given = std::env::var("AUTOGEN_PROJECT_MODELS").unwrap_or_else(|_| "src".to_owned());
    let models: Vec<PathBuf> = given.split(':').map(PathBuf::from).collect();
    let project = Project { root: copy(&original), models, url };
    let columns = columns(&project, &live);
    let standing = project.changes().0;

    let cap = std::env::var("AUTOGEN_MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(TRIED);
    let mut plan: Vec<(&Column, Mutation)> =
        columns.iter().flat_map(|column| MUTATIONS.map(|mutation| (column, mutation))).collect();
    shuffle(&mut plan);
    let mut counts: BTreeMap<(Mutation, bool), Count> = BTreeMap::new();
    let mut failures: Vec<String> = Vec::new();
    let mut tried = 0;
    let started = std::time::Instant::now();
    for (column, mutation) in plan {
        if tried == cap {
            break;
        }
        let Some(edits) = edits(column, mutation, &live) else { continue };
        tried += 1;
        let by_name = column.fields.iter().all(|field| !field.is_positional);
        let count = counts.entry((mutation, by_name)).or_default();
        count.tried += 1;
        let (after, told) = project.with(&edits);
        let new: BTreeSet<String> = after.difference(&standing).cloned().collect();
        let expected = expected(column, mutation);
        let hit = new.iter().any(|change| change.starts_with(&expected));
        let kept = mutation == Mutation::Remove
            && told
                .contains(&format!("column {}.{} is no longer in the models", column.table, column.column));
        let unrelated: Vec<&String> =
            new.iter().filter(|change| !is_of(change, column, mutation, &expected)).collect();
        count.seen += usize::from(hit || kept);
        count.kept += usize::from(kept && !hit);
        count.unrelated += unrelated.len();
        if !(hit || kept) || !unrelated.is_empty() {
            let what = if by_name { "by name" } else { "by position" };
            let rest = if hit || kept {
                String::new()
            } else {
                told.lines().take(4).collect::<Vec<_>>().join(" / ")
            };
            failures
                .push(format!("{mutation:?} {}.{} ({what}): {new:?} {rest}", column.table, column.column));
        }
    }
    let each = started.elapsed().as_secs_f64() / tried.max(1) as f64;

    println!("{:<8} {:<12} {:>6} {:>6} {:>6} {:>10}", "edit", "binds", "tried", "seen", "kept", "unrelated");
    for ((mutation, by_name), count) in &counts {
        let binds = if *by_name { "by name" } else { "by position" };
        let Count { tried, seen, kept, unrelated } = count;
        println!("{:<8} {binds:<12} {tried:>6} {seen:>6} {kept:>6} {unrelated:>10}", format!("{mutation:?}"));
    }
    println!("{} columns, {} differences at the start, {each:.2} s an edit", columns.len(), standing.len());
    failures.iter().for_each(|failure| println!("  {failure}"));

    let named = || counts.iter().filter(|((_, by_name), _)| *by_name).map(|(_, count)| count);
    let (tried, seen) = named().fold((0, 0), |sum, count| (sum.0 + count.tried, sum.1 + count.seen));
    assert!(tried > 0, "there is no field to edit");
    assert!(seen as f64 >= SEEN * tried as f64, "{seen} of {tried} edits were seen");
    assert_eq!(counts.values().map(|count| count.unrelated).sum::<usize>(), 0, "unrelated statements");
}

/// The columns of live tables that structs and database agree about.
fn columns(project: &Project, live: &Catalog) -> Vec<Column> {
    let root = project.root.path();
    let mut files = Vec::new();
    for folder in &project.models {
        rust_files(&root.join(folder), &mut files);
    }
    let files: Vec<SourceFile> = files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let is_schema = path.ends_with("schema.rs");
            SourceFile { is_schema, ..SourceFile::new(path, text) }
        })
        .collect();
    let (models, _) = models::read(files.clone(), &models::ReadOptions::default());
    let mut columns = fields::columns(&models, &files);
    columns.retain(|column| live.contains(&id(column)));
    columns
}

fn id(column: &Column) -> ObjectId {
    ObjectId::column(&QualName::new("public", column.table.as_str()), &Name::new(&column.column))
}

/// The edits, or none where the mutation means nothing for the column.
fn edits(column: &Column, mutation: Mutation, live: &Catalog) -> Option<Vec<Edit>> {
    let Some(Object::Column(now)) = live.get(&id(column)) else { return None };
    let text = |field: &fields::Field| std::fs::read_to_string(&field.file).unwrap();
    let of = |field: &fields::Field, range: &std::ops::Range<usize>| text(field)[range.clone()].to_owned();
    let spelled = column.fields.iter().any(|field| field.is_spelled_out);
    let fields = column.fields.iter();
    match mutation {
        Mutation::Add => {
            let field = column.fields.iter().find(|field| !field.is_change)?;
            let new = "pub autogen_added: Option<i32>, ";
            Some(vec![(field.file.clone(), field.whole.start..field.whole.start, new.to_owned())])
        }
        Mutation::Retype if !spelled && now.generated.is_none() && now.identity.is_none() => {
            let other = match now.data_type.full_text().as_str() {
                "bigint" => "String",
                _ => "i64",
            };
            let retyped = |field: &fields::Field| {
                let ty = of(field, &field.ty);
                let (depth, _) = without_options(&ty);
                (field.file.clone(), field.ty.clone(), with_options(depth, other))
            };
            Some(fields.map(retyped).collect())
        }
        Mutation::Toggle if !spelled && !column.is_key && now.identity.is_none() => {
            // Rows that are inserted may leave out what they like; what is loaded tells.
            let loaded: Vec<_> = fields.filter(|field| field.is_loaded || field.is_positional).collect();
            let toggled = |field: &&fields::Field| {
                let ty = of(field, &field.ty);
                let (depth, core) = without_options(&ty);
                let agrees = (depth == 0) == now.not_null;
                let edit =
                    (field.file.clone(), field.ty.clone(), with_options(usize::from(depth == 0), core));
                agrees.then_some(edit)
            };
            let edits: Option<Vec<Edit>> = loaded.iter().map(toggled).collect();
            edits.filter(|edits| !edits.is_empty())
        }
        Mutation::Rename if !spelled => {
            let renamed = |field: &fields::Field| {
                let was = format!("#[cfg_attr(any(), autogen(was = \"{}\"))] ", column.column);
                let (start, name) = (field.start, field.name.clone());
                [
                    (field.file.clone(), name, "autogen_renamed".to_owned()),
                    (field.file.clone(), start..start, was),
                ]
            };
            let mut edits: Vec<Edit> = fields.flat_map(renamed).collect();
            // What the struct's attribute says of the column has to follow.
            for field in column.fields.iter().filter(|field| !field.is_change) {
                edits.extend(fields::in_attributes(
                    &field.file,
                    &text(field),
                    &column.column,
                    "autogen_renamed",
                ));
            }
            edits.sort_by_key(|edit| (edit.0.clone(), edit.1.start, edit.1.end));
            edits.dedup();
            Some(edits)
        }
        Mutation::Remove if !column.is_key => {
            let removed = |field: &fields::Field| {
                let text = text(field);
                let rest = &text[field.whole.end..];
                let comma = rest.len() - rest.trim_start().strip_prefix(',').map_or(rest.len(), str::len);
                (field.file.clone(), field.whole.start..field.whole.end + comma, String::new())
            };
            Some(fields.map(removed).collect())
        }
        Mutation::Retype | Mutation::Toggle | Mutation::Rename | Mutation::Remove => None,
    }
}

/// How the one change that is wanted begins.
fn expected(column: &Column, mutation: Mutation) -> String {
    let Column { table, column, .. } = column;
    match mutation {
        Mutation::Add => format!("create column {table}.autogen_added"),
        Mutation::Retype => format!("alter column {table}.{column}: type"),
        Mutation::Toggle => format!("alter column {table}.{column}"),
        Mutation::Rename => format!("rename column {table}."),
        Mutation::Remove => format!("drop column {table}.{column}"),
    }
}

/// True for the change itself, and for what has to go or be made anew with the column.
fn is_of(change: &str, column: &Column, mutation: Mutation, expected: &str) -> bool {
    let dependants = [
        "foreign_key",
        "primary_key",
        "unique",
        "check",
        "index",
        "default",
        "view",
        "materialized_view",
        "sequence",
        "trigger",
        "policy",
        "rule",
        "statistics",
        "exclusion",
        "comment",
        "enum_type",
    ];
    let kind = change.split(' ').nth(1).unwrap_or_default();
    change.starts_with(expected)
        || (matches!(mutation, Mutation::Retype | Mutation::Remove) && dependants.contains(&kind))
        // The other side of a foreign key follows its type.
        || (mutation == Mutation::Retype && column.is_key && change.starts_with("alter column"))
}

impl Project {
    /// What would be changed, and what is told beside.
    fn changes(&self) -> (BTreeSet<String>, String) {
        let mut command: Command = support::autogen(self.root.path());
        command.args(["diff", "--db", &self.url, "--format", "json", "--no-probe", "--verbose", "--models"]);
        let output = command.args(&self.models).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let all = document["changes"].as_array().cloned().unwrap_or_default();
        let words = |change: &serde_json::Value| {
            let [action, kind, object, detail] =
                ["action", "kind", "object", "detail"].map(|key| change[key].as_str().unwrap_or_default());
            format!("{action} {kind} {object}: {detail}")
        };
        (all.iter().map(words).collect(), told)
    }

    /// The same with files edited, which are put back.
    fn with(&self, edits: &[Edit]) -> (BTreeSet<String>, String) {
        let mut edits = edits.to_vec();
        // From the end of each file to its beginning, so that the places stay right.
        edits.sort_by(|a, b| (&b.0, b.1.start, b.1.end).cmp(&(&a.0, a.1.start, a.1.end)));
        let mut originals: BTreeMap<PathBuf, String> = BTreeMap::new();
        for (file, range, new) in &edits {
            let mut text = std::fs::read_to_string(file).unwrap();
            originals.entry(file.clone()).or_insert_with(|| text.clone());
            text.replace_range(range.clone(), new);
            std::fs::write(file, text).unwrap();
        }
        let changes = self.changes();
        for (file, text) in originals {
            std::fs::write(file, text).unwrap();
        }
        changes
    }
}

/// The project's code in a repository of its own, so that there is a baseline.
fn copy(original: &Path) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for entry in ignore::WalkBuilder::new(original).require_git(false).build() {
        let entry = entry.unwrap();
        let is_code =
            entry.path().extension().is_some_and(|extension| extension == "rs" || extension == "toml");
        if is_code && entry.file_type().is_some_and(|kind| kind.is_file()) {
            let to = root.path().join(entry.path().strip_prefix(original).unwrap());
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
    for args in [
        &["init", "-q", "-b", "main"][..],
        &["add", "-A", "-f"],
        &[
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.org",
            "-c",
            "commit.gpgsign=false",
            "commit",
            "-q",
            "-m",
            "x",
        ],
    ] {
        assert!(Command::new("git").current_dir(root.path()).args(args).status().unwrap().success());
    }
    root
}

fn rust_files(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_file() {
        found.push(path.to_path_buf());
        return;
    }
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if entry.is_dir()
            && !["tests", "target", "benches", "examples"].contains(&&*name)
            && !name.starts_with('.')
        {
            rust_files(&entry, found);
        } else if name.ends_with(".rs") {
            found.push(entry);
        }
    }
}

/// Any order will do, if it is always the same one.
fn shuffle<T>(all: &mut [T]) {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for at in (1..all.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        all.swap(at, usize::try_from(state % (at as u64 + 1)).unwrap());
    }
}
