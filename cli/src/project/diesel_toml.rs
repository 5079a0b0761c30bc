//! Diesel's own configuration file, read as diesel_cli 2.3 reads it: every key, with its place in the file for what is
//! wrong. Keys that only matter for other databases are checked and have no effect.

use std::path::{Path, PathBuf};

use anyhow::Result;
use autogen_codegen::rust::{ColumnSorting, CustomTypes, Docs, SchemaOptions, TableFilter, TableGrouping};
use autogen_core::{Name, visible};
use regex::Regex;
use toml::Spanned;
use toml::de::DeValue;

use super::toml_file::{TomlFile, Value};

/// What a diesel.toml says. Paths in it are relative to its folder.
#[derive(Clone, Debug, Default)]
pub(super) struct DieselToml {
    /// The blocks `[print_schema]` and `[print_schema.NAME]`, by name. Without named ones it is one, called `default`.
    pub(super) blocks: Vec<SchemaBlock>,
    /// `migrations_directory.dir`.
    pub(super) migrations: Option<PathBuf>,
    /// What diesel_cli 2.3 does not know or understand of the form of a schema.rs, and would refuse.
    pub(super) refused: Vec<String>,
}

/// One `[print_schema]`: a schema.rs with its place and form.
#[derive(Clone, Debug)]
pub(crate) struct SchemaBlock {
    /// Its name, `default` for the unnamed one.
    pub(crate) name: String,
    /// Where it is written. Without a file it is not kept up to date by Diesel.
    pub(crate) file: Option<PathBuf>,
    /// A patch that is applied to the text before it is written.
    pub(crate) patch_file: Option<PathBuf>,
    /// The form of the text.
    pub(crate) options: SchemaOptions,
}

impl SchemaBlock {
    /// A block that says nothing.
    pub(super) fn empty(name: &str) -> Self {
        Self { name: name.to_owned(), file: None, patch_file: None, options: SchemaOptions::default() }
    }
}

/// Understands the text of the file at `path`. The error names file, line and column.
pub(super) fn parse(path: &Path, text: &str) -> Result<DieselToml> {
    let mut reader = Reader { file: TomlFile::new(path, text), refused: Vec::new() };
    let document = reader.file.document()?;
    let mut blocks = None;
    let mut migrations = None;
    for (key, value) in &document {
        match key.get_ref().as_ref() {
            "print_schema" => blocks = Some(reader.blocks(value)?),
            "migrations_directory" => migrations = reader.migrations(value)?,
            _ => reader.unknown(key, ""),
        }
    }
    let blocks = blocks.unwrap_or_else(|| vec![SchemaBlock::empty("default")]);
    Ok(DieselToml { blocks, migrations, refused: reader.refused })
}

struct Reader<'a> {
    file: TomlFile<'a>,
    refused: Vec<String>,
}

impl Reader<'_> {
    /// The unnamed block and the named ones. A table below `print_schema` that is no key of a block is a named one.
    fn blocks(&mut self, value: &Value<'_>) -> Result<Vec<SchemaBlock>> {
        let (own, named): (Vec<_>, Vec<_>) = self
            .file
            .table(value, "print_schema")?
            .iter()
            .partition(|(key, value)| key.get_ref() == "filter" || !value.get_ref().is_table());
        let mut unnamed = SchemaBlock::empty("default");
        for (key, value) in own {
            self.key(&mut unnamed, key, value)?;
        }
        let mut blocks = Vec::new();
        for (name, value) in named {
            let mut block = SchemaBlock::empty(name.get_ref());
            for (key, value) in self.file.table(value, "print_schema")? {
                self.key(&mut block, key, value)?;
            }
            blocks.push(block);
        }
        if !blocks.iter().any(|block| block.name == unnamed.name) {
            blocks.push(unnamed);
        }
        blocks.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(blocks)
    }

    /// Where a schema.rs is has to be known to read it; what form it is written in matters to nobody who does not write it.
    fn key(
        &mut self,
        block: &mut SchemaBlock,
        key: &Spanned<impl AsRef<str>>,
        value: &Value<'_>,
    ) -> Result<()> {
        match self.block_key(block, key, value) {
            Err(error) if key.get_ref().as_ref() != "file" => {
                self.refused.push(error.to_string());
                Ok(())
            }
            other => other,
        }
    }

    fn block_key(
        &mut self,
        block: &mut SchemaBlock,
        key: &Spanned<impl AsRef<str>>,
        value: &Value<'_>,
    ) -> Result<()> {
        let options = &mut block.options;
        match key.get_ref().as_ref() {
            "file" => block.file = Some(self.file.path_of(value, "file")?),
            "patch_file" => block.patch_file = Some(self.file.path_of(value, "patch_file")?),
            "schema" => options.schema = Some(Name::new(self.file.string(value, "schema")?)),
            "filter" => options.filter = self.filter(value)?,
            "with_docs" => options.docs = self.docs(value)?,
            "column_sorting" => {
                let choices = [("ordinal_position", ColumnSorting::Position), ("name", ColumnSorting::Name)];
                options.sorting = self.file.choice(value, "column_sorting", &choices)?;
            }
            "allow_tables_to_appear_in_same_query_config" => {
                let choices = [
                    ("fk_related_tables", TableGrouping::ForeignKeys),
                    ("all_tables", TableGrouping::All),
                    ("none", TableGrouping::None),
                ];
                options.grouping =
                    self.file.choice(value, "allow_tables_to_appear_in_same_query_config", &choices)?;
            }
            "import_types" => options.import_types = Some(self.imports(value)?),
            "generate_missing_sql_type_definitions" => {
                if !self.file.boolean(value, "generate_missing_sql_type_definitions")? {
                    options.custom_types = CustomTypes::Leave;
                }
            }
            "except_custom_type_definitions" => {
                let patterns = self.patterns(value, "except_custom_type_definitions")?;
                if let CustomTypes::Define { except, .. } = &mut options.custom_types {
                    *except = patterns;
                }
            }
            "custom_type_derives" => {
                let paths = self.derives(value)?;
                if let CustomTypes::Define { derives, .. } = &mut options.custom_types {
                    *derives = paths;
                }
            }
            "pg_domains_as_custom_types" => {
                options.domains_as_types = self.patterns(value, "pg_domains_as_custom_types")?;
            }
            "sqlite_integer_primary_key_is_bigint" => {
                self.file.boolean(value, "sqlite_integer_primary_key_is_bigint")?;
            }
            _ => self.unknown(key, "print_schema."),
        }
        Ok(())
    }

    fn migrations(&mut self, value: &Value<'_>) -> Result<Option<PathBuf>> {
        let mut dir = None;
        for (key, value) in self.file.table(value, "migrations_directory")? {
            match key.get_ref().as_ref() {
                "dir" => dir = Some(self.file.path_of(value, "dir")?),
                _ => self.unknown(key, "migrations_directory."),
            }
        }
        Ok(dir)
    }

    fn filter(&mut self, value: &Value<'_>) -> Result<TableFilter> {
        let mut filter = TableFilter::All;
        for (key, patterns) in self.file.table(value, "filter")? {
            let read = match key.get_ref().as_ref() {
                "only_tables" => TableFilter::Only(self.patterns(patterns, "only_tables")?),
                "except_tables" => TableFilter::Except(self.patterns(patterns, "except_tables")?),
                _ => {
                    self.unknown(key, "print_schema.filter.");
                    continue;
                }
            };
            if !matches!(filter, TableFilter::All) {
                return Err(self
                    .file
                    .error(value.span(), "filter takes only_tables or except_tables, not both"));
            }
            filter = read;
        }
        Ok(filter)
    }

    fn docs(&self, value: &Value<'_>) -> Result<Docs> {
        match value.get_ref() {
            DeValue::Boolean(true) => Ok(Docs::CommentsOrGenerated),
            DeValue::Boolean(false) => Ok(Docs::None),
            DeValue::String(_) => self.file.choice(
                value,
                "with_docs",
                &[
                    ("database-comments-fallback-to-auto-generated-doc-comment", Docs::CommentsOrGenerated),
                    ("only-database-comments", Docs::Comments),
                    ("no-doc-comments", Docs::None),
                ],
            ),
            _ => Err(self.file.error(value.span(), "with_docs must be true, false or a string")),
        }
    }

    /// What stands between `use` and a semicolon. It gets into Rust source, so it must be just that.
    fn imports(&self, value: &Value<'_>) -> Result<Vec<String>> {
        self.file.each_string(value, "import_types", |text| {
            // Some squeeze an attribute and a second import into one.
            let file = syn::parse_file(&format!("use {text};")).ok();
            let is_use = |item: &syn::Item| matches!(item, syn::Item::Use(_));
            file.filter(|file| file.attrs.is_empty() && file.items.iter().all(is_use))
                .map(|_| text.to_owned())
                .ok_or_else(|| format!("`{}` cannot be imported in Rust", visible(text)))
        })
    }

    fn derives(&self, value: &Value<'_>) -> Result<Vec<String>> {
        self.file.each_string(value, "custom_type_derives", |text| {
            syn::parse_str::<syn::Path>(text)
                .map(|_| text.to_owned())
                .map_err(|_| format!("`{}` is no path of a derive macro", visible(text)))
        })
    }

    fn patterns(&self, value: &Value<'_>, key: &str) -> Result<Vec<Regex>> {
        self.file.each_string(value, key, |text| {
            Regex::new(text).map_err(|error| {
                // The last line of the message says what is wrong, the ones before point at it.
                let reason = error.to_string();
                let reason =
                    reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                format!("`{}` is no regular expression: {}", visible(text), visible(&reason))
            })
        })
    }

    /// Another version of Diesel may know the key.
    fn unknown(&mut self, key: &Spanned<impl AsRef<str>>, inside: &str) {
        let name = visible(key.get_ref().as_ref());
        let finding =
            format!("{}: Diesel 2.3 does not know the key `{inside}{name}`", self.file.place(key.span()));
        self.refused.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<DieselToml> {
        parse(Path::new("diesel.toml"), text)
    }

    #[track_caller]
    fn refused(text: &str, expect: &str) {
        assert_eq!(read(text).unwrap_err().to_string(), expect);
    }

    /// No error until a schema.rs is to be written.
    #[track_caller]
    fn doubted(text: &str, expect: &str) {
        assert_eq!(read(text).unwrap().refused, [expect]);
    }

    #[test]
    fn all_keys_of_a_block() {
        let toml = read(
            r#"
            [print_schema]
            file = "src/schema.rs"
            patch_file = "schema.patch"
            schema = "app"
            filter = { except_tables = ["^tmp_", "spatial_ref_sys"] }
            with_docs = "only-database-comments"
            column_sorting = "name"
            allow_tables_to_appear_in_same_query_config = "fk_related_tables"
            import_types = ["diesel::sql_types::*", "crate::types::{Mood, Other as Another}"]
            except_custom_type_definitions = ["Vector"]
            custom_type_derives = ["diesel::query_builder::QueryId", "Clone"]
            pg_domains_as_custom_types = ["email"]
            sqlite_integer_primary_key_is_bigint = true
            [migrations_directory]
            dir = "db/migrations"
            "#,
        )
        .unwrap();
        assert_eq!(toml.migrations, Some(PathBuf::from("db/migrations")));
        assert!(toml.refused.is_empty());
        let [block] = &*toml.blocks else { panic!("{:?}", toml.blocks) };
        assert_eq!(block.file, Some(PathBuf::from("src/schema.rs")));
        assert_eq!(block.patch_file, Some(PathBuf::from("schema.patch")));
        let options = &block.options;
        assert_eq!(options.schema, Some(Name::new("app")));
        assert!(options.filter.keeps(&Name::new("users")) && !options.filter.keeps(&Name::new("tmp_x")));
        assert_eq!(options.docs, Docs::Comments);
        assert_eq!(options.sorting, ColumnSorting::Name);
        assert_eq!(options.grouping, TableGrouping::ForeignKeys);
        assert_eq!(options.import_types.as_ref().map(Vec::len), Some(2));
        assert_eq!(options.domains_as_types.len(), 1);
        let CustomTypes::Define { except, derives } = &options.custom_types else { panic!("{options:?}") };
        assert_eq!((except.len(), derives.len()), (1, 2));
    }

    #[test]
    fn named_blocks() {
        let toml = read(
            "[print_schema.two]\nfile = \"two.rs\"\nschema = \"two\"\n[print_schema.one]\nfile = \"one.rs\"\n\
             generate_missing_sql_type_definitions = false\nfilter = { only_tables = [\"a\"] }\n",
        )
        .unwrap();
        let names: Vec<&str> = toml.blocks.iter().map(|block| &*block.name).collect();
        assert_eq!(names, ["default", "one", "two"]);
        let options = &toml.blocks[1].options;
        assert!(options.filter.keeps(&Name::new("la")) && !options.filter.keeps(&Name::new("b")));
        assert!(matches!(options.custom_types, CustomTypes::Leave));
    }

    #[test]
    fn documentation_is_a_boolean_or_a_word() {
        let docs = |value: &str| {
            read(&format!("[print_schema]\nwith_docs = {value}\n")).map(|toml| toml.blocks[0].options.docs)
        };
        assert_eq!(docs("true").unwrap(), Docs::CommentsOrGenerated);
        assert_eq!(docs("false").unwrap(), Docs::None);
        assert_eq!(docs("\"no-doc-comments\"").unwrap(), Docs::None);
        assert!(docs("\"all\"").unwrap() == Docs::default() && docs("1").unwrap() == Docs::default());
    }

    #[test]
    fn unknown_keys_are_told_with_their_place() {
        let toml = read("[print_schema]\nfile = \"a.rs\"\n  flie = \"b.rs\"\n[other]\nx = 1\n").unwrap();
        assert_eq!(
            toml.refused,
            [
                "diesel.toml:4:2: Diesel 2.3 does not know the key `other`",
                "diesel.toml:3:3: Diesel 2.3 does not know the key `print_schema.flie`",
            ]
        );
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        refused("[print_schema]\nfile = 3\n", "diesel.toml:2:8: file must be a string");
        refused("print_schema = 3\n", "diesel.toml:1:16: print_schema must be a table");
        doubted(
            "[print_schema]\ncolumn_sorting = \"nmae\"\n",
            "diesel.toml:2:18: column_sorting must be `ordinal_position` or `name`, not `nmae`",
        );
        doubted(
            "[print_schema]\nfilter = { only_tables = [\"a\"], except_tables = [\"b\"] }\n",
            "diesel.toml:2:10: filter takes only_tables or except_tables, not both",
        );
        doubted(
            "[print_schema]\nfilter = { only_tables = [\"a\", \"(\"] }\n",
            "diesel.toml:2:32: only_tables: `(` is no regular expression: unclosed group",
        );
        doubted(
            "[print_schema]\nimport_types = [\"a::*; fn evil() {}\"]\n",
            "diesel.toml:2:17: import_types: `a::*; fn evil() {}` cannot be imported in Rust",
        );
        doubted(
            "[print_schema]\ncustom_type_derives = [\"Debug)] struct X; #[derive(Clone\"]\n",
            "diesel.toml:2:24: custom_type_derives: `Debug)] struct X; #[derive(Clone` is no path of a derive macro",
        );
        let error = read("[print_schema\nfile = \"a\"\n").unwrap_err().to_string();
        assert!(error.starts_with("diesel.toml:1:"), "{error}");
        let error = read("[a]\n[a]\n").unwrap_err().to_string();
        assert!(error.starts_with("diesel.toml:2:"), "{error}");
    }
}
