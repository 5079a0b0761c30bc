//! Which statement of a script something is about: the one that speaks of it by name. A guess for messages; nothing is decided by
//! it.

use autogen_core::{ObjectId, TokenKind, tokens};

use super::bench::At;
use super::step::File;

/// The statement that names the most of an object's names, the first of those.
pub(super) fn naming(files: &[File], names: &[&str]) -> Option<At> {
    let mut best: Option<(usize, At)> = None;
    for (file, one) in files.iter().enumerate() {
        for (statement, step) in one.script.steps.iter().enumerate() {
            let score = names.iter().filter(|name| speaks_of(&step.sql, name)).count();
            if score > best.map_or(0, |(most, _)| most) {
                best = Some((score, At { file, statement }));
            }
        }
    }
    best.map(|(_, at)| at)
}

/// The statement about an object.
pub(super) fn about(files: &[File], id: &ObjectId) -> Option<At> {
    let mut names = vec![id.name.name.as_str()];
    names.extend(id.part.as_ref().map(|part| part.as_str()));
    naming(files, &names)
}

/// Whether a sentence names something.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + name.len()..].chars().next();
        !before.is_some_and(is_word) && !behind.is_some_and(is_word)
    })
}

/// Whether SQL names something.
pub(super) fn speaks_of(sql: &str, name: &str) -> bool {
    tokens(sql).iter().any(|token| match token.kind {
        TokenKind::Word => token.text.eq_ignore_ascii_case(name),
        TokenKind::Quoted => token.unquoted() == name,
        TokenKind::String | TokenKind::Comment | TokenKind::Space | TokenKind::Other => false,
    })
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn a_name_within_another_is_not_mentioned() {
        assert!(mentions("HAZARD data loss: the rows of shop.events are lost", "events"));
        assert!(mentions("\"a b\"", "a b"));
        assert!(!mentions("the rows of old_events are lost, and of events2", "events"));
    }
}
