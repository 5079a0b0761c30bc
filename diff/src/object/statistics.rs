//! Extended statistics: only the target changes in place.

use autogen_core::Pair;
use autogen_core::object::Statistics;
use autogen_core::object::statistics::StatisticsAlteration;

use crate::compare::{Compare, Comparison, Context};

impl Compare for Statistics {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<StatisticsAlteration> {
        if pair.map(|statistics| (&statistics.table, &statistics.definition)).differs() {
            Comparison::Replace
        } else if pair.map(|statistics| statistics.target).differs() {
            Comparison::Alter(vec![StatisticsAlteration::Target(pair.after.target)])
        } else {
            Comparison::Equal
        }
    }
}
