//! What the partitions' parts of indexes and keys lose when a column of the partitioned table gets another type. The server
//! makes them anew with their whole, however small the change of type is: under a name that it chooses, with the whole's
//! storage, and until 17 with the comment of a whole index (`ATPostAlterTypeCleanup` in tablecmds.c, `DefineIndex` in
//! indexcmds.c). They get back what they had.

use autogen_core::object::Comment;
use autogen_core::{Kind, Object, ObjectId, QualName};

use crate::context::{Context, Sheet};
use crate::object::key::of_partition as key;
use crate::object::{Render, comment, index};

/// The first major version whose parts do not get their whole's comment.
const WITHOUT_COMMENT: u32 = 180_000;

/// To be called once the column has its new type.
pub(crate) fn restore(column: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    let before = context.before();
    if !before.is_partitioned(&column.name) {
        return;
    }
    let statements = sheet.statements.len();
    let of_table = |object: &Object| matches!(object, Object::Index(index) if index.table == column.name);
    let indexes = before.of_kind(Kind::Index).filter(|(_, object)| of_table(object));
    let keys = [Kind::PrimaryKey, Kind::Unique].into_iter().flat_map(|kind| before.parts(kind, &column.name));
    for (whole, _) in indexes.chain(keys) {
        let stays = !context.plan.drops_before(whole, context.at);
        if stays && before.depends_on(whole).contains(column) {
            below(whole, &column.name, context, sheet);
        }
    }
    if sheet.statements.len() > statements {
        sheet.note("the server makes the indexes of the partitions anew, and they get back what they had");
    }
}

/// All parts of an index or key.
fn below(whole: &ObjectId, table: &QualName, context: &Context<'_>, sheet: &mut Sheet) {
    let before = context.before();
    let is_part = |id: &ObjectId| before.whole(id).as_ref() == Some(whole);
    let partitions = before.of_kind(Kind::Table).filter(|(id, object)| {
        let is_below =
            matches!(object, Object::Table(partition) if partition.parents().any(|parent| parent == table));
        let has_left = context.plan.left_at(id).is_some_and(|left| left < context.at);
        is_below && !has_left && !context.plan.drops_before(id, context.at)
    });
    for (partition, _) in partitions {
        let own = |object: &Object| matches!(object, Object::Index(index) if index.table == partition.name);
        let part = match whole.kind {
            Kind::Index => before.of_kind(Kind::Index).find(|(id, object)| own(object) && is_part(id)),
            kind => before.parts(kind, &partition.name).find(|(id, _)| is_part(id)),
        };
        if let Some((part, object)) = part {
            one((part, object), whole, context, sheet);
            below(part, &partition.name, context, sheet);
        }
    }
}

fn one((part, object): (&ObjectId, &Object), whole: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    match object {
        Object::Index(own) => {
            index::of_partition::rename_chosen(own, part, context, sheet);
        }
        own => key::set_name(own, part, whole, context, sheet),
    }
    index::of_partition::set_storage((part, object), context.before().get(whole), sheet);
    for (id, setting) in context.before().of_kind(Kind::Setting) {
        let Object::Setting(setting) = setting else { continue };
        if setting.on == *part && !context.plan.drops_before(id, context.at) {
            setting.create(id, context, sheet);
        }
    }
    let gets_comment = context.options.server_version < WITHOUT_COMMENT && whole.kind == Kind::Index;
    match text(part, context) {
        Some(text) => comment::set(part, Some(text), context.before(), sheet),
        None if gets_comment && text(whole, context).is_some() => {
            comment::set(part, None, context.before(), sheet);
        }
        None => {}
    }
}

/// The comment on an object at this moment.
fn text<'a>(on: &ObjectId, context: &Context<'a>) -> Option<&'a str> {
    let id = Comment::id(on);
    let text = |object: Option<&'a Object>| match object {
        Some(Object::Comment(comment)) => Some(comment.text.as_str()),
        _ => None,
    };
    let is_new = context.plan.created_at(&id).is_some_and(|at| at < context.at)
        || context.plan.alters_before(&id, context.at);
    match is_new {
        true => text(context.after().get(&id)),
        false if context.plan.drops_before(&id, context.at) => None,
        false => text(context.before().get(&id)),
    }
}
