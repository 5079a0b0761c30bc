//! The one place where names, strings and types become SQL. Keywords enter a statement as `&'static str`; text that
//! comes from a catalog or from models enters as a name, a literal, a type or an expression, so none of it can be taken
//! for a keyword. Expressions are the server's own deparse and are printed as they are. Line breaks and indentation
//! are decided by the callers.

use autogen_core::array_cast::settled;
use autogen_core::{DataType, Expression, Name, QualName, TokenKind, tokens};

use crate::keywords::{is_builtin_type, is_keyword};

/// A piece of SQL in the making.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Sql {
    text: String,
}

impl Sql {
    /// Begins with keywords.
    pub fn new(keywords: &'static str) -> Self {
        Self { text: keywords.to_owned() }
    }

    /// Nothing yet, for the parts of a list.
    pub fn empty() -> Self {
        Self::default()
    }

    /// True if nothing was written.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Keywords, or an operator, after a space where one is needed.
    pub fn kw(self, keywords: &'static str) -> Self {
        self.word(keywords)
    }

    /// Keywords, if the condition holds.
    pub fn kw_if(self, condition: bool, keywords: &'static str) -> Self {
        if condition { self.word(keywords) } else { self }
    }

    /// Punctuation, with no space before it.
    pub fn punct(mut self, punctuation: &'static str) -> Self {
        self.text.push_str(punctuation);
        self
    }

    /// An identifier.
    pub fn ident(self, name: &Name) -> Self {
        self.word(&identifier(name))
    }

    /// The name of an object in a schema, with the schema where it is needed: not for `public`, which every search
    /// path has, and not for `pg_catalog`, which every search path begins with.
    pub fn name(self, name: &QualName) -> Self {
        let (schema, own) = (name.schema.as_str(), name.name.as_str());
        let bare =
            schema.is_empty() || schema == "pg_catalog" || (schema == "public" && !own.starts_with("pg_"));
        if bare { self.ident(&name.name) } else { self.qualified(name) }
    }

    /// The name of an object with its schema, if it has one.
    pub fn qualified(self, name: &QualName) -> Self {
        if name.schema.is_empty() {
            return self.ident(&name.name);
        }
        let mut sql = self.ident(&name.schema).punct(".");
        sql.text.push_str(&identifier(&name.name));
        sql
    }

    /// A string constant.
    pub fn literal(self, text: &str) -> Self {
        let quoted = text.replace('\'', "''");
        if text.contains('\\') {
            // Right under either setting of standard_conforming_strings.
            let escaped = quoted.replace('\\', "\\\\");
            return self.word(&format!("E'{escaped}'"));
        }
        self.word(&format!("'{quoted}'"))
    }

    /// A text between dollar signs, with a tag that does not occur in it.
    pub fn dollar(self, text: &str) -> Self {
        let mut tag = "$$".to_owned();
        let mut number = 0_u32;
        while text.contains(tag.get(..tag.len() - 1).unwrap_or("$")) {
            number += 1;
            tag = format!("$_{number}$");
        }
        self.word(&format!("{tag}{text}{tag}"))
    }

    /// A whole number.
    pub fn number(self, number: i64) -> Self {
        self.word(&number.to_string())
    }

    /// An expression as the server printed it.
    pub fn expr(self, expression: &Expression) -> Self {
        let text = closed(&settled(expression.as_str()));
        self.word(&text)
    }

    /// An expression within parentheses, which are added unless it has its own.
    pub fn expr_in_parens(self, expression: &Expression) -> Self {
        if is_enclosed(expression.as_str()) {
            return self.expr(expression);
        }
        let text = format!("({})", closed(&settled(expression.as_str())));
        self.word(&text)
    }

    /// The key of an index: a function call stands by itself, anything else in parentheses.
    pub fn index_expr(self, expression: &Expression) -> Self {
        if is_call(expression.as_str()) { self.expr(expression) } else { self.expr_in_parens(expression) }
    }

    /// A whole definition as the server printed it, without its semicolon.
    pub fn definition(self, definition: &Expression) -> Self {
        let text = definition.as_str().trim();
        let text = closed(&settled(text.strip_suffix(';').unwrap_or(text).trim_end()));
        self.word(text.trim_start())
    }

    /// A data type. A user's type is written from its name, so that `public` can be left out where nothing hides it.
    pub fn data_type(self, data_type: &DataType) -> Self {
        let base = &data_type.base;
        let mut sql = if data_type.is_builtin() {
            let text = data_type.text.strip_prefix("pg_catalog.").unwrap_or(&data_type.text);
            if is_type_text(text) { self.word(text) } else { self.ident(&base.name) }
        } else {
            let named = if base.schema.as_str() == "public" && is_builtin_type(base.name.as_str()) {
                self.qualified(base)
            } else {
                self.name(base)
            };
            named.modifiers(&data_type.text)
        };
        if data_type.array {
            sql.text.push_str("[]");
        }
        sql
    }

    /// `::type` behind a value, by way of other casts if `through` names them.
    pub fn cast(mut self, through: &'static str, data_type: &DataType) -> Self {
        self.text.push_str(through);
        self.text.push_str("::");
        self.text.push_str(&Sql::empty().data_type(data_type).text);
        self
    }

    /// The modifiers at the end of a type's text, such as the `(3)` of `public.vector(3)`.
    fn modifiers(mut self, text: &str) -> Self {
        let mut depth = 0usize;
        let mut found = String::new();
        for token in tokens(text) {
            match (token.kind, token.text) {
                (TokenKind::Other, "(") => depth += 1,
                _ if depth == 0 => continue,
                (TokenKind::Other, ")") => depth -= 1,
                (TokenKind::Other, other)
                    if other.chars().any(|c| !(c.is_ascii_alphanumeric() || "-.,".contains(c))) =>
                {
                    return self;
                }
                (TokenKind::Comment | TokenKind::Quoted, _) => return self,
                _ => {}
            }
            found.push_str(token.text);
        }
        if depth == 0 {
            self.text.push_str(&found);
        }
        self
    }

    /// Names in parentheses, separated by commas.
    pub fn columns(self, names: &[Name]) -> Self {
        self.parens(names.iter().map(|name| Sql::empty().ident(name)))
    }

    /// Parts separated by commas.
    pub fn list(self, parts: impl IntoIterator<Item = Sql>) -> Self {
        let parts: Vec<String> = parts.into_iter().map(|part| part.text).collect();
        self.word(&parts.join(", "))
    }

    /// Parts in parentheses, separated by commas.
    pub fn parens(self, parts: impl IntoIterator<Item = Sql>) -> Self {
        let parts: Vec<String> = parts.into_iter().map(|part| part.text).collect();
        self.word(&format!("({})", parts.join(", ")))
    }

    /// Parts in parentheses, a line each.
    pub fn block(self, parts: impl IntoIterator<Item = Sql>) -> Self {
        let parts: Vec<String> = parts.into_iter().map(|part| part.text).collect();
        if parts.is_empty() {
            return self.word("()");
        }
        self.word(&format!("(\n    {}\n)", parts.join(",\n    ")))
    }

    /// Storage parameters in parentheses. A parameter of the TOAST table is named `toast.name`.
    pub fn parameters(self, options: &autogen_core::Options) -> Self {
        self.parens(
            options.iter().map(|(key, value)| Sql::empty().parameter(key).punct(" =").parameter_value(value)),
        )
    }

    /// The name of a storage parameter.
    pub fn parameter(self, key: &str) -> Self {
        match key.split_once('.') {
            Some((namespace, own)) => self.qualified(&QualName::new(namespace, own)),
            None => self.ident(&Name::new(key)),
        }
    }

    fn parameter_value(self, value: &str) -> Self {
        const WORDS: [&str; 7] = ["true", "false", "on", "off", "auto", "local", "cascaded"];
        let is_number = !value.is_empty()
            && value.chars().all(|c| c.is_ascii_digit() || c == '.')
            && value.parse::<f64>().is_ok();
        // `on` is a reserved word, yet the grammar takes it here.
        if is_number || WORDS.contains(&value) { self.word(value) } else { self.literal(value) }
    }

    /// Another piece.
    pub fn sql(self, other: Sql) -> Self {
        if other.is_empty() { self } else { self.word(&other.text) }
    }

    /// A new line, for statements that are easier to read on several.
    pub fn line(mut self) -> Self {
        self.text.push('\n');
        self
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.text
    }

    /// The text so far.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn word(mut self, text: &str) -> Self {
        if !text.is_empty() && !self.text.is_empty() && !self.text.ends_with(['(', '[', '.', '\n']) {
            self.text.push(' ');
        }
        self.text.push_str(text);
        self
    }
}

/// A name as an identifier, quoted where the server's `quote_identifier` would.
fn identifier(name: &Name) -> String {
    let text = name.as_str();
    let plain = text.chars().next().is_some_and(|c| c.is_ascii_lowercase() || c == '_')
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain && !is_keyword(text) { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

/// A line comment at the end would swallow what follows, so its line is ended.
pub(crate) fn closed(text: &str) -> String {
    let open = tokens(text)
        .into_iter()
        .rfind(|token| token.kind != TokenKind::Space)
        .is_some_and(|token| token.kind == TokenKind::Comment && token.text.starts_with("--"));
    if open && !text.ends_with('\n') { format!("{text}\n") } else { text.to_owned() }
}

/// True for the text of a built-in type: words, numbers and modifiers, or the one type with quotes in its name.
fn is_type_text(text: &str) -> bool {
    text == "\"char\""
        || (!text.is_empty()
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "_ (),-".contains(c))
            && !text.contains("--"))
}

/// True for text whose first parenthesis closes at its very end.
pub(crate) fn is_enclosed(text: &str) -> bool {
    closes_at_end(tokens(text).iter().filter(|token| token.kind != TokenKind::Space).map(|token| token.text))
}

fn closes_at_end<'a>(texts: impl Iterator<Item = &'a str>) -> bool {
    let texts: Vec<&str> = texts.collect();
    let mut depth = 0i32;
    for (at, text) in texts.iter().enumerate() {
        match *text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth <= 0 {
            return at > 0 && at + 1 == texts.len() && depth == 0;
        }
    }
    false
}

/// True for a single function call: a name, perhaps with its schema, and an argument list that ends the text.
fn is_call(text: &str) -> bool {
    const SYNTAX: [&str; 8] = ["not", "row", "exists", "array", "case", "select", "interval", "values"];
    let all = tokens(text);
    let all: Vec<_> = all.iter().filter(|token| token.kind != TokenKind::Space).collect();
    let Some(open) = all.iter().position(|token| token.text == "(") else { return false };
    let is_name = |at: usize| matches!(all[at].kind, TokenKind::Word | TokenKind::Quoted);
    let named = match open {
        1 => is_name(0) && !SYNTAX.contains(&all[0].text.to_lowercase().as_str()),
        3 => is_name(0) && all[1].text == "." && is_name(2),
        _ => false,
    };
    named && closes_at_end(all[open..].iter().map(|token| token.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: Sql, expect: &str) {
        assert_eq!(sql.into_text(), expect);
    }

    #[test]
    fn names() {
        let name = |schema: &str, name: &str| Sql::new("DROP TABLE").name(&QualName::new(schema, name));
        check(name("public", "users"), "DROP TABLE users");
        check(name("audit", "users"), "DROP TABLE audit.users");
        check(name("public", "pg_mine"), "DROP TABLE public.pg_mine");
        check(name("public", "order"), "DROP TABLE \"order\"");
        check(name("public", "name"), "DROP TABLE name");
        check(name("My Schema", "a\"b"), "DROP TABLE \"My Schema\".\"a\"\"b\"");
        check(name("public", "x\"; DROP TABLE users; --"), "DROP TABLE \"x\"\"; DROP TABLE users; --\"");
        check(name("public", "1st"), "DROP TABLE \"1st\"");
        check(name("public", "größe"), "DROP TABLE \"größe\"");
    }

    #[test]
    fn literals() {
        check(Sql::new("IS").literal("it's"), "IS 'it''s'");
        check(Sql::new("IS").literal("a\\'b"), "IS E'a\\\\''b'");
    }

    #[test]
    fn types() {
        let user = |schema: &str, name: &str| DataType::user(QualName::new(schema, name));
        check(
            Sql::empty().data_type(&DataType::builtin("varchar", "character varying(80)")),
            "character varying(80)",
        );
        check(Sql::empty().data_type(&DataType::builtin("int4", "integer").array_of()), "integer[]");
        check(Sql::empty().data_type(&user("public", "mood").array_of()), "mood[]");
        check(Sql::empty().data_type(&user("audit", "mood")), "audit.mood");
        check(Sql::empty().data_type(&user("public", "point")), "public.point");
        check(Sql::empty().data_type(&user("public", "Mood")), "\"Mood\"");
        let vector = DataType { text: "public.vector(3)".into(), ..user("public", "vector") };
        check(Sql::empty().data_type(&vector), "vector(3)");
        let geometry = DataType { text: "public.geometry(Point,4326)".into(), ..user("public", "geometry") };
        check(Sql::empty().data_type(&geometry), "geometry(Point,4326)");
        let hostile = DataType { text: "x(1); DROP TABLE users; --(".into(), ..user("public", "vector") };
        check(Sql::empty().data_type(&hostile), "vector(1)");
        check(Sql::empty().data_type(&DataType::builtin("int4", "integer; DROP TABLE x")), "int4");
    }

    #[test]
    fn expressions() {
        let expr = |text: &str| Sql::new("CHECK").expr_in_parens(&Expression::new(text));
        check(expr("a > 0"), "CHECK (a > 0)");
        check(expr("(a > 0)"), "CHECK (a > 0)");
        check(expr("(a > 0) AND (b > 0)"), "CHECK ((a > 0) AND (b > 0))");
        check(expr("(a <> ')')"), "CHECK (a <> ')')");
        check(expr("a > 0 -- positive"), "CHECK (a > 0 -- positive\n)");
        let key = |text: &str| Sql::empty().index_expr(&Expression::new(text));
        check(key("lower(email)"), "lower(email)");
        check(key("public.f(a, (b))"), "public.f(a, (b))");
        check(key("a || b"), "(a || b)");
        check(key("lower(a) || lower(b)"), "(lower(a) || lower(b))");
        check(key("NOT (a)"), "(NOT (a))");
    }

    #[test]
    fn parameters() {
        let options = [("fillfactor", "70"), ("toast.autovacuum_enabled", "off"), ("x", "a b"), ("y", "inf")];
        let options = options.map(|(key, value)| (key.to_owned(), value.to_owned())).into_iter().collect();
        check(
            Sql::new("WITH").parameters(&options),
            "WITH (fillfactor = 70, toast.autovacuum_enabled = off, x = 'a b', y = 'inf')",
        );
    }
}
