//! Rust enums over Postgres enums (MODELS.md, rule 15). The order of labels is wanted only where an attribute says so.

use autogen_core::object::{DefinedKind, EnumType};
use autogen_core::{Kind, Object, ObjectId};

use super::super::{EnumModel, EnumOrigin};
use super::{Builder, FromModels};

impl FromModels for EnumType {
    fn lay(builder: &mut Builder<'_>) {
        let models = builder.models;
        for model in &models.enums {
            builder.enum_type(model);
        }
    }
}

impl Builder<'_> {
    fn enum_type(&mut self, model: &EnumModel) {
        if model.attribute.ignore.is_some() || model.attribute.stored_as.is_some() {
            return;
        }
        let id = self.enum_name_of(model);
        let wanted: Vec<String> = model.labels.iter().map(|label| label.label.clone()).collect();
        let labels = match self.live.get(&id) {
            Some(Object::EnumType(live)) => {
                let renamed = self.out.hints.renames.labels(&id);
                let follow = |label: &String| renamed.and_then(|map| map.get(label)).unwrap_or(label).clone();
                let now: Vec<String> = live.labels.iter().map(follow).collect();
                self.bound.insert(id.clone());
                if model.is_ordered { wanted } else { merged(&now, &wanted) }
            }
            Some(_) => return,
            // A type of another kind has the name: what the code calls a type need not be an enum.
            None if self.is_other_type(&id) => return,
            None if model.origin == EnumOrigin::Attribute || self.is_used(model) => wanted,
            None => return,
        };
        self.declare(&id, &model.span);
        for label in &model.labels {
            if let (Some(map), was) = (&label.attribute.map_to, &label.label) {
                self.out
                    .hints
                    .label_map
                    .entry(id.clone())
                    .or_default()
                    .insert(was.clone(), map.value.clone());
            }
        }
        let labels = labels.into_iter().filter(|label| !self.goes(&id, label)).collect();
        self.out.catalog.update(&id, EnumType { labels });
    }

    fn enum_name_of(&self, model: &EnumModel) -> ObjectId {
        let schema =
            model.attribute.schema.as_ref().map(|said| said.value.as_str()).or(model.schema.as_deref());
        ObjectId::new(Kind::EnumType, self.enum_name(schema, &model.name))
    }

    /// The enum that a model is laid over, if it is.
    pub(super) fn enum_id(&self, model: &EnumModel) -> Option<ObjectId> {
        let is_one = model.attribute.ignore.is_none() && model.attribute.stored_as.is_none();
        Some(self.enum_name_of(model)).filter(|id| is_one && self.out.catalog.contains(id))
    }

    /// A variant with `map_to` is there only to say where its rows go.
    fn goes(&self, id: &ObjectId, label: &str) -> bool {
        self.out.hints.label_map.get(id).is_some_and(|map| map.contains_key(label))
    }

    fn enum_name(&self, schema: Option<&str>, name: &str) -> autogen_core::QualName {
        let public = self.qualified(schema, name);
        if schema.is_some() || self.live.contains(&ObjectId::new(Kind::EnumType, public.clone())) {
            return public;
        }
        // Diesel code often leaves the schema out where the search path finds the type.
        let mut elsewhere = self.live.of_kind(Kind::EnumType).filter(|(id, _)| id.name.name.as_str() == name);
        elsewhere.next().map_or(public, |(id, _)| id.name.clone())
    }

    fn is_other_type(&self, id: &ObjectId) -> bool {
        let kinds =
            [Kind::Domain, Kind::CompositeType, Kind::RangeType, Kind::Defined(DefinedKind::BaseType)];
        kinds.into_iter().any(|kind| {
            let other = ObjectId { kind, ..id.clone() };
            self.live.contains(&other) || self.live.extension_owned.contains(&other)
        })
    }

    fn is_used(&self, model: &EnumModel) -> bool {
        self.models
            .tables
            .iter()
            .flat_map(|table| &table.columns)
            .any(|column| column.proposal().is_some_and(|sql_type| sql_type.name == model.name))
    }
}

/// The wanted labels in the live order; a new one stands behind the label that precedes it in the code.
fn merged(live: &[String], wanted: &[String]) -> Vec<String> {
    let mut labels: Vec<String> = live.iter().filter(|label| wanted.contains(label)).cloned().collect();
    for (at, label) in wanted.iter().enumerate().filter(|(_, label)| !live.contains(label)) {
        let previous =
            wanted[..at].iter().rev().find_map(|previous| labels.iter().position(|known| known == previous));
        let place = match previous {
            Some(previous) => previous + 1,
            None if at == 0 => 0,
            None => labels.len(),
        };
        labels.insert(place, label.clone());
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::merged;

    #[track_caller]
    fn check(live: &str, wanted: &str, expect: &str) {
        let list = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(merged(&list(live), &list(wanted)), list(expect));
    }

    #[test]
    fn the_live_order_stays() {
        check("b a", "a b", "b a");
        check("a b", "a x b", "a x b");
        check("a b", "x a b y", "x a b y");
        check("a b c", "a c", "a c");
    }
}
