//! What a statement is about, from its first words: enough to know which live object it takes the place of, and where
//! in the files an object is defined. What the statement does is for a server to say; nothing else is read from its
//! text.

use autogen_core::object::DefinedKind;
use autogen_core::{Kind, ObjectId, TokenKind, tokens};

/// What happens to the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// `CREATE`, or `ALTER TABLE … ADD`.
    Create,
    /// `DROP`.
    Drop,
    /// Anything else.
    Change,
}

/// An object that a statement names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) deed: Deed,
    /// What it may be: `TYPE` can be three kinds.
    kinds: &'static [Kind],
    /// `None` where the search path decides.
    schema: Option<String>,
    /// Its name, or that of the relation that it is a part of.
    name: String,
    part: Option<String>,
}

const RELATIONS: &[Kind] = &[Kind::Table, Kind::View, Kind::MaterializedView];
const CONSTRAINTS: &[Kind] =
    &[Kind::PrimaryKey, Kind::Unique, Kind::Check, Kind::ForeignKey, Kind::Exclusion];
const COLUMN: &[Kind] = &[Kind::Column];

/// Words between CREATE and the kind.
const BEFORE_KIND: [&str; 11] = [
    "OR",
    "REPLACE",
    "GLOBAL",
    "LOCAL",
    "TEMP",
    "TEMPORARY",
    "UNLOGGED",
    "RECURSIVE",
    "UNIQUE",
    "CONSTRAINT",
    "CONCURRENTLY",
];

/// Words between the kind and the name.
const BEFORE_NAME: [&str; 6] = ["CONCURRENTLY", "IF", "NOT", "EXISTS", "ONLY", "COLUMN"];

impl Subject {
    /// True if the id is what the statement names, where unqualified names are looked up in these schemas.
    pub(crate) fn names(&self, id: &ObjectId, search_path: &[String]) -> bool {
        let in_schema = match &self.schema {
            Some(schema) => id.name.schema.as_str() == schema,
            None if id.name.schema.is_empty() => true,
            None => search_path.iter().any(|schema| schema == id.name.schema.as_str()),
        };
        let is_part = match &self.part {
            Some(part) => id.part.as_ref().is_some_and(|own| own.as_str() == part),
            None => true,
        };
        in_schema && is_part && self.kinds.contains(&id.kind) && id.name.name.as_str() == self.name
    }

    /// True if the id is the named one, or belongs to the relation that the statement names.
    pub(crate) fn is_about(&self, id: &ObjectId, search_path: &[String]) -> bool {
        let relation = Self { kinds: RELATIONS, part: None, ..self.clone() };
        let whole = |kind| ObjectId::new(kind, id.name.clone());
        self.names(id, search_path) || RELATIONS.iter().any(|kind| relation.names(&whole(*kind), search_path))
    }
}

impl Subject {
    /// True for a routine, which may have several forms of one name.
    pub(crate) fn is_function(&self) -> bool {
        self.kinds.contains(&Kind::Function)
    }

    /// True if a message of the server speaks of it.
    pub(crate) fn is_in(&self, message: &str) -> bool {
        message.contains(self.part.as_ref().unwrap_or(&self.name))
    }
}

/// The objects that a statement names, the one it is about first; none for what is not understood.
pub(crate) fn subjects(sql: &str) -> Vec<Subject> {
    let mut cursor = Cursor::new(sql);
    if cursor.take("CREATE") {
        cursor.skip(&BEFORE_KIND);
        return cursor.object(Deed::Create).into_iter().collect();
    }
    if cursor.take("DROP") {
        return cursor.object(Deed::Drop).into_iter().collect();
    }
    if cursor.take("ALTER") {
        cursor.take("FOREIGN");
        if cursor.take("TABLE") {
            return cursor.alter_table().unwrap_or_default();
        }
        return cursor.object(Deed::Change).into_iter().collect();
    }
    if cursor.take("COMMENT") && cursor.take("ON") {
        return cursor.object(Deed::Change).into_iter().collect();
    }
    Vec::new()
}

/// True if the words stand there one behind the other.
pub(crate) fn has_words(sql: &str, words: &[&str]) -> bool {
    let cursor = Cursor::new(sql);
    let is_word = |(token, word): (&(TokenKind, &str), &&str)| token.1.eq_ignore_ascii_case(word);
    cursor.tokens.windows(words.len()).any(|run| run.iter().zip(words).all(is_word))
}

/// The schemas that `SET search_path` names, if that is what the statement is.
pub(crate) fn search_path(sql: &str) -> Option<Vec<String>> {
    let mut cursor = Cursor::new(sql);
    if !cursor.take("SET") {
        return None;
    }
    cursor.skip(&["SESSION", "LOCAL"]);
    if !cursor.take("SEARCH_PATH") || !(cursor.take("=") || cursor.take("TO")) {
        return None;
    }
    let mut schemas = Vec::new();
    while let Some(name) = cursor.name() {
        schemas.push(name);
        cursor.take(",");
    }
    Some(schemas)
}

struct Cursor<'a> {
    tokens: Vec<(TokenKind, &'a str)>,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn new(sql: &'a str) -> Self {
        let meant = |kind| !matches!(kind, TokenKind::Space | TokenKind::Comment);
        let tokens =
            tokens(sql).into_iter().filter(|token| meant(token.kind)).map(|token| (token.kind, token.text));
        Self { tokens: tokens.collect(), at: 0 }
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|(kind, text)| {
            matches!(kind, TokenKind::Word | TokenKind::Other) && text.eq_ignore_ascii_case(word)
        });
        self.at += usize::from(found);
        found
    }

    fn skip(&mut self, words: &[&str]) {
        while words.iter().any(|word| self.take(word)) {}
    }

    /// Goes behind the next such word.
    fn seek(&mut self, word: &str) -> Option<()> {
        while self.at < self.tokens.len() {
            if self.take(word) {
                return Some(());
            }
            self.at += 1;
        }
        None
    }

    /// One identifier, folded as the server does; a string stands for itself, as in `SET search_path = 'a'`.
    fn name(&mut self) -> Option<String> {
        let (kind, text) = *self.tokens.get(self.at)?;
        let name = match kind {
            TokenKind::Word => text.to_lowercase(),
            TokenKind::Quoted => inner(text, '"'),
            TokenKind::String => inner(text, '\''),
            TokenKind::Comment | TokenKind::Space | TokenKind::Other => return None,
        };
        self.at += 1;
        Some(name)
    }

    /// `name` or `schema.name`; a database's name in front is left out.
    fn qualified(&mut self) -> Option<(Option<String>, String)> {
        let (mut schema, mut name) = (None, self.name()?);
        while self.take(".") {
            schema = Some(std::mem::replace(&mut name, self.name()?));
        }
        Some((schema, name))
    }

    /// From the word of the kind on.
    fn object(&mut self, deed: Deed) -> Option<Subject> {
        let materialized = self.take("MATERIALIZED");
        self.take("FOREIGN");
        let word = self.name()?;
        let kinds: &'static [Kind] = match word.as_str() {
            // The one takes the place of the other.
            "view" if deed == Deed::Create => &[Kind::View, Kind::MaterializedView],
            "view" if materialized => &[Kind::MaterializedView],
            "view" => &[Kind::View],
            "function" | "procedure" | "aggregate" | "routine" => &[Kind::Function],
            "table" if deed == Deed::Create => RELATIONS,
            "table" => &[Kind::Table],
            "type" => &[
                Kind::EnumType,
                Kind::CompositeType,
                Kind::RangeType,
                Kind::Defined(DefinedKind::BaseType),
                Kind::Defined(DefinedKind::ShellType),
            ],
            "domain" => &[Kind::Domain],
            "sequence" => &[Kind::Sequence],
            "schema" => &[Kind::Schema],
            "extension" => &[Kind::Extension],
            "collation" => &[Kind::Collation],
            "statistics" => &[Kind::Statistics],
            "index" => &[Kind::Index],
            "trigger" => return self.part(deed, &[Kind::Trigger], "ON"),
            "policy" => return self.part(deed, &[Kind::Policy], "ON"),
            // Created with `AS ON event TO table`, altered and dropped with `ON table`.
            "rule" if deed == Deed::Create => return self.part(deed, &[Kind::Rule], "TO"),
            "rule" => return self.part(deed, &[Kind::Rule], "ON"),
            "constraint" => return self.part(deed, CONSTRAINTS, "ON"),
            "column" => return self.column(deed),
            _ => return None,
        };
        self.skip(&BEFORE_NAME);
        if word == "index" && deed == Deed::Create && self.take("ON") {
            // Without a name it is only known what it is on.
            self.skip(&BEFORE_NAME);
            let (schema, name) = self.qualified()?;
            return Some(Subject { deed: Deed::Change, kinds: RELATIONS, schema, name, part: None });
        }
        let (mut schema, name) = self.qualified()?;
        if word == "index" && deed == Deed::Create {
            // An index lives where its table does.
            self.seek("ON")?;
            self.skip(&BEFORE_NAME);
            schema = self.qualified()?.0;
        }
        Some(Subject { deed, kinds, schema, name, part: None })
    }

    /// `name … ON table`.
    fn part(&mut self, deed: Deed, kinds: &'static [Kind], before_table: &str) -> Option<Subject> {
        self.skip(&BEFORE_NAME);
        let part = self.name()?;
        self.seek(before_table)?;
        self.skip(&BEFORE_NAME);
        let (schema, name) = self.qualified()?;
        Some(Subject { deed, kinds, schema, name, part: Some(part) })
    }

    /// `COMMENT ON COLUMN table.column`.
    fn column(&mut self, deed: Deed) -> Option<Subject> {
        let (mut schema, mut name, mut part) = (None, self.name()?, None);
        while self.take(".") {
            let next = self.name()?;
            schema = part.is_some().then(|| name.clone());
            name = part.unwrap_or(name);
            part = Some(next);
        }
        Some(Subject { deed, kinds: COLUMN, schema, name, part })
    }

    /// The table, and the constraints and columns that are added to it.
    fn alter_table(&mut self) -> Option<Vec<Subject>> {
        self.skip(&BEFORE_NAME);
        let (schema, name) = self.qualified()?;
        let table = Subject { deed: Deed::Change, kinds: &[Kind::Table], schema, name, part: None };
        let mut all = vec![table.clone()];
        let mut depth = 0_i32;
        let mut begins = true;
        while let Some((_, text)) = self.tokens.get(self.at).copied() {
            if begins && self.take("ADD") {
                let kinds = if self.take("CONSTRAINT") { CONSTRAINTS } else { COLUMN };
                self.skip(&BEFORE_NAME);
                if let Some(part) = self.name() {
                    all.push(Subject { deed: Deed::Create, kinds, part: Some(part), ..table.clone() });
                }
                begins = false;
                continue;
            }
            match text {
                "(" | "[" => depth += 1,
                ")" | "]" => depth -= 1,
                _ => {}
            }
            begins = depth == 0 && text == ",";
            self.at += 1;
        }
        Some(all)
    }
}

fn inner(text: &str, quote: char) -> String {
    let inner = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)).unwrap_or(text);
    let (twice, once) = (format!("{quote}{quote}"), quote.to_string());
    inner.replace(&twice, &once)
}

#[cfg(test)]
mod tests {
    use autogen_core::QualName;

    use super::*;

    fn public(kind: Kind, name: &str) -> ObjectId {
        ObjectId::new(kind, QualName::new("public", name))
    }

    fn part(kind: Kind, table: &str, part: &str) -> ObjectId {
        ObjectId::part(kind, QualName::new("public", table), part)
    }

    #[track_caller]
    fn check(sql: &str, deed: Deed, id: &ObjectId) {
        let found = subjects(sql);
        let path = ["public".to_owned()];
        let named = found.iter().any(|subject| subject.deed == deed && subject.names(id, &path));
        assert!(named, "{id} in {sql}: {found:?}");
    }

    #[test]
    fn first_words_name_the_object() {
        check("CREATE OR REPLACE /* x */ VIEW v AS SELECT 1", Deed::Create, &public(Kind::View, "v"));
        check(
            "create view \"a\"\"b\".\"V\" as",
            Deed::Create,
            &ObjectId::new(Kind::View, QualName::new("a\"b", "V")),
        );
        check("CREATE FOREIGN TABLE IF NOT EXISTS f () SERVER s", Deed::Create, &public(Kind::Table, "f"));
        check("ALTER FOREIGN TABLE f OPTIONS (a 'b')", Deed::Change, &public(Kind::Table, "f"));
        check(
            "CREATE MATERIALIZED VIEW IF NOT EXISTS m AS",
            Deed::Create,
            &public(Kind::MaterializedView, "m"),
        );
        check(
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY t (a)",
            Deed::Create,
            &public(Kind::Index, "i"),
        );
        check(
            "CREATE CONSTRAINT TRIGGER g AFTER UPDATE OF a ON t",
            Deed::Create,
            &part(Kind::Trigger, "t", "g"),
        );
        check("CREATE RULE r AS ON INSERT TO public.t DO NOTHING", Deed::Create, &part(Kind::Rule, "t", "r"));
        check("CREATE POLICY \"my p\" ON t USING (true)", Deed::Create, &part(Kind::Policy, "t", "my p"));
        check("DROP TRIGGER IF EXISTS g ON t", Deed::Drop, &part(Kind::Trigger, "t", "g"));
        check("CREATE TYPE pair AS (a int)", Deed::Create, &public(Kind::CompositeType, "pair"));
        check("COMMENT ON COLUMN t.a IS 'x'", Deed::Change, &part(Kind::Column, "t", "a"));
        check("COMMENT ON COLUMN public.t.a IS 'x'", Deed::Change, &part(Kind::Column, "t", "a"));
        let table = "ALTER TABLE ONLY t ADD CONSTRAINT c CHECK (f(1, 2)), ADD COLUMN IF NOT EXISTS d int";
        check(table, Deed::Change, &public(Kind::Table, "t"));
        check(table, Deed::Create, &part(Kind::Check, "t", "c"));
        check(table, Deed::Create, &part(Kind::Column, "t", "d"));
        assert_eq!(subjects("SELECT 1"), []);
        assert_eq!(subjects("CREATE"), []);
        check("CREATE INDEX ON t (a)", Deed::Change, &public(Kind::Table, "t"));
    }

    #[test]
    fn search_paths() {
        assert_eq!(search_path("SET search_path TO \"A\", b"), Some(vec!["A".to_owned(), "b".to_owned()]));
        assert_eq!(search_path("SET search_path = ''"), Some(vec![String::new()]));
        assert_eq!(search_path("SET role = x"), None);
    }
}
