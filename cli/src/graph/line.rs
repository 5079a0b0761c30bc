//! How a line of the SVG runs from box to box: where it leaves, where it bends, and which way it goes at its ends.

use super::Edge;
use super::layout::Place;
use super::svg::LINE;

/// How far a line runs straight at its ends, where it has its marks.
const STUB: f64 = 16.0;

/// A line.
pub(super) struct Line {
    /// The data of an SVG path.
    pub(super) path: String,
    pub(super) start: End,
    pub(super) end: End,
    /// Where a label may stand.
    pub(super) middle: (f64, f64),
}

/// Where a line meets a box.
#[derive(Clone, Copy)]
pub(super) struct End {
    pub(super) x: f64,
    pub(super) y: f64,
    /// The way into the box, in degrees clockwise from the right.
    pub(super) angle: i32,
}

impl Line {
    /// The line with this number.
    pub(super) fn new(edges: &[Edge], places: &[Place], at: usize) -> Option<Line> {
        let edge = edges.get(at)?;
        let (from, to) = (*places.get(edge.from)?, *places.get(edge.to)?);
        if edge.from == edge.to {
            let earlier =
                edges.iter().take(at).filter(|one| one.from == edge.from && one.to == edge.to).count();
            return Some(Line::around(from, earlier));
        }
        if to.y < from.bottom() && to.bottom() > from.y {
            return Some(Line::level(from, to));
        }
        let x1 = from.x + from.width * share(edges, places, at, edge.from);
        let x2 = to.x + to.width * share(edges, places, at, edge.to);
        let is_down = to.y >= from.bottom();
        let (y1, y2) = if is_down { (from.bottom(), to.y) } else { (from.y, to.bottom()) };
        let (angle, stub) = if is_down { (90, STUB) } else { (-90, -STUB) };
        let (begin, bend, last) = (y1 + stub, (y1 + y2) / 2.0, y2 - stub);
        Some(Line {
            path: format!(
                "M{x1:.1} {y1:.1} V{begin:.1} C{x1:.1} {bend:.1} {x2:.1} {bend:.1} {x2:.1} {last:.1} V{y2:.1}"
            ),
            start: End { x: x1, y: y1, angle: -angle },
            end: End { x: x2, y: y2, angle },
            middle: ((x1 + x2) / 2.0, bend),
        })
    }

    /// From a box to itself, below so many others.
    fn around(place: Place, earlier: usize) -> Line {
        let right = place.x + place.width;
        let y = place.y + LINE * (0.5 + 1.5 * f64::from(u32::try_from(earlier).unwrap_or(u32::MAX)));
        let end = |y| End { x: right, y, angle: 180 };
        Line {
            path: format!("M{right:.1} {y:.1} h28 v{LINE} h-28"),
            start: end(y),
            end: end(y + LINE),
            middle: (right + 30.0, y),
        }
    }

    /// Between the sides of two boxes of one height.
    fn level(from: Place, to: Place) -> Line {
        let is_right = to.x > from.x;
        let (x1, x2) = if is_right { (from.x + from.width, to.x) } else { (from.x, to.x + to.width) };
        let (y1, y2) = (from.y + LINE / 2.0, to.y + LINE / 2.0);
        let bend = (x1 + x2) / 2.0;
        let (back, on, stub) = if is_right { (180, 0, STUB) } else { (0, 180, -STUB) };
        let (begin, last) = (x1 + stub, x2 - stub);
        Line {
            path: format!(
                "M{x1:.1} {y1:.1} H{begin:.1} C{bend:.1} {y1:.1} {bend:.1} {y2:.1} {last:.1} {y2:.1} H{x2:.1}"
            ),
            start: End { x: x1, y: y1, angle: back },
            end: End { x: x2, y: y2, angle: on },
            middle: (bend, (y1 + y2) / 2.0),
        }
    }
}

/// How far along a box's edge a line meets it, so that lines do not cross where they leave: in the order of their other
/// ends.
fn share(edges: &[Edge], places: &[Place], at: usize, node: usize) -> f64 {
    let other = |edge: &Edge| {
        places.get(if edge.from == node { edge.to } else { edge.from }).copied().unwrap_or_default()
    };
    let own = places.get(node).copied().unwrap_or_default();
    let is_below = |edge: &Edge| other(edge).y >= own.bottom();
    let Some(edge) = edges.get(at) else { return 0.5 };
    let mut beside: Vec<(f64, usize)> = edges
        .iter()
        .enumerate()
        .filter(|(_, one)| (one.from == node) != (one.to == node) && is_below(one) == is_below(edge))
        .map(|(number, one)| (other(one).middle(), number))
        .collect();
    beside.sort_by(|(a, a_number), (b, b_number)| a.total_cmp(b).then(a_number.cmp(b_number)));
    let rank = beside.iter().position(|(_, number)| *number == at).unwrap_or(0);
    let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    count(rank + 1) / count(beside.len() + 1)
}
