//! What the rows said, and what is said of it on the statements.

use autogen_core::{Answer, Expression, HazardKind, ObjectId, QualName, Question};

use super::{Context, FEW_ROWS};
use crate::object::shared::is_foreign;
use crate::script::Statement;
use crate::sql::Sql;
use crate::total::is_total;

/// An error in words (manual, "PostgreSQL Error Codes").
fn error_words(sqlstate: &str) -> String {
    let words = match sqlstate {
        "22001" => "with a value that is too long",
        "22003" => "with a number out of range",
        "22007" | "22008" | "22009" => "with a date or time that is none",
        "22012" => "with a division by zero",
        "22P02" | "22P03" | "22018" => "with a text that is no value of the type",
        "23502" | "23514" => "with a value that a domain does not allow",
        _ => "with an error",
    };
    format!("{words} (SQLSTATE {sqlstate})")
}

/// What is known of the rows that a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// There is none.
    None,
    /// So many.
    Some { matching: u64, total: u64 },
    /// Nobody asked, or the server did not tell.
    Unknown,
}

/// Which rows make a statement fail, as far as that can be told before they are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Risk {
    /// None can.
    None,
    /// The rows know.
    Asked(Question),
    /// Nobody knows before it is tried.
    Unknown,
}

impl Risk {
    /// What the rows can be asked.
    pub(crate) fn question(&self) -> Option<&Question> {
        match self {
            Risk::Asked(question) => Some(question),
            Risk::None | Risk::Unknown => None,
        }
    }

    /// Says on a statement what the rows said, as [`Context::judge`].
    pub(crate) fn judge(
        &self,
        statement: &mut Statement,
        table: &QualName,
        what: &str,
        advice: &str,
        template: Option<Sql>,
        context: &Context<'_>,
    ) {
        if *self != Risk::None {
            context.judge(statement, table, self.question(), what, advice, template);
        }
    }
}

impl From<Option<Question>> for Risk {
    fn from(question: Option<Question>) -> Risk {
        question.map_or(Risk::Unknown, Risk::Asked)
    }
}

impl Context<'_> {
    /// The same for a change that some rows would make fail. If it is known that they do, somebody has to edit the
    /// script. While the table is small it then stays in one transaction, which fails as a whole if nobody did.
    pub(crate) fn online_unless(&self, table: &QualName, question: Option<&Question>) -> bool {
        let is_known = || {
            let found = question.map(|question| self.found(question));
            matches!(found, Some(Found::Some { .. })) || self.refusal(question).is_some()
        };
        self.online(table) && !(self.is_small(table) && is_known())
    }

    /// True if the table was seen to have few rows.
    pub(crate) fn is_small(&self, table: &QualName) -> bool {
        self.row_count(table).is_some_and(|rows| rows <= FEW_ROWS)
    }

    /// How many rows a table has, about: `8331`.
    pub(crate) fn row_count(&self, table: &QualName) -> Option<u64> {
        let table = self.kept_table(table)?;
        let (matching, total) = self.counted(&Question::Rows { table })?;
        (matching > 0 && total > 0).then_some(total)
    }

    /// What the rows said to a question.
    pub(crate) fn found(&self, question: &Question) -> Found {
        match self.counted(question) {
            Some((0, _)) => Found::None,
            Some((matching, total)) => Found::Some { matching, total },
            None => Found::Unknown,
        }
    }

    /// How many rows are what a question asks for, and of how many.
    pub(crate) fn counted(&self, question: &Question) -> Option<(u64, u64)> {
        match self.answers().get(question)? {
            Answer::Count { matching, total } => Some((*matching, *total)),
            Answer::Refused { .. } | Answer::Unknown { .. } => None,
        }
    }

    /// True if the rows told what a question asks, be it with an error.
    pub(crate) fn is_answered(&self, question: &Question) -> bool {
        matches!(self.answers().get(question), Some(Answer::Count { .. } | Answer::Refused { .. }))
    }

    /// The error that some row makes in a question.
    fn refusal(&self, question: Option<&Question>) -> Option<&str> {
        match self.answers().get(question?)? {
            Answer::Refused { sqlstate } => Some(sqlstate),
            Answer::Count { .. } | Answer::Unknown { .. } => None,
        }
    }

    /// Says on a statement that it will fail, if a question cannot be computed for some row. True if it cannot.
    pub(crate) fn judge_refusal(
        &self,
        statement: &mut Statement,
        table: &QualName,
        question: Option<&Question>,
    ) -> bool {
        let Some(sqlstate) = self.refusal(question) else { return false };
        let message =
            format!("a row of {table} makes this fail, {}; correct it first.", error_words(sqlstate));
        statement.todo(message, None);
        true
    }

    /// Says on a statement that computes expressions for each row whether some row makes it fail, or that it may if nobody asked the
    /// rows. `what` is computed. True if it is known to fail.
    pub(crate) fn judge_computing<'e>(
        &self,
        statement: &mut Statement,
        table: &QualName,
        question: Option<&Question>,
        what: &str,
        expressions: impl IntoIterator<Item = &'e Expression>,
    ) -> bool {
        if self.judge_refusal(statement, table, question) {
            return true;
        }
        let is_known = question.is_some_and(|question| self.found(question) != Found::Unknown);
        if !is_known && self.may_have_rows(table) && !expressions.into_iter().all(is_total) {
            statement.hazard(
                HazardKind::MayFail,
                format!("it fails if {what} cannot be computed for a row of {table}"),
            );
        }
        false
    }

    /// Says on a statement that it writes a table anew, if there is anything to write.
    pub(crate) fn tell_rewrite(&self, table: &QualName, statement: &mut Statement) {
        if self.may_have_rows(table) {
            let message = format!("every row of {table} is written anew while nobody can use it");
            statement.hazard(HazardKind::TableRewrite, message);
        }
    }

    /// The question whether a table has rows, if it is there.
    pub(crate) fn rows_question(&self, table: &QualName) -> Option<Question> {
        self.kept_table(table).map(|table| Question::Rows { table })
    }

    /// The question whether a table that goes has rows, be it made anew or not. Those of a foreign table stay where they are.
    pub(crate) fn rows_that_go(&self, table: &QualName) -> Option<Question> {
        let id = ObjectId::table(table);
        let is_there = self.before().contains(&id) && !is_foreign(&id, self.before());
        is_there.then(|| Question::Rows { table: self.old_id(&id).name })
    }

    /// Puts what the rows said to a question on a statement that some of them would make fail: a marker with the
    /// figures, a hazard if nobody knows, nothing if all is well. `what` completes "rows of t …".
    pub(crate) fn judge(
        &self,
        statement: &mut Statement,
        table: &QualName,
        question: Option<&Question>,
        what: &str,
        advice: &str,
        template: Option<Sql>,
    ) {
        if self.judge_refusal(statement, table, question) {
            return;
        }
        match question.map_or(Found::Unknown, |question| self.found(question)) {
            Found::None => {}
            Found::Some { matching, total } => {
                statement.todo(format!("{matching} of {total} rows of {table} {what}; {advice}."), template);
            }
            Found::Unknown if self.may_have_rows(table) => {
                statement.hazard(HazardKind::MayFail, format!("it fails if rows of {table} {what}"));
            }
            Found::Unknown => {}
        }
    }
}
