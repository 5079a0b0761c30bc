//! Questions about rows, and their answers. The answers decide which SQL is written and stand in its markers.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{DataType, Expression, Name, QualName};

/// Something to ask the live rows before SQL is written. All names are those of the current schema.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[expect(missing_docs, reason = "each sentence names its fields")]
pub enum Question {
    /// Is there any row? `matching` is the planner's estimate, 0 only if there is none.
    Rows { table: QualName },
    /// Rows with NULL in the column.
    Nulls { table: QualName, column: Name },
    /// Rows whose values of these expressions another row has too; NULL is like no other, or like any other NULL. With `only`,
    /// which is not for partitioned tables, the rows of tables that inherit are left out.
    Duplicates {
        table: QualName,
        only: bool,
        keys: Vec<Expression>,
        predicate: Option<Expression>,
        nulls_alike: bool,
    },
    /// Rows that another row excludes: all operators, each behind its key, hold between the two.
    Conflicts {
        table: QualName,
        only: bool,
        keys: Vec<(Expression, Expression)>,
        predicate: Option<Expression>,
    },
    /// Rows that no row of the other table answers.
    Orphans {
        table: QualName,
        only: bool,
        keys: Vec<Expression>,
        parent: QualName,
        only_parent: bool,
        parent_columns: Vec<Name>,
    },
    /// Rows for which the expression is false.
    Violations { table: QualName, expression: Expression },
    /// Whether these can be computed for each row for which the predicate holds. Counts none: an error is the answer.
    Computes { table: QualName, expressions: Vec<Expression>, predicate: Option<Expression> },
    /// Rows whose value cannot become the new type.
    Uncastable { table: QualName, column: Name, to: DataType },
    /// Rows with more characters than that.
    TooLong { table: QualName, column: Name, length: u32 },
    /// Rows that use the label of an enum.
    UsesLabel { table: QualName, column: Name, label: String },
}

impl Question {
    /// Whose rows are asked.
    pub fn table(&self) -> &QualName {
        match self {
            Question::Rows { table }
            | Question::Nulls { table, .. }
            | Question::Duplicates { table, .. }
            | Question::Conflicts { table, .. }
            | Question::Orphans { table, .. }
            | Question::Violations { table, .. }
            | Question::Computes { table, .. }
            | Question::Uncastable { table, .. }
            | Question::TooLong { table, .. }
            | Question::UsesLabel { table, .. } => table,
        }
    }
}

/// What the rows said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each sentence names its fields")]
pub enum Answer {
    /// So many of so many rows.
    Count { matching: u64, total: u64 },
    /// It cannot be computed for some row, and so will whatever computes it fail: the server's code for the error. Its message may
    /// have the row's values in it.
    Refused { sqlstate: String },
    /// The server did not tell in time, or refused.
    Unknown { reason: String },
}

/// The answers by question. A question that was not asked (no live rows, `--no-probe`) has none.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    answers: Vec<(Question, Answer)>,
    rows: BTreeMap<QualName, u64>,
}

impl Answers {
    /// Records an answer.
    pub fn insert(&mut self, question: Question, answer: Answer) {
        if let (Question::Rows { table }, Answer::Count { matching, .. }) = (&question, &answer) {
            self.rows.insert(table.clone(), *matching);
        }
        self.answers.push((question, answer));
    }

    /// The answer to a question, if it was asked.
    pub fn get(&self, question: &Question) -> Option<&Answer> {
        self.answers.iter().find(|(asked, _)| asked == question).map(|(_, answer)| answer)
    }

    /// True if the table is known to have no row.
    pub fn is_empty_table(&self, table: &QualName) -> bool {
        self.rows.get(table) == Some(&0)
    }

    /// The tables that have rows, or did not tell.
    pub fn tables_with_rows(&self) -> BTreeSet<QualName> {
        let used = self.answers.iter().filter_map(|(question, answer)| match (question, answer) {
            (Question::Rows { .. }, Answer::Count { matching: 0, .. }) => None,
            (
                Question::Rows { table },
                Answer::Count { .. } | Answer::Refused { .. } | Answer::Unknown { .. },
            ) => Some(table.clone()),
            _ => None,
        });
        used.collect()
    }

    /// The tables whose rows were asked whether they are in the way of something, which none is. Those without rows are not
    /// among them.
    pub fn tables_that_agree(&self) -> BTreeSet<&QualName> {
        let agree = self.answers.iter().filter_map(|(question, answer)| {
            let is_none = matches!(answer, Answer::Count { matching: 0, total: 1.. });
            (is_none && !matches!(question, Question::Rows { .. })).then(|| question.table())
        });
        agree.collect()
    }

    /// The tables that are known to have no row.
    pub fn empty_tables(&self) -> impl Iterator<Item = &QualName> {
        self.rows.iter().filter(|(_, rows)| **rows == 0).map(|(table, _)| table)
    }

    /// True if the table is known to have rows.
    pub fn has_rows(&self, table: &QualName) -> bool {
        self.rows.get(table).is_some_and(|rows| *rows > 0)
    }
}
