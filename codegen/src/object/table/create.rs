//! `CREATE TABLE`, with the columns, defaults and constraints that the differ folded into it. What a parent hands down
//! is not repeated; a constraint stands at its column where that gives it the right name.

use std::collections::BTreeSet;

use autogen_core::object::column::{Column, Origin, Storage};
use autogen_core::object::table::{Persistence, ReplicaIdentity};
use autogen_core::object::{PrimaryKey, Table};
use autogen_core::{Kind, Name, Object, ObjectId, Options, QualName};

use super::super::column::{self, Member, Shape, not_null};
use super::super::shared::{alter_table, tablespace, with_foreign_options, with_options};
use super::super::{constraint, key};
use super::replica_identity;
use crate::context::{Context, Sheet};
use crate::online;
use crate::sql::Sql;

pub(super) fn create(table: &Table, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    let columns = columns(table, id, context);
    let members = column::members(context);
    // A key to the table itself may rest on one that comes late.
    let rests = members.iter().any(|member| member.repeats);
    let rests_on_late = |member: &Member| {
        rests
            && matches!(context.after().get(&member.id), Some(Object::ForeignKey(key)) if key.parent == id.name)
    };
    let (members, late): (Vec<Member>, Vec<Member>) =
        members.into_iter().partition(|member| member.foldable && !member.repeats && !rests_on_late(member));
    let created = sheet.push(statement(table, id, &columns, members, context));
    if let Some(partition) = table.partition_of.as_ref().filter(|of| context.may_have_rows(&of.parent)) {
        online::partition::joins(partition, id, context, created);
    }
    for member in late {
        column::add_late(member, sheet);
    }
    if table.partition_of.is_some() {
        key::of_partition::take_names(&id.name, context, sheet);
    }
    for (column_id, column) in &columns {
        column::settings(column_id, column, comes_with(table, column_id, column, context), context, sheet);
        if column.origin == Origin::Inherited
            && table.partition_of.is_none()
            && column.not_null
            && !not_null::is_inherited(column_id, context.after())
        {
            // To say it in the statement would make the column the child's own.
            sheet.push(not_null::set(column_id, context));
        }
        if lacks_default_of_parent(table, column_id, context) {
            let sql = Sql::new("ALTER TABLE").name(&id.name).kw("ALTER COLUMN").ident(column_id.own_name());
            sheet.push(sql.kw("DROP DEFAULT"));
        }
        if !column.foreign_options.is_empty() && is_given(table, column) {
            column::alter_foreign_options(column_id, &Options::new(), &column.foreign_options, sheet);
        }
    }
    match &table.replica_identity {
        // A named index comes later, and so does the statement.
        ReplicaIdentity::Default | ReplicaIdentity::Index(_) => {}
        other => {
            sheet.push(replica_identity(id, other));
        }
    }
    if table.row_security {
        sheet.push(alter_table(&id.name).kw("ENABLE ROW LEVEL SECURITY"));
    }
    if table.force_row_security {
        sheet.push(alter_table(&id.name).kw("FORCE ROW LEVEL SECURITY"));
    }
}

/// The folded columns, and those that come from a parent, which have no change of their own; in order.
fn columns<'a>(table: &Table, id: &'a ObjectId, context: &Context<'a>) -> Vec<(&'a ObjectId, &'a Column)> {
    let is_child = table.partition_of.is_some() || !table.inherits.is_empty();
    let handed_down = context.after().parts(Kind::Column, &id.name).filter(move |(column, object)| {
        let inherited = matches!(object, Object::Column(column) if column.origin == Origin::Inherited);
        is_child && inherited && context.plan.created_at(column).is_none()
    });
    let mut all: Vec<_> = context
        .folded(Kind::Column)
        .chain(handed_down)
        .filter_map(|(id, object)| match object {
            Object::Column(column) => Some((id, column)),
            _ => None,
        })
        .collect();
    all.sort_by_key(|(_, column)| column.position);
    all
}

fn statement(
    table: &Table,
    id: &ObjectId,
    columns: &[(&ObjectId, &Column)],
    members: Vec<Member>,
    context: &Context<'_>,
) -> Sql {
    let mut sql = Sql::new(match (&table.foreign, table.persistence) {
        (Some(_), _) => "CREATE FOREIGN TABLE",
        (None, Persistence::Permanent) => "CREATE TABLE",
        (None, Persistence::Unlogged) => "CREATE UNLOGGED TABLE",
    });
    sql = sql.name(&id.name);
    let elements = elements(table, columns, members, context);
    if let Some(partition) = &table.partition_of {
        sql = sql.kw("PARTITION OF").name(&partition.parent);
        if !elements.is_empty() {
            sql = sql.block(elements);
        }
        sql = sql.expr(&partition.bound);
    } else if let Some(of_type) = &table.of_type {
        sql = sql.kw("OF").name(of_type);
        if !elements.is_empty() {
            sql = sql.block(elements);
        }
    } else {
        sql = sql.block(elements);
        if !table.inherits.is_empty() {
            sql = sql.kw("INHERITS").parens(table.inherits.iter().map(|parent| Sql::empty().name(parent)));
        }
    }
    if let Some(foreign) = &table.foreign {
        return with_foreign_options(sql.kw("SERVER").ident(&foreign.server), &foreign.options);
    }
    if let Some(key) = &table.partition_key {
        sql = sql.kw("PARTITION BY").expr(key);
    }
    if let Some(method) = &table.access_method {
        sql = sql.kw("USING").ident(method);
    }
    tablespace(with_options(sql, &table.options), table.tablespace.as_ref())
}

/// What stands between the parentheses: columns, then the constraints that no column holds.
fn elements(
    table: &Table,
    columns: &[(&ObjectId, &Column)],
    members: Vec<Member>,
    context: &Context<'_>,
) -> Vec<Sql> {
    let key: BTreeSet<Name> = context
        .folded(Kind::PrimaryKey)
        .flat_map(|(_, object)| match object {
            Object::PrimaryKey(key) => key.columns.clone(),
            _ => Vec::new(),
        })
        .collect();
    let holds = |member: &Member| {
        let holder = columns.iter().find(|(id, _)| Some(id.own_name()) == member.column.as_ref());
        holder.is_some_and(|(_, column)| column.origin != Origin::Inherited && table.of_type.is_none())
    };
    let (inline, beside): (Vec<Member>, Vec<Member>) = members.into_iter().partition(holds);
    let mut all = Vec::new();
    for (id, column) in columns {
        let default = column::own_default(id, context);
        let is_key = key.contains(id.own_name());
        let mut sql = if is_given(table, column) {
            let Some(sql) = overriding(table, id, column, is_key, context) else { continue };
            sql
        } else {
            let serial = column::serial(column, id, context);
            let is_implied = is_key || column.identity.is_some() || serial.is_some();
            let not_null = not_null::words(column, id, is_implied, context);
            let column = own_words(id, column, context);
            column::definition(id.own_name(), &column, default, Shape { not_null, serial })
        };
        for member in inline.iter().filter(|member| member.column.as_ref() == Some(id.own_name())) {
            sql = sql.sql(member.inline.clone().unwrap_or_default());
        }
        all.push(sql);
    }
    all.extend(inherited_defaults(table, columns, context));
    for member in beside {
        all.push(if is_chosen(&member, context) {
            member.full
        } else {
            constraint::named(&member.id, member.full)
        });
    }
    all
}

/// A column as its definition says it. What it takes over from its parents' (`MergeAttributes` in tablecmds.c) is not said again:
/// another compression is refused, and until 15 any generation expression.
fn own_words(id: &ObjectId, column: &Column, context: &Context<'_>) -> Column {
    let above = column::above(id, context);
    let generated = above.and_then(|above| above.generated.as_ref());
    let is_compressed = above.is_some_and(|above| above.compression.is_some());
    Column {
        compression: column.compression.clone().filter(|_| !is_compressed),
        generated: column.generated.clone().filter(|own| Some(own) != generated),
        ..column.clone()
    }
}

/// The storage and the compression that a column has when its table is there: its parents', else as it is said.
fn comes_with<'a>(
    table: &Table,
    id: &ObjectId,
    column: &'a Column,
    context: &Context<'a>,
) -> (Option<Storage>, Option<&'a str>) {
    let above = column::above(id, context);
    let said = column.compression.as_deref().filter(|_| !is_given(table, column));
    (above.and_then(|above| above.storage), above.and_then(|above| above.compression.as_deref()).or(said))
}

/// True for a column that a parent or type gives, whose name alone stands in the statement, if at all.
fn is_given(table: &Table, column: &Column) -> bool {
    column.origin == Origin::Inherited || table.of_type.is_some()
}

/// A column that a parent or type gives, where something of its own is to be said of it.
fn overriding(
    table: &Table,
    id: &ObjectId,
    column: &Column,
    is_key: bool,
    context: &Context<'_>,
) -> Option<Sql> {
    let default = column::own_default(id, context);
    let not_null =
        not_null::words(column, id, is_key, context).filter(|_| !not_null::is_inherited(id, context.after()));
    if !table.inherits.is_empty() || (default.is_none() && not_null.is_none()) {
        return None;
    }
    let foreign_options = Options::new();
    let plain = Column {
        identity: None,
        generated: None,
        compression: None,
        collation: None,
        foreign_options,
        ..column.clone()
    };
    Some(column::properties(Sql::empty().ident(id.own_name()), &plain, default, not_null))
}

/// True for a column that has no default where its parent's has one, which comes along. To say `DEFAULT NULL`
/// in the statement is not the same: where the type has a length, that is an expression.
fn lacks_default_of_parent(table: &Table, id: &ObjectId, context: &Context<'_>) -> bool {
    let of = |table: &QualName| ObjectId::part(Kind::Default, table.clone(), id.own_name().clone());
    let has = |table: &QualName| context.after().contains(&of(table));
    let mut parents = table.partition_of.iter().map(|partition| &partition.parent).chain(&table.inherits);
    parents.any(has) && !has(&id.name)
}

/// Defaults of columns that are not among the folded ones: a partition's, where it differs from its parent's.
fn inherited_defaults(table: &Table, columns: &[(&ObjectId, &Column)], context: &Context<'_>) -> Vec<Sql> {
    if table.partition_of.is_none() {
        return Vec::new();
    }
    let listed = |id: &ObjectId| columns.iter().any(|(column, _)| column.own_name() == id.own_name());
    context
        .folded(Kind::Default)
        .filter(|(id, _)| !listed(id))
        .filter_map(|(id, object)| match object {
            Object::Default(default) => {
                Some(Sql::empty().ident(id.own_name()).kw("DEFAULT").expr(&default.expression))
            }
            _ => None,
        })
        .collect()
}

/// True for a constraint over several columns whose name Postgres would choose.
fn is_chosen(member: &Member, context: &Context<'_>) -> bool {
    member.id.kind == Kind::PrimaryKey
        && PrimaryKey::chosen_name(&member.id.name) == member.id.own_name().as_str()
        && !context.plan.shares_name(&member.id)
}

#[cfg(test)]
mod tests {
    use autogen_core::object::Sequence;
    use autogen_core::object::sequence::SequenceOptions;
    use autogen_core::object::table::PartitionOf;
    use autogen_core::{DataType, Expression};

    use super::*;
    use crate::testing::{
        Scene, column_id, default, foreign_key, integer, named, not_null, nullable, part, primary_key,
        public, text, unique,
    };

    #[track_caller]
    fn check(table: Table, members: Vec<(ObjectId, Object)>, expect: &str) {
        let folded: Vec<ObjectId> = members.iter().map(|(id, _)| id.clone()).collect();
        let scene =
            members.into_iter().fold(Scene::default(), |scene, (id, object)| scene.member(&id, object));
        assert_eq!(scene.create(&ObjectId::table(&public("t")), table, &folded).sql(), expect);
    }

    fn column(name: &str, column: Column) -> (ObjectId, Object) {
        (column_id("t", name), column.into())
    }

    #[test]
    fn an_empty_table() {
        check(Table::default(), Vec::new(), "CREATE TABLE t ();\n");
    }

    #[test]
    fn columns_stand_in_their_order_with_what_is_folded() {
        check(
            Table { persistence: Persistence::Unlogged, row_security: true, ..Table::default() },
            vec![
                column("b", not_null(2, text())),
                column("a", not_null(1, integer())),
                (part(Kind::Default, "t", "b"), default("'x'::text").into()),
                (part(Kind::PrimaryKey, "t", "t_pkey"), primary_key(&["a"]).into()),
                (part(Kind::Unique, "t", "t_b_key"), unique(&["b"]).into()),
                (
                    part(Kind::Check, "t", "t_b_check"),
                    crate::testing::check("(b <> ''::text)", &["b"]).into(),
                ),
            ],
            "CREATE UNLOGGED TABLE t (\n    a integer PRIMARY KEY,\n    b text DEFAULT 'x'::text NOT NULL UNIQUE \
             CHECK (b <> ''::text)\n);\n\nALTER TABLE t ENABLE ROW LEVEL SECURITY;\n",
        );
    }

    #[test]
    fn a_name_of_its_own_is_a_constraint_of_the_table() {
        check(
            Table::default(),
            vec![
                column("a", not_null(1, integer())),
                column("b", nullable(2, integer())),
                (part(Kind::PrimaryKey, "t", "pk"), primary_key(&["a"]).into()),
                (part(Kind::ForeignKey, "t", "t_b_fkey"), foreign_key(&["b"], "p", &["id"]).into()),
                (part(Kind::ForeignKey, "t", "to \"q\""), foreign_key(&["a", "b"], "q", &["x", "y"]).into()),
            ],
            "CREATE TABLE t (\n    a integer,\n    b integer REFERENCES p (id),\n    CONSTRAINT pk PRIMARY KEY (a),\n    \
             CONSTRAINT \"to \"\"q\"\"\" FOREIGN KEY (a, b) REFERENCES q (x, y)\n);\n",
        );
    }

    #[test]
    fn serial() {
        let owned_by = Some(column_id("t", "id"));
        let sequence = Sequence {
            options: SequenceOptions::of_type("bigint"),
            owned_by,
            persistence: Persistence::Permanent,
        };
        check(
            Table::default(),
            vec![
                column("id", not_null(1, DataType::builtin("int8", "bigint"))),
                (named(Kind::Sequence, "t_id_seq"), sequence.into()),
                (part(Kind::Default, "t", "id"), default("nextval('public.t_id_seq'::regclass)").into()),
                (part(Kind::PrimaryKey, "t", "t_pkey"), primary_key(&["id"]).into()),
            ],
            "CREATE TABLE t (\n    id bigserial PRIMARY KEY\n);\n",
        );
    }

    #[test]
    fn partitions_repeat_nothing() {
        let inherited = Column { origin: Origin::Inherited, ..nullable(1, integer()) };
        let bound = Expression::new("FOR VALUES IN (1)");
        let table = Table {
            partition_of: Some(Box::new(PartitionOf { parent: public("p"), bound })),
            ..Table::default()
        };
        check(table, vec![column("a", inherited)], "CREATE TABLE t PARTITION OF p FOR VALUES IN (1);\n");
        let table = Table { partition_key: Some(Expression::new("LIST (a)")), ..Table::default() };
        let expect = "CREATE TABLE t (\n    a integer\n) PARTITION BY LIST (a);\n";
        check(table, vec![column("a", nullable(1, integer()))], expect);
    }
}
