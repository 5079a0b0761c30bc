//! `--include` and `--exclude`: which objects are compared at all. What is left out is taken out of both catalogs, so
//! that it is no difference, whatever became of it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use anyhow::{Context, Result};
use autogen_core::{Catalog, Kind, ObjectId, visible};
use globset::{Glob, GlobSet, GlobSetBuilder};

/// The globs of both options.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    include: Option<GlobSet>,
    exclude: Option<GlobSet>,
}

impl Filter {
    /// Understands the globs.
    pub(crate) fn new(include: &[String], exclude: &[String]) -> Result<Filter> {
        Ok(Filter { include: set("--include", include)?, exclude: set("--exclude", exclude)? })
    }

    /// A copy with what is not to be compared taken out; the catalog itself where nothing is.
    pub(crate) fn applied<'a>(&self, catalog: &'a Catalog) -> Cow<'a, Catalog> {
        if self.include.is_none() && self.exclude.is_none() {
            return Cow::Borrowed(catalog);
        }
        let mut copy = catalog.clone();
        self.apply(&mut copy);
        Cow::Owned(copy)
    }

    /// Takes out what is not to be compared. An object within another (a column, an index) stays or goes with that,
    /// and can be excluded by its own name. A schema stays as long as something in it does.
    pub(crate) fn apply(&self, catalog: &mut Catalog) {
        if self.include.is_none() && self.exclude.is_none() {
            return;
        }
        let out: Vec<ObjectId> =
            catalog.ids().filter(|id| id.kind != Kind::Schema && !self.keeps(catalog, id)).cloned().collect();
        catalog.remove_trees(out);
        let used: BTreeSet<_> =
            catalog.ids().filter(|id| id.kind != Kind::Schema).map(|id| id.name.schema.clone()).collect();
        let schemas: Vec<ObjectId> = catalog.of_kind(Kind::Schema).map(|(id, _)| id.clone()).collect();
        catalog.remove_trees(schemas.into_iter().filter(|id| {
            let named = self.include.as_ref().is_none_or(|globs| matches(globs, id));
            !used.contains(&id.name.name) && (!named || self.excludes(id))
        }));
    }

    /// True if the object is compared.
    pub(crate) fn keeps(&self, catalog: &Catalog, id: &ObjectId) -> bool {
        let root = root(catalog, id);
        let included = self.include.as_ref().is_none_or(|globs| matches(globs, &root));
        included && !self.excludes(&root) && !self.excludes(id)
    }

    fn excludes(&self, id: &ObjectId) -> bool {
        self.exclude.as_ref().is_some_and(|globs| matches(globs, id))
    }
}

fn set(option: &str, globs: &[String]) -> Result<Option<GlobSet>> {
    if globs.is_empty() {
        return Ok(None);
    }
    let mut builder = GlobSetBuilder::new();
    for glob in globs {
        builder.add(Glob::new(glob).with_context(|| format!("{option} {} is no glob", visible(glob)))?);
    }
    Ok(Some(builder.build().with_context(|| format!("the globs of {option} cannot be used together"))?))
}

/// The outermost object that takes this one along. The chain is short; the bound is against a catalog with a circle.
fn root(catalog: &Catalog, id: &ObjectId) -> ObjectId {
    let mut root = id.clone();
    for _ in 0..8 {
        match catalog.container(&root) {
            Some(next) if next.kind != Kind::Schema => root = next,
            _ => break,
        }
    }
    root
}

/// `schema.name`, `name`, and for a part `name.part` and `schema.name.part` as well.
fn matches(globs: &GlobSet, id: &ObjectId) -> bool {
    let (schema, name) = (id.name.schema.as_str(), id.name.name.as_str());
    match &id.part {
        Some(part) => {
            globs.is_match(format!("{name}.{}", part.as_str()))
                || globs.is_match(format!("{schema}.{name}.{}", part.as_str()))
        }
        None => globs.is_match(name) || globs.is_match(format!("{schema}.{name}")),
    }
}

#[cfg(test)]
mod tests {
    use autogen_core::QualName;
    use autogen_core::object::{Schema, Table};

    use super::*;

    #[test]
    fn tables_by_glob() {
        let check = |include: &[&str], exclude: &[&str], expect: &str| {
            let mut catalog = Catalog::default();
            for (schema, table) in [("public", "users"), ("public", "posts"), ("audit", "log")] {
                catalog.insert(ObjectId::schema(&schema.into()), Schema {});
                catalog.insert(ObjectId::table(&QualName::new(schema, table)), Table::default());
            }
            let own = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect::<Vec<_>>();
            Filter::new(&own(include), &own(exclude)).unwrap().apply(&mut catalog);
            let left: Vec<String> = catalog.ids().map(ToString::to_string).collect();
            assert_eq!(left.join(", "), expect);
        };
        check(&["users"], &[], "schema public, table users");
        check(&["audit.*"], &[], "schema audit, table audit.log");
        check(&[], &["audit.*"], "schema audit, schema public, table posts, table users");
        check(&["*"], &["po*"], "schema audit, schema public, table audit.log, table users");
        assert!(Filter::new(&["[".into()], &[]).is_err());
    }
}
