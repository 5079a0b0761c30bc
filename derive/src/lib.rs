//! The `Autogen` derive. It emits nothing: it registers the `autogen` helper attribute, and reports a bad one where it
//! stands, with the parser and the words of the tool itself. What an attribute means for a schema is the tool's affair.

use autogen_introspect::models::grammar::{self, Problem};
use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{Attribute, Data, DeriveInput, Meta};

/// Lets a struct or an enum, its fields and its variants carry `#[autogen(…)]`, which the tool reads.
#[proc_macro_derive(Autogen, attributes(autogen))]
pub fn derive_autogen(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(input.into()).into()
}

fn expand(input: TokenStream) -> TokenStream {
    match syn::parse2::<DeriveInput>(input) {
        Ok(input) => problems(&input).iter().map(error).collect(),
        Err(error) => error.into_compile_error(),
    }
}

/// One compile error, at the place in the attribute; help follows on its own line.
fn error(problem: &Problem) -> TokenStream {
    let message = match &problem.help {
        Some(help) => format!("{}\nhelp: {help}", problem.message),
        None => problem.message.clone(),
    };
    quote_spanned!(problem.span=> ::core::compile_error!(#message);)
}

fn problems(input: &DeriveInput) -> Vec<Problem> {
    let mut out = Vec::new();
    let (own, mut shapes) = streams(&input.attrs);
    match &input.data {
        Data::Struct(data) => {
            out.extend(grammar::table(own).1);
            for field in &data.fields {
                let (streams, wrong) = streams(&field.attrs);
                out.extend(grammar::field(streams).1);
                shapes.extend(wrong);
            }
        }
        Data::Enum(data) => {
            out.extend(grammar::enumeration(own).1);
            for variant in &data.variants {
                let (streams, wrong) = streams(&variant.attrs);
                out.extend(grammar::variant(streams).1);
                shapes.extend(wrong);
            }
        }
        Data::Union(data) => shapes.push(Problem {
            span: data.union_token.span,
            code: "bad-entry",
            message: "a union is no model".to_owned(),
            help: None,
        }),
    }
    out.extend(shapes);
    out
}

/// What stands in the parentheses, and attributes that have none.
fn streams(attrs: &[Attribute]) -> (Vec<TokenStream>, Vec<Problem>) {
    let mut streams = Vec::new();
    let mut wrong = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("autogen")) {
        match &attr.meta {
            Meta::List(list) => streams.push(list.tokens.clone()),
            Meta::Path(_) | Meta::NameValue(_) => wrong.push(Problem {
                span: attr.path().segments[0].ident.span(),
                code: "bad-entry",
                message: "the attribute is written `#[autogen(…)]`".to_owned(),
                help: None,
            }),
        }
    }
    (streams, wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use autogen_introspect::models::{ReadOptions, SourceFile, read};

    /// The derive's messages must be those of the tool, word for word.
    fn check(code: &str, expect: &[&str]) {
        let expanded = expand(code.parse().unwrap()).to_string();
        let input: DeriveInput = syn::parse_str(code).unwrap();
        let ours: Vec<String> = problems(&input).into_iter().map(|problem| problem.message).collect();
        let (_, diagnostics) = read(vec![SourceFile::new("src/m.rs", code)], &ReadOptions::default());
        let tools: Vec<String> = diagnostics.into_iter().map(|one| one.message).collect();
        assert_eq!(ours, tools, "{code}");
        assert_eq!(ours, expect, "{code}");
        assert_eq!(expanded.matches("compile_error").count(), expect.len(), "{expanded}");
    }

    #[test]
    fn messages() {
        check(
            "#[autogen(index(a), managed = \"full\")] struct A { #[autogen(default = \"now()\")] a: i32 }",
            &[],
        );
        check(
            "#[autogen(indx(a), unique(b))] struct A { #[autogen(dflt = 1, unique)] a: i32, #[autogen(sql_type)] b: i32 }",
            &[
                "`indx` is no autogen key on a struct",
                "`dflt` is no autogen key on a field",
                "`sql_type` wants a name: `sql_type = \"…\"`",
            ],
        );
        check(
            "#[autogen(comment = \"a\", comment = \"b\", primary_key(a), primary_key(b), default = 1, check(\"a; b\"))] \
             struct A { #[autogen(null, not_null, default = \"(\", identity, serial)] a: i32, \
             #[autogen(generated = \"1\", default = 2, storage = fast, check, references())] b: i32 }",
            &[
                "`comment` is said twice",
                "`primary_key` is said twice",
                "`default` is no autogen key on a struct",
                "this is not one SQL expression: a; b",
                "`not_null` contradicts `null`",
                "this is not one SQL expression: (",
                "`identity` contradicts `null`",
                "`serial` contradicts `null`",
                "`default` contradicts `generated`",
                "`storage` wants one of plain, external, extended, main, default",
                "`check` wants parentheses: `check(…)`",
                "`references` wants the parent table first: `references(orgs, …)`",
            ],
        );
        check(
            "#[autogen(sqltype = \"x\")] enum A { #[autogen(wos = \"y\")] B }",
            &["`sqltype` is no autogen key on an enum", "`wos` is no autogen key on a variant"],
        );
    }
}
