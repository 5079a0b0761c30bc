//! Who must give way when an object that it depends on changes under it.

use autogen_core::object::Defined;
use autogen_core::object::column::ColumnAlteration;
use autogen_core::object::defined::DefinedKind;
use autogen_core::object::domain::DomainAlteration;
use autogen_core::object::rule::RuleAlteration;
use autogen_core::object::view::ViewAlteration;
use autogen_core::{Alteration, Expression, Object, ObjectId};

use crate::compare::Disturbance;

/// True if the dependent must be dropped before the disturbance and created anew after it. What Postgres rebuilds by
/// itself during `ALTER COLUMN TYPE` (keys, plain indexes, statistics) stays. See the notes of the manual's page
/// "ALTER TABLE" and `ATExecAlterColumnType` in tablecmds.c.
pub(crate) fn must_yield(dependent: &Object, disturbance: Disturbance) -> bool {
    let retyped = disturbance == Disturbance::Retyped;
    match dependent {
        Object::View(_)
        | Object::MaterializedView(_)
        | Object::Rule(_)
        | Object::Policy(_)
        | Object::Trigger(_)
        | Object::Function(_) => disturbance > Disturbance::None,
        // Of these nothing but another type can be made.
        Object::Domain(_) | Object::CompositeType(_) | Object::RangeType(_) => retyped,
        Object::Column(column) => column.generated.is_some() && disturbance > Disturbance::None,
        // Its row filters and lists of columns bear no change at all.
        Object::Defined(Defined { class: DefinedKind::Publication, .. }) => disturbance > Disturbance::None,
        Object::Defined(_) => retyped,
        Object::Default(_) | Object::Check(_) | Object::ForeignKey(_) | Object::Exclusion(_) => retyped,
        Object::Index(index) => {
            retyped
                && (index.plain_columns().is_none()
                    || index.predicate.is_some()
                    || index.keys.iter().any(|key| key.opclass.is_some()))
        }
        // Rebuilt, but without its target (`RememberStatisticsForRebuilding`).
        Object::Statistics(statistics) => disturbance > Disturbance::None && statistics.target.is_some(),
        Object::Schema(_)
        | Object::Extension(_)
        | Object::EnumType(_)
        | Object::Collation(_)
        | Object::Sequence(_)
        | Object::Table(_)
        | Object::PrimaryKey(_)
        | Object::Unique(_)
        | Object::Setting(_)
        | Object::Owner(_)
        | Object::Privilege(_)
        | Object::DefaultPrivilege(_)
        | Object::Comment(_) => false,
    }
}

/// True for a change in place that may say anew that an object uses the source, or no longer says so. After the others it
/// uses what it was made with.
pub(crate) fn lets_go(alteration: &Alteration, object: &Object, source: &ObjectId) -> bool {
    let names_it = |text: &Expression| text.as_str().contains(source.name.name.as_str());
    match (alteration, object) {
        (
            Alteration::Trigger(_)
            | Alteration::Index(_)
            | Alteration::MaterializedView(_)
            | Alteration::Statistics(_)
            | Alteration::Check(_)
            | Alteration::ForeignKey(_)
            | Alteration::View(ViewAlteration::Options(_))
            | Alteration::Rule(RuleAlteration::Enabled(_)),
            _,
        ) => false,
        (Alteration::Domain(change), Object::Domain(domain)) => match change {
            DomainAlteration::DropCheck(name) => {
                domain.checks.get(name).is_some_and(|check| names_it(&check.expression))
            }
            DomainAlteration::Default(_) => domain.default.as_ref().is_some_and(names_it),
            DomainAlteration::NotNull(_)
            | DomainAlteration::NotNullName(_)
            | DomainAlteration::AddCheck(..)
            | DomainAlteration::Validate(_) => false,
        },
        (Alteration::Column(change), Object::Column(column)) if column.generated.is_some() => {
            matches!(change, ColumnAlteration::Type { .. } | ColumnAlteration::Generated(_))
        }
        _ => true,
    }
}
