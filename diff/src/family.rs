//! Partitions and children: what they must be told, and what has to be told again because a parent's change runs over it.

use std::collections::{BTreeMap, BTreeSet};

use autogen_core::object::Table;
use autogen_core::object::column::{ColumnAlteration, Origin};
use autogen_core::object::default::DefaultAlteration;
use autogen_core::object::not_null::NAMES_NOT_NULL;
use autogen_core::object::table::TableAlteration;
use autogen_core::{Action, Alteration, Catalog, Change, Kind, Object, ObjectId, Pair, QualName};

use crate::plan::Plan;

/// The tables that a table is a partition of or inherits from.
pub(crate) fn parents(catalog: &Catalog, table: &QualName) -> BTreeSet<QualName> {
    match catalog.get(&ObjectId::table(table)) {
        Some(Object::Table(table)) => table.parents().cloned().collect(),
        _ => BTreeSet::new(),
    }
}

/// A part of a table, and those of its ancestors that it may come from.
pub(crate) fn with_ancestors(catalog: &Catalog, id: &ObjectId) -> Vec<ObjectId> {
    let mut all = vec![id.clone()];
    let mut at = 0;
    while let Some(one) =
        all.get(at).cloned().filter(|one| matches!(one.kind, Kind::Column | Kind::Check | Kind::Default))
    {
        for parent in parents(catalog, &one.name) {
            let id = ObjectId { name: parent, ..one.clone() };
            if catalog.contains(&ObjectId { kind: column_or_check(id.kind), ..id.clone() })
                && !all.contains(&id)
            {
                all.push(id);
            }
        }
        at += 1;
    }
    all
}

/// A default is looked for where its column is: the parent's may be gone.
fn column_or_check(kind: Kind) -> Kind {
    if kind == Kind::Default { Kind::Column } else { kind }
}

pub(crate) fn kept_parents(table: &QualName, pair: Pair<&Catalog>) -> BTreeSet<QualName> {
    let Pair { before, after } = pair.map(|catalog| parents(catalog, table));
    before.intersection(&after).cloned().collect()
}

/// True for a table that stays below another, perhaps with tables between them that stay there too.
pub(crate) fn stays_below(table: &QualName, ancestor: &QualName, pair: Pair<&Catalog>) -> bool {
    let kept = kept_parents(table, pair);
    kept.contains(ancestor) || kept.iter().any(|parent| stays_below(parent, ancestor, pair))
}

/// True for a table that is there before and after, and has other parents.
pub(crate) fn moves(table: &QualName, pair: Pair<&Catalog>) -> bool {
    let id = ObjectId::table(table);
    pair.before.contains(&id)
        && pair.after.contains(&id)
        && pair.map(|catalog| parents(catalog, table)).differs()
}

/// True for what a parent that stays has, too.
pub(crate) fn is_shared(id: &ObjectId, pair: Pair<&Catalog>) -> bool {
    let kept = kept_parents(&id.name, pair);
    let catalogs = [pair.before, pair.after];
    let side = catalogs.into_iter().find(|catalog| catalog.contains(id)).unwrap_or(pair.after);
    kept.into_iter().any(|parent| side.contains(&ObjectId { name: parent, ..id.clone() }))
}

/// The partitioned table's trigger where something is set on a partition's copy of it.
pub(crate) fn original<'a>(id: &'a ObjectId, catalog: &'a Catalog) -> Option<&'a ObjectId> {
    let is_setting = matches!(catalog.get(id), Some(Object::Setting(_)));
    catalog.uses(id).find(|used| is_setting && used.kind == Kind::Trigger && used.name != id.name)
}

/// True for a column that a table has from a parent before and after, so that only the parent's is told of changes.
pub(crate) fn is_handed_down(column: &ObjectId, pair: Pair<&Catalog>) -> bool {
    let is_inherited = |catalog: &Catalog| matches!(catalog.get(column), Some(Object::Column(column)) if column.origin != Origin::Local);
    is_inherited(pair.before) && is_inherited(pair.after) && is_shared(column, pair)
}

/// What a parent's new default, or its loss, and its `DROP NOT NULL` do to children that want to keep their own, is
/// undone there; and what reaches a child by itself is not said to it.
pub(crate) fn restate(plan: &mut Plan, pair: Pair<&Catalog>) {
    for (id, planned) in &mut plan.actions {
        let (Some(before), Some(after)) = (pair.before.get(id), pair.after.get(id)) else { continue };
        let (handed_down, own) =
            std::mem::take(&mut planned.alterations).into_iter().partition(|alteration| {
                let is_told = is_retyping(alteration) && plan.apart.contains(&id.name);
                !is_told && recurses(alteration, Pair::new(before, after), id, pair)
            });
        planned.handed_down = handed_down;
        planned.alterations = own;
    }
    let children = children(pair);
    let mut reached: Vec<ObjectId> =
        plan.actions.keys().filter(|id| matches!(id.kind, Kind::Column | Kind::Default)).cloned().collect();
    while let Some(id) = reached.pop() {
        for child in children.get(&id.name).into_iter().flatten() {
            let own = ObjectId { name: child.clone(), ..id.clone() };
            let column = ObjectId { kind: Kind::Column, ..own.clone() };
            if !pair.before.contains(&column) || !pair.after.contains(&column) {
                continue;
            }
            let again = if id.kind == Kind::Default {
                default(plan, &id, &own, pair)
            } else {
                not_null(plan, &id, &own, pair)
            };
            if again {
                reached.push(own);
            }
        }
    }
}

/// Which tables stay children of which.
fn children(pair: Pair<&Catalog>) -> BTreeMap<QualName, Vec<QualName>> {
    let mut all: BTreeMap<QualName, Vec<QualName>> = BTreeMap::new();
    for (id, _) in pair.after.of_kind(Kind::Table) {
        for parent in kept_parents(&id.name, pair) {
            all.entry(parent).or_default().push(id.name.clone());
        }
    }
    all
}

/// `SET` and `DROP DEFAULT` reach every descendant. True if the child's is stated again.
fn default(plan: &mut Plan, parent: &ObjectId, child: &ObjectId, pair: Pair<&Catalog>) -> bool {
    let parents_column = ObjectId { kind: Kind::Column, ..parent.clone() };
    if !pair.before.contains(&parents_column) || !pair.after.contains(&parents_column) {
        return false;
    }
    let planned = plan.actions.entry(child.clone()).or_default();
    if planned.drop || planned.create {
        return false;
    }
    match (pair.after.get(parent), pair.after.get(child)) {
        (left, right) if left == right && planned.alterations.is_empty() => {}
        (_, Some(Object::Default(wanted))) => {
            planned.alterations =
                vec![Alteration::Default(DefaultAlteration::Expression(wanted.expression.clone()))];
            return true;
        }
        (_, _) => {}
    }
    plan.actions.retain(|_, planned| planned.drop || planned.create || !planned.alterations.is_empty());
    false
}

/// `DROP NOT NULL` reaches every partition. True if the child's is stated again.
fn not_null(plan: &mut Plan, parent: &ObjectId, child: &ObjectId, pair: Pair<&Catalog>) -> bool {
    let dropped = Alteration::Column(ColumnAlteration::NotNull(false));
    let loses = plan.actions.get(parent).is_some_and(|planned| planned.alterations.contains(&dropped));
    let keeps =
        |catalog: &Catalog| matches!(catalog.get(child), Some(Object::Column(column)) if column.not_null);
    if !loses || !is_partition(child, pair.after) || !keeps(pair.before) || !keeps(pair.after) {
        return false;
    }
    let planned = plan.actions.entry(child.clone()).or_default();
    let wanted = Alteration::Column(ColumnAlteration::NotNull(true));
    if planned.drop || planned.create || planned.alterations.contains(&wanted) {
        return false;
    }
    planned.alterations.push(wanted);
    true
}

/// True for a change that reaches an inherited column by itself, because a parent's column changes alike.
fn recurses(
    alteration: &Alteration,
    objects: Pair<&Object>,
    id: &ObjectId,
    catalogs: Pair<&Catalog>,
) -> bool {
    let Alteration::Column(alteration) = alteration else { return false };
    let inherited =
        |object: &Object| matches!(object, Object::Column(column) if column.origin != Origin::Local);
    let kept = kept_parents(&id.name, catalogs);
    inherited(objects.before)
        && inherited(objects.after)
        && kept.into_iter().any(|parent| {
            let parent = ObjectId { name: parent, ..id.clone() };
            let (Some(Object::Column(old)), Some(Object::Column(new))) =
                (catalogs.before.get(&parent), catalogs.after.get(&parent))
            else {
                return false;
            };
            match alteration {
                ColumnAlteration::Type { data_type, collation } => {
                    (&new.data_type, &new.collation) == (data_type, collation)
                        && (&old.data_type, &old.collation) != (data_type, collation)
                }
                // Of tables that inherit, each is told by itself what it no longer refuses: others of them may have a key.
                ColumnAlteration::NotNull(wanted) => {
                    let counts = catalogs.map(|catalog| catalog.server_version >= NAMES_NOT_NULL);
                    let hands_down = Pair::new(old, new).map(|column| match counts {
                        Pair { before: true, after: true } => column.hands_down_not_null(),
                        _ => column.not_null,
                    });
                    hands_down.after == *wanted
                        && hands_down.before != *wanted
                        && (*wanted || is_partition(id, catalogs.after))
                }
                ColumnAlteration::Generated(wanted) => new.generated == *wanted && old.generated != *wanted,
                ColumnAlteration::NotNullConstraint(_)
                | ColumnAlteration::Identity(_)
                | ColumnAlteration::Storage(_)
                | ColumnAlteration::Compression(_)
                | ColumnAlteration::Statistics(_)
                | ColumnAlteration::Options(_)
                | ColumnAlteration::ForeignOptions(_)
                | ColumnAlteration::Origin(_) => false,
            }
        })
}

pub(crate) fn is_retyping(alteration: &Alteration) -> bool {
    matches!(alteration, Alteration::Column(ColumnAlteration::Type { .. }))
}

/// True for a change of a column's type.
pub(crate) fn retypes(change: &Change) -> bool {
    let Action::Alter(alterations) = &change.action else { return false };
    let retypes =
        |alteration: &Alteration| is_retyping(alteration) || matches!(alteration, Alteration::EnumType(_));
    alterations.iter().any(retypes)
}

/// The index behind a key of a partition's own that is attached to a partitioned index can neither go nor leave, nor can the
/// partitioned one go, while the table is a partition; nor are they made anew together where a column of theirs changes its
/// type. The table is for that moment none.
pub(crate) fn release_keys(plan: &mut Plan, pair: Pair<&Catalog>) {
    let goes = |id: &ObjectId| plan.actions.get(id).is_some_and(|planned| planned.drop);
    let is_retyped = |id: &ObjectId| {
        plan.actions.get(id).is_some_and(|planned| planned.alterations.iter().any(is_retyping))
    };
    let mut released = BTreeMap::new();
    let mut apart = BTreeSet::new();
    for (id, object) in
        [Kind::PrimaryKey, Kind::Unique].into_iter().flat_map(|kind| pair.before.of_kind(kind))
    {
        let Some(parent) = attached_to(object) else { continue };
        let leaves = pair.after.get(id).is_none_or(|object| attached_to(object) != Some(parent));
        let retyped = pair.before.depends_on(id).iter().any(is_retyped);
        if retyped {
            apart.insert(id.name.clone());
        }
        if leaves || retyped || goes(id) || goes(&ObjectId::new(Kind::Index, parent.clone())) {
            released.insert(ObjectId::table(&id.name), id.clone());
        }
    }
    released.retain(|table, _| !goes(table) && !moves(&table.name, pair));
    apart.retain(|table| released.contains_key(&ObjectId::table(table)));
    plan.apart = apart;
    for (table, key) in released {
        let Some(Object::Table(Table { partition_of: again @ Some(_), .. })) = pair.after.get(&table) else {
            continue;
        };
        let again = Alteration::Table(TableAlteration::PartitionOf(again.clone()));
        let planned = plan.actions.entry(table).or_default();
        if planned.alterations.is_empty() {
            planned.because = Some(key);
        }
        if !planned.alterations.contains(&again) {
            planned.alterations.push(again);
        }
    }
}

/// The partitioned index that a key's own is attached to.
pub(crate) fn attached_to(object: &Object) -> Option<&QualName> {
    match object {
        Object::PrimaryKey(key) => key.partition_of.as_ref(),
        Object::Unique(key) => key.partition_of.as_ref(),
        _ => None,
    }
}

fn is_partition(part: &ObjectId, catalog: &Catalog) -> bool {
    matches!(catalog.get(&ObjectId::table(&part.name)), Some(Object::Table(table)) if table.partition_of.is_some())
}
