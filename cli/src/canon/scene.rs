//! What one table's expressions are hung on: a temporary table that looks like it, and how each kind of expression is
//! put there and read back.

use std::collections::BTreeMap;

use autogen_codegen::canonical;
use autogen_codegen::sql::Sql;
use autogen_core::{Catalog, DataType, Expression, Kind, Name, Object, ObjectId, QualName};
use autogen_introspect::models::overlay::{Asked, Canonical, Role};
use diesel::connection::SimpleConnection;
use diesel::result::Error as DieselError;
use diesel::sql_types::{Bool, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};

use super::Found;
use super::rewrite::{is, rewrite};

/// A canonical text is not always a fixpoint: `IN ('a', 'b')` over varchar changes once more when it is parsed again.
const ROUNDS: usize = 3;

/// What the temporary check or column is called.
const PROBE: &str = "autogen_probe";

/// A parent for a partition.
const PROBE_PARENT: &str = "autogen_probe_parent";

/// The columns of the probe, a view.
const COLUMNS: &str = "SELECT a.attname::pg_catalog.text AS name, n.nspname::pg_catalog.text AS type_schema, \
    b.typname::pg_catalog.text AS type_name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type_text, \
    b.oid <> t.oid AS is_array \
    FROM pg_catalog.pg_class c \
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 \
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
    LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND e.typarray = t.oid \
    JOIN pg_catalog.pg_type b ON b.oid = coalesce(e.oid, t.oid) \
    JOIN pg_catalog.pg_namespace n ON n.oid = b.typnamespace \
    WHERE c.relname = $1 AND c.relnamespace = pg_catalog.pg_my_temp_schema() ORDER BY a.attnum";

#[derive(QueryableByName)]
struct FoundColumn {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    type_schema: String,
    #[diesel(sql_type = Text)]
    type_name: String,
    #[diesel(sql_type = Text)]
    type_text: String,
    #[diesel(sql_type = Bool)]
    is_array: bool,
}

impl FoundColumn {
    fn named(self) -> (Name, DataType) {
        let text = if self.is_array { self.type_text.trim_end_matches("[]") } else { &self.type_text };
        let data_type = DataType {
            base: QualName::new(self.type_schema, self.type_name),
            text: text.to_owned(),
            array: self.is_array,
        };
        (Name::new(self.name), data_type)
    }
}

/// What the server made of an expression.
struct Parsed {
    text: Expression,
    /// Those of a view.
    columns: Vec<(Name, DataType)>,
}

/// A temporary table that stands for one of the wanted schema.
pub(super) struct Scene<'a> {
    table: &'a QualName,
    columns: Vec<(Name, DataType)>,
    /// Enums that are not, or not so, in the database: copied beside the table.
    copies: BTreeMap<QualName, Vec<String>>,
    /// How the table is partitioned, if it is.
    key: Option<Expression>,
    /// A column had to be left out, so a refusal proves nothing.
    incomplete: bool,
}

impl<'a> Scene<'a> {
    pub(super) fn new(table: &'a QualName, existing: &Catalog, wanted: &Catalog) -> Self {
        let key = match wanted.get(&ObjectId::table(table)) {
            Some(Object::Table(table)) => table.partition_key.clone(),
            _ => None,
        };
        let mut scene = Scene { key, ..Self::bare(table) };
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

    /// No table at all, for what needs none.
    pub(super) fn bare(table: &'a QualName) -> Self {
        Scene { table, columns: Vec::new(), copies: BTreeMap::new(), key: None, incomplete: false }
    }

    /// Names are looked up as the user's session would, although they are printed with every schema.
    pub(super) fn parsing_path(&self) -> String {
        Sql::new("SET LOCAL search_path =").ident(&self.table.schema).punct(", public").into_text()
    }

    pub(super) fn set_up(&self) -> Vec<String> {
        let copies = self.copies.iter().map(|(name, labels)| canonical::scratch_enum(&name.name, labels));
        copies.chain([canonical::scratch_table(&self.table.name, &self.columns)]).collect()
    }

    /// The server's form of one expression; `None` if that cannot be told. Where one of the live texts comes out, that is it.
    pub(super) fn form(
        &self,
        connection: &mut PgConnection,
        asked: &Asked,
        live: &[&Expression],
    ) -> Result<Option<Canonical>, DieselError> {
        if let Role::Default(column) = &asked.role
            && !self.columns.iter().any(|(name, _)| name == column)
        {
            return Ok(None);
        }
        let mut text = self.localised(&asked.text);
        let mut columns = Vec::new();
        for _ in 0..ROUNDS {
            match self.parsed(connection, &asked.role, &text)? {
                // A type's text is no input for another round.
                Ok(Parsed { columns, .. }) if asked.role == Role::Type => {
                    return Ok(columns.into_iter().next().map(|(_, data_type)| Canonical::Type(data_type)));
                }
                Ok(parsed) => {
                    columns = parsed.columns;
                    if parsed.text == text {
                        break;
                    }
                    text = parsed.text;
                    let form = self.globalised(&text);
                    if live.contains(&&form) {
                        break;
                    }
                }
                Err(_) if self.incomplete => return Ok(None),
                Err(message) => return Ok(Some(Canonical::Rejected(message))),
            }
        }
        Ok(Some(match asked.role {
            Role::View => Canonical::View { definition: text, columns },
            Role::Condition
            | Role::Value
            | Role::Default(_)
            | Role::Policy
            | Role::PartitionKey
            | Role::Bound
            | Role::Type => Canonical::Text(self.globalised(&text)),
        }))
    }

    /// One parse and deparse, in a savepoint that is rolled back, and the search path with it.
    fn parsed(
        &self,
        connection: &mut PgConnection,
        role: &Role,
        text: &Expression,
    ) -> Result<Result<Parsed, String>, DieselError> {
        let statements = match self.statements(role, text) {
            Ok(statements) => statements,
            Err(reason) => return Ok(Err(reason)),
        };
        let mut answer = Err("the server did not tell its form".to_owned());
        let result = connection.transaction::<(), DieselError, _>(|connection| {
            for sql in statements {
                sql_query(sql).execute(connection)?;
            }
            connection.batch_execute("SET LOCAL search_path = ''")?;
            let found: Found = sql_query(read_back(role)).bind::<Text, _>(PROBE).get_result(connection)?;
            let columns = match role {
                Role::View | Role::Type => {
                    sql_query(COLUMNS).bind::<Text, _>(PROBE).load::<FoundColumn>(connection)?
                }
                Role::Condition
                | Role::Value
                | Role::Default(_)
                | Role::Policy
                | Role::PartitionKey
                | Role::Bound => Vec::new(),
            };
            answer = Ok((found.text, columns));
            Err(DieselError::RollbackTransaction)
        });
        match result {
            Err(DieselError::DatabaseError(diesel::result::DatabaseErrorKind::ClosedConnection, info)) => {
                Err(DieselError::DatabaseError(diesel::result::DatabaseErrorKind::ClosedConnection, info))
            }
            Err(DieselError::DatabaseError(_, info)) => Ok(Err(info.message().to_owned())),
            Ok(()) | Err(DieselError::RollbackTransaction | DieselError::NotFound) => {
                Ok(answer.map(|(text, columns)| Parsed {
                    text: match role {
                        Role::Value => Expression::new(canonical::value_of(&text)),
                        Role::View => Expression::new(text.trim().trim_end_matches(';')),
                        Role::Condition
                        | Role::Default(_)
                        | Role::Policy
                        | Role::PartitionKey
                        | Role::Bound
                        | Role::Type => Expression::new(text),
                    },
                    columns: columns.into_iter().map(FoundColumn::named).collect(),
                }))
            }
            Err(error) => Err(error),
        }
    }

    /// The statements that hang an expression somewhere under the probe's name.
    fn statements(&self, role: &Role, text: &Expression) -> Result<Vec<String>, String> {
        let (table, probe) = (&self.table.name, Name::new(PROBE));
        Ok(vec![match role {
            Role::Condition => canonical::add_condition(table, &probe, text),
            Role::Value => canonical::add_value(table, &probe, text),
            Role::Default(column) => {
                let Some((_, data_type)) = self.columns.iter().find(|(name, _)| name == column) else {
                    return Err("its column could not be built".to_owned());
                };
                canonical::add_default(table, &probe, data_type, text)
            }
            Role::Policy => canonical::add_policy(table, &probe, text),
            Role::PartitionKey => canonical::partitioned_table(&probe, &self.columns, text),
            Role::Bound => {
                let Some(key) = &self.key else { return Err("its parent is not partitioned".to_owned()) };
                let parent = Name::new(PROBE_PARENT);
                return Ok(vec![
                    canonical::partitioned_table(&parent, &self.columns, key),
                    canonical::partition(&probe, &parent, text),
                ]);
            }
            Role::View => canonical::view(&probe, text),
            Role::Type => canonical::view(&probe, &canonical::query_of_type(text)),
        }])
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
            let schema = Sql::empty().ident(&name.schema).into_text();
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
        Role::Policy => {
            "SELECT pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS text FROM pg_catalog.pg_policy p \
             JOIN pg_catalog.pg_class c ON c.oid = p.polrelid \
             WHERE p.polname = $1 AND c.relnamespace = pg_catalog.pg_my_temp_schema()"
        }
        Role::PartitionKey => {
            "SELECT pg_catalog.pg_get_partkeydef(c.oid) AS text FROM pg_catalog.pg_class c \
             WHERE c.relname = $1 AND c.relnamespace = pg_catalog.pg_my_temp_schema()"
        }
        Role::Bound => {
            "SELECT pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS text FROM pg_catalog.pg_class c \
             WHERE c.relname = $1 AND c.relnamespace = pg_catalog.pg_my_temp_schema()"
        }
        Role::View | Role::Type => {
            "SELECT pg_catalog.pg_get_viewdef(c.oid) AS text FROM pg_catalog.pg_class c \
             WHERE c.relname = $1 AND c.relnamespace = pg_catalog.pg_my_temp_schema()"
        }
        Role::Default(_) => {
            "SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS text FROM pg_catalog.pg_attrdef d \
             JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum \
             JOIN pg_catalog.pg_class c ON c.oid = d.adrelid \
             WHERE a.attname = $1 AND c.relnamespace = pg_catalog.pg_my_temp_schema()"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_enums_change_their_schema() {
        let table = QualName::new("public", "t");
        let mut scene = Scene::bare(&table);
        scene.copies.insert(QualName::new("public", "mood"), vec!["a".into()]);
        let check = |global: &str, local: &str| {
            assert_eq!(scene.localised(&Expression::new(global)).as_str(), local);
            assert_eq!(scene.globalised(&Expression::new(local)).as_str(), global);
        };
        check("'a'::public.mood", "'a'::mood");
        check("(mood = 'public.mood'::text)", "(mood = 'public.mood'::text)");
    }
}
