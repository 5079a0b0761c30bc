//! The labels of an enum whose conversions are written by hand: the literals in the match arms of `ToSql` and `FromSql`,
//! or of the function that these go through. No code is run, so a label that is computed is not known.

use std::collections::{HashMap, HashSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::Visit;
use syn::{Expr, ImplItem as Member, Lit, Pat};

use super::sql::arguments;
use super::types::Types;
use crate::models::read::{Def, EnumItem, ImplItem};

/// Labels by variant.
pub(super) type Labels = HashMap<String, String>;

/// Impl blocks by the enum that they are about, or convert from.
pub(super) struct Impls(HashMap<Def, Vec<usize>>);

impl Impls {
    pub(super) fn of(types: &Types<'_>) -> Self {
        let mut out: HashMap<Def, Vec<usize>> = HashMap::new();
        for (at, item) in types.workspace.impls.iter().enumerate() {
            let mut defs: Vec<Def> = types.subject(item).into_iter().collect();
            if let Some((_, path, _)) = &item.item.trait_ {
                for ty in arguments(path) {
                    let ty = match ty {
                        syn::Type::Reference(reference) => &*reference.elem,
                        other => other,
                    };
                    defs.extend(types.def(item.module, ty));
                }
            }
            for def in defs {
                out.entry(def).or_default().push(at);
            }
        }
        Self(out)
    }

    /// Labels as the match arms have them: those of `ToSql`, then of `FromSql`; failing these, of the conversions that
    /// they call. Conversions that disagree say nothing: one may be meant for people.
    pub(super) fn labels(&self, types: &Types<'_>, def: Def, item: &EnumItem) -> Labels {
        let all: Vec<&ImplItem> =
            self.0.get(&def).into_iter().flatten().map(|at| &types.workspace.impls[*at]).collect();
        let mut labels = Labels::new();
        let mut called = HashSet::new();
        let mut stored: Vec<&ImplItem> = all
            .iter()
            .filter(|one| matches!(one.trait_name.as_deref(), Some("ToSql" | "FromSql")))
            .copied()
            .collect();
        stored.sort_by_key(|one| one.trait_name.as_deref() != Some("ToSql"));
        for one in stored {
            let mut arms = Arms { item, found: Labels::new() };
            arms.visit_item_impl(&one.item);
            for (variant, label) in arms.found {
                labels.entry(variant).or_insert(label);
            }
            words(one.item.to_token_stream(), &mut called);
        }
        if !labels.is_empty() {
            return labels;
        }
        let mut conversions: Vec<(bool, Labels)> = Vec::new();
        for one in &all {
            for member in &one.item.items {
                let Member::Fn(function) = member else { continue };
                let mut arms = Arms { item, found: Labels::new() };
                arms.visit_impl_item_fn(function);
                if item.variants.iter().all(|variant| arms.found.contains_key(&variant.name)) {
                    let name = function.sig.ident.to_string();
                    conversions.push((is_called(&name, &called), arms.found));
                }
            }
        }
        if conversions.iter().any(|(is_called, _)| *is_called) {
            conversions.retain(|(is_called, _)| *is_called);
        }
        let mut conversions = conversions.into_iter().map(|(_, labels)| labels);
        match conversions.next() {
            Some(first) if conversions.all(|other| other == first) => first,
            _ => Labels::new(),
        }
    }
}

/// True if one of the words calls a function of the name, by itself or through the standard library.
fn is_called(function: &str, words: &HashSet<String>) -> bool {
    let through: &[&str] = match function {
        "fmt" => &["to_string", "format", "write"],
        "from_str" => &["from_str", "parse"],
        "from" => &["into", "from"],
        "try_from" => &["try_into", "try_from"],
        other => return words.contains(other),
    };
    through.iter().any(|word| words.contains(*word))
}

fn words(stream: TokenStream, out: &mut HashSet<String>) {
    for tree in stream {
        match tree {
            TokenTree::Ident(word) => {
                out.insert(word.to_string());
            }
            TokenTree::Group(group) => words(group.stream(), out),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Collects match arms between a variant and a literal, in either direction.
struct Arms<'a> {
    item: &'a EnumItem,
    found: HashMap<String, String>,
}

impl Arms<'_> {
    fn variant(&self, path: &syn::Path) -> Option<String> {
        let last = path.segments.last()?.ident.to_string();
        self.item.variants.iter().any(|variant| variant.name == last).then_some(last)
    }
}

impl<'ast> Visit<'ast> for Arms<'_> {
    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        let (pattern_variant, pattern_label) = match &arm.pat {
            Pat::Path(path) => (self.variant(&path.path), None),
            Pat::Ident(ident) => (self.variant(&ident.ident.clone().into()), None),
            Pat::Lit(lit) => (None, literal(&lit.lit)),
            _ => (None, None),
        };
        let mut body = Body { first: None, variants: Vec::new() };
        body.visit_expr(&arm.body);
        match (pattern_variant, pattern_label) {
            (Some(variant), _) => {
                if let Some(label) = body.first {
                    self.found.entry(variant).or_insert(label);
                }
            }
            (_, Some(label)) => {
                let variant = body.variants.iter().find_map(|path| self.variant(path));
                if let Some(variant) = variant {
                    self.found.entry(variant).or_insert(label);
                }
            }
            _ => {}
        }
        syn::visit::visit_arm(self, arm);
    }
}

/// The first literal and all paths of an expression.
struct Body {
    first: Option<String>,
    variants: Vec<syn::Path>,
}

impl<'ast> Visit<'ast> for Body {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Lit(lit) if self.first.is_none() => self.first = literal(&lit.lit),
            Expr::Path(path) => self.variants.push(path.path.clone()),
            _ => {}
        }
        syn::visit::visit_expr(self, expr);
    }
}

fn literal(lit: &Lit) -> Option<String> {
    match lit {
        Lit::Str(text) => Some(text.value()),
        Lit::ByteStr(text) => String::from_utf8(text.value()).ok(),
        _ => None,
    }
}
