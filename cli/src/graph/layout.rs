//! Where boxes lie: layers from top to bottom, each connected piece by itself (the method of Sugiyama, by a library), and
//! the pieces beside each other in rows like books on shelves. Lengths are CSS pixels.

use std::collections::BTreeSet;

use rust_sugiyama::configure::Config;
use rust_sugiyama::from_vertices_and_edges;

use super::Edge;

/// The room between boxes.
const GAP: f64 = 48.0;

/// Above this many boxes, crossings are not reduced one by one, which takes too long.
const MANY: usize = 150;

/// A box's place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Place {
    /// Left edge.
    pub(super) x: f64,
    /// Upper edge.
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Place {
    /// The middle of its width.
    pub(super) fn middle(self) -> f64 {
        self.x + self.width / 2.0
    }

    /// The lower edge.
    pub(super) fn bottom(self) -> f64 {
        self.y + self.height
    }
}

/// The places of boxes of the given widths and heights, and the width and height of it all.
pub(super) fn layout(sizes: &[(f64, f64)], edges: &[Edge]) -> (Vec<Place>, (f64, f64)) {
    let vertices: Vec<(u32, (f64, f64))> = (0_u32..).zip(sizes.iter().copied()).collect();
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    // A line from a box to itself says nothing of where it should lie, nor does a second one between two.
    let lines: BTreeSet<(u32, u32)> = edges
        .iter()
        .filter(|edge| edge.from != edge.to)
        .map(|edge| (number(edge.from), number(edge.to)))
        .collect();
    let lines: Vec<(u32, u32)> = lines.into_iter().collect();
    let config = Config { vertex_spacing: GAP, transpose: sizes.len() <= MANY, ..Config::default() };
    let mut pieces: Vec<Piece> = from_vertices_and_edges(&vertices, &lines, &config)
        .into_iter()
        .map(|(places, _, _)| Piece::new(&places, sizes))
        .collect();
    // The large ones first; what is alone comes last, in order.
    pieces.sort_by(|a, b| (b.boxes.len(), a.first()).cmp(&(a.boxes.len(), b.first())));
    on_shelves(&pieces, sizes)
}

/// A connected piece: numbers of boxes, with their places in it.
struct Piece {
    boxes: Vec<(usize, Place)>,
    width: f64,
    height: f64,
}

impl Piece {
    /// Of the middles of boxes.
    fn new(middles: &[(usize, (f64, f64))], sizes: &[(f64, f64)]) -> Piece {
        let mut boxes: Vec<(usize, Place)> = middles
            .iter()
            .filter_map(|(at, (x, y))| {
                let (width, height) = *sizes.get(*at)?;
                Some((*at, Place { x: x - width / 2.0, y: y - height / 2.0, width, height }))
            })
            .collect();
        boxes.sort_by_key(|(at, _)| *at);
        let left = boxes.iter().map(|(_, place)| place.x).fold(f64::INFINITY, f64::min);
        let top = boxes.iter().map(|(_, place)| place.y).fold(f64::INFINITY, f64::min);
        for (_, place) in &mut boxes {
            place.x -= left;
            place.y -= top;
        }
        let width = boxes.iter().map(|(_, place)| place.x + place.width).fold(0.0, f64::max);
        let height = boxes.iter().map(|(_, place)| place.bottom()).fold(0.0, f64::max);
        Piece { boxes, width, height }
    }

    fn first(&self) -> usize {
        self.boxes.first().map_or(usize::MAX, |(at, _)| *at)
    }
}

fn on_shelves(pieces: &[Piece], sizes: &[(f64, f64)]) -> (Vec<Place>, (f64, f64)) {
    let area: f64 = pieces.iter().map(|piece| (piece.width + GAP) * (piece.height + GAP)).sum();
    let widest = pieces.iter().map(|piece| piece.width).fold(0.0, f64::max);
    // A little wider than high, as screens are.
    let shelf = (area.sqrt() * 1.3).max(widest);
    let mut places = vec![Place::default(); sizes.len()];
    let (mut x, mut y, mut tallest, mut right) = (0.0, 0.0, 0.0_f64, 0.0_f64);
    for piece in pieces {
        if x > 0.0 && x + piece.width > shelf {
            (x, y, tallest) = (0.0, y + tallest + GAP, 0.0);
        }
        for (at, place) in &piece.boxes {
            if let Some(slot) = places.get_mut(*at) {
                *slot = Place { x: place.x + x, y: place.y + y, ..*place };
            }
        }
        x += piece.width + GAP;
        right = right.max(x - GAP);
        tallest = tallest.max(piece.height);
    }
    (places, (right, y + tallest))
}
