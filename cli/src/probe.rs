//! Looks at the rows of a live database before SQL is written, so that the script says what is there and not what might
//! be. Bounded in every direction: each question has its own time, all together have theirs.

use std::time::{Duration, Instant};

use autogen_core::{Answer, Answers, Catalog, ChangeGraph, Kind, Name, ObjectId, QualName, Question};
use autogen_introspect::catalog;
use diesel::PgConnection;

/// For one question.
const EACH: Duration = Duration::from_secs(2);
/// For all of them.
const ALL: Duration = Duration::from_secs(20);

/// Asks what the generator wants to know of the changes, as far as it is about what the database has today. What got no
/// answer is told in the notes.
pub(crate) fn ask(
    connection: &mut PgConnection,
    today: &Catalog,
    graph: &ChangeGraph,
    notes: &mut Vec<String>,
) -> Answers {
    let mut answers = Answers::default();
    let begin = Instant::now();
    let (mut silent, mut reason) = (0_usize, String::new());
    let questions = autogen_codegen::questions(graph);
    for question in questions.into_iter().filter(|one| is_there(one, &graph.catalogs.before, today)) {
        let Some(sql) = autogen_codegen::question_sql_on(&question, graph.catalogs.before.server_version)
        else {
            continue;
        };
        let left = ALL.saturating_sub(begin.elapsed());
        let answer = if left.is_zero() {
            Answer::Unknown { reason: "there was no time left".to_owned() }
        } else {
            catalog::answer(connection, &sql, EACH.min(left))
        };
        // Whether something can be computed matters only where it cannot.
        let is_needed = !matches!(question, Question::Computes { .. });
        if let (true, Answer::Unknown { reason: why }) = (is_needed, &answer) {
            silent += 1;
            reason.clone_from(why);
        }
        answers.insert(question, answer);
    }
    if silent > 0 {
        notes.push(match silent {
            1 => format!("a question about rows got no answer, because: {reason}"),
            _ => format!("{silent} questions about rows got no answer, the last because: {reason}"),
        });
    }
    answers
}

/// False for what only a migration that is still pending will bring.
fn is_there(question: &Question, before: &Catalog, today: &Catalog) -> bool {
    let has = |table: &QualName, columns: &[Name]| {
        // A materialized view has its columns by its query.
        today.contains(&ObjectId::new(Kind::MaterializedView, table.clone()))
            || today.contains(&ObjectId::table(table))
                && columns.iter().all(|column| today.contains(&ObjectId::column(table, column)))
    };
    let has_all = |table: &QualName| {
        has(table, &[]) && before.parts(Kind::Column, table).all(|(id, _)| today.contains(id))
    };
    match question {
        Question::Rows { table } => has(table, &[]),
        Question::Nulls { table, column }
        | Question::Uncastable { table, column, .. }
        | Question::TooLong { table, column, .. }
        | Question::UsesLabel { table, column, .. } => has(table, std::slice::from_ref(column)),
        // Of a sequence; that of an identity column is no object by itself.
        Question::Violations { table, .. } if !before.contains(&ObjectId::table(table)) => {
            let sequence = ObjectId::new(Kind::Sequence, table.clone());
            today.contains(&sequence) || !before.contains(&sequence)
        }
        // Which columns the expression uses is not known.
        Question::Violations { table, .. }
        | Question::Computes { table, .. }
        | Question::Duplicates { table, .. }
        | Question::Conflicts { table, .. } => has_all(table),
        Question::Orphans { table, parent, parent_columns, .. } => {
            has_all(table) && has(parent, parent_columns)
        }
    }
}
