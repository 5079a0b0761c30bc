//! The grammar of the `autogen` helper attribute, for structs, fields, enums and variants. The derive and the reader
//! share it, so a mistake reads the same at compile time and in the tool. Parsing goes on after a mistake: every
//! entry of an attribute is parsed on its own. What the words mean for a catalog is not decided here.

use std::path::PathBuf;
use std::sync::Arc;

use autogen_core::{Diagnostic, Span};
use proc_macro2::TokenStream;

use super::place::{Origin, Written};

mod constraint;
mod entry;
mod enums;
mod field;
mod index;
mod merge;
mod table;

pub use constraint::{Action, CheckAttr, ExcludeAttr, ForeignKeyAttr, KeyAttr, Match, Reference};
pub use entry::nearest;
pub use enums::{ENUM_KEYS, EnumAttr, RenameRule, VARIANT_KEYS, VariantAttr};
pub use field::{FIELD_KEYS, FieldAttr, FieldIndex, GeneratedAttr, IdentityAttr, IdentityMode, NullWord};
pub use index::{IndexAttr, IndexKey, IndexPart, Nulls, Order};
pub use table::{Managed, PartitionMethod, PolicyAttr, RlsAttr, TABLE_KEYS, TableAttr, ViewAttr};

/// A value with the place where it was written. Two are equal if their values are.
#[derive(Clone, Debug)]
pub struct Said<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T: PartialEq> PartialEq for Said<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// A mistake in an attribute, at a compiler span, so that the derive can point at it.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Where, for the compiler.
    pub span: proc_macro2::Span,
    /// A stable code, as in [`Diagnostic::code`].
    pub code: &'static str,
    /// One sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Problem {
    fn new(span: proc_macro2::Span, code: &'static str, message: impl Into<String>) -> Self {
        Self { span, code, message: message.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The mistake as the tool reports it.
    fn diagnostic(self, place: &Place) -> Diagnostic {
        let span = place.span(self.span);
        self.diagnostic_at(span)
    }

    fn diagnostic_at(self, span: Span) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.code, self.message).at(span);
        match self.help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }
}

/// Line and column of a compiler span, both from 1.
pub fn span_of(file: &Arc<PathBuf>, span: proc_macro2::Span) -> Span {
    let (start, end) = (span.start(), span.end());
    Span::new(file.clone(), (start.line, start.column + 1), (end.line, end.column + 1))
}

/// Where the words of an attribute stand.
enum Place {
    /// In a Rust file, where the compiler's spans say, from the beginning of the text that they are in.
    Rust(Arc<PathBuf>, Origin),
    /// In a file of another language, all at one place.
    Fixed(Span),
}

impl Place {
    fn span(&self, span: proc_macro2::Span) -> Span {
        match self {
            Place::Rust(file, origin) => origin.shift(span_of(file, span)),
            Place::Fixed(span) => span.clone(),
        }
    }
}

/// What the parsers carry along: the place that spans name, and the mistakes so far.
pub(crate) struct Context {
    place: Place,
    problems: Vec<Problem>,
}

impl Context {
    pub(crate) fn new(file: &Arc<PathBuf>) -> Self {
        Self { place: Place::Rust(file.clone(), Origin::default()), problems: Vec::new() }
    }

    fn said<T>(&self, value: T, span: proc_macro2::Span) -> Said<T> {
        Said { value, span: self.place.span(span) }
    }

    fn boxed<T>(&self, value: T, span: proc_macro2::Span) -> Box<Said<T>> {
        Box::new(self.said(value, span))
    }

    fn note<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.problems.push(problem)).ok()
    }
}

/// Parses what stands in the parentheses of a struct's `autogen` attributes, for whoever has the compiler's spans.
pub fn table(streams: Vec<TokenStream>) -> (TableAttr, Vec<Problem>) {
    run(streams, &table::SHAPE)
}

/// Parses what stands in the parentheses of a field's `autogen` attributes.
pub fn field(streams: Vec<TokenStream>) -> (FieldAttr, Vec<Problem>) {
    run(streams, &field::SHAPE)
}

/// Parses what stands in the parentheses of an enum's `autogen` attributes.
pub fn enumeration(streams: Vec<TokenStream>) -> (EnumAttr, Vec<Problem>) {
    run(streams, &enums::SHAPE)
}

/// Parses what stands in the parentheses of a variant's `autogen` attributes.
pub fn variant(streams: Vec<TokenStream>) -> (VariantAttr, Vec<Problem>) {
    run(streams, &enums::VARIANT_SHAPE)
}

/// A struct's attributes in a file.
pub(crate) fn table_in(file: &Arc<PathBuf>, pieces: Vec<Written>) -> (TableAttr, Vec<Diagnostic>) {
    run_in(file, pieces, &table::SHAPE)
}

/// A field's attributes in a file.
pub(crate) fn field_in(file: &Arc<PathBuf>, pieces: Vec<Written>) -> (FieldAttr, Vec<Diagnostic>) {
    run_in(file, pieces, &field::SHAPE)
}

/// An enum's attributes in a file.
pub(crate) fn enumeration_in(file: &Arc<PathBuf>, pieces: Vec<Written>) -> (EnumAttr, Vec<Diagnostic>) {
    run_in(file, pieces, &enums::SHAPE)
}

/// A variant's attributes in a file.
pub(crate) fn variant_in(file: &Arc<PathBuf>, pieces: Vec<Written>) -> (VariantAttr, Vec<Diagnostic>) {
    run_in(file, pieces, &enums::VARIANT_SHAPE)
}

/// A table's attribute from pieces that stand outside of Rust code, each with its place.
pub fn table_elsewhere(pieces: &[Said<TokenStream>]) -> (TableAttr, Vec<Diagnostic>) {
    run_elsewhere(pieces, &table::SHAPE)
}

/// A column's attribute from pieces that stand outside of Rust code, each with its place.
pub fn field_elsewhere(pieces: &[Said<TokenStream>]) -> (FieldAttr, Vec<Diagnostic>) {
    run_elsewhere(pieces, &field::SHAPE)
}

/// An enum's attribute from pieces that stand outside of Rust code, each with its place.
pub fn enumeration_elsewhere(pieces: &[Said<TokenStream>]) -> (EnumAttr, Vec<Diagnostic>) {
    run_elsewhere(pieces, &enums::SHAPE)
}

/// A variant's attribute from pieces that stand outside of Rust code, each with its place.
pub fn variant_elsewhere(pieces: &[Said<TokenStream>]) -> (VariantAttr, Vec<Diagnostic>) {
    run_elsewhere(pieces, &enums::VARIANT_SHAPE)
}

/// What holds for the entries of one place.
struct Shape<T> {
    /// Parses one.
    one: One<T>,
    /// Keys of which there may be several.
    repeatable: &'static [&'static str],
    /// Keys that contradict each other.
    contradictions: &'static [(&'static str, &'static str)],
}

impl<T> Shape<T> {
    /// Refuses an entry that was there before, or that contradicts one.
    fn admit(&self, said: &mut Vec<String>, entry: &entry::Entry) -> Result<(), Problem> {
        let key = entry.key.as_str();
        if said.iter().any(|other| other == key) && !self.repeatable.contains(&key) {
            return Err(Problem::new(entry.span, "said-twice", format!("`{key}` is said twice")));
        }
        let opposite = |(a, b): &(&'static str, &'static str)| match key {
            key if key == *a => Some(*b),
            key if key == *b => Some(*a),
            _ => None,
        };
        let mut opposites = self.contradictions.iter().filter_map(opposite);
        if let Some(other) = opposites.find(|other| said.iter().any(|said| said == other)) {
            let message = format!("`{key}` contradicts `{other}`");
            return Err(Problem::new(entry.span, "contradiction", message).help("keep one of them"));
        }
        said.push(key.to_owned());
        Ok(())
    }
}

/// Parses one entry into the attribute that it belongs to.
type One<T> = fn(&mut Context, &mut T, entry::Entry) -> Result<(), Problem>;

fn run<T: Default>(streams: Vec<TokenStream>, shape: &Shape<T>) -> (T, Vec<Problem>) {
    // The spans are the compiler's, which nobody asks for lines.
    let mut context = Context::new(&Arc::default());
    let (mut out, mut said) = (T::default(), Vec::new());
    for stream in streams {
        entries(&mut context, &mut out, stream, shape, &mut said);
    }
    (out, context.problems)
}

fn run_in<T: Default>(file: &Arc<PathBuf>, pieces: Vec<Written>, shape: &Shape<T>) -> (T, Vec<Diagnostic>) {
    let placed = |one: Written| (one.tokens, Place::Rust(file.clone(), one.origin));
    run_at(pieces.into_iter().map(placed), shape)
}

fn run_elsewhere<T: Default>(pieces: &[Said<TokenStream>], shape: &Shape<T>) -> (T, Vec<Diagnostic>) {
    run_at(pieces.iter().map(|one| (one.value.clone(), Place::Fixed(one.span.clone()))), shape)
}

fn run_at<T: Default>(
    pieces: impl Iterator<Item = (TokenStream, Place)>,
    shape: &Shape<T>,
) -> (T, Vec<Diagnostic>) {
    let (mut out, mut said) = (T::default(), Vec::new());
    let mut diagnostics = Vec::new();
    for (tokens, place) in pieces {
        let mut context = Context { place, problems: Vec::new() };
        entries(&mut context, &mut out, tokens, shape, &mut said);
        let Context { place, problems } = context;
        diagnostics.extend(problems.into_iter().map(|problem| problem.diagnostic(&place)));
    }
    (out, diagnostics)
}

fn entries<T>(
    context: &mut Context,
    out: &mut T,
    stream: TokenStream,
    shape: &Shape<T>,
    said: &mut Vec<String>,
) {
    for arg in entry::split(stream) {
        let result = entry::Entry::parse(&arg).and_then(|entry| {
            shape.admit(said, &entry)?;
            (shape.one)(context, out, entry)
        });
        context.note(result);
    }
}

#[cfg(test)]
mod tests;
