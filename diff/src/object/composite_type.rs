//! Composite types: attributes are added at the end, dropped and retyped in place; another order takes a new type.

use autogen_core::Pair;
use autogen_core::object::CompositeType;
use autogen_core::object::composite_type::CompositeTypeAlteration;

use crate::compare::{Compare, Comparison, Context, Disturbance, altered};

impl Compare for CompositeType {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<CompositeTypeAlteration> {
        let mut found = Vec::new();
        let wanted = &pair.after.attributes;
        for old in &pair.before.attributes {
            match wanted.iter().find(|new| new.name == old.name) {
                None => found.push(CompositeTypeAlteration::Drop(old.name.clone())),
                Some(new) if new != old => found.push(CompositeTypeAlteration::Change(new.clone())),
                Some(_) => {}
            }
        }
        for new in wanted.iter().filter(|new| pair.before.attributes.iter().all(|old| old.name != new.name)) {
            found.push(CompositeTypeAlteration::Add(new.clone()));
        }
        let mut result = pair.before.clone();
        for alteration in &found {
            autogen_core::ObjectKind::apply(&mut result, alteration);
        }
        if result == *pair.after { altered(found) } else { Comparison::Replace }
    }

    fn disturbs(alteration: &CompositeTypeAlteration, _: &Self) -> Disturbance {
        match alteration {
            CompositeTypeAlteration::Add(_) => Disturbance::None,
            CompositeTypeAlteration::Drop(_) | CompositeTypeAlteration::Change(_) => Disturbance::Retyped,
        }
    }
}
