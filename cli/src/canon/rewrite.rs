//! Exchanging names within SQL, token by token.

use autogen_core::{TokenKind, tokens};

pub(super) type Piece<'a> = (TokenKind, &'a str);

/// Exchanges runs of tokens: `exchange` sees all tokens and a position, and says how many to take and what for.
pub(super) fn rewrite(
    text: &str,
    exchange: impl Fn(&[Piece<'_>], usize) -> Option<(usize, String)>,
) -> String {
    let pieces: Vec<Piece<'_>> = tokens(text).into_iter().map(|token| (token.kind, token.text)).collect();
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    while let Some(piece) = pieces.get(at) {
        match exchange(&pieces, at) {
            Some((taken, new)) => {
                out.push_str(&new);
                at += taken;
            }
            None => {
                out.push_str(piece.1);
                at += 1;
            }
        }
    }
    out
}

pub(super) fn is(piece: &Piece<'_>, name: &str) -> bool {
    match piece.0 {
        TokenKind::Word => piece.1.to_lowercase() == name,
        TokenKind::Quoted => piece
            .1
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
            .is_some_and(|text| text.replace("\"\"", "\"") == name),
        TokenKind::String | TokenKind::Comment | TokenKind::Space | TokenKind::Other => false,
    }
}
