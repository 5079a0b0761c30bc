//! Which fields of a project's structs can be edited, and the edits themselves, as text: the file stays what its author
//! wrote but for one field.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use autogen_introspect::models::{Load, Models, SourceFile};
use syn::spanned::Spanned;
use syn::visit::Visit;

/// A field that is bound to a column.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) file: PathBuf,
    /// Attributes, name and type, without the comma.
    pub(crate) whole: Range<usize>,
    /// Where its visibility or name begins, after the attributes.
    pub(crate) start: usize,
    pub(crate) name: Range<usize>,
    pub(crate) ty: Range<usize>,
    /// True if its struct is loaded by name.
    pub(crate) is_loaded: bool,
    /// True if its struct is loaded by position alone.
    pub(crate) is_positional: bool,
    /// True if its struct is only for changes, where `Option` means another thing.
    pub(crate) is_change: bool,
    /// True if an attribute names the column, or says its type.
    pub(crate) is_spelled_out: bool,
}

/// A column with all its fields.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) table: String,
    pub(crate) column: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) is_key: bool,
}

/// One replacement in a file.
pub(crate) type Edit = (PathBuf, Range<usize>, String);

/// All columns of which every field can be edited.
pub(crate) fn columns(models: &Models, files: &[SourceFile]) -> Vec<Column> {
    let mut parsed: BTreeMap<&Path, Parsed> = BTreeMap::new();
    for file in files {
        if let Ok(syntax) = syn::parse_file(&file.text) {
            let mut found = Parsed::default();
            found.visit_file(&syntax);
            parsed.insert(&file.path, found);
        }
    }
    let mut all = Vec::new();
    for table in models.tables.iter().filter(|table| !table.structs.is_empty()) {
        for column in table.columns.iter().filter(|column| column.field.is_some()) {
            let mut fields = Vec::new();
            let mut complete = true;
            for one in &table.structs {
                for bound in one.fields.iter().filter(|field| field.column == column.name) {
                    let places = parsed.get(bound.span.file.as_path());
                    let place = places.and_then(|places| places.at(bound.span.line(), bound.span.column()));
                    complete &= place.is_some();
                    fields.extend(place.map(|place| Field {
                        file: bound.span.file.to_path_buf(),
                        is_loaded: one.roles.load == Some(Load::Named),
                        is_positional: one.roles.load == Some(Load::Positional),
                        is_change: one.roles.update && one.roles.load.is_none() && !one.roles.insert,
                        ..place
                    }));
                }
            }
            // An inner struct may be embedded in several.
            fields.sort_by(|a, b| {
                (&a.file, a.whole.start, !a.is_loaded).cmp(&(&b.file, b.whole.start, !b.is_loaded))
            });
            fields.dedup_by(|a, b| (&a.file, a.whole.start) == (&b.file, b.whole.start));
            if complete && !fields.is_empty() {
                let (table, column_name) = (table.name.clone(), column.name.clone());
                all.push(Column { table, column: column_name, fields, is_key: column.is_key });
            }
        }
    }
    all
}

/// Line from 1, column from 0.
type Place = (usize, usize);

/// The named fields of a file, by where they begin and end.
#[derive(Default)]
struct Parsed {
    fields: Vec<(Place, Place, Field)>,
}

impl Parsed {
    fn at(&self, line: usize, column: usize) -> Option<Field> {
        let at = (line, column - 1);
        self.fields
            .iter()
            .find(|(start, end, _)| *start <= at && at < *end)
            .map(|(_, _, field)| field.clone())
    }
}

impl<'ast> Visit<'ast> for Parsed {
    fn visit_field(&mut self, field: &'ast syn::Field) {
        let Some(ident) = &field.ident else { return };
        let (span, after) = (field.span(), field.attrs.last().map(|last| last.span().byte_range().end));
        let text = |attribute: &syn::Attribute| match &attribute.meta {
            syn::Meta::List(list) => list.tokens.to_string(),
            syn::Meta::Path(_) | syn::Meta::NameValue(_) => String::new(),
        };
        let words = [
            "column_name",
            "sql_type",
            "deserialize_as",
            "serialize_as",
            "embed",
            "null",
            "default",
            "identity",
            "serial",
        ];
        let visible = match &field.vis {
            syn::Visibility::Inherited => ident.span().byte_range().start,
            shown => shown.span().byte_range().start,
        };
        let spelled =
            field.attrs.iter().any(|attribute| words.iter().any(|word| text(attribute).contains(word)));
        let (start, end) = (span.start(), span.end());
        self.fields.push((
            (start.line, start.column),
            (end.line, end.column),
            Field {
                file: PathBuf::new(),
                whole: span.byte_range(),
                start: after.map_or(visible, |after| after.max(visible)),
                name: ident.span().byte_range(),
                ty: field.ty.span().byte_range(),
                is_loaded: false,
                is_positional: false,
                is_change: false,
                is_spelled_out: spelled,
            },
        ));
    }
}

/// The type within `Option`s, and how many there are.
pub(crate) fn without_options(ty: &str) -> (usize, &str) {
    let ty = ty.trim();
    let inner = ty.strip_prefix("Option").map(str::trim_start).and_then(|ty| ty.strip_prefix('<'));
    match inner.and_then(|ty| ty.trim_end().strip_suffix('>')) {
        Some(inner) => {
            let (depth, core) = without_options(inner);
            (depth + 1, core)
        }
        None => (0, ty),
    }
}

/// The type within as many `Option`s.
pub(crate) fn with_options(depth: usize, ty: &str) -> String {
    format!("{}{ty}{}", "Option<".repeat(depth), ">".repeat(depth))
}

/// Replaces a name within the autogen attributes of structs: those that begin a line.
pub(crate) fn in_attributes(file: &Path, text: &str, name: &str, new: &str) -> Vec<Edit> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut edits = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("#[autogen(") {
            for (at, _) in line.match_indices(name) {
                let end = at + name.len();
                if !line[..at].ends_with(is_word) && !line[end..].starts_with(is_word) {
                    edits.push((file.to_path_buf(), start + at..start + end, new.to_owned()));
                }
            }
        }
        start += line.len();
    }
    edits
}
