//! The shape that all entries of the attribute share: `key`, `key = value`, `key(…)`, `key = word(…)`, and the
//! messages for what does not have it.

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};
use syn::Lit;

use super::Problem;

/// One comma-separated piece, never empty.
pub(super) type Arg = Vec<TokenTree>;

/// Cuts a stream at its top-level commas; empty pieces are dropped.
pub(super) fn split(stream: TokenStream) -> Vec<Arg> {
    let mut args = Vec::new();
    let mut arg = Arg::new();
    for tree in stream {
        match tree {
            TokenTree::Punct(p) if p.as_char() == ',' => args.push(std::mem::take(&mut arg)),
            // Macro variables put their tokens into invisible groups.
            TokenTree::Group(g) if g.delimiter() == Delimiter::None => arg.extend(g.stream()),
            tree => arg.push(tree),
        }
    }
    args.push(arg);
    args.retain(|arg| !arg.is_empty());
    args
}

/// The span of a whole piece.
pub(super) fn span(arg: &[TokenTree]) -> Span {
    match (arg.first(), arg.last()) {
        (Some(first), Some(last)) => first.span().join(last.span()).unwrap_or_else(|| first.span()),
        _ => Span::call_site(),
    }
}

/// An identifier's text without `r#`.
pub(super) fn ident(tree: &TokenTree) -> Option<String> {
    match tree {
        TokenTree::Ident(i) => Some(i.to_string().trim_start_matches("r#").to_owned()),
        _ => None,
    }
}

/// A string literal's text.
pub(super) fn string(tree: &TokenTree) -> Option<String> {
    match tree {
        TokenTree::Literal(l) => match Lit::new(l.clone()) {
            Lit::Str(s) => Some(s.value()),
            _ => None,
        },
        _ => None,
    }
}

/// True for text that is an identifier and nothing else.
pub(super) fn is_plain(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '$')
}

/// A parsed piece.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Span,
    /// The tokens after `=`, without a trailing group; a sign is kept before its number.
    pub(super) value: Vec<TokenTree>,
    /// What stood in parentheses at the end.
    pub(super) group: Option<TokenStream>,
    pub(super) span: Span,
}

impl Entry {
    pub(super) fn parse(arg: &Arg) -> Result<Self, Problem> {
        let whole = span(arg);
        let shape =
            |at: Span| Problem::new(at, "bad-entry", "an autogen entry is `key`, `key = value` or `key(…)`");
        let first = arg.first().ok_or_else(|| shape(whole))?;
        let key = ident(first).ok_or_else(|| shape(first.span()))?;
        let mut rest = &arg[1..];
        let mut group = None;
        if let Some((TokenTree::Group(g), before)) = rest.split_last()
            && g.delimiter() == Delimiter::Parenthesis
        {
            group = Some(g.stream());
            rest = before;
        }
        let value = match rest {
            [] => Vec::new(),
            [TokenTree::Punct(eq), value @ ..] if eq.as_char() == '=' && eq.spacing() == Spacing::Alone => {
                if value.is_empty() {
                    return Err(Problem::new(eq.span(), "missing-value", format!("`{key} =` has no value")));
                }
                value.to_vec()
            }
            [TokenTree::Punct(eq), value @ ..] if eq.as_char() == '=' && !value.is_empty() => value.to_vec(),
            [other, ..] => return Err(shape(other.span())),
        };
        Ok(Self { key, key_span: first.span(), value, group, span: whole })
    }

    /// True if the piece is meant as an option and not as a column: `key = …`, or `key(…)`.
    pub(super) fn is_option(arg: &Arg) -> bool {
        match arg.as_slice() {
            [TokenTree::Ident(_), TokenTree::Punct(p), ..] => p.as_char() == '=',
            _ => false,
        }
    }

    /// `key` alone.
    pub(super) fn flag(&self) -> Result<(), Problem> {
        if self.value.is_empty() && self.group.is_none() {
            return Ok(());
        }
        Err(Problem::new(self.span, "bad-value", format!("`{}` takes no value", self.key)))
    }

    /// `key = "text"`, or `key("text")`.
    pub(super) fn text(&self) -> Result<String, Problem> {
        if let ([one], None) = (self.value.as_slice(), &self.group)
            && let Some(text) = string(one)
        {
            return Ok(text);
        }
        if let (true, Some(group)) = (self.value.is_empty(), &self.group) {
            let trees: Vec<_> = group.clone().into_iter().collect();
            if let [one] = trees.as_slice()
                && let Some(text) = string(one)
            {
                return Ok(text);
            }
        }
        Err(self.wants(&format!("a string: `{} = \"…\"`", self.key)))
    }

    /// SQL in a string.
    pub(super) fn expression(&self) -> Result<String, Problem> {
        contained(self.text()?, self.span)
    }

    /// SQL: a string, or a number or boolean as it is.
    pub(super) fn sql(&self) -> Result<String, Problem> {
        if let Ok(text) = self.text() {
            return contained(text, self.span);
        }
        let plain = self.group.is_none()
            && match self.value.as_slice() {
                [TokenTree::Literal(_)] => true,
                [TokenTree::Ident(i)] => *i == "true" || *i == "false",
                [TokenTree::Punct(p), TokenTree::Literal(_)] => p.as_char() == '-',
                _ => false,
            };
        if plain {
            return Ok(self.value.iter().map(ToString::to_string).collect());
        }
        Err(self.wants(&format!("SQL in a string: `{} = \"…\"`", self.key)))
    }

    /// A name: `key = name` or `key = "name"`.
    pub(super) fn name(&self) -> Result<String, Problem> {
        if let ([one], None) = (self.value.as_slice(), &self.group)
            && let Some(name) = ident(one).or_else(|| string(one))
        {
            return Ok(name);
        }
        Err(self.wants(&format!("a name: `{} = \"…\"`", self.key)))
    }

    /// One of a few words, in any spelling: `set_null`, `"SET NULL"`.
    pub(super) fn word<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, Problem> {
        let given = match self.value.as_slice() {
            [one] => ident(one).or_else(|| string(one)),
            _ => None,
        };
        let given = given.map(|w| w.to_lowercase().replace([' ', '-'], "_"));
        if let Some((_, value)) = words.iter().find(|(word, _)| Some(*word) == given.as_deref()) {
            return Ok(*value);
        }
        let list: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        Err(self.wants(&format!("one of {}", list.join(", "))))
    }

    /// A whole number.
    pub(super) fn int(&self) -> Result<i64, Problem> {
        let text: String = self.value.iter().map(ToString::to_string).collect();
        let text = self.value.first().and_then(string).unwrap_or(text);
        text.replace('_', "").parse().map_err(|_| self.wants("a whole number"))
    }

    /// What stands in the parentheses, cut at commas.
    pub(super) fn args(&self) -> Result<Vec<Arg>, Problem> {
        match &self.group {
            Some(group) if self.value.is_empty() => Ok(split(group.clone())),
            _ => Err(self.wants(&format!("parentheses: `{}(…)`", self.key))),
        }
    }

    /// Names in the parentheses.
    pub(super) fn names(&self) -> Result<Vec<String>, Problem> {
        self.args()?.iter().map(name_of).collect()
    }

    /// `key = value` pairs in the parentheses, as they are. A key may have a dot in it: `toast.autovacuum_enabled`.
    pub(super) fn pairs(&self) -> Result<Vec<(String, String)>, Problem> {
        let args = self.args()?;
        if args.is_empty() {
            return Err(self.wants("at least one parameter: `with(fillfactor = 70)`"));
        }
        args.iter()
            .map(|arg| {
                if let [space, TokenTree::Punct(dot), rest @ ..] = arg.as_slice()
                    && dot.as_char() == '.'
                    && let Some(space) = ident(space)
                {
                    let (key, value) = pair(&rest.to_vec())?;
                    return Ok((format!("{space}.{key}"), value));
                }
                pair(arg)
            })
            .collect()
    }

    fn wants(&self, what: &str) -> Problem {
        Problem::new(self.span, "bad-value", format!("`{}` wants {what}", self.key))
    }

    /// The message for a key that the place does not have.
    pub(super) fn unknown(&self, place: &str, keys: &[&str]) -> Problem {
        let list = format!("the keys {place} are: {}", keys.join(", "));
        let help = match nearest(&self.key, keys) {
            Some(key) => format!("did you mean `{key}`? {list}"),
            None => match elsewhere(&self.key, keys) {
                Some(place) => format!("it goes on {place}; {list}"),
                None => list,
            },
        };
        Problem::new(self.key_span, "unknown-key", format!("`{}` is no autogen key {place}", self.key))
            .help(help)
    }
}

/// A parameter with its value; alone it is true.
fn pair(arg: &Arg) -> Result<(String, String), Problem> {
    let entry = Entry::parse(arg)?;
    let value =
        if entry.value.is_empty() { "true".to_owned() } else { entry.sql().or_else(|_| entry.name())? };
    Ok((entry.key, value))
}

/// SQL that stays one expression wherever it is put.
pub(super) fn contained(text: String, at: Span) -> Result<String, Problem> {
    let expression = autogen_core::Expression::new(&text);
    if !text.trim().is_empty() && expression.is_contained() {
        return Ok(text);
    }
    if text.trim().is_empty() {
        return Err(Problem::new(at, "bad-expression", "the SQL expression is empty"));
    }
    let message = format!("this is not one SQL expression: {}", autogen_core::visible(&text));
    let help = "close every parenthesis and quote, and leave out semicolons and comments";
    Err(Problem::new(at, "bad-expression", message).help(help))
}

/// A piece that is one name.
pub(super) fn name_of(arg: &Arg) -> Result<String, Problem> {
    match arg.as_slice() {
        [one] => ident(one).or_else(|| string(one)),
        _ => None,
    }
    .ok_or_else(|| Problem::new(span(arg), "bad-value", "a column name is wanted here"))
}

/// The place that does have a key.
fn elsewhere(key: &str, keys: &[&str]) -> Option<&'static str> {
    let places = [
        ("a struct", super::TABLE_KEYS),
        ("a field", super::FIELD_KEYS),
        ("an enum", super::ENUM_KEYS),
        ("a variant", super::VARIANT_KEYS),
    ];
    let has = |(_, of): &(&'static str, &[&str])| of.contains(&key) && *of != keys;
    places.into_iter().find(has).map(|(place, _)| place)
}

/// The key that was probably meant.
pub fn nearest<'a>(given: &str, keys: &[&'a str]) -> Option<&'a str> {
    let best = keys.iter().map(|key| (distance(given, key), *key)).min()?;
    (best.0 <= 1 + given.chars().count() / 4).then_some(best.1)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
