//! tmp
use autogen_introspect::models::*;
use std::path::{Path, PathBuf};
fn walk(p: &Path, out: &mut Vec<PathBuf>) {
    if p.is_file() { out.push(p.to_owned()); return }
    for e in std::fs::read_dir(p).unwrap() { let e = e.unwrap().path();
        if e.is_dir() { walk(&e, out) } else if e.extension().is_some_and(|x| x == "rs") { out.push(e) } }
}
fn main() {
    let mut paths = vec![];
    let verbose = std::env::args().any(|a| a == "-v");
    for a in std::env::args().skip(1).filter(|a| a != "-v") { walk(Path::new(&a), &mut paths); }
    let files: Vec<_> = paths.iter().map(|p| SourceFile::new(p.clone(), std::fs::read_to_string(p).unwrap())).collect();
    let lines: usize = files.iter().map(|f| f.text.lines().count()).sum();
    let n = files.len();
    let t = std::time::Instant::now();
    let (m, d) = read(files, &ReadOptions::default());
    eprintln!("{n} files {lines} lines {:?}", t.elapsed());
    for d in &d { println!("{:?} {} {} at {:?}", d.severity, d.code, d.message, d.span.as_ref().map(|s| format!("{}:{}:{}", s.file.display(), s.line, s.column))); }
    let (mut fields, mut intable, mut known, mut ok, mut nullok) = (0, 0, 0, 0, 0);
    for t in &m.tables {
        for c in &t.columns {
            let n = t.structs.iter().flat_map(|s| &s.fields).filter(|f| f.column == c.name).count();
            if n == 0 { continue }
            fields += n;
            match &c.declared {
                None => if t.declared.is_some() { println!("no column {}.{} ({:?})", t.name, c.name, c.span) },
                Some(dc) => {
                    intable += n;
                    if c.accept != TypeSet::Unknown { known += n } else { println!("unknown type {}.{} {}:{}", t.name, c.name, c.span.file.display(), c.span.line) }
                    match &dc.sql_type { None => println!("unknown sql {}.{}", t.name, c.name), Some(s) => if c.accept.accepts(s) && c.accept != TypeSet::Unknown { ok += n } else if c.accept != TypeSet::Unknown { println!("mismatch {}.{}: {:?} {:?}", t.name, c.name, c.accept, s) } }
                    let want = if dc.nullable { Nullability::Nullable } else { Nullability::NotNull };
                    if c.nullability == want { nullok += n } else { println!("null {}.{} {:?} table! {:?}", t.name, c.name, c.nullability, want) }
                }
            }
        }
        if t.declared.is_none() { println!("undeclared table {} implicit={} by {:?}", t.name, t.implicit_name, t.structs.iter().map(|s| &s.rust_name).collect::<Vec<_>>()) }
    }
    println!("tables {} (with structs {}), table! {}, enums {}, free {}, joinables {}", m.tables.len(), m.tables.iter().filter(|t| !t.structs.is_empty()).count(), m.schema_tables.len(), m.enums.len(), m.free.len(), m.joinables.len());
    println!("fields {fields} in table! {intable} known {known} accepted {ok} null-agree {nullok}; structs {}", m.tables.iter().map(|t| t.structs.len()).sum::<usize>());
    if verbose { for e in &m.enums { println!("enum {:?} {} {:?} {:?}", e.origin, e.name, e.rust_name, e.labels.iter().map(|l| &l.label).collect::<Vec<_>>()) } 
      for t in &m.tables { println!("{} <- {:?}", t.name, t.structs.iter().map(|s| (&s.rust_name, s.binding)).collect::<Vec<_>>()); } }
}
