//! The syntax of `table!`, `view!` and `joinable!`.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream, Result};
use syn::{Attribute, Expr, Ident, ItemUse, Lit, Meta, Token, Type, braced, parenthesized, token};

/// What stands in a `table!`.
pub(super) struct TableMacro {
    pub(super) uses: Vec<ItemUse>,
    pub(super) schema: Option<String>,
    pub(super) name: Ident,
    pub(super) sql_name: Option<String>,
    pub(super) primary_key: Vec<String>,
    pub(super) columns: Vec<ColumnMacro>,
}

pub(super) struct ColumnMacro {
    pub(super) name: String,
    pub(super) sql_name: Option<String>,
    pub(super) max_length: Option<u64>,
    pub(super) ty: Type,
    pub(super) span: Span,
}

fn ident(ident: &Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

fn literal<'a>(attrs: &'a [Attribute], key: &str) -> Option<&'a Lit> {
    attrs.iter().find_map(|attr| match &attr.meta {
        Meta::NameValue(pair) if pair.path.is_ident(key) => match &pair.value {
            Expr::Lit(lit) => Some(&lit.lit),
            _ => None,
        },
        _ => None,
    })
}

fn sql_name(attrs: &[Attribute]) -> Option<String> {
    match literal(attrs, "sql_name")? {
        Lit::Str(name) => Some(name.value()),
        _ => None,
    }
}

impl Parse for TableMacro {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut uses = Vec::new();
        let mut attrs = Attribute::parse_outer(input)?;
        while input.peek(Token![use]) || (input.peek(Token![pub]) && input.peek2(Token![use])) {
            let mut item: ItemUse = input.parse()?;
            item.attrs.append(&mut attrs);
            uses.push(item);
            attrs = Attribute::parse_outer(input)?;
        }
        let mut name = input.call(<Ident as syn::ext::IdentExt>::parse_any)?;
        let mut schema = None;
        if input.parse::<Option<Token![.]>>()?.is_some() {
            schema = Some(ident(&name));
            name = input.call(<Ident as syn::ext::IdentExt>::parse_any)?;
        }
        let mut primary_key = Vec::new();
        if input.peek(token::Paren) {
            let keys;
            parenthesized!(keys in input);
            let keys = keys.parse_terminated(<Ident as syn::ext::IdentExt>::parse_any, Token![,])?;
            primary_key.extend(keys.iter().map(ident));
        }
        let body;
        braced!(body in input);
        let mut columns = Vec::new();
        while !body.is_empty() {
            let attrs = Attribute::parse_outer(&body)?;
            let name = body.call(<Ident as syn::ext::IdentExt>::parse_any)?;
            body.parse::<Token![->]>()?;
            let ty: Type = body.parse()?;
            body.parse::<Option<Token![,]>>()?;
            let max_length = match literal(&attrs, "max_length") {
                Some(Lit::Int(length)) => length.base10_parse().ok(),
                _ => None,
            };
            columns.push(ColumnMacro {
                name: ident(&name),
                sql_name: sql_name(&attrs),
                max_length,
                ty,
                span: name.span(),
            });
        }
        // Diesel prints the schema in front of the name, although it stands in front of the table too.
        let own = |said: String| match schema
            .as_deref()
            .and_then(|schema| said.strip_prefix(&format!("{schema}.")))
        {
            Some(own) => own.to_owned(),
            None => said,
        };
        Ok(Self { sql_name: sql_name(&attrs).map(own), uses, schema, name, primary_key, columns })
    }
}

/// `child -> parent (column)`.
pub(super) struct JoinableMacro {
    pub(super) child: String,
    pub(super) parent: String,
    pub(super) column: String,
}

impl Parse for JoinableMacro {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let child: syn::Path = input.parse()?;
        input.parse::<Token![->]>()?;
        // Parsed word by word: a path parser would take `parent (column)` for a function type.
        let mut parent: Ident = input.parse()?;
        while input.parse::<Option<Token![::]>>()?.is_some() {
            parent = input.parse()?;
        }
        let column;
        parenthesized!(column in input);
        let column = column.call(<Ident as syn::ext::IdentExt>::parse_any)?;
        let _: Option<Token![,]> = input.parse()?;
        let child = child.segments.last().map(|segment| ident(&segment.ident)).unwrap_or_default();
        Ok(Self { child, parent: ident(&parent), column: ident(&column) })
    }
}
