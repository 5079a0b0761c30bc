//! The server's form of expressions that models write, as far as a server was asked.

use std::collections::BTreeMap;

use autogen_core::{DataType, Diagnostic, Expression, Name, QualName, Span};

/// What an expression is for; a server is asked accordingly.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A condition over the row: a check, a predicate.
    Condition,
    /// A value over the row: an index key, a generated column.
    Value,
    /// A default of a column.
    Default(Name),
    /// A policy's condition, which unlike a check's may hold queries.
    Policy,
    /// `RANGE (created_at)`.
    PartitionKey,
    /// `FOR VALUES …` of a partition; the table is the parent.
    Bound,
    /// The query of a view of the table's name.
    View,
    /// A data type; the table is that of the column.
    Type,
}

/// An expression to ask a server about.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The table it is about, in the wanted catalog.
    pub table: QualName,
    /// Its role.
    pub role: Role,
    /// The text: the models', or a live one that may be the same.
    pub text: Expression,
    /// Where it was written, if it is the models'.
    pub span: Option<Span>,
    /// True for the live text, which is only of interest where none of the models' texts turns out to be it.
    pub is_live: bool,
}

/// What a server made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Canonical {
    /// Its own form.
    Text(Expression),
    /// A view's query, with the columns that it gives.
    View {
        /// As `pg_get_viewdef` prints it, without the semicolon.
        definition: Expression,
        /// Names and types.
        columns: Vec<(Name, DataType)>,
    },
    /// A data type.
    Type(DataType),
    /// It would not parse it; the server's message.
    Rejected(String),
}

/// The answers.
#[derive(Clone, Debug, Default)]
pub struct Canon {
    texts: BTreeMap<(QualName, Role, Expression), Canonical>,
    /// True if refusals were left out, so that there may be no answer where one was wanted.
    pub(crate) is_partial: bool,
}

impl Canon {
    /// Records an answer.
    pub fn insert(&mut self, asked: &Asked, answer: Canonical) {
        self.texts.insert((asked.table.clone(), asked.role.clone(), asked.text.clone()), answer);
    }

    /// Leaves out what was refused: by a server without the user's types and functions that proves nothing.
    pub fn forget_refusals(&mut self) {
        self.texts.retain(|_, answer| !matches!(answer, Canonical::Rejected(_)));
        self.is_partial = true;
    }

    /// The answer to a question.
    pub fn get(&self, table: &QualName, role: &Role, text: &Expression) -> Option<&Canonical> {
        self.texts.get(&(table.clone(), role.clone(), text.clone()))
    }

    /// True if the answer to a question is this text.
    pub fn gave(&self, asked: &Asked, text: &Expression) -> bool {
        self.form(&asked.table, &asked.role, &asked.text) == Some(text)
    }

    /// The server's form of an expression, if it was asked and gave one.
    fn form(&self, table: &QualName, role: &Role, text: &Expression) -> Option<&Expression> {
        match self.get(table, role, text)? {
            Canonical::Text(form) | Canonical::View { definition: form, .. } => Some(form),
            Canonical::Type(_) | Canonical::Rejected(_) => None,
        }
    }

    /// True if no server was asked about anything.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// True if an overlay that knows the answers may be another one than that which asked: where a text of the models turned
    /// out to be a live one in other words, and always where types or views were asked about.
    pub fn decides(&self, asked: &[Asked]) -> bool {
        let mut live: BTreeMap<(&QualName, &Role), Vec<&Expression>> = BTreeMap::new();
        for one in asked.iter().filter(|one| one.is_live) {
            live.entry((&one.table, &one.role)).or_default().push(&one.text);
        }
        asked.iter().filter(|one| !one.is_live).any(|one| {
            let live = live.get(&(&one.table, &one.role)).into_iter().flatten();
            matches!(one.role, Role::Type | Role::View)
                || live.into_iter().any(|live| self.same(&one.table, &one.role, live, &one.text))
        })
    }

    /// True if both texts are the same expression: to the letter, or in the server's form.
    pub(crate) fn same(&self, table: &QualName, role: &Role, live: &Expression, wanted: &Expression) -> bool {
        if live == wanted {
            return true;
        }
        match self.form(table, role, wanted) {
            Some(wanted) => wanted == live || self.form(table, role, live) == Some(wanted),
            None => false,
        }
    }
}

impl super::Builder<'_> {
    /// True if a live expression is what the models want; asks for both forms when the texts differ.
    pub(crate) fn same(
        &mut self,
        table: &QualName,
        role: &Role,
        live: &Expression,
        wanted: &str,
        span: &Span,
    ) -> bool {
        let wanted = Expression::new(wanted);
        if *live != wanted {
            self.ask(table, role, &wanted, Some(span));
            self.ask(table, role, live, None);
        }
        self.canon.same(table, role, live, &wanted)
    }

    /// Remembers an expression to ask about.
    pub(crate) fn ask(&mut self, table: &QualName, role: &Role, text: &Expression, span: Option<&Span>) {
        if let Some(span) = span {
            self.contained(text, span);
        }
        self.out.asked.push(Asked {
            table: table.clone(),
            role: role.clone(),
            text: text.clone(),
            span: span.cloned(),
            is_live: span.is_none(),
        });
    }

    /// Reports text that would not stay one expression in a statement.
    pub(crate) fn contained(&mut self, text: &Expression, span: &Span) {
        if !text.is_contained() {
            let message = format!("this is not one SQL expression: {}", autogen_core::visible(text.as_str()));
            let help = "close every parenthesis and quote, and leave out semicolons and comments";
            self.report(Diagnostic::error("bad-expression", message).at(span.clone()).help(help));
        }
    }
}
