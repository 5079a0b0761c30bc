//! The server's own form of the expressions that models write. Each is hung on a temporary table in a transaction that
//! is always rolled back, and read back as the catalog would print it. What that table looks like is decided in
//! `autogen_codegen::canonical`, what the answers mean in the overlay.

mod rewrite;
mod scene;

use std::collections::BTreeMap;

use autogen_core::{Catalog, QualName};
use autogen_introspect::models::overlay::{Asked, Canon, Role};
use diesel::connection::SimpleConnection;
use diesel::result::Error as DieselError;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};

use scene::Scene;

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
        // What needs no table, and so can be told even where that cannot be built.
        let mut bare: BTreeMap<&QualName, Vec<&Asked>> = BTreeMap::new();
        let mut by_table: BTreeMap<&QualName, Vec<&Asked>> = BTreeMap::new();
        for one in asked {
            let groups = match one.role {
                Role::View | Role::Type => &mut bare,
                Role::Condition
                | Role::Value
                | Role::Default(_)
                | Role::Policy
                | Role::PartitionKey
                | Role::Bound => &mut by_table,
            };
            let of_table = groups.entry(&one.table).or_default();
            if !of_table.iter().any(|other| other.role == one.role && other.text == one.text) {
                of_table.push(one);
            }
        }
        for (table, asked) in bare {
            let scene = Scene::bare(table);
            self.ask_in(&scene, Vec::new(), &asked, canon)?;
        }
        for (table, asked) in by_table {
            let scene = Scene::new(table, self.existing, self.wanted);
            let set_up = scene.set_up();
            self.ask_in(&scene, set_up, &asked, canon)?;
        }
        Ok(())
    }

    fn ask_in(
        &mut self,
        scene: &Scene<'_>,
        set_up: Vec<String>,
        asked: &[&Asked],
        canon: &mut Canon,
    ) -> Result<(), DieselError> {
        let result = self.connection.transaction::<(), DieselError, _>(|connection| {
            let settings = "SET LOCAL lock_timeout = '2s'; SET LOCAL client_min_messages = 'error'";
            connection.batch_execute(&format!("{settings}; {}", scene.parsing_path()))?;
            for statement in set_up {
                sql_query(statement).execute(connection)?;
            }
            let (live, said): (Vec<&Asked>, Vec<&Asked>) = asked.iter().partition(|one| one.is_live);
            for one in &said {
                let live = live.iter().filter(|live| live.role == one.role).map(|live| &live.text);
                if let Some(answer) = scene.form(connection, one, &live.collect::<Vec<_>>())? {
                    canon.insert(one, answer);
                }
            }
            // Over a slow connection every expression counts, and mostly the models say what is there.
            let is_said = |live: &Asked, canon: &Canon| {
                said.iter().any(|one| one.role == live.role && canon.gave(one, &live.text))
            };
            for one in live {
                if !is_said(one, canon)
                    && let Some(answer) = scene.form(connection, one, &[])?
                {
                    canon.insert(one, answer);
                }
            }
            Err(DieselError::RollbackTransaction)
        });
        match result {
            Ok(()) | Err(DieselError::RollbackTransaction) => Ok(()),
            // The table cannot be built: an extension's type is missing, for example.
            Err(DieselError::DatabaseError(kind, _))
                if kind != diesel::result::DatabaseErrorKind::ClosedConnection =>
            {
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}
