//! Checks: those listed are the truth of the table, matched by what they say, whatever their name.

use std::collections::BTreeSet;

use autogen_core::object::{Check, choose_name, column::Origin};
use autogen_core::{Expression, Kind, Name, Object, ObjectId, QualName, Span, TokenKind, tokens};

use super::super::TableModel;
use super::super::grammar::{CheckAttr, Said};
use super::listed::{self, Listed, Place};
use super::{Builder, FromModels, Role};

impl FromModels for Check {
    fn lay(builder: &mut Builder<'_>) {
        listed::lay::<Self>(builder);
    }
}

impl Listed for Check {
    type Entry = CheckAttr;
    const KIND: Kind = Kind::Check;

    fn of(object: &Object) -> Option<&Self> {
        if let Object::Check(check) = object { Some(check) } else { None }
    }

    fn entries(model: &TableModel) -> Option<Vec<Said<CheckAttr>>> {
        let mut all = model.attribute.check.clone();
        for said in model.columns.iter().flat_map(|column| &column.attribute.check) {
            all.get_or_insert_default().push(said.clone());
        }
        all
    }

    fn name(entry: &CheckAttr) -> Option<&str> {
        entry.name.as_deref()
    }

    fn wanted(builder: &mut Builder<'_>, place: &Place<'_>, said: &CheckAttr) -> Option<Self> {
        let expression = Expression::new(&said.expression);
        Some(Self {
            columns: builder.columns_in(place.table, &expression),
            expression,
            no_inherit: said.no_inherit,
            validated: !said.not_valid,
            enforced: true,
            origin: Origin::Local,
        })
    }

    /// One that was validated since stays so.
    fn meet(builder: &mut Builder<'_>, place: &Place<'_>, live: &Self, wanted: &Self) -> Option<Self> {
        let same = live.no_inherit == wanted.no_inherit
            && builder.same(
                place.table,
                &Role::Condition,
                &live.expression,
                wanted.expression.as_str(),
                place.span,
            );
        same.then(|| Self { validated: live.validated || wanted.validated, ..live.clone() })
    }

    fn is_claimed(&self, _: &Builder<'_>, _: &QualName, _: &TableModel) -> bool {
        self.origin != Origin::Inherited
    }

    fn id(builder: &Builder<'_>, table: &QualName, wanted: &Self, name: Option<&str>) -> ObjectId {
        let name = match (name, wanted.columns.as_slice()) {
            (Some(name), _) => Name::new(name),
            (None, [column]) => builder.check_name(table, &[table.name.as_str(), column.as_str()]),
            (None, _) => builder.check_name(table, &[table.name.as_str()]),
        };
        ObjectId::part(Kind::Check, table.clone(), name)
    }

    fn added(builder: &mut Builder<'_>, table: &QualName, _: &ObjectId, wanted: &Self, span: &Span) {
        builder.ask(table, &Role::Condition, &wanted.expression, Some(span));
    }
}

impl Builder<'_> {
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
                TokenKind::Quoted => Some(token.unquoted()),
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
