//! In the order of the graph all that comes after a rename speaks of the new name. What does not speak of it at all may just
//! as well come before, in another part.

use autogen_core::{Action, Change, Kind, Name, TokenKind, tokens};

use crate::script::Statement;

/// True if a change renames something that none of the statements speaks of.
pub(super) fn lets_pass(rename: &Change, statements: &[Statement]) -> bool {
    let is_rename = matches!(rename.action, Action::Rename { .. });
    // Who means one of these says on which table it is; others may have one of the same name.
    let table = match rename.id.kind {
        Kind::Check | Kind::ForeignKey => Some(&rename.id.name.name),
        _ => None,
    };
    let means =
        |sql: &str| speaks_of(sql, rename.id.own_name()) && table.is_none_or(|table| speaks_of(sql, table));
    // The name of a schema may be left out where it is meant.
    is_rename
        && rename.id.kind != Kind::Schema
        && !statements.is_empty()
        && !statements.iter().any(|statement| means(&statement.sql))
}

fn speaks_of(sql: &str, name: &Name) -> bool {
    tokens(sql).into_iter().any(|token| match token.kind {
        TokenKind::Word => token.text.eq_ignore_ascii_case(name.as_str()),
        TokenKind::Quoted => token.unquoted() == name.as_str(),
        TokenKind::String => token.text.contains(name.as_str()),
        TokenKind::Comment | TokenKind::Space | TokenKind::Other => false,
    })
}
