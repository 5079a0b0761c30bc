//! Renames that the models tell, and names for objects that nobody named.

use autogen_core::object::choose_name;
use autogen_core::{Catalog, Kind, Name, ObjectId, QualName, Renames};

use super::super::Models;

/// The renames of the models (`was`) and of the command line that are still to be made: the old name is there, the new
/// one is not. A hint that was followed long ago is no error.
pub(super) fn renames(models: &Models, live: &Catalog, given: &Renames) -> Renames {
    let mut renames = given.clone();
    let qualified = |schema: Option<&str>, name: &str| QualName::new(schema.unwrap_or("public"), name);
    for model in &models.tables {
        let schema =
            model.attribute.schema.as_ref().map(|said| said.value.as_str()).or(model.schema.as_deref());
        let new = qualified(schema, &model.name);
        let mut old = new.clone();
        if let Some(was) = &model.attribute.was {
            let named = match was.value.split_once('.') {
                Some((schema, name)) => QualName::new(schema, name),
                None => qualified(schema, &was.value),
            };
            if live.contains(&ObjectId::table(&named)) && !live.contains(&ObjectId::table(&new)) {
                renames.insert(ObjectId::table(&named), ObjectId::table(&new));
                old = named;
            }
        }
        if let Some((from, _)) = given.iter().find(|(_, to)| **to == ObjectId::table(&new)) {
            old = from.name.clone();
        }
        for column in &model.columns {
            let Some(was) = &column.attribute.was else { continue };
            let (from, to) = (Name::new(&was.value), Name::new(&column.name));
            let (from_id, to_id) = (ObjectId::column(&old, &from), ObjectId::column(&old, &to));
            // The old column may have a successor of its own under the old name; then the new one cannot be there yet.
            if live.contains(&from_id) && !live.contains(&to_id) {
                renames.insert(from_id, ObjectId::column(&new, &to));
            }
        }
    }
    for model in &models.enums {
        let schema =
            model.attribute.schema.as_ref().map(|said| said.value.as_str()).or(model.schema.as_deref());
        let id = ObjectId::new(Kind::EnumType, qualified(schema, &model.name));
        let Some(autogen_core::Object::EnumType(enum_type)) = live.get(&id) else { continue };
        for label in &model.labels {
            if let Some(was) = &label.attribute.was
                && enum_type.labels.contains(&was.value)
                && !enum_type.labels.contains(&label.label)
            {
                renames.insert_label(id.clone(), &was.value, &label.label);
            }
        }
    }
    renames
}

/// Postgres's own choice of a name, with a number where it is taken (`ChooseRelationName`).
pub(super) fn free(catalog: &Catalog, schema: &Name, parts: &[&str], label: &str) -> Name {
    let taken = |name: &str| {
        let name = QualName::new(schema.clone(), name);
        let relation = [Kind::Table, Kind::View, Kind::MaterializedView, Kind::Index, Kind::Sequence]
            .into_iter()
            .any(|kind| catalog.contains(&ObjectId::new(kind, name.clone())));
        let constraint = [Kind::PrimaryKey, Kind::Unique, Kind::Exclusion, Kind::Check, Kind::ForeignKey]
            .into_iter()
            .flat_map(|kind| catalog.of_kind(kind))
            .any(|(id, _)| id.name.schema == *schema && id.own_name() == &name.name);
        relation || constraint
    };
    let mut label_now = label.to_owned();
    for number in 1.. {
        let name = choose_name(parts, &label_now);
        if !taken(&name) {
            return Name::new(name);
        }
        label_now = format!("{label}{number}");
    }
    Name::new(label)
}
