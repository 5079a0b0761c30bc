//! A picture as an SVG file that needs nothing else: boxes, and lines behind them. Text is escaped as in HTML; that of a
//! column stands in its row, that of a line in the tooltip, and for changes beside it.

use std::fmt::Write;

use autogen_core::visible;

use super::layout::{Place, layout};
use super::line::{End, Line};
use super::{Diagram, Edge, Ends, Node, Row, Sort};
use crate::output::html::escaped;

/// The height of a line of text.
pub(super) const LINE: f64 = 20.0;

/// The width of a character of the font, at most.
const CHARACTER: f64 = 7.8;

/// The room within a box, left and right.
const PADDING: f64 = 10.0;

/// The room around the picture.
const MARGIN: f64 = 36.0;

const STYLE: &str = "text { font: 13px ui-monospace, monospace; fill: #222; } .title { font-weight: bold; } \
    .faint { fill: #777; } rect, circle { fill: #fff; stroke: #555; } .head { fill: #eef2f7; } path { fill: none; stroke: #555; } \
    .paper { stroke: none; } .label { font-size: 11px; text-anchor: middle; paint-order: stroke; stroke: #fff; stroke-width: 4px; }";

/// The text of an `.svg` file.
pub(crate) fn svg(diagram: &Diagram) -> String {
    let sizes: Vec<(f64, f64)> = diagram.nodes.iter().map(size).collect();
    let (places, (width, height)) = layout(&sizes, &diagram.edges);
    let (width, height) = (width + 2.0 * MARGIN, height + 2.0 * MARGIN);
    let title = match diagram.sort {
        Sort::Entities => "Tables and their foreign keys",
        Sort::Changes => "Changes and why one runs before another",
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"{:.0} {:.0} {width:.0} {height:.0}\" role=\"img\">\n<title>{title}</title>\n<style>{STYLE}</style>\n",
        -MARGIN, -MARGIN,
    );
    let _ = writeln!(
        out,
        "<rect class=\"paper\" x=\"{:.0}\" y=\"{:.0}\" width=\"{width:.0}\" height=\"{height:.0}\"/>",
        -MARGIN, -MARGIN
    );
    for (at, edge) in diagram.edges.iter().enumerate() {
        line(&mut out, diagram, &places, at, edge);
    }
    for (node, place) in diagram.nodes.iter().zip(&places) {
        boxed(&mut out, node, *place);
    }
    out + "</svg>\n"
}

fn size(node: &Node) -> (f64, f64) {
    let widest = columns(node).iter().sum::<f64>().max(text_width(&node.title));
    let lines = f64::from(u32::try_from(node.rows.len() + 1).unwrap_or(u32::MAX));
    (widest + 2.0 * PADDING, lines * LINE + 8.0)
}

/// The widths of the three columns of a box: keys, names, types.
fn columns(node: &Node) -> [f64; 3] {
    let widest = |text: fn(&Row) -> String| {
        node.rows.iter().map(|row| text_width(&text(row)) + PADDING).fold(0.0, f64::max)
    };
    [widest(keys), widest(|row| row.name.clone()), widest(data_type)]
}

fn keys(row: &Row) -> String {
    row.keys.join(" ")
}

fn data_type(row: &Row) -> String {
    let null = if row.not_null { "" } else { " null" };
    format!("{}{null}", row.data_type)
}

/// The width of a text, in which many signs of the East are two wide.
fn text_width(text: &str) -> f64 {
    visible(text).chars().map(|c| if u32::from(c) < 0x1100 { CHARACTER } else { 2.0 * CHARACTER }).sum()
}

fn boxed(out: &mut String, node: &Node, place: Place) {
    let Place { x, y, width, height } = place;
    let _ = writeln!(
        out,
        "<g><rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"3\"/>"
    );
    if !node.rows.is_empty() {
        let head = LINE + 4.0;
        let _ = writeln!(
            out,
            "<rect class=\"head\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{head}\" rx=\"3\"/>"
        );
    }
    text(out, "title", x + PADDING, y + LINE - 3.0, &node.title);
    let [keys_width, names_width, _] = columns(node);
    let mut baseline = y + 2.0 * LINE;
    for row in &node.rows {
        let mut left = x + PADDING;
        if !row.keys.is_empty() {
            text(out, "faint", left, baseline, &keys(row));
        }
        left += keys_width;
        text(out, "name", left, baseline, &row.name);
        text(out, "faint", left + names_width, baseline, &data_type(row));
        baseline += LINE;
    }
    out.push_str("</g>\n");
}

fn text(out: &mut String, class: &'static str, x: f64, y: f64, text: &str) {
    let _ = writeln!(out, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", escaped(text));
}

fn line(out: &mut String, diagram: &Diagram, places: &[Place], at: usize, edge: &Edge) {
    let Some(line) = Line::new(&diagram.edges, places, at) else { return };
    let (start, end) = match edge.ends {
        Ends::Order => (Mark::None, Mark::Arrow),
        Ends::Rows { maybe_parent, one_child } => (
            if maybe_parent { Mark::Maybe } else { Mark::One },
            if one_child { Mark::Maybe } else { Mark::Many },
        ),
    };
    let _ = writeln!(out, "<g><title>{}</title><path d=\"{}\"/>", escaped(&edge.label), line.path);
    mark(out, start, line.start);
    mark(out, end, line.end);
    if diagram.sort == Sort::Changes {
        text(out, "label", line.middle.0, line.middle.1, &edge.label);
    }
    out.push_str("</g>\n");
}

/// What stands at an end of a line, as in the notation of crow's feet.
#[derive(Clone, Copy)]
enum Mark {
    None,
    Arrow,
    One,
    Maybe,
    Many,
}

fn mark(out: &mut String, mark: Mark, end: End) {
    // Each points to the right and touches its box at 0.
    let (path, has_circle) = match mark {
        Mark::None => return,
        Mark::Arrow => ("M-9 -4 L0 0 L-9 4", None),
        Mark::One => ("M-9 -5 V5 M-5 -5 V5", None),
        Mark::Maybe => ("M-5 -5 V5", Some(-9)),
        Mark::Many => ("M0 -5 L-9 0 L0 5", Some(-12)),
    };
    let _ = write!(
        out,
        "<g transform=\"translate({:.1} {:.1}) rotate({})\"><path d=\"{path}\"/>",
        end.x, end.y, end.angle
    );
    if let Some(x) = has_circle {
        let _ = write!(out, "<circle cx=\"{x}\" cy=\"0\" r=\"3\"/>");
    }
    out.push_str("</g>\n");
}
