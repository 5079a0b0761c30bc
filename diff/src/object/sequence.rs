//! Sequences change in place.

use autogen_core::Pair;
use autogen_core::object::Sequence;
use autogen_core::object::sequence::SequenceAlteration;

use crate::compare::{Compare, Comparison, Context, altered};

impl Compare for Sequence {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<SequenceAlteration> {
        let mut found = Vec::new();
        if pair.map(|sequence| &sequence.options).differs() {
            found.push(SequenceAlteration::Options(pair.after.options.clone()));
        }
        if pair.map(|sequence| sequence.persistence).differs() {
            found.push(SequenceAlteration::Persistence(pair.after.persistence));
        }
        if pair.map(|sequence| &sequence.owned_by).differs() {
            found.push(SequenceAlteration::OwnedBy(pair.after.owned_by.clone()));
        }
        altered(found)
    }
}
