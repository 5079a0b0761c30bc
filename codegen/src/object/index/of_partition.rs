//! The indexes that a partition gets from its parent's when it is created or attached, and their names. The server chooses
//! those; which of several of the same columns gets which depends on the order in which the parent's were made once, and is
//! not guessed.

use autogen_core::object::{Index, PrimaryKey, Unique, choose_name};
use autogen_core::{Catalog, Kind, Lock, Name, Object, ObjectId, Options, QualName};

use crate::context::{Context, Sheet};
use crate::object::key::behind;
use crate::object::shared::{options, rename, set_tablespace};
use crate::sql::Sql;

/// True for the index of a partition that is created or attached while the parent's index is there: the server made it
/// then.
pub(crate) fn comes_with_partition(index: &Index, context: &Context<'_>) -> bool {
    let Some(parent) = &index.partition_of else { return false };
    let parent = ObjectId::new(Kind::Index, parent.clone());
    let Some(partition) = context.plan.created_at(&ObjectId::table(&index.table)) else {
        // One that is made anew may come before the table is attached, or after.
        let was_there = context.plan.created_at(&parent).map_or_else(
            || context.before().contains(&parent),
            |created| context.plan.alters_after(&ObjectId::table(&index.table), created),
        );
        let is_above_attached = match context.after().get(&parent) {
            Some(Object::Index(above)) => {
                context.plan.created_at(&parent).is_some() && comes_with_partition(above, context)
            }
            _ => false,
        };
        return was_there && is_attached(index, context) || is_above_attached;
    };
    match (context.plan.created_at(&parent), context.after().get(&parent)) {
        (Some(created), _) if created < partition => true,
        // A partition of a partition: the index above came along with its own table, which is older than this one.
        (Some(_), Some(Object::Index(parent))) => {
            let table = context.plan.created_at(&ObjectId::table(&parent.table));
            table.is_some_and(|table| table < partition) && comes_with_partition(parent, context)
        }
        (Some(_), _) => false,
        (None, _) => context.before().contains(&parent),
    }
}

/// True if the table became a partition, perhaps once more, earlier in the plan.
fn is_attached(index: &Index, context: &Context<'_>) -> bool {
    context.plan.joined_at(&ObjectId::table(&index.table)).is_some_and(|joined| joined < context.at)
}

/// The name that the server gives an index that comes with a partition.
pub(crate) fn chosen_name(index: &Index) -> Name {
    let columns = index.column_names();
    let mut parts = vec![index.table.name.as_str()];
    parts.extend(columns.iter().map(String::as_str));
    Name::new(choose_name(&parts, "idx"))
}

/// Gives such an index the name that it is to have.
pub(super) fn take_name(index: &Index, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    if !rename_chosen(index, id, context, sheet) {
        sheet.note("the partition got it with its parent's");
    }
    let whole = context.after().whole(id).and_then(|whole| context.after().get(&whole));
    if let Some(object) = context.after().get(id) {
        set_storage((id, object), whole, sheet);
    }
}

/// Gives an index that the server has made its name, if the server has chosen another, or may have. True if anything had to be
/// written.
pub(crate) fn rename_chosen(index: &Index, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) -> bool {
    let chosen = ObjectId::new(Kind::Index, index.table.sibling(chosen_name(index)));
    match &index.partition_of {
        Some(parent) if !is_certain(&chosen, index, id, context) => {
            let statement = sheet.push(rename_found(&index.table, parent, &id.name));
            statement.lock(Lock::AccessExclusive).note("the server has chosen a name for it");
        }
        _ if chosen == *id => return false,
        _ => rename("ALTER INDEX", &chosen, id, sheet),
    }
    true
}

/// Gives the index behind a part of a partitioned index or key the storage parameters and the tablespace that it is to have: the
/// server makes it with its whole's.
pub(crate) fn set_storage(part: (&ObjectId, &Object), whole: Option<&Object>, sheet: &mut Sheet) {
    let (id, object) = part;
    let Some((own, above)) = storage(object).zip(whole.and_then(storage)) else { return };
    let name = behind(id);
    let alter = || Sql::new("ALTER INDEX").name(&name);
    options(alter, above.0, own.0, sheet);
    if above.1 != own.1 {
        set_tablespace(alter(), own.1, sheet);
    }
}

fn storage(object: &Object) -> Option<(&Options, Option<&Name>)> {
    match object {
        Object::Index(Index { options, tablespace, .. })
        | Object::PrimaryKey(PrimaryKey { options, tablespace, .. })
        | Object::Unique(Unique { options, tablespace, .. }) => Some((options, tablespace.as_ref())),
        _ => None,
    }
}

/// True where nothing else has, or gets, the name that the server would choose.
fn is_certain(chosen: &ObjectId, index: &Index, id: &ObjectId, context: &Context<'_>) -> bool {
    let is_taken = |catalog: &Catalog| taken_by(&chosen.name, catalog).is_some_and(|other| other != *id);
    let rivals = context.after().of_kind(Kind::Index).any(|(other, object)| match object {
        Object::Index(rival) => {
            other != id
                && rival.table == index.table
                && rival.partition_of.is_some()
                && chosen_name(rival) == chosen.name.name
        }
        _ => false,
    });
    !rivals && !is_taken(context.before()) && !is_taken(context.after())
}

/// The relation that has a name.
pub(crate) fn taken_by(name: &QualName, catalog: &Catalog) -> Option<ObjectId> {
    [Kind::Table, Kind::View, Kind::MaterializedView, Kind::Sequence, Kind::Index]
        .into_iter()
        .map(|kind| ObjectId::new(kind, name.clone()))
        .find(|id| catalog.contains(id))
}

/// A block that finds the table's part of a partitioned index and renames it. If another index of the table has the name
/// for the moment, that steps aside: it waits for its own turn.
pub(crate) fn rename_found(table: &QualName, parent: &QualName, wanted: &QualName) -> Sql {
    let regclass =
        |name: &QualName| Sql::new("to_regclass(").literal(Sql::empty().name(name).as_str()).punct(")");
    let of_table = |column: &'static str, name: &QualName| {
        let sql = Sql::new("    WHERE indrelid =").sql(regclass(table));
        sql.kw(column).sql(regclass(name)).punct(");").line()
    };
    let aside = choose_name(&[wanted.name.as_str()], "autogen_aside");
    let rename_if = |condition: &'static str, index: &'static str, name: &str| {
        let rename = Sql::new("EXECUTE format('ALTER INDEX %s RENAME TO %I',").kw(index).literal(name);
        Sql::new(condition).sql(rename.punct(");")).kw("END IF;").line()
    };
    let body = Sql::empty()
        .line()
        .kw("DECLARE")
        .line()
        .kw("  found regclass := (SELECT inhrelid FROM pg_inherits JOIN pg_index ON indexrelid = inhrelid")
        .line()
        .sql(of_table("AND inhparent =", parent))
        .kw("  rival regclass := (SELECT indexrelid FROM pg_index")
        .line()
        .sql(of_table("AND indexrelid =", wanted))
        .kw("BEGIN")
        .line()
        .sql(rename_if("  IF rival <> found THEN", "rival,", &aside))
        .sql(rename_if("  IF rival IS DISTINCT FROM found THEN", "found,", wanted.name.as_str()))
        .kw("END")
        .line();
    Sql::new("DO").dollar(body.as_str())
}
