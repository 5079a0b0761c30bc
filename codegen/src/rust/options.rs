//! What a block `[print_schema]` of diesel.toml can say about the text of a schema.rs. Where that file lies and whether a
//! patch is applied to it is no matter of the text, and is the command line's.

use autogen_core::Name;
use regex::Regex;

/// The form of a schema.rs. The default is Diesel's own.
#[derive(Clone, Debug)]
pub struct SchemaOptions {
    /// The schema whose tables are printed, in a module of its name. Without it the tables of `public`, in no module.
    pub schema: Option<Name>,
    /// The name of that module, an identifier, in a file that Diesel does not write: see [`schema_modules`](super::schema_modules).
    pub module: Option<String>,
    /// Which tables.
    pub filter: TableFilter,
    /// What stands above tables, columns and types.
    pub docs: Docs,
    /// The order of the columns.
    pub sorting: ColumnSorting,
    /// Which tables may appear in one query.
    pub grouping: TableGrouping,
    /// What each table imports: the text between `use` and the semicolon. None leaves the choice of imports to Diesel.
    pub import_types: Option<Vec<String>>,
    /// The types that Diesel does not bring, in a module `sql_types`.
    pub custom_types: CustomTypes,
    /// The names of domains that are types of their own. Columns of other domains have the type below.
    pub domains_as_types: Vec<Regex>,
}

/// Which tables are printed. The patterns search in the name without its schema.
#[derive(Clone, Debug, Default)]
pub enum TableFilter {
    /// Those that match one of the patterns.
    Only(Vec<Regex>),
    /// Those that match none of them.
    Except(Vec<Regex>),
    /// All.
    #[default]
    All,
}

impl TableFilter {
    /// True for a table that is printed.
    pub fn keeps(&self, table: &Name) -> bool {
        let any = |patterns: &[Regex]| patterns.iter().any(|pattern| pattern.is_match(table.as_str()));
        match self {
            TableFilter::Only(patterns) => any(patterns),
            TableFilter::Except(patterns) => !any(patterns),
            TableFilter::All => true,
        }
    }
}

/// Doc comments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Docs {
    /// None.
    #[default]
    None,
    /// The comments of the database.
    Comments,
    /// The same, and a sentence of Diesel's where there is no comment.
    CommentsOrGenerated,
}

/// The order of columns in `table!`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColumnSorting {
    /// As in the table.
    #[default]
    Position,
    /// By name.
    Name,
}

/// What goes into one `allow_tables_to_appear_in_same_query!`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableGrouping {
    /// All tables.
    #[default]
    All,
    /// Those that foreign keys connect, directly or through others.
    ForeignKeys,
    /// No such macro is written.
    None,
}

/// Definitions of the types that Diesel does not know.
#[derive(Clone, Debug)]
pub enum CustomTypes {
    /// They are the project's own business.
    Leave,
    /// One struct for each.
    Define {
        /// But not for those whose Rust name matches.
        except: Vec<Regex>,
        /// What a struct derives. `diesel::sql_types::SqlType` is added if it is not among them.
        derives: Vec<String>,
    },
}

impl Default for SchemaOptions {
    fn default() -> Self {
        Self {
            schema: None,
            module: None,
            filter: TableFilter::All,
            docs: Docs::None,
            sorting: ColumnSorting::Position,
            grouping: TableGrouping::All,
            import_types: None,
            custom_types: CustomTypes::Define { except: Vec::new(), derives: Vec::new() },
            domains_as_types: Vec::new(),
        }
    }
}
