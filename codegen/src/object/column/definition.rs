//! How a column is written: in the list of a new table, in `ADD COLUMN`, and what can only be said of it afterwards.

use autogen_core::object::Column;
use autogen_core::object::column::Storage;
use autogen_core::object::sequence::is_owned;
use autogen_core::{Expression, Kind, Name, Object, ObjectId, Options, QualName};

use super::super::shared::{
    alter_column, collate, foreign_options, is_foreign, options, with_foreign_options,
};
use super::identity;
use crate::context::{Context, Sheet, parents};
use crate::sql::Sql;

/// How a column is written where that is not the column's own matter.
#[derive(Default)]
pub(crate) struct Shape {
    /// `NOT NULL`, if it is to be said here; a primary key says it too, and a column that must be filled gets it later.
    pub(crate) not_null: Option<Sql>,
    /// The `serial` word that stands for type, default and sequence.
    pub(crate) serial: Option<&'static str>,
}

/// `name type …`.
pub(crate) fn definition(name: &Name, column: &Column, default: Option<&Expression>, shape: Shape) -> Sql {
    let sql = Sql::empty().ident(name);
    if let Some(word) = shape.serial {
        return sql.kw(word).sql(shape.not_null.unwrap_or_default());
    }
    let sql = sql.data_type(&column.data_type);
    properties(sql, column, default, shape.not_null)
}

/// What stands after the type: also in the column list of a typed table or a partition.
pub(crate) fn properties(
    mut sql: Sql,
    column: &Column,
    default: Option<&Expression>,
    not_null: Option<Sql>,
) -> Sql {
    sql = match column.compression.as_deref() {
        Some("lz4") => sql.kw("COMPRESSION lz4"),
        Some("pglz") => sql.kw("COMPRESSION pglz"),
        Some(_) | None => sql,
    };
    sql = collate(with_foreign_options(sql, &column.foreign_options), column.collation.as_ref());
    if let Some(default) = default {
        sql = sql.kw("DEFAULT").expr(default);
    }
    if let Some(identity) = &column.identity {
        sql = sql.sql(identity::words(identity));
    }
    if let Some(generated) = &column.generated {
        sql = sql.kw("GENERATED ALWAYS AS").expr_in_parens(&generated.expression);
        sql = sql.kw(if generated.stored { "STORED" } else { "VIRTUAL" });
    }
    sql.sql(not_null.unwrap_or_default())
}

/// The column that the first of its table's parents hands down, if any.
pub(crate) fn above<'a>(id: &ObjectId, context: &Context<'a>) -> Option<&'a Column> {
    let parents = context.after().get(&ObjectId::table(&id.name)).into_iter().flat_map(parents);
    let mut above = parents.map(|parent| context.after().get(&ObjectId::column(parent, id.own_name())));
    above.find_map(|object| match object {
        Some(Object::Column(column)) => Some(column),
        _ => None,
    })
}

/// The settings of a column that has come with a storage and a compression: no definition can state them on every version.
pub(crate) fn settings(
    id: &ObjectId,
    column: &Column,
    (storage, compression): (Option<Storage>, Option<&str>),
    context: &Context<'_>,
    sheet: &mut Sheet,
) {
    let is_compressed = !is_foreign(&ObjectId::table(&id.name), context.after());
    if is_compressed && column.compression.as_deref() != compression {
        sheet.push(set_compression(id, column.compression.as_deref()));
    }
    if column.storage != storage {
        sheet.push(set_storage(id, column.storage.or_else(|| type_storage(id, context)), context));
    }
    if let Some(statistics) = column.statistics {
        sheet.push(set_statistics(id, Some(statistics), context));
    }
    options(|| alter_column(&id.name, id.own_name()), &Options::new(), &column.options, sheet);
}

/// `OPTIONS (…)` of a foreign table's column.
pub(crate) fn alter_foreign_options(id: &ObjectId, before: &Options, after: &Options, sheet: &mut Sheet) {
    let alter = Sql::new("ALTER FOREIGN TABLE").name(&id.name).kw("ALTER COLUMN").ident(id.own_name());
    foreign_options(alter, before, after, sheet);
}

/// What the server would say to partitions and children as well, which have their own.
fn alter_own(id: &ObjectId, context: &Context<'_>) -> Sql {
    if context.plan.children(&id.name, context.at).next().is_none() {
        return alter_column(&id.name, id.own_name());
    }
    Sql::new("ALTER TABLE ONLY").name(&id.name).kw("ALTER COLUMN").ident(id.own_name())
}

pub(crate) fn set_storage(id: &ObjectId, storage: Option<Storage>, context: &Context<'_>) -> Sql {
    alter_own(id, context).kw("SET STORAGE").kw(match storage {
        Some(Storage::Plain) => "PLAIN",
        Some(Storage::External) => "EXTERNAL",
        Some(Storage::Extended) => "EXTENDED",
        Some(Storage::Main) => "MAIN",
        // From 16 on the type's own; older servers refuse the word, and have no other.
        None => "DEFAULT",
    })
}

pub(crate) fn set_statistics(id: &ObjectId, target: Option<i32>, context: &Context<'_>) -> Sql {
    alter_own(id, context).kw("SET STATISTICS").number(i64::from(target.unwrap_or(-1)))
}

/// The type's own storage before 16, which has no word for it. Of the types of variable length that Postgres brings, these
/// are the only ones with another than the usual (`typstorage` in pg_type.dat).
pub(crate) fn type_storage(id: &ObjectId, context: &Context<'_>) -> Option<Storage> {
    let version = context.options.server_version;
    let in_line = match context.after().get(id) {
        Some(Object::Column(Column { data_type, .. })) => {
            let is_named = |name: &&str| data_type.base == QualName::new("pg_catalog", *name);
            !data_type.array && ["numeric", "inet", "cidr"].iter().any(is_named)
        }
        _ => false,
    };
    (version > 0 && version < 160_000).then_some(if in_line { Storage::Main } else { Storage::Extended })
}

/// Never said to partitions and children.
pub(crate) fn set_compression(id: &ObjectId, compression: Option<&str>) -> Sql {
    alter_column(&id.name, id.own_name()).kw("SET COMPRESSION").kw(match compression {
        Some("lz4") => "lz4",
        Some("pglz") => "pglz",
        Some(_) | None => "default",
    })
}

/// The `serial` word, if the column's default and sequence come with it.
pub(crate) fn serial(column: &Column, id: &ObjectId, context: &Context<'_>) -> Option<&'static str> {
    if !context.folded(Kind::Sequence).any(|(_, object)| is_owned(object, id)) {
        return None;
    }
    match column.data_type.full_text().as_str() {
        "smallint" => Some("smallserial"),
        "integer" => Some("serial"),
        "bigint" => Some("bigserial"),
        _ => None,
    }
}

/// The default that is created with the column.
pub(crate) fn own_default<'a>(id: &ObjectId, context: &Context<'a>) -> Option<&'a Expression> {
    let id = ObjectId { kind: Kind::Default, ..id.clone() };
    context.folded(Kind::Default).find(|(other, _)| **other == id).and_then(|(_, object)| match object {
        Object::Default(default) => Some(&default.expression),
        _ => None,
    })
}
