//! What the schema had and gave up, as far as a `table!` would still like to have it: told by the history of the
//! migrations, or by whoever has just run one. The history is replayed on a throwaway server, and only where it decides.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::Result;
use autogen_core::{Catalog, Kind, Name, ObjectId, QualName};
use diesel::sql_types::{Array, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl, sql_query};

use crate::postgres::{self, replay};
use crate::servers::Servers;

/// Where to look.
pub(crate) struct Past {
    /// The migrations that led to the current schema, which need not be there.
    pub(crate) migrations: PathBuf,
    /// What a migration that is none of them has just dropped.
    pub(crate) dropped: BTreeSet<ObjectId>,
}

impl Past {
    /// Of tables and columns that are not there, those that were. Migrations that cannot be replayed are no evidence.
    pub(crate) fn given_up(
        &self,
        missing: &BTreeSet<ObjectId>,
        servers: &mut Servers<'_>,
    ) -> BTreeSet<ObjectId> {
        let (dropped, others): (BTreeSet<ObjectId>, BTreeSet<ObjectId>) =
            missing.iter().cloned().partition(|id| self.dropped.contains(id));
        let replayed = match others.is_empty() || !self.migrations.is_dir() {
            true => BTreeSet::new(),
            false => self.dropped_by_history(&others, servers).unwrap_or_default(),
        };
        dropped.into_iter().chain(replayed).collect()
    }

    fn dropped_by_history(
        &self,
        missing: &BTreeSet<ObjectId>,
        servers: &mut Servers<'_>,
    ) -> Result<BTreeSet<ObjectId>> {
        let migrations = replay::migrations(&self.migrations)?;
        let database = servers.empty()?;
        let (mut seen, mut last) = (BTreeSet::new(), BTreeSet::new());
        {
            let mut session = postgres::connect(&database.url)?;
            for migration in &migrations {
                replay::run(&mut session, std::slice::from_ref(migration))?;
                last = present(&mut session, missing)?;
                seen.extend(last.iter().cloned());
            }
        }
        servers.discard(database)?;
        Ok(seen.difference(&last).cloned().collect())
    }
}

#[derive(QueryableByName)]
struct Attribute {
    #[diesel(sql_type = Text)]
    schema: String,
    #[diesel(sql_type = Text)]
    relation: String,
    #[diesel(sql_type = Text)]
    name: String,
}

/// Those of the tables and columns that a database has now.
fn present(connection: &mut PgConnection, ids: &BTreeSet<ObjectId>) -> Result<BTreeSet<ObjectId>> {
    let tables: BTreeSet<&QualName> = ids.iter().map(|id| &id.name).collect();
    let (schemas, names): (Vec<&str>, Vec<&str>) =
        tables.iter().map(|table| (table.schema.as_str(), table.name.as_str())).unzip();
    let attributes: Vec<Attribute> = sql_query(include_str!("past.sql"))
        .bind::<Array<Text>, _>(schemas)
        .bind::<Array<Text>, _>(names)
        .load(connection)?;
    let mut found = BTreeSet::new();
    for Attribute { schema, relation, name } in attributes {
        let table = QualName::new(schema, relation);
        found.insert(ObjectId::column(&table, &Name::new(name)));
        found.insert(ObjectId::table(&table));
    }
    found.retain(|id| ids.contains(id));
    Ok(found)
}

/// The tables and columns of a schema that another lacks.
pub(crate) fn lost(before: &Catalog, after: &Catalog) -> BTreeSet<ObjectId> {
    let is_one = |id: &&ObjectId| matches!(id.kind, Kind::Table | Kind::Column) && !after.contains(id);
    before.ids().filter(is_one).cloned().collect()
}
