//! A picture in Mermaid, which GitHub and GitLab draw within Markdown. An entity-relationship diagram takes only letters,
//! digits and a few signs in the names of columns and types; where one has others, they are replaced and the true name
//! stands in the comment behind.

use std::fmt::Write;

use super::{Diagram, Ends, Row, Sort};

/// The text of a `.mmd` file.
pub(crate) fn mermaid(diagram: &Diagram) -> String {
    match diagram.sort {
        Sort::Entities => entities(diagram),
        Sort::Changes => flowchart(diagram),
    }
}

fn entities(diagram: &Diagram) -> String {
    let mut out = String::from("erDiagram\n");
    for (at, node) in diagram.nodes.iter().enumerate() {
        let _ = writeln!(out, "  t{at}[\"{}\"] {{", escaped(&node.title));
        for row in &node.rows {
            let _ = writeln!(out, "    {}", attribute(row));
        }
        out.push_str("  }\n");
    }
    for edge in &diagram.edges {
        let (maybe_parent, one_child) = match edge.ends {
            Ends::Rows { maybe_parent, one_child } => (maybe_parent, one_child),
            Ends::Order => (false, false),
        };
        let parent = if maybe_parent { "|o" } else { "||" };
        let child = if one_child { "o|" } else { "o{" };
        let _ =
            writeln!(out, "  t{} {parent}--{child} t{} : \"{}\"", edge.from, edge.to, escaped(&edge.label));
    }
    out
}

fn attribute(row: &Row) -> String {
    let (data_type, name) = (word(&row.data_type), word(&row.name));
    let mut comment = Vec::new();
    if name != row.name {
        comment.push(escaped(&row.name));
    }
    if data_type != row.data_type.replace([' ', '.'], "_") {
        comment.push(escaped(&row.data_type));
    }
    if !row.not_null {
        comment.push("null".to_owned());
    }
    let mut line = format!("{data_type} {name}");
    if !row.keys.is_empty() {
        let _ = write!(line, " {}", row.keys.join(", "));
    }
    if !comment.is_empty() {
        let _ = write!(line, " \"{}\"", comment.join(", "));
    }
    line
}

fn flowchart(diagram: &Diagram) -> String {
    let mut out = String::from("flowchart TD\n");
    for (at, node) in diagram.nodes.iter().enumerate() {
        let _ = writeln!(out, "  c{at}[\"{}\"]", escaped(&node.title));
    }
    for edge in &diagram.edges {
        let _ = writeln!(out, "  c{} -->|\"{}\"| c{}", edge.from, escaped(&edge.label), edge.to);
    }
    out
}

/// As an attribute's type or name: it begins with a letter and has letters, digits, `_`, `-`, `(`, `)` and brackets.
fn word(text: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '(' | ')' | '[' | ']');
    let mut out: String = text.chars().map(|c| if allowed(c) { c } else { '_' }).collect();
    if !out.starts_with(|c: char| c.is_ascii_alphabetic()) {
        out.insert_str(0, "x_");
    }
    // These would be read as the mark of a key.
    if matches!(out.as_str(), "PK" | "FK" | "UK") { out + "_" } else { out }
}

/// Within double quotes: entity codes for whatever Mermaid or a browser could take for more than text.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' | '#' | ';' | '%' | '<' | '>' | '&' | '`' | '\\' | '{' | '}' | '[' | ']' | '(' | ')'
            | '|' | '~' | '*' | '$' | '@' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    // An empty label ends some versions' patience.
    if out.is_empty() { " ".to_owned() } else { out }
}
