//! Routines: the body is replaced in place, the signature is not.

use autogen_core::Pair;
use autogen_core::object::Function;
use autogen_core::object::function::{FunctionAlteration, Routine};

use crate::compare::{Compare, Comparison, Context};

impl Compare for Function {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<FunctionAlteration> {
        if !pair.differs() {
            return Comparison::Equal;
        }
        let in_place = !pair.map(|function| (function.routine, &function.signature)).differs();
        if in_place && pair.after.routine != Routine::Aggregate {
            Comparison::Alter(vec![FunctionAlteration::Definition(pair.after.clone())])
        } else {
            Comparison::Replace
        }
    }
}
