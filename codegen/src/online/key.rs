//! Primary keys and unique constraints: their index is built while others write, then the constraint takes it over.

use autogen_core::object::Deferrability;
use autogen_core::{Kind, Lock, Name, ObjectId, Options, Question};

use super::index;
use crate::context::{Context, Sheet};
use crate::object::constraint;
use crate::object::shared::{tablespace, with_options};
use crate::script::Statement;
use crate::sql::Sql;

/// What the two kinds have in common.
pub(crate) struct Key<'a> {
    pub(crate) columns: &'a [Name],
    pub(crate) include: &'a [Name],
    pub(crate) nulls_not_distinct: bool,
    pub(crate) options: &'a Options,
    pub(crate) tablespace: Option<&'a Name>,
    pub(crate) deferrability: Deferrability,
    pub(crate) without_overlaps: bool,
}

impl Key<'_> {
    /// True if Postgres can make the constraint of an index that is there.
    pub(crate) fn can_take(&self, id: &ObjectId, context: &Context<'_>) -> bool {
        !self.without_overlaps && !context.is_partitioned(&id.name)
    }

    /// True if its index is to be built first. A key that only makes way for a change of its table is made anew at once: that
    /// holds the table's lock anyway.
    pub(crate) fn is_built_apart(
        &self,
        id: &ObjectId,
        question: Option<&Question>,
        context: &Context<'_>,
    ) -> bool {
        context.online_unless(&id.name, question)
            && context.change.because.is_none()
            && self.can_take(id, context)
    }

    /// `CREATE UNIQUE INDEX CONCURRENTLY`, by a name of its own.
    pub(crate) fn index(&self, id: &ObjectId, name: &Name) -> Sql {
        let sql = Sql::new("CREATE UNIQUE INDEX CONCURRENTLY")
            .ident(name)
            .kw("ON")
            .name(&id.name)
            .columns(self.columns);
        let sql = constraint::include(sql, self.include).kw_if(self.nulls_not_distinct, "NULLS NOT DISTINCT");
        tablespace(with_options(sql, self.options), self.tablespace)
    }

    /// Makes the constraint of an index.
    pub(crate) fn take<'a>(&self, id: &ObjectId, name: &Name, sheet: &'a mut Sheet) -> &'a mut Statement {
        let words =
            if id.kind == Kind::PrimaryKey { "PRIMARY KEY USING INDEX" } else { "UNIQUE USING INDEX" };
        constraint::add(id, constraint::deferrability(Sql::new(words).ident(name), self.deferrability), sheet)
    }

    /// Adds the constraint in two steps, and returns the one that builds the index.
    pub(crate) fn add<'a>(&self, id: &ObjectId, name: &Name, sheet: &'a mut Sheet) -> &'a mut Statement {
        let built = sheet.statements.len();
        let built_id = ObjectId::part(id.kind, id.name.clone(), name.clone());
        index::built(&built_id, sheet.push(self.index(id, name)));
        self.take(id, name, sheet).is_main().note("the index is there, so no row is looked at");
        let statement = &mut sheet.statements[built];
        let own = autogen_core::QualName { schema: id.name.schema.clone(), name: name.clone() };
        let undo = statement.undo(Sql::new("DROP INDEX CONCURRENTLY IF EXISTS").name(&own));
        undo.alone()
            .lock(Lock::ShareUpdateExclusive)
            .note("The constraint, if it was there, has taken its index along");
        statement
    }
}
