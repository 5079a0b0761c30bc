//! From the change graph to the script: every change is written by its kind; here it gets the comment line that says why,
//! the place in the models, and the renames that are only offered.

use autogen_core::object::function::Routine;
use autogen_core::object::sequence;
use autogen_core::{Action, ChangeGraph, Kind, Lock, Object, ObjectId, QualName, Span};

use crate::context::{Context, Plan, Sheet};
use crate::object::shared::rename_label;
use crate::object::{rename_offer, statements};
use crate::online::swap;
use crate::options::{InUse, RenameCandidate, RenderOptions};
use crate::parts::{self, Written};
use crate::script::{Pace, Script, Statement};

/// Writes the script of a change graph. The same input gives the same bytes.
pub fn render(graph: &ChangeGraph, options: &RenderOptions) -> Script {
    parts::one_way(written(graph, options))
}

/// Writes the way there and the way back of a migration, part by part: both scripts have the same number of parts, and the
/// first part of the second undoes the last part of the first.
pub fn render_both(
    up: (&ChangeGraph, &RenderOptions),
    down: (&ChangeGraph, &RenderOptions),
) -> (Script, Script) {
    parts::both_ways(written(up.0, up.1), written(down.0, down.1))
}

fn written<'a>(graph: &'a ChangeGraph, options: &RenderOptions) -> Written<'a> {
    let plan = Plan::new(graph);
    let mut by_change = Vec::with_capacity(graph.changes.len());
    for (at, change) in graph.changes.iter().enumerate() {
        let context = Context { plan: &plan, options, change, at };
        let mut sheet = Sheet::new(change);
        statements(&context, &mut sheet);
        crate::object::privilege::remade::settle(&context, &mut sheet);
        offers(&context, &mut sheet);
        by_change.push(finished(sheet, &context));
    }
    let swaps = swap::swaps(&plan, options, &mut by_change);
    Written { graph, by_change, swaps, lock_timeout: options.lock_timeout.clone() }
}

/// The statements with the change's comment line above the first and the place in the models on all.
pub(crate) fn finished(sheet: Sheet, context: &Context<'_>) -> Vec<Statement> {
    let source = source(&context.change.id, context.options);
    let mut comment = sheet.why.unwrap_or_else(|| why(context));
    if let Some(span) = source {
        comment.push_str(&format!(" ({}:{})", span.file.display(), span.line()));
    }
    let mut statements = sheet.statements;
    let in_use =
        context.options.in_use != InUse::Nothing && tables(context).iter().any(|table| context.in_use(table));
    for statement in &mut statements {
        statement.source = source.cloned();
        let waits = statement.lock.is_some_and(|lock| lock >= Lock::ShareUpdateExclusive);
        statement.pace.get_or_insert(if in_use && waits { Pace::Brief } else { Pace::Free });
        for undo in &mut statement.undo {
            undo.source = source.cloned();
        }
    }
    for comment in statements.iter_mut().skip(1).filter_map(|statement| statement.comment.as_mut()) {
        if let Some(first) = comment.get_mut(..1) {
            first.make_ascii_uppercase();
        }
    }
    if let Some(first) = statements.first_mut() {
        let notes = sheet.notes.into_iter().chain(first.comment.take());
        first.comment = Some(std::iter::once(comment).chain(notes).collect::<Vec<_>>().join("; "));
    }
    statements
}

/// The tables that the statements of a change may lock.
pub(crate) fn tables(context: &Context<'_>) -> Vec<QualName> {
    let change = context.change;
    let from = match &change.action {
        Action::Rename { from } => Some(from),
        Action::Create | Action::Drop | Action::Alter(_) => None,
    };
    let mut all = Vec::new();
    for id in std::iter::once(&change.id).chain(from) {
        all.push(id.name.clone());
        for object in [context.before().get(id), context.after().get(id)].into_iter().flatten() {
            match object {
                Object::Index(index) => all.push(index.table.clone()),
                Object::ForeignKey(key) => all.push(key.parent.clone()),
                Object::EnumType(_) => {
                    let columns = context.before().of_kind(Kind::Column);
                    let own = columns.filter(|(_, object)| matches!(object, Object::Column(column) if column.data_type.base == id.name));
                    all.extend(own.map(|(column, _)| column.name.clone()));
                }
                _ => {}
            }
        }
    }
    all
}

fn why(context: &Context<'_>) -> String {
    let change = context.change;
    let id = subject(&change.id, context);
    let mut line = match (&change.action, change.replaces) {
        (Action::Create | Action::Alter(_), _) if change.id.kind == Kind::Owner => given(&change.id, context),
        (Action::Create, false) => format!("Add {id}"),
        (Action::Create, true) => format!("Make {id} anew"),
        (Action::Drop, false) => removed(&change.id, context),
        (Action::Drop, true) => format!("Take {id} away, to be made anew below"),
        (Action::Rename { from }, _) => {
            format!("Rename {} to {}", named(from), new_name(from, &change.id))
        }
        (Action::Alter(_), _) => format!("Change {id}"),
    };
    if let Some(because) = &change.because {
        line.push_str(&format!(", because {} changes", subject(because, context)));
    }
    line
}

fn given(id: &ObjectId, context: &Context<'_>) -> String {
    match context.after().get(id) {
        Some(Object::Owner(owner)) => format!("Give {} to {}", named(&owner.on), owner.role),
        _ => format!("Change {id}"),
    }
}

fn removed(id: &ObjectId, context: &Context<'_>) -> String {
    match context.before().get(id) {
        Some(Object::Comment(comment)) if comment.by_default.is_some() => {
            format!("Give {} its own comment back", named(&comment.on))
        }
        _ => format!("Remove {}", subject(id, context)),
    }
}

/// What a change is about, in words. A comment, owner or privilege is named by what it is on.
fn subject(id: &ObjectId, context: &Context<'_>) -> String {
    let catalog = if context.after().contains(id) { context.after() } else { context.before() };
    let on = |on: &ObjectId| sequence::by_name(on, catalog);
    match catalog.get(id) {
        Some(Object::Comment(comment)) => format!("the comment on {}", named(&on(&comment.on))),
        Some(Object::Owner(owner)) => format!("the owner of {}", named(&owner.on)),
        Some(Object::Privilege(privilege)) if privilege.is_owner => {
            format!("what its owner may do with {}", named(&on(&privilege.on)))
        }
        Some(Object::Privilege(privilege)) if privilege.grantee.is_empty() => {
            format!("what everybody may do with {}", named(&on(&privilege.on)))
        }
        Some(Object::Privilege(privilege)) => {
            let by = privilege.grantor.as_ref().map(|grantor| format!(", by grant of {grantor}"));
            format!(
                "what {} may do with {}{}",
                privilege.grantee,
                named(&on(&privilege.on)),
                by.unwrap_or_default()
            )
        }
        Some(Object::DefaultPrivilege(privilege)) => {
            format!(
                "what others may do with {} that {} will create",
                privilege.class.to_lowercase(),
                privilege.role
            )
        }
        Some(Object::Function(function)) => match function.routine {
            Routine::Function => named(id),
            Routine::Procedure => format!("procedure {}", id.name),
            Routine::Aggregate => format!("aggregate {}", id.name),
        },
        Some(Object::Table(table)) if table.foreign.is_some() => format!("foreign {}", named(id)),
        _ => named(id),
    }
}

/// An object in words.
fn named(id: &ObjectId) -> String {
    match id.kind {
        Kind::Default => format!("the default of {}.{}", id.name, id.own_name()),
        Kind::Function => format!("function {}", id.name),
        _ => id.to_string(),
    }
}

/// What something is called now: by its schema too if it has moved to another.
fn new_name(from: &ObjectId, to: &ObjectId) -> String {
    let is_moved = from.name.schema != to.name.schema;
    let is_own = to.part.is_none() || from.own_name() == to.own_name();
    if is_moved && is_own { to.name.to_string() } else { to.own_name().to_string() }
}

/// Where the models speak of an object, or else of its relation.
fn source<'a>(id: &ObjectId, options: &'a RenderOptions) -> Option<&'a Span> {
    let column = ObjectId { kind: Kind::Column, ..id.clone() };
    let sources = &options.sources;
    let of_column = (id.kind == Kind::Default).then(|| sources.get(&column)).flatten();
    let of_table = id.part.is_some().then(|| sources.get(&ObjectId::table(&id.name))).flatten();
    sources.get(id).or(of_column).or(of_table)
}

/// Renames that somebody may have meant stand beside the drop, with a pointer at the add.
fn offers(context: &Context<'_>, sheet: &mut Sheet) {
    let (change, options) = (context.change, context.options);
    if change.replaces {
        return;
    }
    let Some(first) = sheet.statements.first_mut() else { return };
    let found = |end: fn(&RenameCandidate) -> &ObjectId| {
        options.candidates.iter().find(|candidate| *end(candidate) == change.id)
    };
    match change.action {
        Action::Drop => {
            if let Some(RenameCandidate { from, to }) = found(|candidate| &candidate.from) {
                let message = format!(
                    "if {} was renamed to {}, put this in place of the two statements that remove the one and add the other:",
                    named(from),
                    new_name(from, to)
                );
                first.todo(message, rename_offer(from, to));
            }
        }
        Action::Create => match found(|candidate| &candidate.to) {
            Some(RenameCandidate { from, to }) if context.plan.drops(from) => {
                let message =
                    format!("{} looks like {} renamed; see where that is removed.", named(to), named(from));
                first.todo(message, None);
            }
            Some(RenameCandidate { from, to }) => {
                let message =
                    format!("if {} was renamed to {}, put this in place:", named(from), new_name(from, to));
                first.todo(message, rename_offer(from, to));
            }
            None => {}
        },
        Action::Alter(_) => {
            for label in options.labels.iter().filter(|label| label.enum_type == change.id) {
                let message = format!(
                    "if the label {} was renamed to {}, put this in place of the statements that make the type anew:",
                    label.from, label.to
                );
                first.todo(message, Some(rename_label(&change.id, &label.from, &label.to)));
            }
        }
        Action::Rename { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use autogen_core::SourceMap;

    use super::*;
    use crate::options::Direction;
    use crate::testing::{Scene, column_id, nullable, public, text, users};

    #[track_caller]
    fn check(scene: &Scene, expect: &str) {
        assert_eq!(render(&scene.graph, &scene.options).to_sql(), expect);
    }

    #[test]
    fn why_and_where() {
        let (from, to) = (column_id("users", "nick"), column_id("users", "nickname"));
        let mut scene = users().rows(&public("users"), 3).drop(&from, nullable(2, text())).create(
            &to,
            nullable(2, text()),
            &[],
        );
        let mut sources = SourceMap::default();
        sources
            .insert(to.clone(), Span::new(std::sync::Arc::new("src/mo\ndels.rs".into()), (14, 1), (14, 1)));
        scene.options.sources = sources;
        scene.options.candidates.push(RenameCandidate { from, to });
        check(
            &scene,
            "-- Remove column users.nick\n\
             -- HAZARD data loss: the values of users.nick are lost in 3 rows\n\
             -- HAZARD cannot be undone: down.sql makes the column anew, without its values\n\
             -- TODO(autogen): if column users.nick was renamed to nickname, put this in place of the two statements that \
             remove the one and add the other:\n\
             -- ALTER TABLE users RENAME COLUMN nick TO nickname;\n\
             ALTER TABLE users DROP COLUMN nick;\n\
             \n\
             -- Add column users.nickname (src/mo\\ndels.rs:14)\n\
             -- TODO(autogen): column users.nickname looks like column users.nick renamed; see where that is removed.\n\
             ALTER TABLE users ADD COLUMN nickname text;\n",
        );
    }

    #[test]
    fn the_way_back_says_what_is_lost() {
        let mut scene = users().create(&column_id("users", "nick"), nullable(2, text()), &[]);
        scene.options.direction = Direction::Down;
        let expect = "-- Add column users.nick; the values that it had cannot be brought back\n\
                      ALTER TABLE users ADD COLUMN nick text;\n";
        check(&scene, expect);
    }

    #[test]
    fn nothing_to_do() {
        check(&users(), "");
    }
}
