//! Reads the two sides of every comparison: the live Postgres catalog, and Rust models as source text. Nothing is
//! compared here, and no SQL is written.

#[cfg(feature = "catalog")]
pub mod catalog;
pub mod models;
