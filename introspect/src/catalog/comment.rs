//! Comments, from `pg_description`. Those on the checks of domains and on identity sequences have no object in the
//! model that could carry them, and are reported as not read. The index behind a constraint is none either, but has the
//! constraint's name.

use autogen_core::object::Comment;
use autogen_core::{Kind, Name, ObjectId};

use super::oids::{Oids, class};
use super::query::query;
use super::reader::{Reader, report_unread};
use super::row::row;
use super::{Error, FromCatalog};

row! {
    struct CommentRow {
        class: u32,
        oid: u32,
        sub: i32,
        text: String,
    }
}

impl FromCatalog for Comment {
    fn read(reader: &mut Reader<'_>) -> Result<(), Error> {
        for row in reader.session.rows::<CommentRow>(query!("comments", "comment.sql"))? {
            let row = row?;
            let Some(whole) = reader.oids.get(row.class, row.oid).cloned() else { continue };
            if reader.catalog.extension_owned.contains(&whole) {
                continue;
            }
            let is_constraint = matches!(whole.kind, Kind::PrimaryKey | Kind::Unique | Kind::Exclusion)
                && row.class == class::RELATION;
            if whole.kind == Kind::Domain && row.class == class::CONSTRAINT {
                report_unread(
                    &mut reader.catalog,
                    "comment on a domain's check",
                    whole.name.clone(),
                    "autogen does not model this kind",
                );
                continue;
            }
            let on = if row.sub > 0 { column(&reader.oids, row.oid, row.sub) } else { Some(whole.clone()) };
            let Some(mut on) = on else { continue };
            if is_constraint {
                on = ObjectId::new(Kind::Index, whole.name.sibling(whole.own_name().clone()));
            }
            let id = Comment::id(&on);
            if is_constraint || (row.sub > 0 && whole.kind != Kind::Table) {
                // The columns of views and composite types are no objects that it could depend on.
                reader.catalog.add_use(id.clone(), whole);
            }
            reader.catalog.insert(id, Comment { on, text: row.text });
        }
        Ok(())
    }
}

/// A column by its relation and number, of a view or composite type too.
pub(super) fn column(oids: &Oids, relation: u32, sub: i32) -> Option<ObjectId> {
    let relation = oids.relation(relation)?;
    let name: &Name = relation.column(i16::try_from(sub).ok()?)?;
    Some(ObjectId::column(&relation.name, name))
}
