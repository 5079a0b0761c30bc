//! One table is often said by several structs. Their attributes add up; two that disagree are an error.

use std::borrow::Borrow;
use std::sync::Arc;

use autogen_core::Diagnostic;

use super::{EnumAttr, FieldAttr, Said, TableAttr, VariantAttr};

/// Takes what the other says; reports a contradiction. What is said may be boxed.
fn one<S: Borrow<Said<T>>, T: PartialEq>(
    what: &str,
    mine: &mut Option<S>,
    other: Option<S>,
    out: &mut Vec<Diagnostic>,
) {
    let Some(other) = other else { return };
    let Some(mine) = mine else {
        *mine = Some(other);
        return;
    };
    let (mine, other): (&Said<T>, &Said<T>) = ((*mine).borrow(), other.borrow());
    if mine != other {
        out.push(
            Diagnostic::error("contradiction", format!("`{what}` is said twice, and differently"))
                .at(other.span.clone())
                .related(mine.span.clone(), "said here first"),
        );
    }
}

/// Adds what is new in the other list.
fn many<T: PartialEq>(mine: &mut Vec<Said<T>>, other: Vec<Said<T>>) {
    for said in other {
        if !mine.contains(&said) {
            mine.push(said);
        }
    }
}

fn kind<T: PartialEq>(
    what: &str,
    mine: &mut Option<Vec<Said<T>>>,
    other: Option<Vec<Said<T>>>,
    name: fn(&T) -> Option<&str>,
    out: &mut Vec<Diagnostic>,
) {
    let Some(other) = other else { return };
    let mine = mine.get_or_insert_with(Vec::new);
    // Two of one name are one, said differently.
    for said in &other {
        let twin =
            mine.iter().find(|one| name(&one.value).is_some() && name(&one.value) == name(&said.value));
        if let Some(twin) = twin.filter(|twin| *twin != said) {
            let message = format!(
                "the `{what}` called {} is said twice, and differently",
                autogen_core::visible(name(&said.value).unwrap_or_default())
            );
            out.push(
                Diagnostic::error("contradiction", message)
                    .at(said.span.clone())
                    .related(twin.span.clone(), "said here first"),
            );
        }
    }
    many(mine, other);
}

/// True if something is in the list more than once.
fn repeats<T: PartialEq>(list: &[Said<T>]) -> bool {
    list.iter().enumerate().any(|(at, one)| list[..at].contains(one))
}

impl TableAttr {
    /// Adds another struct's attribute about the same table; the first is shared.
    pub fn share(mine: &mut Arc<Self>, other: &Arc<Self>) -> Vec<Diagnostic> {
        if **mine == Self::default() && !other.repeats() {
            mine.clone_from(other);
            return Vec::new();
        }
        Arc::make_mut(mine).merge(Self::clone(other))
    }

    /// True if something is listed twice, which is meant once.
    fn repeats(&self) -> bool {
        self.unique.as_deref().is_some_and(repeats)
            || self.index.as_deref().is_some_and(repeats)
            || self.check.as_deref().is_some_and(repeats)
            || self.exclude.as_deref().is_some_and(repeats)
            || self.foreign_key.as_deref().is_some_and(repeats)
            || self.policy.as_deref().is_some_and(repeats)
            || repeats(&self.drop)
            || repeats(&self.accept)
    }

    /// Adds another struct's attribute about the same table.
    pub fn merge(&mut self, other: TableAttr) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        one("schema", &mut self.schema, other.schema, &mut out);
        one("table", &mut self.table, other.table, &mut out);
        one("ignore", &mut self.ignore, other.ignore, &mut out);
        one("managed", &mut self.managed, other.managed, &mut out);
        one("was", &mut self.was, other.was, &mut out);
        one("view", &mut self.view, other.view, &mut out);
        one("primary_key", &mut self.primary_key, other.primary_key, &mut out);
        one("partition_by", &mut self.partition_by, other.partition_by, &mut out);
        one("partition_of", &mut self.partition_of, other.partition_of, &mut out);
        one("unlogged", &mut self.unlogged, other.unlogged, &mut out);
        one("with", &mut self.with, other.with, &mut out);
        one("tablespace", &mut self.tablespace, other.tablespace, &mut out);
        one("comment", &mut self.comment, other.comment, &mut out);
        one("rls", &mut self.rls, other.rls, &mut out);
        kind("unique", &mut self.unique, other.unique, |one| one.name.as_deref(), &mut out);
        kind("index", &mut self.index, other.index, |one| one.name.as_deref(), &mut out);
        kind("check", &mut self.check, other.check, |one| one.name.as_deref(), &mut out);
        kind("exclude", &mut self.exclude, other.exclude, |one| one.name.as_deref(), &mut out);
        kind("foreign_key", &mut self.foreign_key, other.foreign_key, |one| one.name.as_deref(), &mut out);
        kind("policy", &mut self.policy, other.policy, |one| Some(one.name.as_str()), &mut out);
        many(&mut self.drop, other.drop);
        many(&mut self.accept, other.accept);
        out
    }
}

impl FieldAttr {
    /// Adds another field's attribute about the same column.
    pub fn merge(&mut self, other: FieldAttr) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        one("sql_type", &mut self.sql_type, other.sql_type, &mut out);
        one("collate", &mut self.collation, other.collation, &mut out);
        one("null", &mut self.null, other.null, &mut out);
        one("default", &mut self.default, other.default, &mut out);
        one("identity", &mut self.identity, other.identity, &mut out);
        one("serial", &mut self.serial, other.serial, &mut out);
        one("generated", &mut self.generated, other.generated, &mut out);
        one("primary_key", &mut self.primary_key, other.primary_key, &mut out);
        one("unique", &mut self.unique, other.unique, &mut out);
        one("was", &mut self.was, other.was, &mut out);
        one("backfill", &mut self.backfill, other.backfill, &mut out);
        one("using", &mut self.using, other.using, &mut out);
        one("comment", &mut self.comment, other.comment, &mut out);
        one("storage", &mut self.storage, other.storage, &mut out);
        one("compression", &mut self.compression, other.compression, &mut out);
        one("statistics", &mut self.statistics, other.statistics, &mut out);
        one("ignore", &mut self.ignore, other.ignore, &mut out);
        many(&mut self.index, other.index);
        many(&mut self.check, other.check);
        many(&mut self.references, other.references);
        out
    }

    /// True if something is said more than once, which may be the same.
    pub fn has_lists(&self) -> bool {
        self.index.len() > 1 || self.check.len() > 1 || self.references.len() > 1
    }

    /// The same, with each entry of a list once.
    pub fn without_repeats(&self) -> Self {
        let mut once = Self::default();
        // Nothing contradicts an attribute that says nothing.
        once.merge(self.clone());
        once
    }
}

impl EnumAttr {
    /// Adds another attribute about the same enum.
    pub fn merge(&mut self, other: EnumAttr) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        one("sql_type", &mut self.sql_type, other.sql_type, &mut out);
        one("schema", &mut self.schema, other.schema, &mut out);
        one("rename_all", &mut self.rename_all, other.rename_all, &mut out);
        one("as", &mut self.stored_as, other.stored_as, &mut out);
        one("ignore", &mut self.ignore, other.ignore, &mut out);
        one("comment", &mut self.comment, other.comment, &mut out);
        out
    }
}

impl VariantAttr {
    /// Adds another attribute about the same variant.
    pub fn merge(&mut self, other: VariantAttr) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        one("was", &mut self.was, other.was, &mut out);
        one("rename", &mut self.rename, other.rename, &mut out);
        one("before", &mut self.before, other.before, &mut out);
        one("after", &mut self.after, other.after, &mut out);
        one("map_to", &mut self.map_to, other.map_to, &mut out);
        out
    }
}
