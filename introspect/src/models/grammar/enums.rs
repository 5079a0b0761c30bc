//! The attribute on an enum and on its variants.

use heck::{ToKebabCase, ToLowerCamelCase, ToPascalCase, ToShoutyKebabCase, ToShoutySnakeCase, ToSnakeCase};

use super::entry::Entry;
use super::{Context, Problem, Said, Shape};

/// How labels are made from variant names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenameRule {
    /// As they are.
    Verbatim,
    /// `snake_case`.
    Snake,
    /// `SCREAMING_SNAKE_CASE`.
    ScreamingSnake,
    /// `kebab-case`.
    Kebab,
    /// `SCREAMING-KEBAB-CASE`.
    ScreamingKebab,
    /// `camelCase`.
    Camel,
    /// `PascalCase`.
    Pascal,
    /// `lowercase`.
    Lower,
    /// `UPPERCASE`.
    Upper,
}

impl RenameRule {
    /// The label of a variant.
    pub fn apply(self, variant: &str) -> String {
        match self {
            Self::Verbatim => variant.to_owned(),
            Self::Snake => variant.to_snake_case(),
            Self::ScreamingSnake => variant.to_shouty_snake_case(),
            Self::Kebab => variant.to_kebab_case(),
            Self::ScreamingKebab => variant.to_shouty_kebab_case(),
            Self::Camel => variant.to_lower_camel_case(),
            Self::Pascal => variant.to_pascal_case(),
            Self::Lower => variant.to_lowercase(),
            Self::Upper => variant.to_uppercase(),
        }
    }

    /// The rule that a style is called by, in the spellings of serde, Diesel and diesel-derive-enum.
    pub fn parse(style: &str) -> Option<Self> {
        Some(match style {
            "verbatim" | "none" => Self::Verbatim,
            "snake_case" => Self::Snake,
            "SCREAMING_SNAKE_CASE" | "screaming_snake_case" | "shouty_snake_case" => Self::ScreamingSnake,
            "kebab-case" | "kebab_case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            "camelCase" | "camel_case" => Self::Camel,
            "PascalCase" | "pascal_case" => Self::Pascal,
            "lowercase" => Self::Lower,
            "UPPERCASE" | "uppercase" => Self::Upper,
            _ => return None,
        })
    }
}

/// An enum's attribute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EnumAttr {
    /// `sql_type = "mood"`: the name of the Postgres type.
    pub sql_type: Option<Said<String>>,
    /// `schema = "…"`.
    pub schema: Option<Said<String>>,
    /// `rename_all = "kebab-case"`.
    pub rename_all: Option<Said<RenameRule>>,
    /// `as = "text"`: stored in another type, no Postgres enum.
    pub stored_as: Option<Said<String>>,
    /// `ignore`.
    pub ignore: Option<Said<()>>,
    /// `comment = "…"`.
    pub comment: Option<Said<String>>,
}

/// A variant's attribute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VariantAttr {
    /// `was = "old"`: the label before.
    pub was: Option<Said<String>>,
    /// `rename = "label"`.
    pub rename: Option<Said<String>>,
    /// `before = "label"`.
    pub before: Option<Said<String>>,
    /// `after = "label"`.
    pub after: Option<Said<String>>,
    /// `map_to = "label"`: the variant goes, its rows get this label.
    pub map_to: Option<Said<String>>,
}

/// The keys of an enum's attribute.
pub const ENUM_KEYS: &[&str] = &["sql_type", "schema", "rename_all", "as", "ignore", "comment"];
/// The keys of a variant's attribute.
pub const VARIANT_KEYS: &[&str] = &["was", "rename", "before", "after", "map_to"];

pub(super) const SHAPE: Shape<EnumAttr> =
    Shape { one: entry, repeatable: &[], contradictions: &[("as", "schema"), ("as", "comment")] };
pub(super) const VARIANT_SHAPE: Shape<VariantAttr> = Shape {
    one: variant_entry,
    repeatable: &[],
    contradictions: &[("before", "after"), ("was", "map_to"), ("rename", "map_to")],
};

pub(super) fn entry(context: &mut Context, out: &mut EnumAttr, entry: Entry) -> Result<(), Problem> {
    let at = entry.span;
    match entry.key.as_str() {
        "sql_type" => out.sql_type = Some(context.said(entry.name()?, at)),
        "schema" => out.schema = Some(context.said(entry.name()?, at)),
        "rename_all" => {
            let style = entry.text()?;
            let rule = RenameRule::parse(&style).ok_or_else(|| {
                Problem::new(at, "bad-value", format!("`{style}` is no case of `rename_all`"))
                    .help("verbatim, snake_case, SCREAMING_SNAKE_CASE, kebab-case, camelCase, PascalCase, lowercase, UPPERCASE")
            })?;
            out.rename_all = Some(context.said(rule, at));
        }
        "as" => out.stored_as = Some(context.said(entry.name()?, at)),
        "ignore" => out.ignore = Some(context.said(entry.flag()?, at)),
        "comment" => out.comment = Some(context.said(entry.text()?, at)),
        _ => return Err(entry.unknown("on an enum", ENUM_KEYS)),
    }
    Ok(())
}

pub(super) fn variant_entry(
    context: &mut Context,
    out: &mut VariantAttr,
    entry: Entry,
) -> Result<(), Problem> {
    let value = match VARIANT_KEYS.contains(&entry.key.as_str()) {
        true => context.said(entry.name()?, entry.span),
        false => return Err(entry.unknown("on a variant", VARIANT_KEYS)),
    };
    match entry.key.as_str() {
        "was" => out.was = Some(value),
        "rename" => out.rename = Some(value),
        "before" => out.before = Some(value),
        "after" => out.after = Some(value),
        _ => out.map_to = Some(value),
    }
    Ok(())
}
