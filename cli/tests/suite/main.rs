//! Everything that is tested with the tool as a whole, most of it on a real Postgres. One program, so that it is linked once and a
//! test that waits leaves the processor to another.

mod annotate;
mod attribute_words;
mod bad_input;
mod base_types;
mod baseline;
mod check_in_tests;
mod cli;
mod config;
mod fixtures;
mod formats;
mod graph;
mod history;
mod init;
mod interrupt;
mod kill;
mod lint;
mod migrate;
mod models;
mod mutations;
mod narrowed;
mod online;
mod pending;
mod postgres;
mod pull;
mod pull_compiles;
mod queries;
mod random;
mod refused_rows;
mod regression;
mod retyped;
mod revise;
mod sample;
mod schema_rs;
mod schema_rs_compiles;
mod snapshot;
mod sql_models;
mod support;
mod verify;

// Stored schema.rs files import from a module of this name.
use schema_rs_compiles::types;
