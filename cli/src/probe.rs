//! Looks at the rows of a live database before SQL is written, so that the script says what is there and not what might
//! be. Bounded in every direction: each question has its own time, all together have theirs.

use std::time::{Duration, Instant};

use autogen_core::{Answer, Answers, ChangeGraph};
use autogen_introspect::catalog;
use diesel::PgConnection;

/// For one question.
const EACH: Duration = Duration::from_secs(2);
/// For all of them.
const ALL: Duration = Duration::from_secs(20);

/// Asks what the generator wants to know of the changes. What got no answer is told in the notes.
pub(crate) fn ask(connection: &mut PgConnection, graph: &ChangeGraph, notes: &mut Vec<String>) -> Answers {
    let mut answers = Answers::default();
    let begin = Instant::now();
    let (mut silent, mut reason) = (0_usize, String::new());
    for question in autogen_codegen::questions(graph) {
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
        if let Answer::Unknown { reason: why } = &answer {
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
