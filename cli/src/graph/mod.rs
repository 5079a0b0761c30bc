//! Pictures of a schema and of a difference. [`entities`] and [`changes`] say what is in a picture; `dot`, `mermaid` and
//! `svg` each give it their form, and escape names as their form needs it. Where things lie in the SVG is worked out in
//! `layout`; the other two leave that to whoever draws them.

mod changes;
mod dot;
mod entities;
mod layout;
mod line;
mod mermaid;
mod svg;

pub(crate) use changes::changes;
pub(crate) use dot::dot;
pub(crate) use entities::entities;
pub(crate) use mermaid::mermaid;
pub(crate) use svg::svg;

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Diagram {
    pub(crate) sort: Sort,
    /// In a stable order.
    pub(crate) nodes: Vec<Node>,
    /// Sorted.
    pub(crate) edges: Vec<Edge>,
}

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Tables, and the foreign keys between them.
    Entities,
    /// Changes, and why one runs before another.
    Changes,
}

/// A box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) title: String,
    /// The columns of a table.
    pub(crate) rows: Vec<Row>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) data_type: String,
    pub(crate) not_null: bool,
    /// `PK`, `FK`, `UK`.
    pub(crate) keys: Vec<&'static str>,
}

/// A line between two boxes, by their numbers. It leads from what is first, a parent or an earlier change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) label: String,
    pub(crate) ends: Ends,
}

/// How many there are of each at the ends of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ends {
    /// One change before another.
    Order,
    /// Rows of a parent and of its children.
    Rows {
        /// A child may have no parent.
        maybe_parent: bool,
        /// A parent has one child at most.
        one_child: bool,
    },
}
