//! Lines of Rust in the style of rustfmt, and the attribute in its two spellings.

use super::AttributeForm;
use super::attribute::Entry;

/// Where rustfmt breaks a line.
const WIDTH: usize = 100;

/// Attribute lines for a struct: what belongs to its name in one line, and then a line for each thing said.
pub(super) fn on_struct(form: AttributeForm, first: &[Entry], entries: &[Entry]) -> Vec<String> {
    let own = (!first.is_empty()).then(|| line(form, first));
    own.into_iter().chain(entries.iter().map(|entry| line(form, std::slice::from_ref(entry)))).collect()
}

/// Attribute lines for a field: one, where that is short enough.
pub(super) fn on_field(form: AttributeForm, indent: usize, entries: &[Entry]) -> Vec<String> {
    if entries.is_empty() {
        return Vec::new();
    }
    let together = line(form, entries);
    if entries.len() == 1 || together.chars().count() + indent <= WIDTH {
        return vec![together];
    }
    entries.iter().map(|entry| line(form, std::slice::from_ref(entry))).collect()
}

/// `#[autogen(a, b)]`.
pub(super) fn line(form: AttributeForm, entries: &[Entry]) -> String {
    let said = entries.iter().map(|entry| entry.text.as_str()).collect::<Vec<_>>().join(", ");
    match form {
        AttributeForm::Derive => format!("#[autogen({said})]"),
        AttributeForm::CfgAttr => format!("#[cfg_attr(any(), autogen({said}))]"),
    }
}

/// `#[derive(A, B)]`, broken as rustfmt breaks it.
pub(super) fn derive(names: &[&str]) -> String {
    let line = format!("#[derive({})]", names.join(", "));
    if line.len() <= 80 {
        return line;
    }
    let mut out = String::from("#[derive(\n");
    let mut row = String::from("   ");
    for name in names {
        if row.len() + name.len() + 2 > WIDTH {
            out.push_str(&row);
            out.push('\n');
            row = String::from("   ");
        }
        row.push_str(&format!(" {name},"));
    }
    out.push_str(&row);
    out.push_str("\n)]");
    out
}
