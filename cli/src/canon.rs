//! The server's own form of the expressions that models write. Each is hung on a temporary table in a transaction that
//! is always rolled back, and read back as the catalog would print it. What that table looks like is decided in
//! `autogen_codegen::canonical`, what the answers mean in the overlay.

use std::collections::BTreeMap;

use autogen_codegen::canonical;
use autogen_core::{
    Catalog, DataType, Expression, Kind, Name, Object, ObjectId, QualName, TokenKind, tokens,
};
use autogen_introspect::models::overlay::{Asked, Canon, Canonical, Role};
use diesel::connection::SimpleConnection;
use diesel::result::Error as DieselError;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};

use crate::postgres::connect::quote_identifier;

/// A canonical text is not always a fixpoint: `IN ('a', 'b')` over varchar changes once more when it is parsed again.
const ROUNDS: usize = 3;

/// What the temporary check or column is called.
const PROBE: &str = "autogen_probe";

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    text: String,
}

/// Where expressions are parsed.
pub(crate) struct Asker<'a> {
    /// A session in a database that has the user-defined types of `existing`.
    pub(crate) connection: &'a mut PgConnection,
    /// What is there.
    pub(crate) existing: &'a Catalog,
    /// What the expressions are about.
    pub(crate) wanted: &'a Catalog,
}

/// Why this database cannot be asked, if it cannot: a temporary table is needed, and no trigger must notice it.
pub(crate) fn obstacle(connection: &mut PgConnection) -> Option<String> {
    let sql = "SELECT CASE \
        WHEN pg_catalog.pg_is_in_recovery() THEN 'it is a standby' \
        WHEN NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMP') THEN 'the role may not create temporary tables' \
        WHEN EXISTS (SELECT FROM pg_catalog.pg_event_trigger WHERE evtenabled <> 'D') THEN 'it has event triggers' \
        ELSE '' END AS text";
    match sql_query(sql).get_result::<Found>(connection) {
        Ok(found) => Some(found.text).filter(|text| !text.is_empty()),
        Err(error) => Some(error.to_string()),
    }
}

impl Asker<'_> {
    /// Asks about every expression. What cannot be asked, because a type is missing, gets no answer.
    pub(crate) fn ask(&mut self, asked: &[Asked], canon: &mut Canon) -> Result<(), DieselError> {
        let mut by_table: BTreeMap<&QualName, Vec<&Asked>> = BTreeMap::new();
        for one in asked {
            let of_table = by_table.entry(&one.table).or_default();
            if !of_table.iter().any(|other| other.role == one.role && other.text == one.text) {
                of_table.push(one);
            }
        }
        for (table, asked) in by_table {
            let scene = Scene::new(table, self.existing, self.wanted);
            let result = self.connection.transaction::<(), DieselError, _>(|connection| {
                connection.batch_execute(
                    "SET LOCAL lock_timeout = '2s'; SET LOCAL client_min_messages = 'error'",
                )?;
                connection.batch_execute(&scene.parsing_path())?;
                for statement in scene.set_up() {
                    sql_query(statement).execute(connection)?;
                }
                for one in asked {
                    if let Some(answer) = scene.form(connection, one)? {
                        canon.insert(one, answer);
                    }
                }
                Err(DieselError::RollbackTransaction)
            });
            match result {
                Ok(()) | Err(DieselError::RollbackTransaction) => {}
                // The table cannot be built: an extension's type is missing, for example.
                Err(DieselError::DatabaseError(kind, _))
                    if kind != diesel::result::DatabaseErrorKind::ClosedConnection => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// A temporary table that stands for one of the wanted schema.
struct Scene<'a> {
    table: &'a QualName,
    columns: Vec<(Name, DataType)>,
    /// Enums that are not, or not so, in the database: copied beside the table.
    copies: BTreeMap<QualName, Vec<String>>,
    /// A column had to be left out, so a refusal proves nothing.
    incomplete: bool,
}

impl<'a> Scene<'a> {
    fn new(table: &'a QualName, existing: &Catalog, wanted: &Catalog) -> Self {
        let mut scene = Scene { table, columns: Vec::new(), copies: BTreeMap::new(), incomplete: false };
        for (id, object) in wanted.parts(Kind::Column, table) {
            let (Some(name), Object::Column(column)) = (&id.part, object) else { continue };
            let base = &column.data_type.base;
            let type_id = ObjectId::new(Kind::EnumType, base.clone());
            match wanted.get(&type_id) {
                Some(Object::EnumType(enum_type)) if existing.get(&type_id) != wanted.get(&type_id) => {
                    scene.copies.insert(base.clone(), enum_type.labels.clone());
                    scene.columns.push((name.clone(), canonical::scratch_type(&column.data_type)));
                }
                _ if column.data_type.object(wanted).is_some_and(|id| !existing.contains(&id)) => {
                    scene.incomplete = true
                }
                _ => scene.columns.push((name.clone(), column.data_type.clone())),
            }
        }
        scene
    }

    /// Names are looked up as the user's session would, although they are printed with every schema.
    fn parsing_path(&self) -> String {
        format!("SET LOCAL search_path = {}, public", quote_identifier(self.table.schema.as_str()))
    }

    fn set_up(&self) -> Vec<String> {
        let copies = self.copies.iter().map(|(name, labels)| canonical::scratch_enum(&name.name, labels));
        copies.chain([canonical::scratch_table(&self.table.name, &self.columns)]).collect()
    }

    /// The server's form of one expression; `None` if that cannot be told.
    fn form(&self, connection: &mut PgConnection, asked: &Asked) -> Result<Option<Canonical>, DieselError> {
        if let Role::Default(column) = &asked.role
            && !self.columns.iter().any(|(name, _)| name == column)
        {
            return Ok(None);
        }
        let mut text = self.localised(&asked.text);
        for _ in 0..ROUNDS {
            match self.parsed(connection, &asked.role, &text)? {
                Ok(parsed) if parsed == text => break,
                Ok(parsed) => text = parsed,
                Err(_) if self.incomplete => return Ok(None),
                Err(message) => return Ok(Some(Canonical::Rejected(message))),
            }
        }
        Ok(Some(Canonical::Text(self.globalised(&text))))
    }

    /// One parse and deparse, in a savepoint that is rolled back.
    fn parsed(
        &self,
        connection: &mut PgConnection,
        role: &Role,
        text: &Expression,
    ) -> Result<Result<Expression, String>, DieselError> {
        let (table, probe) = (&self.table.name, Name::new(PROBE));
        let sql = match role {
            Role::Condition => canonical::add_condition(table, &probe, text),
            Role::Value => canonical::add_value(table, &probe, text),
            Role::Default(column) => {
                let Some((_, data_type)) = self.columns.iter().find(|(name, _)| name == column) else {
                    return Ok(Err("its column could not be built".to_owned()));
                };
                canonical::add_default(table, &probe, data_type, text)
            }
        };
        let mut answer = Err("the server did not tell its form".to_owned());
        let result = connection.transaction::<(), DieselError, _>(|connection| {
            connection.batch_execute(&self.parsing_path())?;
            sql_query(sql).execute(connection)?;
            connection.batch_execute("SET LOCAL search_path = ''")?;
            let found: Found = sql_query(read_back(role)).bind::<Text, _>(PROBE).get_result(connection)?;
            answer = Ok(found.text);
            Err(DieselError::RollbackTransaction)
        });
        match result {
            Err(DieselError::DatabaseError(diesel::result::DatabaseErrorKind::ClosedConnection, info)) => {
                Err(DieselError::DatabaseError(diesel::result::DatabaseErrorKind::ClosedConnection, info))
            }
            Err(DieselError::DatabaseError(_, info)) => Ok(Err(info.message().to_owned())),
            Ok(()) | Err(DieselError::RollbackTransaction | DieselError::NotFound) => {
                Ok(answer.map(|text| match role {
                    Role::Value => Expression::new(canonical::value_of(&text)),
                    Role::Condition | Role::Default(_) => Expression::new(text),
                }))
            }
            Err(error) => Err(error),
        }
    }

    /// The text with copied enums instead of those in their schemas: `public.mood` becomes `mood`, which is looked for
    /// among the temporary types first.
    fn localised(&self, text: &Expression) -> Expression {
        let mut out = text.as_str().to_owned();
        for name in self.copies.keys() {
            out = rewrite(&out, |tokens, at| {
                let [schema, dot, own, ..] = &tokens[at..] else { return None };
                let found = dot.1 == "." && is(schema, name.schema.as_str()) && is(own, name.name.as_str());
                found.then(|| (3, own.1.to_owned()))
            });
        }
        Expression::new(out)
    }

    /// The other way round: a cast to a copied enum gets its schema back.
    fn globalised(&self, text: &Expression) -> Expression {
        let mut out = text.as_str().to_owned();
        for name in self.copies.keys() {
            let schema = quoted_if_needed(name.schema.as_str());
            out = rewrite(&out, |tokens, at| {
                let [first, second, own, ..] = &tokens[at..] else { return None };
                let found = first.1 == ":" && second.1 == ":" && is(own, name.name.as_str());
                found.then(|| (3, format!("::{schema}.{}", own.1)))
            });
        }
        Expression::new(out)
    }
}

fn read_back(role: &Role) -> &'static str {
    match role {
        Role::Condition | Role::Value => {
            "SELECT pg_catalog.pg_get_expr(c.conbin, c.conrelid) AS text FROM pg_catalog.pg_constraint c \
             WHERE c.conname = $1 AND c.connamespace = pg_catalog.pg_my_temp_schema() AND c.contype = 'c'"
        }
        Role::Default(_) => {
            "SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS text FROM pg_catalog.pg_attrdef d \
             JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum \
             JOIN pg_catalog.pg_class c ON c.oid = d.adrelid \
             WHERE a.attname = $1 AND c.relnamespace = pg_catalog.pg_my_temp_schema()"
        }
    }
}

type Piece<'a> = (TokenKind, &'a str);

/// Exchanges runs of tokens: `exchange` sees all tokens and a position, and says how many to take and what for.
fn rewrite(text: &str, exchange: impl Fn(&[Piece<'_>], usize) -> Option<(usize, String)>) -> String {
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

fn is(piece: &Piece<'_>, name: &str) -> bool {
    match piece.0 {
        TokenKind::Word => piece.1.to_lowercase() == name,
        TokenKind::Quoted => piece.1 == quote_identifier(name),
        TokenKind::String | TokenKind::Comment | TokenKind::Space | TokenKind::Other => false,
    }
}

fn quoted_if_needed(name: &str) -> String {
    let plain = name.chars().next().is_some_and(|c| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain { name.to_owned() } else { quote_identifier(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_enums_change_their_schema() {
        let table = QualName::new("public", "t");
        let mut scene =
            Scene { table: &table, columns: Vec::new(), copies: BTreeMap::new(), incomplete: false };
        scene.copies.insert(QualName::new("public", "mood"), vec!["a".into()]);
        let check = |global: &str, local: &str| {
            assert_eq!(scene.localised(&Expression::new(global)).as_str(), local);
            assert_eq!(scene.globalised(&Expression::new(local)).as_str(), global);
        };
        check("'a'::public.mood", "'a'::mood");
        check("(mood = 'public.mood'::text)", "(mood = 'public.mood'::text)");
    }
}
