//! One parse and deparse of many expressions: the message that asks a server about all of them at once.
//!
//! A session over a tunnel waits for each message, so one takes a hundred expressions, over as many tables. What the server
//! refuses, it refuses for the whole message: then each half is asked about by itself, down to the one expression that it
//! does not understand. A statement with a semicolon anywhere in it never goes into a message with others: the models'
//! text cannot end one statement and begin another.

use std::collections::HashMap;

use autogen_core::{Expression, Name};
use autogen_introspect::models::overlay::Role;
use diesel::connection::SimpleConnection;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};

use super::read_back::{self, Parsed, Row};
use super::scene::Scene;

/// Expressions in one message. Each table takes a lock until the transaction ends, and a server with its defaults has room
/// for some thousands.
const AT_ONCE: usize = 100;

/// What holds for the whole transaction.
const SETTINGS: &str = "SET LOCAL lock_timeout = '2s'; SET LOCAL client_min_messages = 'error'";

/// As the catalog is to print everything: with every schema.
const PRINTING_PATH: &str = "SET LOCAL search_path = ''";

/// Where a message collects its answers.
const ANSWERS: &str = "pg_temp.autogen_answers";

/// An expression to be parsed.
pub(super) struct Question<'a> {
    pub(super) scene: &'a Scene<'a>,
    pub(super) role: &'a Role,
    pub(super) text: Expression,
}

/// What came of it.
pub(super) enum Answer {
    Parsed(Parsed),
    /// The server's message.
    Refused(String),
    /// It could not be asked.
    Unknown,
}

/// Asks about all of them. Those of one scene should follow one another.
///
/// # Errors
/// The connection is lost.
pub(super) fn parse(
    connection: &mut PgConnection,
    questions: &[Question<'_>],
) -> Result<Vec<Answer>, DieselError> {
    let (alone, together): (Vec<usize>, Vec<usize>) =
        (0..questions.len()).partition(|&at| questions[at].needs_own_message());
    let mut answers: Vec<Answer> = questions.iter().map(|_| Answer::Unknown).collect();
    for chunk in together.chunks(AT_ONCE).chain(alone.chunks(1)) {
        ask(connection, questions, chunk, &mut answers)?;
    }
    Ok(answers)
}

fn ask(
    connection: &mut PgConnection,
    questions: &[Question<'_>],
    chosen: &[usize],
    answers: &mut [Answer],
) -> Result<(), DieselError> {
    if let [one] = chosen {
        answers[*one] = ask_one(connection, &questions[*one])?;
        return Ok(());
    }
    let Some(rows) = ask_all(connection, questions, chosen)? else {
        let (first, second) = chosen.split_at(chosen.len() / 2);
        ask(connection, questions, first, answers)?;
        return ask(connection, questions, second, answers);
    };
    for (at, parsed) in rows {
        answers[at] = Answer::Parsed(parsed);
    }
    Ok(())
}

/// Asks about several; `None` if any of them stood in the way of the others.
fn ask_all(
    connection: &mut PgConnection,
    questions: &[Question<'_>],
    chosen: &[usize],
) -> Result<Option<Vec<(usize, Parsed)>>, DieselError> {
    let message = message(questions, chosen);
    let mut rows = Vec::new();
    let result = connection.transaction::<(), DieselError, _>(|connection| {
        connection.batch_execute(&message)?;
        rows = sql_query(format!("SELECT * FROM {ANSWERS} ORDER BY probe, place")).load::<Row>(connection)?;
        Err(DieselError::RollbackTransaction)
    });
    if refusal(result)?.is_some() {
        return Ok(None);
    }
    let mut by_probe: HashMap<String, Vec<Row>> = HashMap::new();
    for row in rows {
        by_probe.entry(row.probe.clone()).or_default().push(row);
    }
    // A quote that one of them opens and another closes makes one statement of two, which then lacks an answer.
    let parsed = |&at: &usize| Some((at, Parsed::new(by_probe.remove(&probe(at))?)?));
    Ok(chosen.iter().map(parsed).collect())
}

fn message(questions: &[Question<'_>], chosen: &[usize]) -> String {
    let mut statements =
        vec![SETTINGS.to_owned(), format!("CREATE TEMPORARY TABLE autogen_answers ({})", read_back::COLUMNS)];
    for of_scene in chosen.chunk_by(|&a, &b| std::ptr::eq(questions[a].scene, questions[b].scene)) {
        let all = || of_scene.iter().map(|&at| (&questions[at], probe(at)));
        let Some(scene) = of_scene.first().map(|&at| questions[at].scene) else { continue };
        statements.push(scene.parsing_path());
        statements.extend(scene.set_up());
        for (question, probe) in all() {
            statements.extend(question.hang(&probe).into_iter().flatten());
        }
        statements.push(PRINTING_PATH.to_owned());
        for (question, probe) in all() {
            statements.push(format!("INSERT INTO {ANSWERS} {}", read_back::query(question.role, &probe)));
            statements.extend(Scene::take_down(question.role, &Name::new(probe)));
        }
        statements.extend(scene.clean_up());
    }
    statements.join(";\n")
}

/// Asks about one, each statement by itself.
fn ask_one(connection: &mut PgConnection, question: &Question<'_>) -> Result<Answer, DieselError> {
    let probe = probe(0);
    let Some(statements) = question.hang(&probe) else { return Ok(Answer::Unknown) };
    let (mut is_built, mut rows) = (false, Vec::new());
    let result = connection.transaction::<(), DieselError, _>(|connection| {
        connection.batch_execute(&format!("{SETTINGS}; {}", question.scene.parsing_path()))?;
        for statement in question.scene.set_up() {
            sql_query(statement).execute(connection)?;
        }
        is_built = true;
        for statement in statements {
            sql_query(statement).execute(connection)?;
        }
        connection.batch_execute(PRINTING_PATH)?;
        rows = sql_query(read_back::query(question.role, &probe)).load::<Row>(connection)?;
        Err(DieselError::RollbackTransaction)
    });
    Ok(match refusal(result)? {
        None => Parsed::new(rows).map_or(Answer::Unknown, Answer::Parsed),
        // What is missing, an extension's type for example, is no fault of the expression.
        Some(_) if !is_built || question.scene.is_incomplete() => Answer::Unknown,
        Some(message) => Answer::Refused(message),
    })
}

/// The server's message, if it refused something.
fn refusal(result: Result<(), DieselError>) -> Result<Option<String>, DieselError> {
    match result {
        Ok(()) | Err(DieselError::RollbackTransaction) => Ok(None),
        Err(DieselError::DatabaseError(kind, info)) if kind != DatabaseErrorKind::ClosedConnection => {
            Ok(Some(info.message().to_owned()))
        }
        Err(error) => Err(error),
    }
}

fn probe(at: usize) -> String {
    format!("autogen_probe_{at}")
}

impl Question<'_> {
    fn hang(&self, probe: &str) -> Option<Vec<String>> {
        self.scene.hang(self.role, &self.text, &Name::new(probe))
    }

    /// True for what may not share a message.
    fn needs_own_message(&self) -> bool {
        let Some(hung) = self.hang(&probe(0)) else { return true };
        let all = [self.scene.set_up(), hung, self.scene.clean_up(), vec![self.scene.parsing_path()]];
        all.iter().flatten().any(|statement| statement.contains(';'))
    }
}
