//! A pair of schemas, each in a database of its own for the time of a trial.

use anyhow::Result;
use autogen::postgres::Ephemeral;
use diesel::PgConnection;
use diesel::connection::SimpleConnection;

use crate::random::schema::Schema;

/// What Postgres took of a schema.
type Loaded = Vec<String>;

/// Two databases; they go with the value.
pub(crate) struct Databases<'a> {
    server: &'a Ephemeral,
    /// That of what is and that of what should be.
    pub(crate) names: [String; 2],
    loaded: [Loaded; 2],
}

/// Goes with an error: both schemas as they were loaded.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) [String; 2]);

impl<'a> Databases<'a> {
    /// Loads several pairs, each of which lives in a schema of its own.
    pub(crate) fn load(server: &'a Ephemeral, label: &str, pairs: &[[Schema; 2]]) -> Result<Databases<'a>> {
        let names = ["now", "goal"].map(|side| format!("{label}-{side}"));
        for name in &names {
            server.create_database(name, None)?;
        }
        let mut databases = Databases { server, names, loaded: [Loaded::new(), Loaded::new()] };
        for (at, database) in databases.names.iter().enumerate() {
            let mut connection = server.connect(database)?;
            connection.batch_execute("SET client_min_messages = error")?;
            for pair in pairs {
                databases.loaded[at].extend(load(&mut connection, &pair[at])?);
            }
        }
        Ok(databases)
    }

    /// The error of a trial with what was tried.
    pub(crate) fn failed(&self, error: anyhow::Error) -> anyhow::Error {
        error.context(Failed([self.sql(0), self.sql(1)]))
    }

    /// What Postgres took of one of them.
    pub(crate) fn sql(&self, side: usize) -> String {
        self.loaded[side].join(";\n") + ";\n"
    }
}

impl Drop for Databases<'_> {
    fn drop(&mut self) {
        for name in &self.names {
            // The server goes away with the test in any case.
            let _ = self.server.drop_database(name);
        }
    }
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the pair fails")
    }
}

/// Leaves out what Postgres refuses.
fn load(connection: &mut PgConnection, schema: &Schema) -> Result<Loaded> {
    connection.batch_execute(&schema.opening())?;
    let mut taken = vec![schema.opening()];
    let statements = schema.statements().into_iter().filter(|sql| !sql.is_empty());
    taken.extend(statements.filter(|sql| connection.batch_execute(sql).is_ok()));
    Ok(taken)
}
