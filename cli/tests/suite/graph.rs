//! `autogen graph`: each form is read by its own grammar, with names that would like to be part of it, and says the same
//! about tables, columns and keys.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support;

const SCHEMA: &str = r#"
CREATE TABLE "a""<b>&--]}|;" (id int PRIMARY KEY, "na me" text, "PK" int, "line
end" text[], amount numeric(10,2), "%%{init: {}}%%" int, "\N>];" int);
CREATE TABLE b (id int PRIMARY KEY REFERENCES "a""<b>&--]}|;", up int REFERENCES b, code text NOT NULL UNIQUE);
CREATE TABLE c (id int PRIMARY KEY, b1 int NOT NULL REFERENCES b, b2 int CONSTRAINT "k""\" REFERENCES b);
CREATE TABLE alone (at timestamptz) PARTITION BY RANGE (at);
CREATE TABLE part PARTITION OF alone DEFAULT;
CREATE VIEW v AS SELECT 1 AS one;
"#;

/// The title of the first table, as a reader of each form sees it.
const HOSTILE: &str = "a\"<b>&--]}|;";

fn sample() -> PathBuf {
    support::fixtures().join("sample")
}

fn graph(folder: &Path, args: &[&str]) -> String {
    let mut command = support::autogen(folder);
    let output = support::run(command.arg("graph").args(args), 0).unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn of_schema(format: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("schema.sql"), SCHEMA).unwrap();
    let args = ["--db", "schema.sql", "--format", format];
    let text = graph(dir.path(), &args);
    assert_eq!(text, graph(dir.path(), &args), "the same input, other bytes");
    text
}

#[test]
fn dot_keeps_to_its_grammar() {
    let text = of_schema("dot");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("digraph schema {"));
    assert_eq!(lines.next_back(), Some("}"));
    let (mut titles, mut edges) = (Vec::new(), Vec::new());
    for line in lines {
        let body = line
            .strip_prefix("  ")
            .and_then(|line| line.strip_suffix(';'))
            .unwrap_or_else(|| panic!("{line}"));
        if let Some((_, label)) = body.split_once(" [label=<") {
            // An HTML-like label is well-formed XML.
            let label = label.strip_suffix(">]").unwrap();
            let table = roxmltree::Document::parse(label).unwrap_or_else(|error| panic!("{error}: {label}"));
            let bold = table.descendants().find(|node| node.has_tag_name("B")).unwrap();
            titles.push(bold.text().unwrap().to_owned());
        } else if let Some((ends, label)) = body.split_once(" [label=\"") {
            let quoted = label.split_once("\", dir=both").unwrap().0;
            assert!(!quoted.replace("\\\\", "").replace("\\\"", "").contains(['"', '\\']), "{line}");
            edges.push(ends.to_owned());
        } else {
            assert!(
                body.starts_with("rankdir=") || body.starts_with("node [") || body.starts_with("edge ["),
                "{line}"
            );
        }
    }
    assert_eq!(titles, [HOSTILE, "alone", "b", "c"]);
    assert_eq!(edges, ["n0 -> n2", "n2 -> n2", "n2 -> n3", "n2 -> n3"]);
}

#[test]
fn mermaid_keeps_to_its_grammar() {
    let text = of_schema("mermaid");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("erDiagram"));
    let is_word = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-()[]".contains(c))
    };
    // What stands between quotes ends nothing; `#34;` and the like are the codes for signs.
    let is_quoted = |text: &str| {
        let inside = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        inside.is_some_and(|inside| !inside.contains(['"', '<', '>', '{', '%', '`', '\\']))
    };
    let mut edges = Vec::new();
    for line in lines {
        let line = line.trim_start();
        if let Some(title) = line.strip_suffix(" {") {
            let (_, title) = title.split_once('[').unwrap();
            assert!(is_quoted(title.strip_suffix(']').unwrap()), "{line}");
        } else if let Some((ends, label)) = line.split_once(" : ") {
            assert!(is_quoted(label), "{line}");
            edges.push(ends.to_owned());
        } else if line != "}" {
            let (words, comment) =
                line.split_once(" \"").map_or((line, None), |(words, rest)| (words, Some(rest)));
            assert!(comment.is_none_or(|rest| is_quoted(&format!("\"{rest}"))), "{line}");
            let words: Vec<&str> = words.splitn(3, ' ').collect();
            assert!(words.len() >= 2 && is_word(words[0]) && is_word(words[1]), "{line}");
            let keys = words.get(2).map_or(Vec::new(), |keys| keys.split(", ").collect());
            assert!(keys.iter().all(|key| ["PK", "FK", "UK"].contains(key)), "{line}");
        }
    }
    assert_eq!(edges, ["t0 ||--o| t2", "t2 |o--o{ t2", "t2 ||--o{ t3", "t2 |o--o{ t3"]);
    assert!(text.contains("    integer id PK, FK\n") && text.contains("    text code UK\n"), "{text}");
}

#[test]
fn svg_has_every_box_apart() {
    let text = of_schema("svg");
    let document = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let title = |node: &roxmltree::Node<'_, '_>| node.attribute("class") == Some("title");
    let titles: BTreeSet<&str> =
        document.descendants().filter(title).filter_map(|node| node.text()).collect();
    assert_eq!(titles, BTreeSet::from([HOSTILE, "alone", "b", "c"]));
    let texts: BTreeSet<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("text"))
        .filter_map(|node| node.text())
        .collect();
    for column in ["na me", "line\\nend", "%%{init: {}}%%", "\\N>];", "numeric(10,2) null"] {
        assert!(texts.contains(column), "{column} in {texts:?}");
    }
    let number = |node: roxmltree::Node<'_, '_>, name| node.attribute(name).unwrap().parse::<f64>().unwrap();
    let boxes: Vec<[f64; 4]> = document
        .descendants()
        .filter(|node| node.has_tag_name("rect") && node.attribute("class").is_none())
        .map(|node| ["x", "y", "width", "height"].map(|name| number(node, name)))
        .collect();
    assert_eq!(boxes.len(), 4);
    for (at, one) in boxes.iter().enumerate() {
        for other in &boxes[..at] {
            let apart = |axis: usize| {
                one[axis] >= other[axis] + other[axis + 2] || other[axis] >= one[axis] + one[axis + 2]
            };
            assert!(apart(0) || apart(1), "{one:?} and {other:?} overlap");
        }
    }
    let lines = document.descendants().filter(|node| node.has_tag_name("title")).count() - 1;
    assert_eq!(lines, 4, "one for each foreign key");
    for foreign in ["<script", "href", "url("] {
        assert!(!text.contains(foreign), "{foreign}");
    }
}

#[test]
fn changes_stand_in_order_with_their_reasons() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("empty.sql"), "").unwrap();
    std::fs::write(dir.path().join("schema.sql"), SCHEMA).unwrap();
    let args = ["--changes", "--db", "empty.sql", "--target", "schema.sql", "--format"];
    let text = graph(dir.path(), &[&args[..], &["mermaid"]].concat());
    assert!(text.starts_with("flowchart TD\n  c0[\"1. create table "), "{text}");
    assert!(text.contains(" -->|\"is needed by\"| "), "{text}");
    let numbers = text.lines().filter_map(|line| line.trim_start().split_once("[\"")?.1.split_once(". "));
    for (at, (number, _)) in numbers.enumerate() {
        assert_eq!(number, (at + 1).to_string());
    }
    // Every line leads to a later change.
    let ends = text.lines().filter_map(|line| line.trim_start().split_once(" -->|"));
    for (from, rest) in ends {
        let to = rest.rsplit(' ').next().unwrap();
        let number = |name: &str| name[1..].parse::<usize>().unwrap();
        assert!(number(from) < number(to), "{from} {to}");
    }
    let svg = graph(dir.path(), &[&args[..], &["svg"]].concat());
    roxmltree::Document::parse(&svg).unwrap();
    let dot = graph(dir.path(), &[&args[..], &["dot"]].concat());
    assert!(dot.starts_with("digraph changes {\n"), "{dot}");
}

#[test]
fn models_filters_and_nothing() {
    let now = graph(&sample(), &["--format", "mermaid"]);
    assert!(now.contains("[\"users\"]") && now.contains(" nick\n") && !now.contains(" handle"), "{now}");
    let wanted = graph(&sample(), &["--models", "src/models.rs", "--format", "mermaid"]);
    assert!(wanted.contains(" handle"), "{wanted}");
    let some = graph(&sample(), &["--exclude", "posts", "--format", "mermaid"]);
    assert!(some.contains("[\"orgs\"]") && !some.contains("[\"posts\"]"), "{some}");
    for format in ["dot", "mermaid", "svg"] {
        graph(&sample(), &["--include", "nothing", "--format", format]);
    }
    let mut command = support::autogen(&sample());
    support::run(command.args(["graph", "--er", "--changes"]), 2).unwrap();
}
