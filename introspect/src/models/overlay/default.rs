//! What fills a column: its default, the sequence of a serial one, and keys that fill themselves (R5).

use autogen_core::object::Default as ColumnDefault;
use autogen_core::object::column::{Identity, Origin};
use autogen_core::object::sequence::SequenceOptions;
use autogen_core::{DataType, Expression, Kind, Object, ObjectId, QualName};

use super::super::{ColumnModel, InsertEvidence};
use super::column::is_serial;
use super::table::is_full;
use super::{Builder, FromModels, IdStyle, Role};

impl FromModels for ColumnDefault {
    fn lay(builder: &mut Builder<'_>) {
        // Nothing here looks at the list.
        let columns = std::mem::take(&mut builder.columns);
        for laid in &columns {
            let (id, column) = (&laid.id, laid.column);
            builder.default(&id.name, id, column, is_full(laid.table));
            let Some(Object::Column(now)) = builder.out.catalog.get(id) else { continue };
            if now.origin == Origin::Inherited && !builder.live.contains(id) {
                continue;
            }
            let data_type = now.data_type.clone();
            if column.is_key && !builder.live.contains(id) {
                builder.key_fills_itself(id, column, &data_type);
            }
            if is_serial(column) {
                builder.serial(id, &data_type);
            }
        }
        builder.columns = columns;
    }
}

impl Builder<'_> {
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
            None if (full && !is_serial(column)) || column.attribute.identity.is_some() => {
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
            || is_serial(column)
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
                        column.identity = Some(Box::new(Identity {
                            always: false,
                            sequence: SequenceOptions::of_type(&data_type.text),
                            sequence_name: None,
                        }));
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
}
