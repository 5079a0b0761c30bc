//! What one table's expressions are hung on: a temporary table that looks like it, and the statements that hang each kind
//! of expression there and take it away again.

use std::collections::BTreeMap;

use autogen_codegen::canonical;
use autogen_codegen::sql::Sql;
use autogen_core::{Catalog, DataType, Expression, Kind, Name, Object, ObjectId, QualName};
use autogen_introspect::models::overlay::Role;

use super::rewrite::{is, rewrite};

/// A temporary table that stands for one of the wanted schema.
pub(super) struct Scene<'a> {
    table: &'a QualName,
    columns: Vec<(Name, DataType)>,
    /// Enums that are not, or not so, in the database: copied beside the table.
    copies: BTreeMap<QualName, Vec<String>>,
    /// How the table is partitioned, if it is.
    key: Option<Expression>,
    /// There is no table, and no type either.
    is_bare: bool,
    is_incomplete: bool,
}

impl<'a> Scene<'a> {
    pub(super) fn new(table: &'a QualName, existing: &Catalog, wanted: &Catalog) -> Self {
        let key = match wanted.get(&ObjectId::table(table)) {
            Some(Object::Table(table)) => table.partition_key.clone(),
            _ => None,
        };
        let mut scene = Scene { key, is_bare: false, ..Self::bare(table) };
        for (id, object) in wanted.parts(Kind::Column, table) {
            let (Some(name), Object::Column(column)) = (&id.part, object) else { continue };
            let base = &column.data_type.base;
            let type_id = ObjectId::new(Kind::EnumType, base.clone());
            match wanted.get(&type_id) {
                Some(Object::EnumType(enum_type)) if existing.get(&type_id) != wanted.get(&type_id) => {
                    scene.copies.insert(base.clone(), enum_type.labels.clone());
                    scene.columns.push((name.clone(), canonical::scratch_type(&column.data_type)));
                }
                _ if column.data_type.object(wanted).is_some_and(|id| !existing.contains(&id)) => {
                    scene.is_incomplete = true
                }
                _ => scene.columns.push((name.clone(), column.data_type.clone())),
            }
        }
        scene
    }

    /// No table at all, for what needs none.
    pub(super) fn bare(table: &'a QualName) -> Self {
        Scene {
            table,
            columns: Vec::new(),
            copies: BTreeMap::new(),
            key: None,
            is_bare: true,
            is_incomplete: false,
        }
    }

    /// Names are looked up as the user's session would, although they are printed with every schema.
    pub(super) fn parsing_path(&self) -> String {
        Sql::new("SET LOCAL search_path =").ident(&self.table.schema).punct(", public").into_text()
    }

    /// The statements that build it.
    pub(super) fn set_up(&self) -> Vec<String> {
        if self.is_bare {
            return Vec::new();
        }
        let copies = self.copies.iter().map(|(name, labels)| canonical::scratch_enum(&name.name, labels));
        copies.chain([canonical::scratch_table(&self.table.name, &self.columns)]).collect()
    }

    /// The statements that take it away, so that another can be built under the same names.
    pub(super) fn clean_up(&self) -> Vec<String> {
        if self.is_bare {
            return Vec::new();
        }
        let copies = self.copies.keys().map(|name| canonical::drop_enum(&name.name));
        [canonical::drop_table(&self.table.name)].into_iter().chain(copies).collect()
    }

    /// A column had to be left out, so a refusal proves nothing.
    pub(super) fn is_incomplete(&self) -> bool {
        self.is_incomplete
    }

    /// The statements that hang an expression somewhere under the probe's name; `None` if there is nothing to hang it on.
    pub(super) fn hang(&self, role: &Role, text: &Expression, probe: &Name) -> Option<Vec<String>> {
        let table = &self.table.name;
        Some(vec![match role {
            Role::Condition => canonical::add_condition(table, probe, text),
            Role::Value => canonical::add_value(table, probe, text),
            Role::Default(column) => {
                let (_, data_type) = self.columns.iter().find(|(name, _)| name == column)?;
                canonical::add_default(table, probe, data_type, text)
            }
            Role::Policy => canonical::add_policy(table, probe, text),
            Role::PartitionKey => canonical::partitioned_table(probe, &self.columns, text),
            Role::Bound => {
                let parent = parent_of(probe);
                return Some(vec![
                    canonical::partitioned_table(&parent, &self.columns, self.key.as_ref()?),
                    canonical::partition(probe, &parent, text),
                ]);
            }
            Role::View => canonical::view(probe, text),
            Role::Type => canonical::view(probe, &canonical::query_of_type(text)),
        }])
    }

    /// The statements that take away what does not go with the table.
    pub(super) fn take_down(role: &Role, probe: &Name) -> Option<String> {
        match role {
            Role::Condition | Role::Value | Role::Default(_) | Role::Policy => None,
            Role::PartitionKey => Some(canonical::drop_table(probe)),
            Role::Bound => Some(canonical::drop_table(&parent_of(probe))),
            Role::View | Role::Type => Some(canonical::drop_view(probe)),
        }
    }

    /// The text with copied enums instead of those in their schemas: `public.mood` becomes `mood`, which is looked for
    /// among the temporary types first.
    pub(super) fn localised(&self, text: &Expression) -> Expression {
        let mut out = text.as_str().to_owned();
        for name in self.copies.keys() {
            out = rewrite(&out, |tokens, at| {
                let [schema, dot, own, ..] = &tokens[at..] else { return None };
                let found = dot.1 == "." && is(schema, name.schema.as_str()) && is(own, name.name.as_str());
                found.then(|| (3, own.1.to_owned()))
            });
        }
        Expression::new(out)
    }

    /// The other way round: a cast to a copied enum gets its schema back.
    pub(super) fn globalised(&self, text: &Expression) -> Expression {
        let mut out = text.as_str().to_owned();
        for name in self.copies.keys() {
            let schema = Sql::empty().ident(&name.schema).into_text();
            out = rewrite(&out, |tokens, at| {
                let [first, second, own, ..] = &tokens[at..] else { return None };
                let found = first.1 == ":" && second.1 == ":" && is(own, name.name.as_str());
                found.then(|| (3, format!("::{schema}.{}", own.1)))
            });
        }
        Expression::new(out)
    }
}

/// The partitioned table of a probe that is a partition.
fn parent_of(probe: &Name) -> Name {
    Name::new(format!("{probe}_parent"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_enums_change_their_schema() {
        let table = QualName::new("public", "t");
        let mut scene = Scene::bare(&table);
        scene.copies.insert(QualName::new("public", "mood"), vec!["a".into()]);
        let check = |global: &str, local: &str| {
            assert_eq!(scene.localised(&Expression::new(global)).as_str(), local);
            assert_eq!(scene.globalised(&Expression::new(local)).as_str(), global);
        };
        check("'a'::public.mood", "'a'::mood");
        check("(mood = 'public.mood'::text)", "(mood = 'public.mood'::text)");
    }
}
