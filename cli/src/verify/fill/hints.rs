//! What a condition speaks of, and so what a value that meets it may look like: its constants and their neighbours, texts of
//! the lengths in it, texts that match its patterns. These are guesses; the server decides.

use autogen_core::{TokenKind, tokens};
use regex_syntax::hir::{Class, Hir, HirKind};

use super::values::word;

/// Longer texts are not tried.
const LONGEST: usize = 2000;

/// Texts that may be values of a column in the condition.
pub(super) fn guesses(condition: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut operator = String::new();
    for token in tokens(condition) {
        let text = token.text.trim();
        match token.kind {
            TokenKind::Comment | TokenKind::Space => {}
            TokenKind::Word | TokenKind::Quoted => operator.clear(),
            TokenKind::String => {
                let value = unquoted(text);
                match operator.as_str() {
                    "~" | "!~" => all.extend(matching(&value, false)),
                    "~*" | "!~*" => all.extend(matching(&value, true)),
                    "~~" | "!~~" | "~~*" | "!~~*" => all.extend(like(&value)),
                    _ => {}
                }
                all.extend(array(&value));
                if let Ok(number) = value.parse::<i64>() {
                    all.extend(neighbours(number));
                }
                all.push(value);
                operator.clear();
            }
            TokenKind::Other => {
                if text.chars().all(|c| "~!*".contains(c)) {
                    operator.push_str(text);
                } else if text != "(" {
                    operator.clear();
                }
                if let Ok(number) = text.parse::<i64>() {
                    all.extend(neighbours(number));
                    all.extend(lengths(number));
                } else if text.parse::<f64>().is_ok() {
                    all.push(text.to_owned());
                }
            }
        }
    }
    let mut known = std::collections::BTreeSet::new();
    all.retain(|value| known.insert(value.clone()));
    all
}

fn neighbours(number: i64) -> Vec<String> {
    [number, number.saturating_add(1), number.saturating_sub(1)].iter().map(ToString::to_string).collect()
}

/// Several texts of a length and of the next ones.
fn lengths(number: i64) -> Vec<String> {
    let Ok(number) = usize::try_from(number) else { return Vec::new() };
    let near = [number, number + 1, number.saturating_sub(1)];
    let usable = near.into_iter().filter(|length| *length <= LONGEST);
    usable.flat_map(|length| [word(7, length), word(1234, length), word(56_789, length)]).collect()
}

/// A string constant without its quotes; one with escapes is taken by its letters.
fn unquoted(text: &str) -> String {
    let (body, escapes) = match text.strip_prefix(['E', 'e']) {
        Some(body) => (body, true),
        None => (text, false),
    };
    let body = body.strip_prefix('\'').unwrap_or(body);
    let body = body.strip_suffix('\'').unwrap_or(body).replace("''", "'");
    if escapes { body.replace("\\\\", "\\") } else { body }
}

/// The elements of an array constant such as `{a,b}`.
fn array(value: &str) -> Vec<String> {
    let Some(inner) = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
        return Vec::new();
    };
    inner.split(',').map(|part| part.trim_matches('"').to_owned()).filter(|part| !part.is_empty()).collect()
}

/// Texts that a LIKE pattern matches.
fn like(pattern: &str) -> Vec<String> {
    let filled = |with: &str| {
        let mut out = String::new();
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            match c {
                '%' => out.push_str(with),
                '_' => out.push('a'),
                '\\' => out.extend(chars.next()),
                other => out.push(other),
            }
        }
        out
    };
    vec![filled(""), filled("a"), filled("bcd"), filled("xyz9")]
}

/// Texts that a regular expression matches, as far as Rust's dialect is Postgres' own.
fn matching(pattern: &str, fold: bool) -> Vec<String> {
    let parsed = regex_syntax::ParserBuilder::new().case_insensitive(fold).build().parse(pattern);
    let Ok(hir) = parsed else { return Vec::new() };
    (0..40).map(|seed| sample(&hir, seed)).collect()
}

/// One text; the seed chooses among the possible ones.
fn sample(hir: &Hir, seed: usize) -> String {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => String::new(),
        HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).into_owned(),
        HirKind::Class(class) => letter(class, seed).map(String::from).unwrap_or_default(),
        HirKind::Repetition(repetition) => {
            let least = repetition.min;
            let most = repetition.max.unwrap_or(least + 3).min(least + 3);
            let times = least + u32::try_from(seed).unwrap_or(0) % (most - least + 1);
            (0..times as usize).map(|at| sample(&repetition.sub, seed + at)).collect()
        }
        HirKind::Capture(capture) => sample(&capture.sub, seed),
        HirKind::Concat(parts) => {
            parts.iter().enumerate().map(|(at, part)| sample(part, seed + at * 3)).collect()
        }
        HirKind::Alternation(parts) => {
            parts.get(seed % parts.len().max(1)).map(|part| sample(part, seed)).unwrap_or_default()
        }
    }
}

/// A character of a class, one that reads well if there is one.
fn letter(class: &Class, seed: usize) -> Option<char> {
    let Class::Unicode(class) = class else { return Some('a') };
    let has = |c: char| class.ranges().iter().any(|range| range.start() <= c && c <= range.end());
    let nice: Vec<char> = ('a'..='z').chain('0'..='9').chain('A'..='Z').filter(|c| has(*c)).collect();
    match nice.get(seed % nice.len().max(1)) {
        Some(c) => Some(*c),
        None => class.ranges().first().map(|range| range.start()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(condition: &str, expect: &[&str]) {
        let all = guesses(condition);
        for one in expect {
            assert!(all.iter().any(|guess| guess == one), "{one:?} is not among {all:?}");
        }
    }

    #[test]
    fn constants_lengths_and_patterns() {
        check("(kind = ANY (ARRAY['a'::text, 'it''s'::text]))", &["a", "it's"]);
        check("(price > 10)", &["11", "9"]);
        check("(length(code) = 3)", &["haa"]);
        check("(name ~~ 'ab%c'::text)", &["abc"]);
        let all = guesses("(code ~ '^[A-Z]{2}-\\d+$'::text)");
        let pattern = regex::Regex::new("^[A-Z]{2}-[0-9]+$").unwrap();
        assert!(all.iter().filter(|guess| pattern.is_match(guess)).count() >= 5, "{all:?}");
    }
}
