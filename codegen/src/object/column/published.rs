//! Tables of which a publication publishes updates: the server refuses every `UPDATE` of one that has no replica identity (manual,
//! "Logical Replication", Publication). Which it is to have, and for how long, is the reader's to say.

use autogen_core::object::DefinedKind;
use autogen_core::object::table::{Persistence, ReplicaIdentity};
use autogen_core::{Catalog, HazardKind, Kind, Object, ObjectId, QualName};

use crate::context::Context;
use crate::object::shared::above;
use crate::script::Statement;
use crate::sql::Sql;

/// Says on a statement that fills rows of a table, or asks for that, if the server will not do it.
pub(super) fn judge(table: &QualName, context: &Context<'_>, statement: &mut Statement) {
    let states = [context.before(), context.after()];
    if context.is_down() || states.iter().all(|catalog| has_identity(table, catalog)) {
        return;
    }
    let Some(publication) = states.iter().find_map(|catalog| publishing(table, catalog)) else { return };
    let words = format!(
        "the server refuses it, as publication {} publishes updates of {table}, which has no replica identity; give it one \
         first, such as with ALTER TABLE {} REPLICA IDENTITY FULL",
        publication.own_name(),
        Sql::empty().name(table).as_str(),
    );
    statement.hazard(HazardKind::MayFail, words);
}

/// The first publication of updates of a table.
fn publishing<'a>(table: &QualName, catalog: &'a Catalog) -> Option<&'a ObjectId> {
    let Some(Object::Table(own)) = catalog.get(&ObjectId::table(table)) else { return None };
    if own.persistence != Persistence::Permanent {
        return None;
    }
    let mut places = vec![ObjectId::schema(&table.schema)];
    places.extend(above(table, catalog).chain([table.clone()]).map(|name| ObjectId::table(&name)));
    let mut all = catalog.of_kind(Kind::Defined(DefinedKind::Publication));
    let found = all.find(|(id, object)| {
        let Object::Defined(publication) = object else { return false };
        let what = publication.settings.get("publish");
        let updates = what.is_none_or(|what| what.set.as_str().contains("update"));
        let is_all = publication.fixed.as_ref().is_some_and(|fixed| fixed.as_str() == "FOR ALL TABLES");
        let published = catalog.depends_on(id);
        updates && (is_all || places.iter().any(|place| published.contains(place)))
    });
    found.map(|(id, _)| id)
}

/// True if the rows of a table can be told apart, where it is there.
fn has_identity(table: &QualName, catalog: &Catalog) -> bool {
    let Some(Object::Table(own)) = catalog.get(&ObjectId::table(table)) else { return true };
    match own.replica_identity {
        ReplicaIdentity::Full | ReplicaIdentity::Index(_) => true,
        ReplicaIdentity::Nothing => false,
        ReplicaIdentity::Default => catalog.parts(Kind::PrimaryKey, table).next().is_some(),
    }
}
