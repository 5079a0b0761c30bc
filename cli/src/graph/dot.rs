//! A picture in the DOT language of Graphviz (<https://graphviz.org/doc/info/lang.html>). Boxes are numbered; names stand in
//! HTML-like labels, where they are escaped as in HTML, and in quoted strings.

use std::fmt::Write;

use super::{Diagram, Ends, Node, Sort};
use crate::output::html::escaped;

/// The text of a `.dot` file.
pub(crate) fn dot(diagram: &Diagram) -> String {
    let (name, direction) = match diagram.sort {
        Sort::Entities => ("schema", "LR"),
        Sort::Changes => ("changes", "TB"),
    };
    let mut out =
        format!("digraph {name} {{\n  rankdir={direction};\n  node [shape=plain, fontname=\"monospace\"];\n");
    out.push_str("  edge [fontname=\"monospace\", fontsize=10];\n");
    for (at, node) in diagram.nodes.iter().enumerate() {
        let _ = writeln!(out, "  n{at} [label=<{}>];", table(node));
    }
    for edge in &diagram.edges {
        let ends = match edge.ends {
            Ends::Order => String::new(),
            Ends::Rows { maybe_parent, one_child } => {
                let parent = if maybe_parent { "teeodot" } else { "teetee" };
                let child = if one_child { "teeodot" } else { "crowodot" };
                format!(", dir=both, arrowtail={parent}, arrowhead={child}")
            }
        };
        let _ = writeln!(out, "  n{} -> n{} [label={}{ends}];", edge.from, edge.to, quoted(&edge.label));
    }
    out + "}\n"
}

fn table(node: &Node) -> String {
    let mut out = String::from("<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\" CELLPADDING=\"4\">");
    let _ = write!(out, "<TR><TD COLSPAN=\"3\"><B>{}</B></TD></TR>", escaped(&node.title));
    for row in &node.rows {
        let null = if row.not_null { "" } else { " null" };
        let _ = write!(
            out,
            "<TR><TD>{}</TD><TD ALIGN=\"LEFT\">{}</TD><TD ALIGN=\"LEFT\">{}{null}</TD></TR>",
            row.keys.join(" "),
            escaped(&row.name),
            escaped(&row.data_type)
        );
    }
    out + "</TABLE>"
}

/// A string in which nothing is an escape: a backslash would begin one, such as `\N`.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
