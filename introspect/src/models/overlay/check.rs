//! Checks: those listed are the truth of the table, matched by what they say, whatever their name.

use std::collections::BTreeSet;

use autogen_core::object::{Check, choose_name, column::Origin};
use autogen_core::{Expression, Kind, Name, Object, ObjectId, QualName, TokenKind, tokens};

use super::super::TableModel;
use super::table::is_full;
use super::{Builder, Role};

impl Builder<'_> {
    pub(super) fn checks(&mut self, table: &QualName, model: &TableModel) {
        let on_fields = model.columns.iter().flat_map(|column| &column.attribute.check);
        let said: Vec<_> = model.attribute.check.iter().flatten().chain(on_fields).cloned().collect();
        if said.is_empty() && model.attribute.check.is_none() && !is_full(model) {
            return;
        }
        let mut kept: BTreeSet<ObjectId> = BTreeSet::new();
        for said in said {
            let check = &said.value;
            let live: Vec<(ObjectId, Check)> = self
                .out
                .catalog
                .parts(Kind::Check, table)
                .filter_map(|(id, object)| match object {
                    Object::Check(check) => Some((id.clone(), check.clone())),
                    _ => None,
                })
                .filter(|(id, _)| !kept.contains(id))
                .collect();
            let mut found = None;
            for (id, live) in &live {
                let named = check.name.as_ref().is_none_or(|name| name == id.own_name().as_str());
                if named
                    && live.no_inherit == check.no_inherit
                    && self.same(table, &Role::Condition, &live.expression, &check.expression, &said.span)
                {
                    found = Some(id.clone());
                    break;
                }
            }
            let id = found.unwrap_or_else(|| {
                let expression = Expression::new(&check.expression);
                self.ask(table, &Role::Condition, &expression, Some(&said.span));
                let columns = self.columns_in(table, &expression);
                let name = match (&check.name, columns.as_slice()) {
                    (Some(name), _) => Name::new(name),
                    (None, [column]) => self.check_name(table, &[table.name.as_str(), column.as_str()]),
                    (None, _) => self.check_name(table, &[table.name.as_str()]),
                };
                let id = ObjectId::part(Kind::Check, table.clone(), name);
                let validated = !check.not_valid;
                let wanted = Check {
                    expression,
                    columns,
                    no_inherit: check.no_inherit,
                    validated,
                    enforced: true,
                    origin: Origin::Local,
                };
                self.out.catalog.remove(&id);
                self.out.catalog.insert(id.clone(), wanted);
                id
            });
            self.declare(&id, &said.span);
            kept.insert(id);
        }
        let unlisted: Vec<ObjectId> = self
            .out
            .catalog
            .parts(Kind::Check, table)
            .map(|(id, _)| id.clone())
            .filter(|id| !kept.contains(id))
            .collect();
        for id in unlisted {
            self.out.catalog.remove_tree(&id);
        }
    }

    fn check_name(&self, table: &QualName, parts: &[&str]) -> Name {
        for number in 0.. {
            let label = if number == 0 { "check".to_owned() } else { format!("check{number}") };
            let name = Name::new(choose_name(parts, &label));
            if !self.out.catalog.contains(&ObjectId::part(Kind::Check, table.clone(), name.clone())) {
                return name;
            }
        }
        Name::new("check")
    }

    /// The columns of a table that an expression may read, for the order of statements only: too many do no harm.
    pub(super) fn columns_in(&self, table: &QualName, expression: &Expression) -> Vec<Name> {
        let words: BTreeSet<String> = tokens(expression.as_str())
            .into_iter()
            .filter_map(|token| match token.kind {
                TokenKind::Word => Some(token.text.to_lowercase()),
                TokenKind::Quoted => Some(token.text.trim_matches('"').replace("\"\"", "\"")),
                TokenKind::String | TokenKind::Comment | TokenKind::Space | TokenKind::Other => None,
            })
            .collect();
        self.out
            .catalog
            .parts(Kind::Column, table)
            .map(|(id, _)| id.own_name().clone())
            .filter(|name| words.contains(name.as_str()))
            .collect()
    }
}
