//! Kinds without an entry of their own in the models. To say so takes one word here.

use autogen_core::object::*;

use super::{Builder, FromModels};

macro_rules! kept {
    ($($kind:ident)*) => {
        $(impl FromModels for $kind {
            fn lay(_: &mut Builder<'_>) {}
        })*
    };
}

// These have no Rust shape: what lives is wanted.
kept! {
    Extension CompositeType RangeType Domain Collation Function Trigger Rule Statistics Setting Owner
    Privilege DefaultPrivilege Defined
}

// These come along with what needs them.
kept! { Schema Sequence }
