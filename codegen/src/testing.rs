//! Small catalogs and graphs for the tests of this crate. The graphs are put together by hand: the differ is another
//! stage, and what it does is its own tests' business.

use autogen_core::object::{
    Check, Column, Default, Deferrability, EnumType, ForeignKey, PrimaryKey, Table, Unique,
};
use autogen_core::{
    Action, Alteration, Answer, Change, ChangeGraph, DataType, Expression, Kind, Name, Object, ObjectId,
    Pair, QualName, Question,
};

use crate::options::RenderOptions;

/// Two catalogs, the changes between them, and what is known.
#[derive(Default)]
pub(crate) struct Scene {
    pub(crate) graph: ChangeGraph,
    pub(crate) options: RenderOptions,
}

impl Scene {
    /// An object on both sides.
    pub(crate) fn both(mut self, id: &ObjectId, object: impl Into<Object>) -> Self {
        let object = object.into();
        self.graph.catalogs.before.insert(id.clone(), object.clone());
        self.graph.catalogs.after.insert(id.clone(), object);
        self
    }

    /// An object on both sides that is not the same.
    pub(crate) fn changed<T: Into<Object>>(mut self, id: &ObjectId, sides: Pair<T>) -> Self {
        self.graph.catalogs.before.insert(id.clone(), sides.before);
        self.graph.catalogs.after.insert(id.clone(), sides.after);
        self
    }

    /// A new object, without a change of its own.
    pub(crate) fn member(mut self, id: &ObjectId, object: impl Into<Object>) -> Self {
        self.graph.catalogs.after.insert(id.clone(), object);
        self
    }

    /// A new object and the change that creates it, with those folded into it.
    pub(crate) fn create(mut self, id: &ObjectId, object: impl Into<Object>, folded: &[ObjectId]) -> Self {
        self.graph.catalogs.after.insert(id.clone(), object);
        self.push(id, Action::Create);
        if let Some(change) = self.graph.changes.last_mut() {
            change.folded = folded.to_vec();
        }
        self
    }

    /// An object that goes.
    pub(crate) fn drop(mut self, id: &ObjectId, object: impl Into<Object>) -> Self {
        self.graph.catalogs.before.insert(id.clone(), object);
        self.push(id, Action::Drop);
        self
    }

    /// Changes in place to an object.
    pub(crate) fn alter(mut self, id: &ObjectId, alterations: Vec<Alteration>) -> Self {
        self.push(id, Action::Alter(alterations));
        self
    }

    /// The number of rows in a table.
    pub(crate) fn rows(self, table: &QualName, total: u64) -> Self {
        let matching = u64::from(total > 0);
        self.answer(Question::Rows { table: table.clone() }, Answer::Count { matching, total })
    }

    /// What the rows said.
    pub(crate) fn answer(mut self, question: Question, answer: Answer) -> Self {
        self.options.answers.insert(question, answer);
        self
    }

    /// The same, without the empty lines.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.sql().lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    fn push(&mut self, id: &ObjectId, action: Action) {
        let change = Change { id: id.clone(), action, replaces: false, folded: Vec::new(), because: None };
        self.graph.changes.push(change);
    }

    /// The whole script without the comment lines that only name the change.
    pub(crate) fn sql(&self) -> String {
        let mut script = crate::render(&self.graph, &self.options);
        for statement in script.parts.iter_mut().flat_map(|part| &mut part.statements) {
            statement.comment = None;
        }
        script.to_sql()
    }
}

pub(crate) fn public(name: &str) -> QualName {
    QualName::new("public", name)
}

pub(crate) fn column_id(table: &str, column: &str) -> ObjectId {
    ObjectId::column(&public(table), &Name::new(column))
}

pub(crate) fn part(kind: Kind, table: &str, name: &str) -> ObjectId {
    ObjectId::part(kind, public(table), name)
}

pub(crate) fn named(kind: Kind, name: &str) -> ObjectId {
    ObjectId::new(kind, public(name))
}

pub(crate) fn integer() -> DataType {
    DataType::builtin("int4", "integer")
}

pub(crate) fn text() -> DataType {
    DataType::builtin("text", "text")
}

pub(crate) fn nullable(position: i32, data_type: DataType) -> Column {
    Column::plain(position, data_type)
}

pub(crate) fn not_null(position: i32, data_type: DataType) -> Column {
    Column { not_null: true, ..Column::plain(position, data_type) }
}

pub(crate) fn default(expression: &str) -> Default {
    Default { expression: Expression::new(expression) }
}

pub(crate) fn labels(labels: &[&str]) -> EnumType {
    EnumType { labels: labels.iter().map(ToString::to_string).collect() }
}

pub(crate) fn names(names: &[&str]) -> Vec<Name> {
    names.iter().map(Name::new).collect()
}

pub(crate) fn primary_key(columns: &[&str]) -> PrimaryKey {
    PrimaryKey {
        columns: names(columns),
        include: Vec::new(),
        deferrability: Deferrability::NotDeferrable,
        options: <_>::default(),
        tablespace: None,
        without_overlaps: false,
        inherited: false,
        partition_of: None,
        valid: true,
    }
}

pub(crate) fn unique(columns: &[&str]) -> Unique {
    Unique {
        columns: names(columns),
        include: Vec::new(),
        nulls_not_distinct: false,
        deferrability: Deferrability::NotDeferrable,
        options: <_>::default(),
        tablespace: None,
        without_overlaps: false,
        inherited: false,
        partition_of: None,
        valid: true,
    }
}

pub(crate) fn check(expression: &str, columns: &[&str]) -> Check {
    Check {
        expression: Expression::new(expression),
        columns: names(columns),
        no_inherit: false,
        validated: true,
        enforced: true,
        origin: <_>::default(),
    }
}

pub(crate) fn foreign_key(columns: &[&str], parent: &str, parent_columns: &[&str]) -> ForeignKey {
    ForeignKey {
        columns: names(columns),
        parent: public(parent),
        parent_columns: names(parent_columns),
        on_update: <_>::default(),
        on_delete: <_>::default(),
        set_columns: Vec::new(),
        match_full: false,
        deferrability: Deferrability::NotDeferrable,
        validated: true,
        enforced: true,
        inherited: false,
    }
}

/// A table `users` with a column `id` that is there before and after.
pub(crate) fn users() -> Scene {
    Scene::default()
        .both(&ObjectId::table(&public("users")), Table::default())
        .both(&column_id("users", "id"), not_null(1, integer()))
}
