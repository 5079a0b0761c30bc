//! Cuts a file at its items. A struct as most models are one is read from its text at once, see [`plain`](super::plain); all
//! between two of those is one stretch, which syn parses. So no more than a part of a file lies in memory as tokens.

use super::lexer::{Kind, Lexer, NotUnderstood};
use super::outline;
use super::plain::{self, KnownTypes, PlainStruct};
use crate::models::place::Origin;

/// A part of a file.
pub(super) enum Piece {
    /// A struct, read from its text.
    Struct(PlainStruct),
    /// Items that syn has parsed, and where their text begins.
    Items(Vec<syn::Item>, Origin),
}

/// Parses a file.
///
/// # Errors
/// What is no Rust, with where the text begins that the error's span is in.
pub(super) fn parse(text: &str, types: &mut KnownTypes) -> Result<Vec<Piece>, (syn::Error, Origin)> {
    // A byte order mark and a first line for the shell are the other parser's to know.
    let is_plain = !text.starts_with('\u{feff}') && !outline::has_shell_line(text);
    let structs = if is_plain { structs(text, types).ok() } else { None };
    let mut pieces = Vec::new();
    let mut lines = Origin::default();
    let mut behind = 0;
    let mut between = |from: usize, to: usize, pieces: &mut Vec<Piece>| {
        let stretch = &text[from..to];
        lines = lines.moved(text, from);
        if !stretch.trim().is_empty() {
            let items = outline::parse(stretch).map_err(|error| (error, lines))?;
            pieces.push(Piece::Items(items, lines));
        }
        Ok(())
    };
    for (from, to, read) in structs.unwrap_or_default() {
        between(behind, from, &mut pieces)?;
        pieces.push(Piece::Struct(read));
        behind = to;
    }
    between(behind, text.len(), &mut pieces)?;
    Ok(pieces)
}

/// The structs outside of any module that can be read from their text, each with where it begins and ends.
fn structs(text: &str, types: &mut KnownTypes) -> Result<Vec<(usize, usize, PlainStruct)>, NotUnderstood> {
    let mut lexer = Lexer::new(text);
    let mut all = Vec::new();
    let mut reader = plain::Reader::new(text, types);
    while lexer.peek()?.is_some() {
        let from = lexer.at();
        let read = reader.item(&mut lexer)?;
        if read.is_none() {
            // Whatever it is, it ends with a semicolon or braces. Where it does not, as `use a::{b};`, nothing but the rest
            // of it can come before the next item.
            while let Some(token) = lexer.next()? {
                match token.kind {
                    Kind::Open => {
                        let is_body = lexer.text(&token) == "{";
                        lexer.pass_group()?;
                        if is_body {
                            break;
                        }
                    }
                    Kind::Punct(b';') => break,
                    Kind::Close => return Err(NotUnderstood),
                    Kind::Word | Kind::Other | Kind::Punct(_) => {}
                }
            }
        }
        all.extend(read.map(|read| (from, lexer.at(), read)));
    }
    Ok(all)
}
