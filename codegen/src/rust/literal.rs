//! Text of the catalog as Rust string literals and doc comments. The plain forms are Diesel's; text that they cannot
//! hold is escaped.

/// A string literal on one line.
pub(super) fn string(text: &str) -> String {
    if text.contains(must_be_escaped) || (text.contains('\\') && !text.contains('"')) {
        return format!("\"{}\"", text.escape_debug());
    }
    if text.contains('"') {
        let hashes = "#".repeat(text.matches('#').count() + 1);
        return format!("r{hashes}\"{text}\"{hashes}");
    }
    format!("\"{text}\"")
}

/// The lines of a doc comment, each trimmed.
pub(super) fn doc(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .map(|line| if line.is_empty() { "///".to_owned() } else { format!("/// {}", in_line(line)) })
        .collect()
}

/// Text within a line of a doc comment.
fn in_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if must_be_escaped(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// A name within a line of a doc comment.
pub(super) fn doc_name(name: &str) -> String {
    in_line(&name.replace('\n', "\\n"))
}

/// Control characters that end a line or that rustc refuses, and those that change the order in which a line is shown.
fn must_be_escaped(c: char) -> bool {
    (c.is_control() && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let literal = string(text);
        assert_eq!(literal, expect);
        assert!(!literal.contains('\n'));
        let parsed = syn::parse_str::<syn::LitStr>(&literal).map(|literal| literal.value());
        assert_eq!(parsed.ok().as_deref(), Some(text));
    }

    #[test]
    fn strings() {
        check("a b", "\"a b\"");
        check("größe", "\"größe\"");
        check("a\"b", "r#\"a\"b\"#");
        check("a\"#b", "r##\"a\"#b\"##");
        check("a\\\"b", "r#\"a\\\"b\"#");
        check("a\\b", "\"a\\\\b\"");
        check("a\n\"b\"", "\"a\\n\\\"b\\\"\"");
        check("\u{202e}x", "\"\\u{202e}x\"");
    }

    #[test]
    fn comments() {
        assert_eq!(doc(" a\n\n  b */ \r\nc\rd"), ["/// a", "///", "/// b */", "/// c\\rd"]);
        assert_eq!(doc("\n"), ["///"]);
        assert_eq!(doc_name("a\nb"), "a\\nb");
    }
}
