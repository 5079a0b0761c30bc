//! The finished script: statements with what a reviewer must know of each, and how they read. Every comment line goes
//! through `comment_line`, so that no name, however hostile, ends a comment early.

use autogen_core::{Action, Hazard, HazardKind, Lock, ObjectId, Span, Todo, visible};

use crate::sql::{Sql, closed};

/// What a statement is part of, as the documents name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// The object comes to be.
    Create,
    /// It changes in place.
    Alter,
    /// It goes.
    Drop,
    /// It is dropped and made anew.
    Replace,
    /// Its name changes.
    Rename,
}

impl Verb {
    /// The word of the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Verb::Create => "create",
            Verb::Alter => "alter",
            Verb::Drop => "drop",
            Verb::Replace => "replace",
            Verb::Rename => "rename",
        }
    }

    /// The word for a change.
    pub fn of(change: &autogen_core::Change) -> Self {
        match change.action {
            Action::Create | Action::Drop if change.replaces => Verb::Replace,
            Action::Create => Verb::Create,
            Action::Drop => Verb::Drop,
            Action::Rename { .. } => Verb::Rename,
            Action::Alter(_) => Verb::Alter,
        }
    }
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The SQL without the semicolon at its end.
    pub sql: String,
    /// Why it is there, in one line.
    pub comment: Option<String>,
    /// The object that it is about.
    pub id: ObjectId,
    /// What happens to the object.
    pub action: Verb,
    /// What may go wrong.
    pub hazards: Vec<Hazard>,
    /// What only a person knows.
    pub todos: Vec<Todo>,
    /// The strongest lock it takes on a table that is in use.
    pub lock: Option<Lock>,
    /// False for a statement that may not run in a transaction block.
    pub transaction: bool,
    /// Where the models say so.
    pub source: Option<Span>,
    /// What it may share a transaction with; left open where its lock decides.
    pub(crate) pace: Option<Pace>,
    /// True for a late step of an online form, which what is only made anew need not wait for.
    pub(crate) follows: bool,
    /// True for the step of an online form whose way back is the change's own; else it is the first.
    pub(crate) is_main: bool,
    /// The statement in the form for where it may have nothing to do.
    pub(crate) again: Option<String>,
    /// True for what takes a step back only if the change has no way back of its own.
    pub(crate) stands_in: bool,
    /// True for what takes a step back whether or not the change itself has been taken back.
    pub(crate) is_free: bool,
    /// What takes a step of an online form back, beside the way back of its change.
    pub(crate) undo: Vec<Statement>,
}

/// How a statement gets along with others in one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Nobody waits for it.
    Free,
    /// It takes a lock that others wait for, if it is held on.
    Brief,
    /// It goes through many rows under a lock that lets others work; none that does not may be held meanwhile.
    Long,
}

impl Statement {
    /// A statement about an object with nothing more to say.
    pub fn new(sql: Sql, id: ObjectId, action: Verb) -> Self {
        Self {
            sql: sql.into_text(),
            comment: None,
            id,
            action,
            hazards: Vec::new(),
            todos: Vec::new(),
            lock: None,
            transaction: true,
            source: None,
            pace: None,
            follows: false,
            is_main: false,
            again: None,
            stands_in: false,
            is_free: false,
            undo: Vec::new(),
        }
    }

    /// Must be sent alone, outside of a transaction block.
    pub(crate) fn alone(&mut self) -> &mut Self {
        self.transaction = false;
        self.pace = Some(Pace::Free);
        self
    }

    pub(crate) fn pace(&mut self, pace: Pace) -> &mut Self {
        self.pace = Some(pace);
        self
    }

    pub(crate) fn follows(&mut self) -> &mut Self {
        self.follows = true;
        self
    }

    pub(crate) fn is_main(&mut self) -> &mut Self {
        self.is_main = true;
        self
    }

    pub(crate) fn again(&mut self, sql: Sql) -> &mut Self {
        self.again = Some(sql.into_text());
        self
    }

    pub(crate) fn stands_in(&mut self) -> &mut Self {
        self.stands_in = true;
        self
    }

    pub(crate) fn is_free(&mut self) -> &mut Self {
        self.is_free = true;
        self
    }

    /// Adds a statement to what takes this step back.
    pub(crate) fn undo(&mut self, sql: Sql) -> &mut Statement {
        let at = self.undo.len();
        self.undo.push(Statement::new(sql, self.id.clone(), self.action));
        &mut self.undo[at]
    }

    pub(crate) fn hazard(&mut self, kind: HazardKind, message: impl Into<String>) -> &mut Self {
        self.hazards.push(Hazard::new(kind, message));
        self
    }

    pub(crate) fn todo(&mut self, message: impl Into<String>, template: Option<Sql>) -> &mut Self {
        self.todos.push(Todo {
            message: message.into(),
            template: template.map(|sql| format!("{};", sql.into_text())),
        });
        self
    }

    pub(crate) fn lock(&mut self, lock: Lock) -> &mut Self {
        self.lock = Some(lock);
        self
    }

    /// Appends a sentence to the comment line.
    pub(crate) fn note(&mut self, sentence: &str) -> &mut Self {
        self.comment = Some(match self.comment.take() {
            Some(comment) => format!("{comment}; {sentence}"),
            None => sentence.to_owned(),
        });
        self
    }

    /// The statement with its comment lines, hazards and markers above it and the semicolon behind it.
    pub fn to_sql(&self) -> String {
        let mut out = String::new();
        if let Some(comment) = &self.comment {
            comment_line(&mut out, comment);
        }
        for hazard in &self.hazards {
            comment_line(&mut out, &format!("HAZARD {}: {}", hazard.kind, hazard.message));
        }
        for todo in &self.todos {
            comment_line(&mut out, &format!("TODO(autogen): {}", todo.message));
            for line in todo.template.iter().flat_map(|template| template.lines()) {
                comment_line(&mut out, line);
            }
        }
        out.push_str(&closed(&self.sql));
        out.push_str(";\n");
        out
    }
}

fn comment_line(out: &mut String, text: &str) {
    let line = format!("-- {}", visible(text));
    out.push_str(line.trim_end());
    out.push('\n');
}

/// Statements that are committed together.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// In order.
    pub statements: Vec<Statement>,
    /// False if they may not run in a transaction block.
    pub transaction: bool,
}

/// The whole way from one schema to the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// To be run, and committed, one after the other. None for no change. Of the two scripts of a migration either has as
    /// many: the first part of the way back undoes the last part of the way there, and may be empty.
    pub parts: Vec<Part>,
}

impl Script {
    /// All statements in order.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.parts.iter().flat_map(|part| &part.statements)
    }

    /// The text of one part; empty if there is no such part.
    pub fn part_sql(&self, part: usize) -> String {
        self.parts.get(part).map(Part::to_sql).unwrap_or_default()
    }

    /// True if there is nothing to run.
    pub fn is_empty(&self) -> bool {
        self.statements().next().is_none()
    }

    /// The parts that have something to run.
    pub fn filled(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| !part.statements.is_empty())
    }

    /// The text of all parts.
    pub fn to_sql(&self) -> String {
        let texts: Vec<String> = self.filled().map(Part::to_sql).collect();
        texts.join("\n-- Everything above must be committed before what follows.\n\n")
    }
}

impl Part {
    /// The text. An empty line stands before every statement that has something to say, and after one of several lines.
    pub fn to_sql(&self) -> String {
        let mut out = String::new();
        let mut tall = false;
        for statement in &self.statements {
            let text = statement.to_sql();
            let speaks =
                statement.comment.is_some() || !statement.hazards.is_empty() || !statement.todos.is_empty();
            if !out.is_empty() && (speaks || tall) {
                out.push('\n');
            }
            tall = statement.sql.contains('\n');
            out.push_str(&text);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use autogen_core::QualName;

    use super::*;

    #[track_caller]
    fn check(edit: impl FnOnce(&mut Statement), expect: &str) {
        let id = ObjectId::table(&QualName::new("public", "t"));
        let mut statement = Statement::new(Sql::new("SELECT 1"), id, Verb::Alter);
        edit(&mut statement);
        assert_eq!(statement.to_sql(), expect);
    }

    #[test]
    fn what_a_reviewer_must_know_stands_above() {
        check(|_| {}, "SELECT 1;\n");
        check(
            |s| {
                s.hazard(HazardKind::DataLoss, "rows\nDROP DATABASE x;")
                    .note("why\r")
                    .todo("fill", Some(Sql::new("UPDATE t").line().kw("SET a = 1")));
            },
            "-- why\\r\n-- HAZARD data loss: rows\\nDROP DATABASE x;\n-- TODO(autogen): fill\n-- UPDATE t\n-- SET a = 1;\n\
             SELECT 1;\n",
        );
        check(|s| s.sql.push_str(" -- open"), "SELECT 1 -- open\n;\n");
    }
}
