//! Columns: types by accept sets, NULL by evidence, properties by attribute (MODELS.md, R1 to R6).

use autogen_core::object::column::{Generated, Identity, Storage};
use autogen_core::object::sequence::SequenceOptions;
use autogen_core::object::{Column, choose_name};
use autogen_core::{DataType, Diagnostic, Expression, Kind, Name, Object, ObjectId, QualName, Span};

use super::super::grammar::{IdentityAttr, IdentityMode, NullWord, Said};
use super::super::{ColumnModel, Nullability, SqlType, TableModel};
use super::table::is_full;
use super::{Builder, Canonical, FromModels, Role, types};

/// A column that a model was laid over.
#[derive(Clone)]
pub(crate) struct LaidColumn<'a> {
    pub(super) id: ObjectId,
    pub(super) table: &'a TableModel,
    pub(super) column: &'a ColumnModel,
}

impl FromModels for Column {
    fn lay(builder: &mut Builder<'_>) {
        for (table, model) in builder.tables.clone() {
            let exists = builder.live.contains(&ObjectId::table(&table));
            for column in &model.columns {
                let id = builder.column_id(&table, column);
                let is_declared_only = column.field.is_none() && exists && !builder.live.contains(&id);
                if is_renamed_away(model, column) {
                    builder.warn_of_old_name(column);
                    continue;
                }
                if is_declared_only {
                    if builder.is_given_up(&id) || builder.is_disputed(&id, &column.span) {
                        continue;
                    }
                    builder.out.declared.insert(id);
                }
                builder.column(&table, model, column, exists);
            }
        }
        builder.columns_from_parents();
    }
}

impl<'a> Builder<'a> {
    fn column(
        &mut self,
        table: &QualName,
        model: &'a TableModel,
        column: &'a ColumnModel,
        table_exists: bool,
    ) {
        if column.attribute.ignore.is_some() {
            return;
        }
        let id = self.column_id(table, column);
        if !self.live.contains(&id) && table_exists && column.positional {
            return;
        }
        self.declare(&id, &column.span);
        self.bound.insert(id.clone());
        if let Some(backfill) = &column.attribute.backfill {
            self.contained(&Expression::new(&backfill.value), &backfill.span);
            self.out.hints.backfill.insert(id.clone(), Expression::new(&backfill.value));
        }
        if let Some(using) = &column.attribute.using {
            self.contained(&Expression::new(&using.value), &using.span);
            self.out.hints.using.insert(id.clone(), Expression::new(&using.value));
        }
        // Held beside the catalog that is changed meanwhile.
        let shared = self.live.get_shared(&id).cloned();
        let live = match shared.as_deref() {
            Some(Object::Column(live)) => Some(live),
            _ => None,
        };
        let wanted = match live {
            Some(live) => Some(self.existing(table, column, live)),
            None => self.new_column(table, &id, column),
        };
        let Some(mut wanted) = wanted else { return };
        self.properties(table, &mut wanted, column, is_full(model));
        let retyped =
            live.filter(|live| live.data_type != wanted.data_type).map(|_| wanted.data_type.clone());
        self.out.catalog.update(&id, wanted);
        if let Some(data_type) = retyped {
            self.widen_sequence(&id, &data_type);
        }
        self.columns.push(LaidColumn { id, table: model, column });
    }

    /// `type_` means `type` where the table has that and not the other (rule 8).
    pub(super) fn column_id(&self, table: &QualName, column: &ColumnModel) -> ObjectId {
        let id = ObjectId::column(table, &Name::new(&column.name));
        if let Some(own) = self.live.own_id(&id) {
            return own.clone();
        }
        let stem = column.stem.as_ref().map(|stem| ObjectId::column(table, &Name::new(stem)));
        match stem {
            Some(stem) if self.live.contains(&stem) => stem,
            _ => id,
        }
    }

    fn existing(&mut self, table: &QualName, column: &ColumnModel, live: &Column) -> Column {
        let mut wanted = live.clone();
        if let Some(written) = &column.attribute.sql_type {
            let data_type = self.written_type(table, written);
            if !types::same(&data_type, &live.data_type) {
                wanted.data_type = data_type;
            }
        } else if !self.accepts(column, &live.data_type)
            && let Some(target) = target(column)
        {
            wanted.data_type = self.proposed_type(table, &target, &column.span);
        }
        if wanted.data_type.base != live.data_type.base {
            wanted.collation = None;
            wanted.storage = None;
        }
        match column.attribute.null.as_ref().map(|said| said.value) {
            Some(NullWord::Null) => wanted.not_null = false,
            Some(NullWord::NotNull) => wanted.not_null = true,
            None => match column.nullability {
                Nullability::NotNull => wanted.not_null = true,
                Nullability::Nullable => wanted.not_null = false,
                Nullability::Keep => {}
            },
        }
        wanted
    }

    /// A type as the attribute writes it; the server is asked about one that is not plain.
    pub(super) fn written_type(&mut self, table: &QualName, said: &Said<String>) -> DataType {
        let data_type = types::written(&said.value, &self.out.catalog);
        if types::is_certain(&said.value, &data_type, &self.out.catalog) {
            return data_type;
        }
        self.asked_type(table, &said.value, data_type, &said.span)
    }

    /// The type that a Rust type or `table!` proposes.
    fn proposed_type(&mut self, table: &QualName, proposal: &SqlType, span: &Span) -> DataType {
        let data_type = types::of(proposal, &self.out.catalog);
        if types::is_known(&data_type, &self.out.catalog) {
            return data_type;
        }
        let text = data_type.full_text();
        self.asked_type(table, &text, data_type, span)
    }

    fn asked_type(&mut self, table: &QualName, text: &str, guess: DataType, span: &Span) -> DataType {
        let text = Expression::new(text);
        self.ask(table, &Role::Type, &text, Some(span));
        match self.canon.get(table, &Role::Type, &text) {
            Some(Canonical::Type(data_type)) => data_type.clone(),
            Some(Canonical::Rejected(reason)) => {
                let message = format!(
                    "the database does not know the type {}: {}",
                    autogen_core::visible(text.as_str()),
                    autogen_core::visible(reason)
                );
                let help = match types::extension_of(&guess) {
                    Some(extension) => format!(
                        "it comes with the extension {extension}: put CREATE EXTENSION IF NOT EXISTS {extension} into a \
                         migration of its own, and run that first"
                    ),
                    None => {
                        "check its name and schema, or make it in a migration of its own first".to_owned()
                    }
                };
                self.report(Diagnostic::error("unknown-type", message).at(span.clone()).help(help));
                guess
            }
            Some(Canonical::Text(_) | Canonical::View { .. }) | None => guess,
        }
    }

    /// A collation as written; one of the table's schema or of `public` comes before Postgres's own, such as `C`.
    pub(super) fn collation(&self, table: &QualName, text: &str) -> Option<QualName> {
        let bare = |text: &str| text.trim_matches('"').to_owned();
        if let Some((schema, name)) = text.split_once('.').filter(|_| !text.starts_with('"')) {
            return Some(QualName::new(bare(schema), bare(name)));
        }
        let name = bare(text);
        if name == "default" {
            return None;
        }
        let users = [table.schema.as_str(), "public"].map(|schema| QualName::new(schema, name.as_str()));
        let known =
            |name: &QualName| self.out.catalog.contains(&ObjectId::new(Kind::Collation, name.clone()));
        Some(users.into_iter().find(known).unwrap_or_else(|| QualName::new("pg_catalog", name)))
    }

    pub(super) fn accepts(&self, column: &ColumnModel, live: &DataType) -> bool {
        types::live(live, &self.live).iter().any(|live| column.accept.accepts(live))
    }

    fn new_column(&mut self, table: &QualName, id: &ObjectId, column: &ColumnModel) -> Option<Column> {
        let data_type = match &column.attribute.sql_type {
            Some(written) => self.written_type(table, written),
            None => match target(column) {
                Some(target) => self.proposed_type(table, &target, &column.span),
                None => {
                    let message = format!("the type of the new {id} cannot be told from its Rust type");
                    let help = "say it: #[autogen(sql_type = \"…\")]";
                    self.report(
                        Diagnostic::error("unknown-type", message).at(column.span.clone()).help(help),
                    );
                    return None;
                }
            },
        };
        let position = autogen_core::object::column::in_order(&self.out.catalog, table);
        let position = position.last().map_or(1, |(_, last)| last.position + 1);
        let not_null = match column.attribute.null.as_ref().map(|said| said.value) {
            Some(NullWord::Null) => false,
            Some(NullWord::NotNull) => true,
            None => {
                column.is_key
                    || column.if_new == Nullability::NotNull
                    || is_serial(column)
                    || column.attribute.identity.is_some()
            }
        };
        Some(Column { not_null, ..Column::plain(position, data_type) })
    }

    fn properties(&mut self, table: &QualName, wanted: &mut Column, column: &ColumnModel, full: bool) {
        let attribute = &column.attribute;
        if let Some(identity) = &attribute.identity {
            let identity = identity_of(&identity.value, wanted, table, &column.name, full);
            wanted.identity = Some(Box::new(identity));
            wanted.not_null = true;
        } else if full || is_serial(column) {
            wanted.identity = None;
        }
        match (&attribute.generated, wanted.generated.clone()) {
            (Some(said), live) => {
                let stored = !said.value.is_virtual;
                let same = live.as_ref().is_some_and(|live| {
                    self.same(table, &Role::Value, &live.expression, &said.value.expression, &said.span)
                        && live.stored == stored
                });
                if !same {
                    let expression = Expression::new(&said.value.expression);
                    self.ask(table, &Role::Value, &expression, Some(&said.span));
                    wanted.generated = Some(Box::new(Generated { expression, stored }));
                }
            }
            (None, Some(_)) if full => wanted.generated = None,
            (None, _) => {}
        }
        match &attribute.collation {
            Some(said) => wanted.collation = self.collation(table, &said.value),
            None if full => wanted.collation = None,
            None => {}
        }
        match &attribute.storage {
            Some(said) => {
                let own = types::own_storage(&wanted.data_type);
                wanted.storage = storage(&said.value).filter(|storage| own != Some(*storage));
            }
            None if full => wanted.storage = None,
            None => {}
        }
        match &attribute.compression {
            Some(said) => wanted.compression = Some(said.value.clone()).filter(|said| said != "default"),
            None if full => wanted.compression = None,
            None => {}
        }
        match &attribute.statistics {
            Some(said) => wanted.statistics = i32::try_from(said.value).ok().filter(|target| *target >= 0),
            None if full => wanted.statistics = None,
            None => {}
        }
    }

    fn warn_of_old_name(&mut self, column: &ColumnModel) {
        if column.field.is_some() {
            let message = format!(
                "this still has the old name, {}, of a renamed column",
                autogen_core::visible(&column.name)
            );
            let help = "rename it here too; it is taken for the same column";
            self.report(Diagnostic::warning("old-name", message).at(column.span.clone()).help(help));
        }
    }
}

/// True for an old name that was left behind: a field says that its column was called so, and the old name itself is
/// only in `table!` or where rows are written. One that is loaded under the old name is a new column.
fn is_renamed_away(model: &TableModel, column: &ColumnModel) -> bool {
    let was = |other: &ColumnModel| other.attribute.was.as_ref().is_some_and(|was| was.value == column.name);
    let loaded = || {
        let fields = model.structs.iter().flat_map(|one| &one.fields);
        fields.into_iter().any(|field| field.column == column.name && field.load.is_some())
    };
    model.columns.iter().any(was) && !loaded()
}

/// schema.rs's type where the struct accepts it, else what the struct proposes.
pub(super) fn target(column: &ColumnModel) -> Option<SqlType> {
    let declared = column.declared.as_ref().and_then(|declared| declared.sql_type.as_ref());
    declared.filter(|declared| column.accept.accepts(declared)).or_else(|| column.proposal()).cloned()
}

/// What is not said of a sequence stays as it lives, but for full management.
fn identity_of(said: &IdentityAttr, column: &Column, table: &QualName, name: &str, full: bool) -> Identity {
    let live = column.identity.as_deref();
    let kept = live.filter(|_| !full);
    let data_type = match column.data_type.full_text().as_str() {
        text @ ("smallint" | "integer" | "bigint") => text.to_owned(),
        _ => "bigint".to_owned(),
    };
    let mut sequence =
        kept.map_or_else(|| SequenceOptions::of_type(&data_type), |live| live.sequence.clone());
    if let Some(increment) = said.increment {
        sequence = SequenceOptions { increment, ..sequence }.defaults();
    }
    sequence.min = said.min.unwrap_or(sequence.min);
    sequence.max = said.max.unwrap_or(sequence.max);
    let first =
        if sequence.increment < 0 { said.max.map(|_| sequence.max) } else { said.min.map(|_| sequence.min) };
    sequence.start = said.start.or(first).unwrap_or(sequence.start);
    sequence.cache = said.cache.unwrap_or(sequence.cache);
    sequence.cycle |= said.cycle;
    let always = match said.mode {
        Some(IdentityMode::Always) => true,
        Some(IdentityMode::ByDefault) => false,
        None => kept.is_some_and(|live| live.always),
    };
    let own = choose_name(&[table.name.as_str(), name], "seq");
    let sequence_name = match &said.sequence {
        Some(sequence) if *sequence == own => None,
        Some(sequence) => Some(table.sibling(sequence.as_str())),
        None => live.and_then(|live| live.sequence_name.clone()),
    };
    Identity { always, sequence, sequence_name }
}

/// True for a column that counts with a sequence of its own.
pub(super) fn is_serial(column: &ColumnModel) -> bool {
    let attribute = &column.attribute;
    attribute.serial.is_some()
        || attribute.sql_type.as_ref().is_some_and(|said| types::is_serial(&said.value))
}

fn storage(text: &str) -> Option<Storage> {
    match text.to_lowercase().as_str() {
        "plain" => Some(Storage::Plain),
        "external" => Some(Storage::External),
        "extended" => Some(Storage::Extended),
        "main" => Some(Storage::Main),
        _ => None,
    }
}
