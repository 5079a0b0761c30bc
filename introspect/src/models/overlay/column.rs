//! Columns: types by accept sets, NULL by evidence, properties by attribute (MODELS.md, R1 to R6).

use autogen_core::object::column::{Generated, Identity, Storage};
use autogen_core::object::sequence::SequenceOptions;
use autogen_core::object::table::Persistence;
use autogen_core::object::{Column, Default as ColumnDefault, Sequence};
use autogen_core::{DataType, Diagnostic, Expression, Kind, Name, Object, ObjectId, QualName};

use super::super::grammar::{IdentityAttr, IdentityMode, NullWord};
use super::super::{ColumnModel, InsertEvidence, Nullability, SqlType, TableModel};
use super::table::is_full;
use super::{Builder, IdStyle, Role, types};

impl Builder<'_> {
    pub(super) fn column(
        &mut self,
        table: &QualName,
        model: &TableModel,
        column: &ColumnModel,
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
        let live = match self.live.get(&id) {
            Some(Object::Column(live)) => Some(live.clone()),
            _ => None,
        };
        let wanted = match &live {
            Some(live) => Some(self.existing(column, live)),
            None => self.new_column(table, &id, column),
        };
        let Some(mut wanted) = wanted else { return };
        self.properties(table, &mut wanted, column, is_full(model));
        let data_type = wanted.data_type.clone();
        let is_new = live.is_none();
        let retyped = live.is_some_and(|live| live.data_type != data_type);
        self.out.catalog.insert(id.clone(), wanted);
        self.default(table, &id, column, is_full(model));
        if is_new && column.is_key {
            self.key_fills_itself(&id, column, &data_type);
        }
        if column.attribute.serial.is_some() {
            self.serial(&id, &data_type);
        }
        if retyped {
            self.widen_sequence(&id, &data_type);
        }
        let comment = column.attribute.comment.as_ref().map(|said| said.value.clone());
        self.comment(&id, comment, is_full(model));
    }

    /// `type_` means `type` where the table has that and not the other (rule 8).
    pub(super) fn column_id(&self, table: &QualName, column: &ColumnModel) -> ObjectId {
        let id = ObjectId::column(table, &Name::new(&column.name));
        let stem = column.stem.as_ref().map(|stem| ObjectId::column(table, &Name::new(stem)));
        match stem {
            Some(stem) if !self.live.contains(&id) && self.live.contains(&stem) => stem,
            _ => id,
        }
    }

    fn existing(&mut self, column: &ColumnModel, live: &Column) -> Column {
        let mut wanted = live.clone();
        if let Some(written) = &column.attribute.sql_type {
            let data_type = types::written(&written.value, &self.out.catalog);
            if !types::same(&data_type, &live.data_type) {
                wanted.data_type = data_type;
            }
        } else if !self.accepts(column, &live.data_type)
            && let Some(target) = target(column)
        {
            wanted.data_type = types::of(&target, &self.out.catalog);
        }
        if wanted.data_type.base != live.data_type.base {
            wanted.collation = None;
            wanted.storage = None;
        }
        match column.attribute.null.as_ref().map(|said| said.value) {
            Some(NullWord::Null) => wanted.not_null = false,
            Some(NullWord::NotNull) => wanted.not_null = true,
            None if column.is_key => {}
            None => match column.nullability {
                Nullability::NotNull => wanted.not_null = true,
                Nullability::Nullable => wanted.not_null = false,
                Nullability::Keep => {}
            },
        }
        wanted
    }

    fn accepts(&self, column: &ColumnModel, live: &DataType) -> bool {
        types::live(live, &self.live).iter().any(|live| column.accept.accepts(live))
    }

    fn new_column(&mut self, table: &QualName, id: &ObjectId, column: &ColumnModel) -> Option<Column> {
        let data_type = match &column.attribute.sql_type {
            Some(written) => types::written(&written.value, &self.out.catalog),
            None => match target(column) {
                Some(target) => types::of(&target, &self.out.catalog),
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
                    || column.attribute.serial.is_some()
                    || column.attribute.identity.is_some()
            }
        };
        Some(Column { not_null, ..Column::plain(position, data_type) })
    }

    fn properties(&mut self, table: &QualName, wanted: &mut Column, column: &ColumnModel, full: bool) {
        let attribute = &column.attribute;
        if let Some(identity) = &attribute.identity {
            wanted.identity = Some(identity_of(&identity.value, wanted));
            wanted.not_null = true;
        } else if full || attribute.serial.is_some() {
            wanted.identity = None;
        }
        match (&attribute.generated, wanted.generated.clone()) {
            (Some(said), live) => {
                let same = live.as_ref().is_some_and(|live| {
                    self.same(table, &Role::Value, &live.expression, &said.value, &said.span)
                });
                if !same {
                    wanted.generated =
                        Some(Generated { expression: Expression::new(&said.value), stored: true });
                }
            }
            (None, Some(_)) if full => wanted.generated = None,
            (None, _) => {}
        }
        match &attribute.collation {
            Some(said) => wanted.collation = collation(&said.value),
            None if full => wanted.collation = None,
            None => {}
        }
        match &attribute.storage {
            Some(said) => wanted.storage = storage(&said.value),
            None if full => wanted.storage = None,
            None => {}
        }
        match &attribute.compression {
            Some(said) => wanted.compression = Some(said.value.clone()),
            None if full => wanted.compression = None,
            None => {}
        }
        match &attribute.statistics {
            Some(said) => wanted.statistics = i32::try_from(said.value).ok().filter(|target| *target >= 0),
            None if full => wanted.statistics = None,
            None => {}
        }
    }

    fn default(&mut self, table: &QualName, id: &ObjectId, column: &ColumnModel, full: bool) {
        let default_id = ObjectId { kind: Kind::Default, ..id.clone() };
        match &column.attribute.default {
            Some(said) => match &said.value {
                None => {
                    self.out.catalog.remove(&default_id);
                }
                Some(text) => {
                    self.declare(&default_id, &said.span);
                    let role = Role::Default(id.own_name().clone());
                    let live = match self.live.get(&default_id) {
                        Some(Object::Default(live)) => Some(live.expression.clone()),
                        _ => None,
                    };
                    if !live.is_some_and(|live| self.same(table, &role, &live, text, &said.span)) {
                        self.ask(table, &role, &Expression::new(text), Some(&said.span));
                        self.out.catalog.remove(&default_id);
                        self.out
                            .catalog
                            .insert(default_id.clone(), ColumnDefault { expression: Expression::new(text) });
                        self.use_own_type(&default_id, id);
                    }
                }
            },
            None if (full && column.attribute.serial.is_none()) || column.attribute.identity.is_some() => {
                self.out.catalog.remove(&default_id);
                self.remove_idle_sequences(id);
            }
            None => {}
        }
    }

    /// The literal in a default may be a label that its enum does not have yet.
    fn use_own_type(&mut self, default: &ObjectId, column: &ObjectId) {
        let own = match self.out.catalog.get(column) {
            Some(Object::Column(column)) => column.data_type.object(&self.out.catalog),
            _ => None,
        };
        if let Some(own) = own {
            self.out.catalog.add_use(default.clone(), own);
        }
    }

    /// A new key that inserts may leave out has to come from somewhere (R5).
    fn key_fills_itself(&mut self, id: &ObjectId, column: &ColumnModel, data_type: &DataType) {
        let attribute = &column.attribute;
        let said = attribute.identity.is_some()
            || attribute.serial.is_some()
            || attribute.default.is_some()
            || attribute.generated.is_some();
        let left_out = matches!(column.insert, InsertEvidence::Absent | InsertEvidence::Optional);
        if said || !left_out {
            return;
        }
        match data_type.full_text().as_str() {
            "smallint" | "integer" | "bigint" => match self.options.id_style {
                IdStyle::Serial => self.serial(id, data_type),
                IdStyle::Identity => {
                    if let Some(Object::Column(column)) = self.out.catalog.get_mut(id) {
                        column.identity = Some(Identity {
                            always: false,
                            sequence: SequenceOptions::of_type(&data_type.text),
                            sequence_name: None,
                        });
                    }
                }
            },
            "uuid" => {
                let default_id = ObjectId { kind: Kind::Default, ..id.clone() };
                self.out
                    .catalog
                    .insert(default_id, ColumnDefault { expression: Expression::new("gen_random_uuid()") });
            }
            _ => {}
        }
    }

    fn serial(&mut self, id: &ObjectId, data_type: &DataType) {
        let default_id = ObjectId { kind: Kind::Default, ..id.clone() };
        let owned = self.out.catalog.of_kind(Kind::Sequence).any(|(_, object)| {
            matches!(object, Object::Sequence(sequence) if sequence.owned_by.as_ref() == Some(id))
        });
        if owned && self.out.catalog.contains(&default_id) {
            return;
        }
        let name =
            self.free_relation_name(&id.name.schema, &[id.name.name.as_str(), id.own_name().as_str()], "seq");
        let sequence = id.name.sibling(name);
        let sequence_id = ObjectId::new(Kind::Sequence, sequence.clone());
        self.out.catalog.insert(
            sequence_id.clone(),
            Sequence {
                options: SequenceOptions::of_type(&data_type.text),
                owned_by: Some(id.clone()),
                persistence: Persistence::Permanent,
            },
        );
        let target = DataType::user(sequence).text.replace('\'', "''");
        self.out.catalog.insert(
            default_id.clone(),
            ColumnDefault { expression: Expression::new(format!("nextval('{target}'::regclass)")) },
        );
        self.out.catalog.add_use(default_id, sequence_id);
    }

    /// The sequence of a serial column goes with its default, unless somebody else counts with it. Left behind beside
    /// an identity it would be the one that `pg_get_serial_sequence` finds.
    fn remove_idle_sequences(&mut self, column: &ObjectId) {
        let owned = |object: &Object| matches!(object, Object::Sequence(sequence) if sequence.owned_by.as_ref() == Some(column));
        let catalog = &self.out.catalog;
        let counts = |id: &ObjectId| {
            catalog.ids().any(|user| user.kind != Kind::Comment && catalog.depends_on(user).contains(id))
        };
        let idle: Vec<ObjectId> = catalog
            .of_kind(Kind::Sequence)
            .filter(|(id, object)| owned(object) && !counts(id))
            .map(|(id, _)| id.clone())
            .collect();
        for id in idle {
            self.out.catalog.remove_tree(&id);
        }
    }

    /// A wider integer wants its sequence to count as far.
    fn widen_sequence(&mut self, id: &ObjectId, data_type: &DataType) {
        let text = data_type.full_text();
        if !matches!(text.as_str(), "smallint" | "integer" | "bigint") {
            return;
        }
        let widened = |options: &SequenceOptions| {
            let plain_max = options.max == SequenceOptions::of_type(&options.data_type).max;
            let new = SequenceOptions::of_type(&text);
            SequenceOptions {
                data_type: text.clone(),
                max: if plain_max { new.max } else { options.max.min(new.max) },
                ..options.clone()
            }
        };
        if let Some(Object::Column(column)) = self.out.catalog.get_mut(id)
            && let Some(identity) = &mut column.identity
        {
            identity.sequence = widened(&identity.sequence);
        }
        let owned: Vec<ObjectId> = self
            .out
            .catalog
            .of_kind(Kind::Sequence)
            .filter(|(_, object)| matches!(object, Object::Sequence(sequence) if sequence.owned_by.as_ref() == Some(id)))
            .map(|(sequence, _)| sequence.clone())
            .collect();
        for sequence in owned {
            if let Some(Object::Sequence(sequence)) = self.out.catalog.get_mut(&sequence) {
                sequence.options = widened(&sequence.options);
            }
        }
    }
}

/// schema.rs's type where the struct accepts it, else what the struct proposes.
fn target(column: &ColumnModel) -> Option<SqlType> {
    let declared = column.declared.as_ref().and_then(|declared| declared.sql_type.as_ref());
    declared.filter(|declared| column.accept.accepts(declared)).or_else(|| column.proposal()).cloned()
}

fn identity_of(said: &IdentityAttr, column: &Column) -> Identity {
    let live = column.identity.as_ref();
    let data_type = match column.data_type.full_text().as_str() {
        text @ ("smallint" | "integer" | "bigint") => text.to_owned(),
        _ => "bigint".to_owned(),
    };
    let mut sequence =
        live.map_or_else(|| SequenceOptions::of_type(&data_type), |live| live.sequence.clone());
    if let Some(increment) = said.increment {
        sequence = SequenceOptions { increment, ..sequence }.defaults();
    }
    sequence.min = said.min.unwrap_or(sequence.min);
    sequence.max = said.max.unwrap_or(sequence.max);
    sequence.start = said.start.unwrap_or(if said.min.is_some() { sequence.min } else { sequence.start });
    sequence.cache = said.cache.unwrap_or(sequence.cache);
    sequence.cycle |= said.cycle;
    let always = match said.mode {
        Some(IdentityMode::Always) => true,
        Some(IdentityMode::ByDefault) => false,
        None => live.is_some_and(|live| live.always),
    };
    Identity { always, sequence, sequence_name: live.and_then(|live| live.sequence_name.clone()) }
}

/// A collation as written; `C` and the like are Postgres's own.
pub(super) fn collation(text: &str) -> Option<QualName> {
    let name = |text: &str| text.trim_matches('"').to_owned();
    match text.split_once('.') {
        Some((schema, rest)) if !text.starts_with('"') => Some(QualName::new(name(schema), name(rest))),
        _ if name(text) == "default" => None,
        _ => Some(QualName::new("pg_catalog", name(text))),
    }
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
