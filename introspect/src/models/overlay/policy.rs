//! Row security policies: those listed are the truth of the table, matched by their name.

use autogen_core::object::Policy;
use autogen_core::object::policy::PolicyCommand;
use autogen_core::{Expression, Kind, Name, Object, ObjectId, QualName, Span};

use super::super::TableModel;
use super::super::grammar::{PolicyAttr, Said};
use super::listed::{self, Listed, Place};
use super::{Builder, FromModels, Role};

impl FromModels for Policy {
    fn lay(builder: &mut Builder<'_>) {
        listed::lay::<Self>(builder);
    }
}

impl Listed for Policy {
    type Entry = PolicyAttr;
    const KIND: Kind = Kind::Policy;

    fn of(object: &Object) -> Option<&Self> {
        if let Object::Policy(policy) = object { Some(policy) } else { None }
    }

    fn entries(model: &TableModel) -> Option<Vec<Said<PolicyAttr>>> {
        model.attribute.policy.clone()
    }

    fn name(entry: &PolicyAttr) -> Option<&str> {
        Some(&entry.name)
    }

    fn wanted(_: &mut Builder<'_>, _: &Place<'_>, said: &PolicyAttr) -> Option<Self> {
        let mut roles: Vec<Name> =
            said.roles.iter().filter(|role| *role != "public").map(Name::new).collect();
        roles.sort();
        roles.dedup();
        Some(Self {
            permissive: !said.restrictive,
            command: match said.command.as_deref() {
                Some("select") => PolicyCommand::Select,
                Some("insert") => PolicyCommand::Insert,
                Some("update") => PolicyCommand::Update,
                Some("delete") => PolicyCommand::Delete,
                _ => PolicyCommand::All,
            },
            roles,
            using: said.using.as_ref().map(Expression::new),
            check: said.with_check.as_ref().map(Expression::new),
        })
    }

    /// The name is what a policy is known by: the caller has looked at it.
    fn meet(builder: &mut Builder<'_>, place: &Place<'_>, live: &Self, wanted: &Self) -> Option<Self> {
        let mut settle = |live: &Option<Expression>, wanted: &Option<Expression>| match (live, wanted) {
            (Some(live), Some(wanted))
                if builder.same(place.table, &Role::Policy, live, wanted.as_str(), place.span) =>
            {
                Some(live.clone())
            }
            (_, wanted) => wanted.clone(),
        };
        Some(Self {
            using: settle(&live.using, &wanted.using),
            check: settle(&live.check, &wanted.check),
            ..wanted.clone()
        })
    }

    fn is_claimed(&self, _: &Builder<'_>, _: &QualName, _: &TableModel) -> bool {
        true
    }

    fn id(_: &Builder<'_>, table: &QualName, _: &Self, name: Option<&str>) -> ObjectId {
        ObjectId::part(Kind::Policy, table.clone(), Name::new(name.unwrap_or_default()))
    }

    fn added(builder: &mut Builder<'_>, table: &QualName, id: &ObjectId, wanted: &Self, span: &Span) {
        for expression in wanted.using.iter().chain(&wanted.check) {
            builder.ask(table, &Role::Policy, expression, Some(span));
            for column in builder.columns_in(table, expression) {
                builder.out.catalog.add_use(id.clone(), ObjectId::column(table, &column));
            }
        }
    }
}
