//! Names of the catalog as Rust identifiers, as Diesel makes them, and never anything else than an identifier.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::Name;
use heck::ToUpperCamelCase;

/// The names that syn takes for no identifier, which is Diesel's measure. It is older than the keyword `gen`.
const KEYWORDS: &[&str] = &[
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// What `table!` makes in the module of a table.
const MADE_BY_DIESEL: [&str; 3] = ["table", "columns", "is_nullable"];

/// The identifier of a table or schema.
pub(super) fn plain(name: &Name) -> String {
    let ident = mapped(name.as_str());
    if is_reserved(&ident) { format!("{ident}_") } else { ident }
}

/// The identifier of a column. That of its table means something else in the table's module.
pub(super) fn column(name: &Name, table: &str) -> String {
    let ident = plain(name);
    if ident == table { format!("{ident}_") } else { ident }
}

/// Identifiers for names, each another one. Diesel gives two names the same one (`a-b`, `a+b`), which does not compile;
/// here the later one gets underscores, and a name that is an identifier by itself keeps it.
pub(super) fn distinct<'a>(
    names: impl IntoIterator<Item = &'a Name>,
    ident: impl Fn(&Name) -> String,
) -> BTreeMap<Name, String> {
    let mut all: Vec<(&Name, String)> = names.into_iter().map(|name| (name, ident(name))).collect();
    all.sort_by_key(|(name, ident)| (name.as_str() != ident, *name));
    let mut taken = BTreeSet::new();
    let mut idents = BTreeMap::new();
    for (name, mut ident) in all {
        while !taken.insert(ident.clone()) {
            ident.push('_');
        }
        idents.insert(name.clone(), ident);
    }
    idents
}

/// The identifier of a type. Where camel case gives none, Diesel writes what does not compile.
pub(super) fn camel_case(name: &str) -> String {
    let camel = name.to_upper_camel_case();
    let mut ident: String =
        camel.chars().map(|c| if unicode_ident::is_xid_continue(c) { c } else { '_' }).collect();
    if !ident.starts_with(unicode_ident::is_xid_start) {
        ident.insert(0, '_');
    }
    if is_keyword(&ident) {
        ident.push('_');
    }
    ident
}

/// Everything but ASCII letters and digits becomes an underscore, several in a row one.
fn mapped(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let digit_first = name.starts_with(|c: char| c.is_ascii_digit());
    let first_wrong = name.find(|c| !fits(c));
    // The text up to the first character that does not fit stays as it is, underscores and all.
    let (kept, rest) =
        if digit_first { ("", name) } else { name.split_at(first_wrong.unwrap_or(name.len())) };
    let mut ident = if digit_first { "_".to_owned() } else { kept.to_owned() };
    let mut after_underscore = digit_first;
    for c in rest.chars() {
        if fits(c) {
            ident.push(c);
        } else if !after_underscore {
            ident.push('_');
        }
        after_underscore = !fits(c);
    }
    ident
}

fn is_reserved(ident: &str) -> bool {
    is_keyword(ident)
        || MADE_BY_DIESEL.contains(&ident)
        // With an underscore at the end it is free again.
        || (ident.starts_with("__") && !ident.ends_with('_'))
}

pub(super) fn is_keyword(ident: &str) -> bool {
    ident.is_empty() || KEYWORDS.contains(&ident)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expect: &str) {
        assert_eq!(plain(&Name::new(name)), expect);
        assert!(syn::parse_str::<syn::Ident>(expect).is_ok(), "{expect} is no identifier");
    }

    #[test]
    fn identifiers() {
        check("users", "users");
        check("Users", "Users");
        check("type", "type_");
        check("columns", "columns_");
        check("_", "__");
        check("__x", "__x_");
        check("a-b", "a_b");
        check("a - b", "a_b");
        check("a_-b", "a__b");
        check("-", "__");
        check("grün", "gr_n");
        check("2nd", "_2nd");
        check("1 \"; DROP", "_1_DROP");
        check("r#type", "r_type");
        check("crate", "crate_");
        assert_eq!(column(&Name::new("users"), "users"), "users_");
        assert_eq!(column(&Name::new("id"), "users"), "id");
        assert_eq!(column(&Name::new("type"), "type_"), "type__");
    }

    #[test]
    fn no_two_names_get_the_same_identifier() {
        let names = ["a+b", "a-b", "a_b", "c"].map(Name::new);
        let idents = distinct(&names, plain);
        let found: Vec<&str> = names.iter().map(|name| idents[name].as_str()).collect();
        assert_eq!(found, ["a_b_", "a_b__", "a_b", "c"]);
    }

    #[test]
    fn types() {
        for (name, expect) in [
            ("int4", "Int4"),
            ("timestamptz", "Timestamptz"),
            ("user_role", "UserRole"),
            ("größe", "Größe"),
            ("self", "Self_"),
            ("3d_point", "_3dPoint"),
            ("m²", "M_"),
            ("-\n\"", "__"),
            ("a\"); fn x() {", "AFnX"),
        ] {
            let ident = camel_case(name);
            assert_eq!(ident, expect);
            assert!(syn::parse_str::<syn::Ident>(&ident).is_ok(), "{ident} is no identifier");
        }
    }

    #[test]
    fn the_keywords_are_those_of_syn() {
        for word in KEYWORDS {
            assert!(syn::parse_str::<syn::Ident>(word).is_err(), "{word}");
        }
    }
}
