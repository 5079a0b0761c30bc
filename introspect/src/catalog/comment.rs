//! Comments, from `pg_description`. The sequence of an identity column, the check
//! of a domain and the index behind a constraint are no objects of the model, but have an id.

use autogen_core::object::Comment;
use autogen_core::{Kind, Name, ObjectId};

use super::oids::{Oids, class};
use super::query::query;
use super::reader::Reader;
use super::row::row;
use super::{Error, FromCatalog};

row! {
    struct CommentRow {
        class: u32,
        oid: u32,
        sub: i32,
        text: String,
        by_default: Option<String>,
        domain_check: Option<Name>,
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
            let on = if row.sub > 0 { column(&reader.oids, row.oid, row.sub) } else { Some(whole.clone()) };
            let Some(mut on) = on else { continue };
            if is_constraint {
                on = ObjectId::new(Kind::Index, whole.name.sibling(whole.own_name().clone()));
            }
            if let Some(check) = row.domain_check {
                on = ObjectId::part(Kind::Domain, whole.name.clone(), check);
            }
            let id = Comment::id(&on);
            if is_constraint || on.kind == Kind::Domain || (row.sub > 0 && whole.kind != Kind::Table) {
                // The columns of views and composite types, and the checks of domains, are no objects that it could depend on.
                reader.catalog.add_use(id.clone(), whole);
            }
            reader.catalog.insert(id, Comment { on, text: row.text, by_default: row.by_default });
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
