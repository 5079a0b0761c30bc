//! What was built in the scratch database becomes part of the wanted schema: claimed objects as they were read back,
//! with what they use. Everything else stays as it was.

use std::collections::BTreeSet;

use autogen_core::object::index::IndexTarget;
use autogen_core::object::{Index, sequence};
use autogen_core::{Catalog, Expression, Kind, Object, ObjectId, SourceMap, Span, TokenKind, tokens};

use super::queue::Built;
use super::statement::Statement;
use super::subject::Deed;

/// Relations share their names, whatever their kind.
const RELATIONS: [Kind; 3] = [Kind::Table, Kind::View, Kind::MaterializedView];

/// Puts what was claimed into the wanted schema.
pub(crate) fn merge(wanted: &mut Catalog, built: &Built, said: &[Statement]) {
    wanted.remove_trees(built.removed.iter().cloned());
    for id in &built.created {
        if id.kind == Kind::Table {
            forget_members(wanted, id, built);
        }
        if RELATIONS.contains(&id.kind) {
            make_way(wanted, id, built);
        }
    }
    for id in &built.claimed {
        if let Some(object) = built.catalog.get(id) {
            wanted.insert(id.clone(), object.clone());
            wanted.set_uses(id.clone(), built.catalog.uses(id).cloned().collect());
        }
    }
    for (user, used) in called(built, said) {
        wanted.add_use(user, used);
    }
    // What the models say was only text until now, from which its columns can be told; the scratch database knows which
    // functions it calls, too.
    for id in built.catalog.ids().filter(|id| !built.claimed.contains(id)) {
        if wanted.contains(id) {
            let used: Vec<ObjectId> =
                built.catalog.uses(id).filter(|used| built.claimed.contains(used)).cloned().collect();
            for used in used {
                wanted.add_use(id.clone(), used);
            }
        }
    }
    // It has no index that nothing there needed. Nothing depends on an index, so one use too many does no harm.
    let mut calls = Vec::new();
    for (id, object) in wanted.of_kind(Kind::Index).filter(|(id, _)| !built.catalog.contains(id)) {
        let Object::Index(index) = object else { continue };
        let words = words_of(index);
        let may_use = |used: &&ObjectId| match used.kind {
            // An operator class goes without saying where it is the type's own for the method.
            Kind::Extension => true,
            Kind::Function | Kind::Collation | Kind::Defined(_) => words.contains(used.name.name.as_str()),
            _ => false,
        };
        calls.extend(built.claimed.iter().filter(may_use).map(|used| (id.clone(), used.clone())));
    }
    for (user, used) in calls {
        wanted.add_use(user, used);
    }
    wanted.extension_owned.extend(built.catalog.extension_owned.iter().cloned());
}

/// All names in an index: those in its expressions, as text too (`to_tsvector('public.en', …)`), and what its keys name.
fn words_of(index: &Index) -> BTreeSet<String> {
    let keys = index.keys.iter().filter_map(|key| match &key.target {
        IndexTarget::Expression(expression) => Some(expression),
        IndexTarget::Column(_) => None,
    });
    let texts: Vec<&Expression> = keys.chain(&index.predicate).collect();
    let words = texts.into_iter().flat_map(|text| tokens(text.as_str())).flat_map(|token| match token.kind {
        TokenKind::Word => vec![token.text.to_lowercase()],
        TokenKind::Quoted => vec![token.unquoted()],
        TokenKind::String => token.text.split(['\'', '.', '"']).map(str::to_owned).collect(),
        TokenKind::Comment | TokenKind::Space | TokenKind::Other => Vec::new(),
    });
    let named = index.keys.iter().flat_map(|key| key.collation.iter().chain(&key.opclass));
    let named = named.map(|name| name.name.as_str().to_owned());
    words.chain(named).chain([index.method.as_str().to_owned()]).collect()
}

/// Functions and the functions that their bodies call, as far as the order in which they could be made told.
fn called(built: &Built, said: &[Statement]) -> Vec<(ObjectId, ObjectId)> {
    let functions = |at: usize| {
        let is_said = move |id: &&ObjectId| {
            id.kind == Kind::Function
                && said[at].subjects.iter().any(|subject| subject.names(id, &said[at].search_path))
        };
        built.claimed.iter().filter(is_said)
    };
    let mut all = Vec::new();
    for (user, before) in &built.follows {
        for user in functions(*user) {
            let used = before.iter().flat_map(|at| functions(*at));
            all.extend(used.filter(|used| *used != user).map(|used| (user.clone(), used.clone())));
        }
    }
    all
}

/// `CREATE TABLE` is the whole truth of the table's columns, constraints and indexes.
fn forget_members(wanted: &mut Catalog, table: &ObjectId, built: &Built) {
    let is_member = |id: &&ObjectId| match id.kind {
        Kind::Column
        | Kind::Default
        | Kind::PrimaryKey
        | Kind::Unique
        | Kind::Check
        | Kind::ForeignKey
        | Kind::Exclusion => id.name == table.name,
        Kind::Index => wanted.container(id).as_ref() == Some(table),
        _ => false,
    };
    let gone: Vec<ObjectId> =
        wanted.ids().filter(is_member).filter(|id| !built.catalog.contains(id)).cloned().collect();
    for id in gone {
        wanted.remove_tree(&id);
    }
}

/// What takes the place of a view may be of another kind. A table, which has rows, does not go without evidence: it
/// was in the way in the scratch database as well.
fn make_way(wanted: &mut Catalog, id: &ObjectId, built: &Built) {
    for kind in RELATIONS.into_iter().filter(|kind| *kind != id.kind) {
        let other = ObjectId::new(kind, id.name.clone());
        if !built.catalog.contains(&other) {
            wanted.remove_tree(&other);
        }
    }
}

/// Where each claimed object is said: at the statement that creates it, else at one that is about it.
pub(crate) fn places(built: &Built, said: &[Statement], sources: &mut SourceMap) {
    for id in &built.claimed {
        if let Some(span) = place(id, built, said) {
            sources.replace(id.clone(), span.clone());
        }
    }
}

fn place<'a>(id: &ObjectId, built: &Built, said: &'a [Statement]) -> Option<&'a Span> {
    let subject_of = match built.catalog.get(id) {
        Some(Object::Comment(comment)) => &sequence::by_name(&comment.on, &built.catalog),
        Some(Object::Owner(owner)) => &owner.on,
        _ => id,
    };
    let find =
        |test: &dyn Fn(&Statement) -> bool| said.iter().rev().find(|one| test(one)).map(|one| &one.span);
    let is_remark = id.kind.is_remark();
    let named = |deed: Deed| {
        move |one: &Statement| {
            let mut subjects = one.subjects.iter();
            subjects.any(|subject| subject.deed == deed && subject.names(subject_of, &one.search_path))
        }
    };
    let container = built.catalog.container(subject_of);
    let about = |one: &Statement| {
        let is_about =
            |id: &ObjectId| one.subjects.iter().any(|subject| subject.is_about(id, &one.search_path));
        is_about(subject_of) || container.as_ref().is_some_and(is_about)
    };
    let exact = if is_remark { find(&named(Deed::Change)) } else { find(&named(Deed::Create)) };
    exact.or_else(|| find(&named(Deed::Change))).or_else(|| find(&about))
}

/// What the files claim is managed.
pub(crate) fn no_longer_unmanaged(unmanaged: &mut Vec<ObjectId>, built: &Built, wanted: &Catalog) {
    let tables: BTreeSet<&ObjectId> = built.created.iter().filter(|id| id.kind == Kind::Table).collect();
    unmanaged.retain(|id| {
        let of_table = id.kind == Kind::Column && tables.contains(&ObjectId::table(&id.name));
        wanted.contains(id) && !built.claimed.contains(id) && !of_table
    });
}
