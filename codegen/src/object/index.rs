//! Indexes. A partitioned table's is made on the table only, then the partitions' own are attached to it; where a new
//! partition gets its index from an existing parent's, only the name may have to be set right.

use autogen_core::object::Index;
use autogen_core::object::index::{IndexAlteration, IndexKey, IndexTarget};
use autogen_core::{HazardKind, Kind, Lock, Object, ObjectId, Pair, QualName, Question};

pub(crate) mod of_partition;

pub(crate) use of_partition::{chosen_name, comes_with_partition};

use super::key::duplicates;
use super::shared::{collate, options, rename, set_tablespace, tablespace, with_options};
use super::{Render, key};
use crate::context::{Context, Questions, Sheet};
use crate::online;
use crate::sql::Sql;

impl Render for Index {
    fn ask_create(&self, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
        questions.ask(context.rows_question(&self.table));
        questions.ask(question(id, self, context));
    }

    fn ask_alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&IndexAlteration],
        context: &Context<'_>,
        questions: &mut Questions,
    ) {
        if alterations.contains(&&IndexAlteration::Rebuild) {
            Self::ask_create(pair.after, id, context, questions);
        }
    }

    fn create(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        if comes_with_partition(self, context) {
            of_partition::take_name(self, id, context, sheet);
        } else {
            let question = question(id, self, context);
            let is_built_online = online::index::builds(self, question.as_ref(), context);
            if is_built_online {
                let statement = sheet.push(definition(self, id, Build::Concurrently));
                judge(self, id, context, online::index::built(id, statement));
                online::index::undo_built(self, id, statement);
                statement.again(definition(self, id, Build::UnlessThere));
            } else {
                let is_empty = context.is_partitioned(&self.table);
                let build = if is_empty { Build::OnlyHere } else { Build::AtOnce };
                let statement = sheet.push(definition(self, id, build)).lock(Lock::Share);
                judge(self, id, context, statement);
                if !is_empty {
                    warn_writers(self, context, statement);
                }
            }
            if let Some(parent) = &self.partition_of {
                let statement = sheet.push(attach(parent, &id.name)).lock(Lock::ShareUpdateExclusive);
                if is_built_online {
                    online::index::undo_attached(self, context, statement);
                }
            }
        }
    }

    fn drop(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        if key::is_promoted(id, context) {
            sheet.note("a constraint takes it over");
        } else if online::index::drops(self, context) {
            // Outside of a transaction it may have been done before the migration was recorded.
            let statement = sheet.push(Sql::new("DROP INDEX CONCURRENTLY IF EXISTS").name(&id.name));
            statement.alone().lock(Lock::ShareUpdateExclusive);
        } else {
            let is_gone = online::index::may_be_gone(self, context);
            let sql = Sql::new("DROP INDEX").kw_if(is_gone, "IF EXISTS").name(&id.name);
            sheet.push(sql).lock(Lock::AccessExclusive);
        }
    }

    fn alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&IndexAlteration],
        context: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        let alter = || Sql::new("ALTER INDEX").name(&id.name);
        for alteration in alterations {
            match alteration {
                IndexAlteration::Options(new) => options(alter, &pair.before.options, new, sheet),
                IndexAlteration::Tablespace(new) => set_tablespace(alter(), new.as_ref(), sheet),
                IndexAlteration::Attach(parent) => {
                    sheet.push(attach(parent, &id.name));
                }
                IndexAlteration::Rebuild => rebuild(pair.after, id, context, sheet),
                IndexAlteration::Completed => {}
            }
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        rename("ALTER INDEX", from, to, sheet);
    }
}

/// Builds what a failed attempt has left.
fn rebuild(index: &Index, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    let question = question(id, index, context);
    sheet.note("it is invalid, as a failed attempt to build it leaves it");
    if context.online_unless(&index.table, question.as_ref()) {
        let statement = sheet.push(Sql::new("REINDEX INDEX CONCURRENTLY").name(&id.name));
        judge(index, id, context, online::index::rebuilt(id, statement));
    } else {
        let statement = sheet.push(Sql::new("REINDEX INDEX").name(&id.name)).lock(Lock::Share);
        judge(index, id, context, statement);
        warn_writers(index, context, statement);
    }
}

/// Says on a statement that builds the index at once who waits for it.
fn warn_writers(index: &Index, context: &Context<'_>, statement: &mut crate::Statement) {
    if context.keeps_waiting(&index.table) {
        let message = format!("nobody can write to {} while the index is built", index.table);
        statement.hazard(HazardKind::BlocksUse, message);
    }
}

/// Says on a statement that builds the index what the rows may do to it.
pub(crate) fn judge(index: &Index, id: &ObjectId, context: &Context<'_>, statement: &mut crate::Statement) {
    if index.unique {
        let what = "share their key with another";
        let risk = duplicates::of_index(id, index, context);
        risk.judge(statement, &index.table, what, "make them unique first", None, context);
        if computes_rows(&index.table, context) {
            statement.hazard(HazardKind::MayFail, format!("it fails if rows of {} {what}", index.table));
        }
    } else {
        let keys = index.keys.iter().filter_map(|key| match &key.target {
            IndexTarget::Expression(expression) => Some(expression),
            IndexTarget::Column(_) => None,
        });
        let question = question(id, index, context);
        context.judge_computing(
            statement,
            &index.table,
            question.as_ref(),
            "its key",
            keys.chain(&index.predicate),
        );
    }
}

/// True for a materialized view that a script makes from rows that are there. One that only makes way for another change has the rows
/// that it had.
fn computes_rows(table: &QualName, context: &Context<'_>) -> bool {
    let id = ObjectId::new(Kind::MaterializedView, table.clone());
    let comes = |at: usize| context.plan.graph.changes.get(at).is_some_and(|change| change.because.is_none());
    let reads_rows = |used: &ObjectId| match used.kind {
        Kind::Table | Kind::Column => context.may_have_rows(&used.name),
        kind => kind == Kind::View || kind == Kind::MaterializedView,
    };
    let Some(Object::MaterializedView(view)) = context.after().get(&id) else { return false };
    let is_same =
        |old: &Object| matches!(old, Object::MaterializedView(old) if old.definition == view.definition);
    let is_new = !context.before().get(&id).is_some_and(is_same);
    view.populated
        && is_new
        && context.plan.created_at(&id).is_some_and(comes)
        && context.after().uses(&id).any(reads_rows)
}

/// The question to the rows: of a unique index for those that share their key, of another whether its expressions can be computed.
pub(crate) fn question(id: &ObjectId, index: &Index, context: &Context<'_>) -> Option<Question> {
    if index.unique {
        return duplicates::of_index(id, index, context).question().cloned();
    }
    let is_plain = index.plain_columns().is_some() && index.predicate.is_none();
    if is_plain || !duplicates::has_all_parts(id, context) {
        return None;
    }
    let expressions = index.keys.iter().map(|one| duplicates::key_value(&index.table, &one.target, context));
    Some(Question::Computes {
        table: context.kept_table(&index.table)?,
        expressions: expressions.collect::<Option<_>>()?,
        predicate: index.predicate.as_ref().map(|predicate| context.old_expression(&index.table, predicate)),
    })
}

/// How an index is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    /// While nobody writes.
    AtOnce,
    /// While others write.
    Concurrently,
    /// The same, where one of the name may be there.
    UnlessThere,
    /// Empty, on a partitioned table, for those of the partitions to be attached.
    OnlyHere,
}

pub(crate) fn attach(parent: &QualName, index: &QualName) -> Sql {
    Sql::new("ALTER INDEX").name(parent).kw("ATTACH PARTITION").name(index)
}

/// `CREATE INDEX …`.
pub(crate) fn definition(index: &Index, id: &ObjectId, build: Build) -> Sql {
    let mut sql = Sql::new(if index.unique { "CREATE UNIQUE INDEX" } else { "CREATE INDEX" })
        .kw_if(matches!(build, Build::Concurrently | Build::UnlessThere), "CONCURRENTLY")
        .kw_if(build == Build::UnlessThere, "IF NOT EXISTS")
        .ident(&id.name.name)
        .kw("ON")
        .kw_if(build == Build::OnlyHere, "ONLY")
        .name(&index.table);
    if index.method.as_str() != "btree" {
        sql = sql.kw("USING").ident(&index.method);
    }
    sql = sql.parens(index.keys.iter().map(key));
    if !index.include.is_empty() {
        sql = sql.kw("INCLUDE").columns(&index.include);
    }
    sql = with_options(sql.kw_if(index.nulls_not_distinct, "NULLS NOT DISTINCT"), &index.options);
    sql = tablespace(sql, index.tablespace.as_ref());
    match &index.predicate {
        Some(predicate) => sql.kw("WHERE").expr(predicate),
        None => sql,
    }
}

/// One key, with what is not the default of its column, type or order.
pub(crate) fn key(key: &IndexKey) -> Sql {
    let mut sql = match &key.target {
        IndexTarget::Column(column) => Sql::empty().ident(column),
        IndexTarget::Expression(expression) => Sql::empty().index_expr(expression),
    };
    sql = collate(sql, key.collation.as_ref());
    if let Some(opclass) = &key.opclass {
        sql = sql.name(opclass);
        if !key.opclass_options.is_empty() {
            sql = sql.parameters(&key.opclass_options);
        }
    }
    sql.kw_if(key.descending, "DESC")
        .kw_if(key.nulls_first && !key.descending, "NULLS FIRST")
        .kw_if(!key.nulls_first && key.descending, "NULLS LAST")
}

#[cfg(test)]
mod tests {
    use autogen_core::{Expression, Kind, Name};

    use super::*;
    use crate::testing::{named, names, public, users};

    #[track_caller]
    fn check(edit: impl FnOnce(&mut Index), expect: &[&str]) {
        let mut index = Index {
            table: public("users"),
            unique: false,
            nulls_not_distinct: false,
            method: Name::new("btree"),
            keys: vec![IndexKey::column("id")],
            include: Vec::new(),
            predicate: None,
            options: <_>::default(),
            tablespace: None,
            valid: true,
            partition_of: None,
        };
        edit(&mut index);
        let scene = users().rows(&public("users"), 0).create(&named(Kind::Index, "i"), index, &[]);
        assert_eq!(scene.lines(), expect);
    }

    #[test]
    fn definitions() {
        check(|_| {}, &["CREATE INDEX i ON users (id);"]);
        check(
            |index| {
                index.unique = true;
                index.nulls_not_distinct = true;
                index.keys.push(IndexKey {
                    target: IndexTarget::Expression(Expression::new("lower(name)")),
                    opclass: Some(QualName::new("pg_catalog", "text_pattern_ops")),
                    descending: true,
                    ..IndexKey::column("")
                });
                index.include = names(&["name"]);
                index.predicate = Some(Expression::new("(id > 0)"));
            },
            &[
                "CREATE UNIQUE INDEX i ON users (id, lower(name) text_pattern_ops DESC NULLS LAST) INCLUDE (name) \
               NULLS NOT DISTINCT WHERE (id > 0);",
            ],
        );
        check(
            |index| {
                index.method = Name::new("gin");
            },
            &["CREATE INDEX i ON users USING gin (id);"],
        );
        check(
            |index| index.partition_of = Some(public("pi")),
            &["CREATE INDEX i ON users (id);", "ALTER INDEX pi ATTACH PARTITION i;"],
        );
    }
}
