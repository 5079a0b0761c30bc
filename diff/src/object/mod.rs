//! How each kind compares: a file of the kind's name each.

use autogen_core::for_each_kind;

macro_rules! modules {
    ($($kind:ident $module:ident $words:literal,)*) => { $(mod $module;)* };
}

for_each_kind!(modules);

mod key;
