//! What the bodies of routines say. They are string constants, which only the server understands, and it keeps no record
//! of what they use; so this finds names without knowing what they mean. Good for an order and for a caution, never for
//! what a change is.

use std::collections::BTreeSet;

use crate::expression::{Token, TokenKind, tokens};

/// The string constants of a text, unquoted, those within dollar-quoted bodies included.
pub fn strings(sql: &str) -> Vec<String> {
    let mut found = Vec::new();
    for token in tokens(sql).into_iter().filter(|token| token.kind == TokenKind::String) {
        if let Some(body) = token.text.strip_prefix('$') {
            let tag = body.split('$').next().unwrap_or_default().len() + 2;
            let inner = token.text.get(tag..token.text.len().saturating_sub(tag)).unwrap_or_default();
            found.extend(strings(inner));
            found.push(inner.to_owned());
        } else if let (Some(open), Some(close)) = (token.text.find('\''), token.text.rfind('\'')) {
            let inner = token.text.get(open + 1..close).unwrap_or_default();
            found.push(inner.replace("''", "'").replace("\\\\", "\\"));
        }
    }
    found
}

/// The identifiers and keywords in the string constants of a text, as the server reads them.
pub fn words_in_strings(sql: &str) -> BTreeSet<String> {
    strings(sql).iter().flat_map(|body| tokens(body)).filter_map(|token| word(&token)).collect()
}

/// In lower case unless it is quoted.
fn word(token: &Token<'_>) -> Option<String> {
    match token.kind {
        TokenKind::Word => Some(token.text.to_lowercase()),
        TokenKind::Quoted => Some(token.unquoted()),
        TokenKind::String | TokenKind::Comment | TokenKind::Space | TokenKind::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_strings() {
        let found = strings("a = 'x' AND b = 'it''s' $$ c = 'y' $$ \"z\" --'w'");
        assert_eq!(found, ["x", "it's", "y", " c = 'y' "]);
    }

    #[test]
    fn finds_words_as_the_server_reads_them() {
        let found = words_in_strings("SELECT outside $$ SELECT Total FROM \"Big \"\"one\" -- aside\n$$");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["Big \"one", "from", "select", "total"]);
    }
}
