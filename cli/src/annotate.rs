//! Chooses what is written where when a database is put into the attributes of existing structs: one struct a table, what
//! is not said yet, and only kinds that can be said whole, because the first mention of a kind makes its list the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use autogen_codegen::rust::models::{
    AttributeForm, Entry, Fields, TableEntries, enum_line, field_lines, struct_lines, type_entry, unsayable,
};
use autogen_core::{Catalog, Kind, Name, Object, ObjectId, QualName, Span};
use autogen_introspect::models::SourceFile;
use autogen_introspect::models::edit::Editor;
use autogen_introspect::models::overlay::{EnumPlace, Places, TablePlace};

/// What everything is chosen from.
pub(crate) struct Plan<'a> {
    /// The attribute's spelling.
    pub(crate) attribute: AttributeForm,
    /// The database.
    pub(crate) catalog: &'a Catalog,
    /// What attributes can say of it.
    pub(crate) said: Catalog,
    /// The files that may be edited.
    pub(crate) files: Vec<&'a SourceFile>,
    /// Tables and enums that are to stay as they are.
    pub(crate) without: BTreeSet<QualName>,
}

/// What comes of it.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    /// The files that change: old text and new.
    pub(crate) files: BTreeMap<PathBuf, (String, String)>,
    /// What could not be said, each a sentence without a full stop.
    pub(crate) notes: Vec<String>,
}

impl Plan<'_> {
    /// The edits for all places.
    pub(crate) fn edits(&self, places: &Places) -> Edits {
        let mut edits = Edits::default();
        let mut editors: BTreeMap<PathBuf, Editor<'_>> = self
            .files
            .iter()
            .filter_map(|file| Some((file.path.clone(), Editor::new(&file.text)?)))
            .collect();
        for place in &places.tables {
            self.table(place, &mut editors, &mut edits.notes);
        }
        for place in &places.enums {
            self.enumeration(place, &mut editors, &mut edits.notes);
        }
        for file in &self.files {
            let Some(editor) = editors.remove(&file.path) else { continue };
            let new = editor.finish();
            if new != *file.text {
                edits.files.insert(file.path.clone(), (file.text.to_string(), new));
            }
        }
        edits
    }

    fn table(
        &self,
        place: &TablePlace,
        editors: &mut BTreeMap<PathBuf, Editor<'_>>,
        notes: &mut Vec<String>,
    ) {
        let table = &place.table;
        if place.is_full {
            return;
        }
        if self.without.contains(table) {
            notes.push(format!(
                "{table} stays as it is: in attributes it would be another than in the database"
            ));
            return;
        }
        if !self.said.contains(&ObjectId::table(table)) {
            notes.push(format!("{table} is beyond what attributes can say, and stays as it is"));
            return;
        }
        let has = |span: &Span| editors.get(span.file.as_path()).is_some_and(|editor| editor.has(span));
        let Some(chosen) = place.structs.iter().find(|one| has(&one.span)) else {
            notes.push(format!(
                "{table} has no struct among the models that is written out; macros are left alone"
            ));
            return;
        };
        let fields: BTreeMap<&Name, &Span> = chosen.fields.iter().filter(|(_, span)| has(span)).collect();
        let entries = self.entries(place, &fields, notes);
        let Some(editor) = editors.get_mut(chosen.span.file.as_path()) else { return };
        let mut is_annotated = !entries.table.is_empty();
        let mut homeless = Vec::new();
        for (column, said) in &entries.columns {
            match fields.get(column) {
                Some(span) => {
                    is_annotated |= !said.is_empty();
                    editor.insert(span, &field_lines(self.attribute, said));
                }
                None => {
                    let keys: Vec<&str> = said.iter().map(|entry| entry.key).collect();
                    homeless.push(format!("{column} ({})", keys.join(", ")));
                }
            }
        }
        if !homeless.is_empty() {
            let rust = &chosen.rust_name;
            notes.push(format!(
                "{table}: {rust} has no field for what could be said of {}",
                homeless.join(", ")
            ));
        }
        if is_annotated {
            let mut lines = self.derive(editor, &chosen.span);
            lines.extend(struct_lines(self.attribute, &entries.table));
            editor.insert(&chosen.span, &lines);
        }
    }

    /// What is not said yet.
    fn entries(
        &self,
        place: &TablePlace,
        fields: &BTreeMap<&Name, &Span>,
        notes: &mut Vec<String>,
    ) -> TableEntries {
        let table = &place.table;
        let only = Fields::Only(fields.keys().map(|name| (*name).clone()).collect());
        let mut out = TableEntries::of(self.catalog, table, only);
        let beyond = unsayable(self.catalog, &self.said, table);
        let key = self.catalog.parts(Kind::PrimaryKey, table).find_map(|(_, object)| match object {
            Object::PrimaryKey(key) => {
                Some(key.columns.iter().map(|name| name.as_str().to_owned()).collect())
            }
            _ => None,
        });
        let key: Vec<String> = key.unwrap_or_default();
        let key_is_told = out.is_key_plain && key == place.key.clone().unwrap_or_default();
        let is_left =
            |entry: &Entry| beyond.contains(entry.key) || (key_is_told && entry.key == "primary_key");
        out.table.retain(|entry| !is_left(entry) && !place.says(entry.key));
        for (column, said) in &mut out.columns {
            said.retain(|entry| !is_left(entry) && !place.says_of(column, entry.key));
        }
        for column in &place.untold_types {
            if let (true, Some(Object::Column(live))) =
                (!place.says_of(column, "sql_type"), self.catalog.get(&ObjectId::column(table, column)))
            {
                out.columns.entry(column.clone()).or_default().insert(0, type_entry(&live.data_type));
            }
        }
        out.columns.retain(|_, said| !said.is_empty());
        for key in beyond.iter().filter(|key| **key != "references" && !place.says(key)) {
            notes.push(format!("{table}: not every {key} can be said, so none is listed"));
        }
        out
    }

    fn enumeration(
        &self,
        place: &EnumPlace,
        editors: &mut BTreeMap<PathBuf, Editor<'_>>,
        notes: &mut Vec<String>,
    ) {
        let name = &place.name;
        if place.is_said || self.without.contains(name) {
            return;
        }
        if !place.is_alike {
            notes.push(format!(
                "{name}: the variants of {} are not its labels in their order",
                place.rust_name
            ));
            return;
        }
        let Some(editor) = editors.get_mut(place.span.file.as_path()).filter(|one| one.has(&place.span))
        else {
            notes.push(format!("{name}: {} is not written out; macros are left alone", place.rust_name));
            return;
        };
        let mut lines = self.derive(editor, &place.span);
        lines.push(enum_line(self.attribute, self.catalog, name));
        editor.insert(&place.span, &lines);
    }

    /// The derive that the attribute needs, where it is not there.
    fn derive(&self, editor: &Editor<'_>, name: &Span) -> Vec<String> {
        match self.attribute {
            AttributeForm::Derive if !editor.derives(name, "Autogen") => {
                vec!["#[derive(autogen_derive::Autogen)]".to_owned()]
            }
            AttributeForm::Derive | AttributeForm::CfgAttr => Vec::new(),
        }
    }
}
