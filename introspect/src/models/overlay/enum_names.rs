//! Enums whose Postgres name is only a guess. diesel-derive-enum 1 derives `account_status` from `AccountStatus`; under
//! Diesel 1 nobody notices if the database says `accountstatus`, since what a look-up does not find is left to Postgres.
//! So where the derived name is not there, and one other enum differs from it by underscores and case alone, that is
//! meant. What an attribute says is no guess.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use autogen_core::{Catalog, Kind};

use super::super::{EnumModel, EnumOrigin, Models, SqlType, TypeSet};

/// The models with the names of the catalog.
pub(super) fn settle<'m>(models: Cow<'m, Models>, live: &Catalog) -> Cow<'m, Models> {
    let names: BTreeMap<String, String> =
        models.enums.iter().filter_map(|one| Some((one.name.clone(), meant(one, &models, live)?))).collect();
    if names.is_empty() {
        return models;
    }
    let mut models = models.into_owned();
    for one in &mut models.enums {
        if let Some(name) = names.get(&one.name).filter(|_| is_guess(one)) {
            one.name.clone_from(name);
        }
    }
    for table in &mut models.tables {
        for column in &mut table.columns {
            rename(&mut column.accept, &names);
            let declared = column.declared.as_mut().and_then(|declared| declared.sql_type.as_mut());
            declared.into_iter().for_each(|ty| rename_type(ty, &names));
        }
    }
    Cow::Owned(models)
}

fn is_guess(model: &EnumModel) -> bool {
    model.origin == EnumOrigin::DeriveEnum && model.schema.is_none()
}

/// The one live enum that a guess can only mean.
fn meant(model: &EnumModel, models: &Models, live: &Catalog) -> Option<String> {
    let bare = |name: &str| name.replace('_', "").to_lowercase();
    let names = || live.of_kind(Kind::EnumType).map(|(id, _)| id.name.name.as_str());
    if !is_guess(model) || names().any(|name| name == model.name) {
        return None;
    }
    let mut alike = names().filter(|name| {
        bare(name) == bare(&model.name) && !models.enums.iter().any(|other| other.name == **name)
    });
    let first = alike.next()?;
    alike.next().is_none().then(|| first.to_owned())
}

fn rename(set: &mut TypeSet, names: &BTreeMap<String, String>) {
    match set {
        TypeSet::OneOf(types) => Arc::make_mut(types).iter_mut().for_each(|ty| rename_type(ty, names)),
        TypeSet::Unknown => {}
    }
}

fn rename_type(ty: &mut SqlType, names: &BTreeMap<String, String>) {
    if let (None, Some(name)) = (&ty.schema, names.get(&ty.name)) {
        ty.name.clone_from(name);
    }
}
