//! Tables. A new one is written in `table/create.rs`, with all that can be folded into its statement. `ALTER TABLE` is
//! good for foreign tables too, but for their options.

mod anew;
mod create;
mod origins;
pub(crate) mod referenced;

use autogen_core::object::Table;
use autogen_core::object::table::{PartitionOf, Persistence, ReplicaIdentity, TableAlteration, staying};
use autogen_core::{HazardKind, Lock, ObjectId, Pair, QualName};

use super::Render;
use super::shared::{alter_table, foreign_options, options, rename, set_tablespace};
use crate::context::{Context, Found, Questions, Sheet, in_words};
use crate::online;
use crate::sql::Sql;

impl Render for Table {
    fn ask_drop(&self, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
        questions.ask(context.rows_that_go(&id.name));
        referenced::ask(&id.name, context, questions);
    }

    fn ask_alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&TableAlteration],
        context: &Context<'_>,
        questions: &mut Questions,
    ) {
        if alterations.iter().any(|one| matches!(one, TableAlteration::PartitionOf(_))) {
            questions.ask(context.rows_question(&id.name));
            pair.before
                .parents()
                .chain(pair.after.parents())
                .for_each(|parent| ask_parent(parent, context, questions));
        }
        for alteration in alterations {
            match alteration {
                TableAlteration::PartitionOf(Some(new)) => {
                    online::bound_rows::ask(new, id, context, questions)
                }
                TableAlteration::PartitionOf(None) => referenced::ask(&id.name, context, questions),
                _ => {}
            }
        }
    }

    fn ask_create(&self, id: &ObjectId, context: &Context<'_>, questions: &mut Questions) {
        if let Some(partition) = &self.partition_of {
            ask_parent(&partition.parent, context, questions);
            online::bound_rows::ask(partition, id, context, questions);
        }
    }

    fn create(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        create::create(self, id, context, sheet);
        if context.is_down() && self.foreign.is_none() {
            sheet.note("the rows that it had cannot be brought back");
        }
    }

    fn drop(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        if self.foreign.is_some() {
            sheet.push(Sql::new("DROP FOREIGN TABLE").name(&id.name)).lock(Lock::AccessExclusive);
            return;
        }
        if let Some(partition) =
            self.partition_of.as_ref().filter(|_| referenced::is_referenced(&id.name, context))
        {
            let sql = alter_table(&partition.parent).kw("DETACH PARTITION").name(&id.name);
            let statement = sheet.push(sql).lock(Lock::AccessExclusive);
            referenced::judge(&id.name, context, statement);
        }
        let statement = sheet.push(Sql::new("DROP TABLE").name(&id.name)).lock(Lock::AccessExclusive);
        let found =
            context.rows_that_go(&id.name).map_or(Found::Unknown, |question| context.found(&question));
        let lost = match found {
            Found::None => {
                statement.note("it is empty");
                return;
            }
            Found::Some { total: 1, .. } => format!("the row of {} is lost", id.name),
            Found::Some { total, .. } => format!("{} of {} are lost", in_words(total), id.name),
            Found::Unknown => format!("the rows of {} are lost", id.name),
        };
        statement.hazard(HazardKind::DataLoss, lost);
        if !context.is_down() {
            statement.hazard(HazardKind::Irreversible, "down.sql makes the table anew, without its rows");
        }
        anew::ask_for_rows(id, context, statement);
    }

    fn alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&TableAlteration],
        context: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for alteration in alterations {
            alter(pair, id, alteration, context, sheet);
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        rename("ALTER TABLE", from, to, sheet);
    }
}

fn alter(
    pair: Pair<&Table>,
    id: &ObjectId,
    alteration: &TableAlteration,
    context: &Context<'_>,
    sheet: &mut Sheet,
) {
    let table = || alter_table(&id.name);
    let rewrite = |statement: &mut crate::Statement| context.tell_rewrite(&id.name, statement);
    match alteration {
        TableAlteration::Persistence(Persistence::Permanent) => {
            rewrite(sheet.push(table().kw("SET LOGGED")).lock(Lock::AccessExclusive));
        }
        TableAlteration::Persistence(Persistence::Unlogged) => {
            rewrite(sheet.push(table().kw("SET UNLOGGED")).lock(Lock::AccessExclusive));
            sheet.note("a crash of the server empties it from now on");
        }
        TableAlteration::PartitionOf(new) => {
            let pair = Pair::new(pair.before.partition_of.as_deref(), new.as_deref());
            partition_of(pair, id, context, sheet);
        }
        TableAlteration::Inherits(new) => inherits(&pair.before.inherits, new, id, sheet),
        TableAlteration::Origins(parts) => origins::settle(pair.after, id, parts, context, sheet),
        TableAlteration::OfType(Some(of_type)) => {
            sheet.push(table().kw("OF").name(of_type)).lock(Lock::AccessExclusive);
        }
        TableAlteration::OfType(None) => {
            sheet.push(table().kw("NOT OF")).lock(Lock::AccessExclusive);
        }
        TableAlteration::Options(new) => options(table, &pair.before.options, new, sheet),
        TableAlteration::ReplicaIdentity(new) => {
            sheet.push(replica_identity(id, new)).lock(Lock::AccessExclusive);
        }
        TableAlteration::RowSecurity(on) => {
            let sql =
                table().kw(if *on { "ENABLE ROW LEVEL SECURITY" } else { "DISABLE ROW LEVEL SECURITY" });
            sheet.push(sql).lock(Lock::AccessExclusive);
        }
        TableAlteration::ForceRowSecurity(on) => {
            let sql =
                table().kw(if *on { "FORCE ROW LEVEL SECURITY" } else { "NO FORCE ROW LEVEL SECURITY" });
            sheet.push(sql).lock(Lock::AccessExclusive);
        }
        TableAlteration::AccessMethod(new) => {
            let heap = autogen_core::Name::new("heap");
            let sql = table().kw("SET ACCESS METHOD").ident(new.as_ref().unwrap_or(&heap));
            rewrite(sheet.push(sql).lock(Lock::AccessExclusive));
        }
        TableAlteration::Tablespace(new) => set_tablespace(table(), new.as_ref(), sheet),
        TableAlteration::ForeignOptions(new) => {
            let alter = Sql::new("ALTER FOREIGN TABLE").name(&id.name);
            let none = autogen_core::Options::new();
            let old = pair.before.foreign.as_ref().map_or(&none, |foreign| &foreign.options);
            foreign_options(alter, old, new, sheet);
        }
    }
}

/// Whether others have to wait for a table that comes to a parent or leaves it.
fn ask_parent(parent: &QualName, context: &Context<'_>, questions: &mut Questions) {
    let rest = online::partition::default_partition(parent, context.before());
    for table in std::iter::once(parent).chain(rest) {
        questions.ask(context.rows_question(table));
    }
}

/// Who leaves one parent for another is detached by an alteration of its own.
fn partition_of(pair: Pair<Option<&PartitionOf>>, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    match (pair.before, pair.after) {
        (_, Some(new)) => online::partition::attach(new, id, context, sheet),
        (Some(old), None) => online::partition::detach(old, id, context, sheet),
        (None, None) => {}
    }
}

/// Who leaves parents for others leaves them by an alteration of its own.
fn inherits(before: &[QualName], after: &[QualName], id: &ObjectId, sheet: &mut Sheet) {
    let stay = staying(before, after);
    if stay.len() == after.len() {
        for parent in before.iter().filter(|old| !stay.contains(old)) {
            sheet.push(alter_table(&id.name).kw("NO INHERIT").name(parent)).lock(Lock::AccessExclusive);
        }
    }
    for parent in &after[stay.len()..] {
        sheet.push(alter_table(&id.name).kw("INHERIT").name(parent)).lock(Lock::AccessExclusive);
    }
}

fn replica_identity(id: &ObjectId, identity: &ReplicaIdentity) -> Sql {
    let sql = alter_table(&id.name).kw("REPLICA IDENTITY");
    match identity {
        ReplicaIdentity::Default => sql.kw("DEFAULT"),
        ReplicaIdentity::Full => sql.kw("FULL"),
        ReplicaIdentity::Nothing => sql.kw("NOTHING"),
        ReplicaIdentity::Index(name) => sql.kw("USING INDEX").ident(name),
    }
}
