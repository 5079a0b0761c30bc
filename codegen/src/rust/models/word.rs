//! Names in the attribute: the bare words that it takes in place of a string.

use autogen_core::Name;

use super::super::literal::string;
use super::super::name::is_keyword;

/// A name in an attribute: a bare word where it is one, else a string.
pub(super) fn word(name: &Name) -> String {
    let text = name.as_str();
    let plain = text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_' && text.len() > 1)
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain && !is_keyword(text) && text != "gen" && !WORDS.contains(&text) && !text.ends_with("_ops") {
        text.to_owned()
    } else {
        string(text)
    }
}

/// Words with a meaning of their own in some entry of the attribute.
const WORDS: &[&str] = &[
    "asc",
    "collate",
    "column",
    "deferrable",
    "desc",
    "include",
    "initially_deferred",
    "name",
    "not_valid",
    "nulls_first",
    "nulls_last",
    "nulls_not_distinct",
    "opclass",
    "tablespace",
    "unique",
    "with",
];

/// Words, separated by commas.
pub(super) fn words(names: &[Name]) -> String {
    names.iter().map(word).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_bare_where_they_can_be() {
        let check = |text: &str, expect: &str| assert_eq!(word(&Name::new(text)), expect);
        check("org_id", "org_id");
        check("type", "\"type\"");
        check("unique", "\"unique\"");
        check("Org", "\"Org\"");
        check("_", "\"_\"");
        check("1st", "\"1st\"");
        check("jsonb_ops", "\"jsonb_ops\"");
    }
}
