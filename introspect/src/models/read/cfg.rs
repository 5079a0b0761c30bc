//! `cfg` predicates. All features are on, tests are off, and among databases Postgres is the one that is on. What
//! nobody can know from the text (the operating system, a build script's flags) counts as unknown and excludes
//! nothing.

use syn::punctuated::Punctuated;
use syn::{Expr, Lit, Meta, Token};

use super::ReadOptions;

const OTHERS: &[&str] = &["sqlite", "mysql", "mariadb", "mssql"];
const OURS: &[&str] = &["postgres", "postgresql", "pg"];

/// Evaluates a predicate; `None` is unknown.
pub(super) fn eval(meta: &Meta, options: &ReadOptions) -> Option<bool> {
    let name = meta.path().segments.last()?.ident.to_string();
    match meta {
        Meta::Path(_) => match name.as_str() {
            "test" | "doctest" | "docsrs" | "doc" | "miri" | "loom" => Some(false),
            _ if OTHERS.iter().any(|db| name.contains(db)) => Some(false),
            _ if OURS.contains(&name.as_str()) => Some(true),
            _ => None,
        },
        Meta::NameValue(pair) if name == "feature" => match &pair.value {
            Expr::Lit(lit) => match &lit.lit {
                Lit::Str(feature) => {
                    let feature = feature.value();
                    let other = OTHERS.iter().any(|db| feature.contains(db));
                    Some(options.features.get(&feature).copied().unwrap_or(!other))
                }
                _ => None,
            },
            _ => None,
        },
        Meta::NameValue(_) => None,
        Meta::List(list) => {
            let inner = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
            let values: Vec<Option<bool>> = inner.iter().map(|meta| eval(meta, options)).collect();
            match name.as_str() {
                "not" => values.first().copied().flatten().map(|value| !value),
                "all" if values.contains(&Some(false)) => Some(false),
                "all" if values.contains(&None) => None,
                "all" => Some(true),
                "any" if values.contains(&Some(true)) => Some(true),
                "any" if values.contains(&None) => None,
                "any" => Some(false),
                _ => None,
            }
        }
    }
}

/// True unless the predicate is certainly false.
pub(super) fn holds(meta: &Meta, options: &ReadOptions) -> bool {
    eval(meta, options) != Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(predicate: &str, expect: bool) {
        let meta: Meta = syn::parse_str(predicate).unwrap();
        assert_eq!(holds(&meta, &ReadOptions::default()), expect, "{predicate}");
    }

    #[test]
    fn predicates() {
        check("feature = \"full\"", true);
        check("not(feature = \"full\")", false);
        check("test", false);
        check("any(test, feature = \"x\")", true);
        check("all(feature = \"x\", not(test))", true);
        check("feature = \"sqlite\"", false);
        check("any()", false);
        check("not(target_os = \"linux\")", true);
        check("all(unix, test)", false);
        check("sqlite", false);
        check("not(mysql)", true);
    }
}
