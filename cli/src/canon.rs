//! The server's own form of the expressions that models write. Each is hung on a temporary table in a transaction that
//! is always rolled back, and read back as the catalog would print it. What that table looks like is decided in
//! `autogen_codegen::canonical`, what the answers mean in the overlay.

mod parse;
mod read_back;
mod rewrite;
mod scene;
mod search;

use std::collections::BTreeMap;

use autogen_core::{Catalog, QualName};
use autogen_introspect::models::overlay::{Asked, Canon, Role};
use diesel::result::Error as DieselError;
use diesel::sql_types::Text;
use diesel::{PgConnection, QueryableByName, RunQueryDsl, sql_query};

use scene::Scene;
use search::Search;

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
        let mut by_scene: BTreeMap<(bool, &QualName), Vec<&Asked>> = BTreeMap::new();
        for one in asked {
            let of_scene = by_scene.entry((needs_table(&one.role), &one.table)).or_default();
            if !of_scene.iter().any(|other| other.role == one.role && other.text == one.text) {
                of_scene.push(one);
            }
        }
        let scene = |(needs_table, table)| match needs_table {
            true => Scene::new(table, self.existing, self.wanted),
            // Can be told even where the table cannot be built.
            false => Scene::bare(table),
        };
        let scenes: Vec<(Scene<'_>, Vec<&Asked>)> =
            by_scene.into_iter().map(|(key, asked)| (scene(key), asked)).collect();
        let said = scenes.iter().flat_map(|(scene, asked)| {
            let said = asked.iter().filter(|one| !one.is_live);
            said.map(move |one| {
                let live = asked.iter().filter(|live| live.is_live && live.role == one.role);
                Search::new(scene, one, live.map(|live| &live.text).collect())
            })
        });
        Search::run(self.connection, said.collect(), canon)?;
        // Over a slow connection every expression counts, and mostly the models say what is there.
        let live = scenes.iter().flat_map(|(scene, asked)| {
            let is_said = |live: &Asked| {
                asked.iter().any(|one| !one.is_live && one.role == live.role && canon.gave(one, &live.text))
            };
            let unsaid = asked.iter().filter(move |one| one.is_live && !is_said(one));
            unsaid.map(move |one| Search::new(scene, one, Vec::new()))
        });
        let live = live.collect();
        Search::run(self.connection, live, canon)
    }
}

fn needs_table(role: &Role) -> bool {
    match role {
        Role::View | Role::Type => false,
        Role::Condition
        | Role::Value
        | Role::Default(_)
        | Role::Policy
        | Role::PartitionKey
        | Role::Bound => true,
    }
}
