//! Asks the server whether something is so, many times in one message: an error, such as a text that is no value of the type,
//! is a no. The answers come from a function of the session's own, gone with the session.

use diesel::connection::SimpleConnection;
use diesel::{PgConnection, QueryResult};

use super::super::query;
use autogen_codegen::sql::Sql;

/// Questions in one message.
const BATCH: usize = 500;

/// Makes the function. Once for a session.
pub(super) fn prepare(connection: &mut PgConnection) -> QueryResult<()> {
    connection.batch_execute(
        "CREATE OR REPLACE FUNCTION pg_temp.autogen_holds(question text) RETURNS boolean LANGUAGE plpgsql AS \
         'DECLARE answer boolean; BEGIN EXECUTE question INTO answer; RETURN answer IS NOT FALSE; \
         EXCEPTION WHEN OTHERS THEN RETURN false; END'",
    )
}

/// For each query, which tells one truth value, whether it tells no falsehood and no error.
pub(super) fn hold(connection: &mut PgConnection, questions: &[String]) -> QueryResult<Vec<bool>> {
    let mut answers = Vec::new();
    for batch in questions.chunks(BATCH) {
        let rows = batch.iter().enumerate().map(|(at, question)| {
            Sql::empty().number(i64::try_from(at).unwrap_or(0)).punct(",").literal(question).into_text()
        });
        let rows: Vec<String> = rows.map(|row| format!("({row})")).collect();
        let sql = format!(
            "SELECT pg_temp.autogen_holds(v.question)::text AS value FROM (VALUES {}) v(number, question) ORDER BY v.number",
            rows.join(", ")
        );
        answers.extend(
            query::texts(connection, &sql)?.into_iter().map(|answer| answer.as_deref() == Some("true")),
        );
    }
    Ok(answers)
}

/// Those of the values that the type takes as they are: without cutting them off.
pub(super) fn fitting(
    connection: &mut PgConnection,
    values: Vec<String>,
    spelling: &str,
) -> QueryResult<Vec<String>> {
    let question =
        |value: &String| format!("SELECT ({}) IS NOT NULL", query::constant(Some(value), spelling));
    let questions: Vec<String> = values.iter().map(question).collect();
    let answers = hold(connection, &questions)?;
    Ok(values.into_iter().zip(answers).filter(|(_, fits)| *fits).map(|(value, _)| value).collect())
}
