//! How long reading models takes: 1,000 files of 200 lines with structs, and as many without anything of Diesel's, which
//! should cost next to nothing. The best of three is printed, as time of the processor, so that a busy machine does not
//! matter; `cargo bench -p autogen-introspect --no-default-features --bench models` runs it.

#![allow(clippy::print_stdout, reason = "the figures are the result")]

use std::fmt::Write;
use std::time::{Duration, Instant};

use autogen_introspect::models::{ReadOptions, SourceFile, read};

const FILES: usize = 1_000;

/// A file of 200 lines with a `table!`, a loaded and an inserted struct, an enum, and code around them.
fn with_models(file: usize) -> String {
    let mut text = String::from("use chrono::{DateTime, Utc};\nuse diesel::prelude::*;\nuse uuid::Uuid;\n");
    let _ = writeln!(text, "diesel::table! {{\n    table_{file} (id) {{\n        id -> Uuid,");
    (0..20).for_each(|column| {
        let _ = writeln!(text, "        column_{column} -> Nullable<Text>,");
    });
    text.push_str("        made -> Timestamptz,\n    }\n}\n");
    for (derives, name) in [("Queryable, Selectable, Identifiable", "Row"), ("Insertable", "NewRow")] {
        let _ = writeln!(text, "/// One of the rows.\n#[derive(Debug, Clone, {derives})]");
        let _ = writeln!(
            text,
            "#[diesel(table_name = table_{file})]\npub struct {name}{file} {{\n    pub id: Uuid,"
        );
        (0..20).for_each(|column| {
            let _ = writeln!(text, "    /// What it is for.\n    pub column_{column}: Option<String>,");
        });
        text.push_str("    pub made: DateTime<Utc>,\n}\n");
    }
    text + &code(200 - 115)
}

/// Lines of plain code.
fn code(lines: usize) -> String {
    let mut text = String::new();
    for at in 0..lines / 5 {
        let _ = writeln!(
            text,
            "pub fn sum_{at}(values: &[i64]) -> i64 {{\n    let mut sum = {at};\n    values.iter().for_each(|value| sum += value);\n    sum\n}}"
        );
    }
    text
}

fn measure(what: &str, text: impl Fn(usize) -> String) {
    let files: Vec<SourceFile> =
        (0..FILES).map(|at| SourceFile::new(format!("shop/src/models/m{at}.rs"), text(at))).collect();
    let lines: usize = files.iter().map(|file| file.text.lines().count()).sum();
    let best = (0..3).map(|_| {
        let files = files.clone();
        let start = processor_time();
        let (models, _) = read(files, &ReadOptions::default());
        (processor_time() - start, models.tables.len())
    });
    let (time, tables) = best.min().unwrap_or((Duration::ZERO, 0));
    println!("{what}: {FILES} files, {lines} lines, {tables} tables: {time:.0?}");
}

/// What this thread has used so far; where the system does not tell, the time since it was first asked.
fn processor_time() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let used = std::fs::read_to_string("/proc/thread-self/schedstat");
    let nanoseconds = used.ok().and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

fn main() {
    measure("with models", with_models);
    measure("without", |_| code(200));
}
