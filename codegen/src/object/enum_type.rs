//! Enums. Labels are added and renamed in place. One that goes, or another order, takes a rebuilt type: the old one
//! steps aside, the columns are converted by way of the text, the old one goes. Dependants were dropped before by the
//! differ and come again after.

use std::collections::BTreeMap;

use autogen_core::object::column::Origin;
use autogen_core::object::enum_type::EnumTypeAlteration;
use autogen_core::object::{Column, DefinedKind, EnumType};
use autogen_core::{
    Catalog, HazardKind, Kind, Lock, MAX_NAME_BYTES, Name, Object, ObjectId, Pair, QualName, Question,
};

use super::Render;
use super::column::rebuilt_parts;
use super::shared::{alter_column, rename, rename_label};
use crate::context::{Context, Found, Questions, Sheet};
use crate::sql::Sql;

impl Render for EnumType {
    fn ask_alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&EnumTypeAlteration],
        context: &Context<'_>,
        questions: &mut Questions,
    ) {
        if let Some(labels) = rebuilt(alterations) {
            for (column, _) in users(id, context) {
                questions.ask(context.rows_question(&column.name));
                for label in removed(pair.before, labels, id, context) {
                    questions.ask(uses_label(column, &label, context));
                }
            }
        }
    }

    fn create(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(definition(&id.name, &self.labels));
    }

    fn drop(&self, id: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::new("DROP TYPE").name(&id.name));
    }

    fn alter(
        pair: Pair<&Self>,
        id: &ObjectId,
        alterations: &[&EnumTypeAlteration],
        context: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for alteration in alterations {
            match alteration {
                EnumTypeAlteration::AddLabel { label, before } => {
                    let sql = Sql::new("ALTER TYPE").name(&id.name).kw("ADD VALUE").literal(label);
                    sheet.push(match before {
                        Some(next) => sql.kw("BEFORE").literal(next),
                        None => sql,
                    });
                }
                EnumTypeAlteration::RenameLabel { from, to } => {
                    sheet.push(rename_label(id, from, to));
                }
                EnumTypeAlteration::Rebuild(labels) => rebuild(pair.before, labels, id, context, sheet),
            }
        }
    }

    fn rename(&self, from: &ObjectId, to: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        rename("ALTER TYPE", from, to, sheet);
    }
}

fn definition(name: &QualName, labels: &[String]) -> Sql {
    Sql::new("CREATE TYPE")
        .name(name)
        .kw("AS ENUM")
        .parens(labels.iter().map(|label| Sql::empty().literal(label)))
}

fn rebuilt<'a>(alterations: &[&'a EnumTypeAlteration]) -> Option<&'a [String]> {
    alterations.iter().find_map(|alteration| match alteration {
        EnumTypeAlteration::Rebuild(labels) => Some(labels.as_slice()),
        EnumTypeAlteration::AddLabel { .. } | EnumTypeAlteration::RenameLabel { .. } => None,
    })
}

fn rebuild(before: &EnumType, labels: &[String], id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
    let old = aside(&id.name, context);
    sheet.push(Sql::new("ALTER TYPE").name(&id.name).kw("RENAME TO").ident(&old.name));
    sheet.push(definition(&id.name, labels));
    let empty = BTreeMap::new();
    let map = context.plan.graph.hints.label_map.get(id).unwrap_or(&empty);
    for (column, of) in users(id, context) {
        let sql = alter_column(&column.name, column.own_name()).kw("TYPE").data_type(&of.data_type);
        let sql = sql.kw("USING").sql(converted(column.own_name(), of, map));
        let statement = sheet.push(sql).lock(Lock::AccessExclusive);
        context.tell_rewrite(&column.name, statement);
        for label in removed(before, labels, id, context) {
            warn(column, of, &label, context, statement);
        }
        rebuilt_parts::restore(column, context, sheet);
    }
    sheet.push(Sql::new("DROP TYPE").name(&old));
}

fn warn(
    column: &ObjectId,
    of: &Column,
    label: &str,
    context: &Context<'_>,
    statement: &mut crate::Statement,
) {
    let (table, name) = (&column.name, column.own_name());
    let found =
        uses_label(column, label, context).map_or(Found::Unknown, |question| context.found(&question));
    let set = Sql::new("UPDATE").name(table).kw("SET").ident(name).kw("=");
    let template = if of.data_type.array {
        let arguments = [Sql::empty().ident(name), Sql::empty().literal(label), Sql::new("…")];
        let set = set.kw("array_replace").punct("(").list(arguments).punct(")");
        set.kw("WHERE").literal(label).kw("= ANY").punct(" (").ident(name).punct(")")
    } else {
        set.kw("… WHERE").ident(name).kw("=").literal(label)
    };
    match found {
        Found::None => {}
        Found::Some { matching, total } => {
            let message = format!(
                "{matching} of {total} rows of {table} have {label} in {name}, which goes; give them another label first."
            );
            statement.todo(message, Some(template));
        }
        Found::Unknown if !context.may_have_rows(table) => {}
        Found::Unknown if context.is_down() => {
            statement
                .hazard(HazardKind::MayFail, format!("it fails if rows of {table} have {label} in {name}"));
        }
        Found::Unknown => {
            let message = format!(
                "rows of {table} may have {label} in {name}, which goes; give them another label first."
            );
            statement.todo(message, Some(template));
        }
    }
}

/// The value of a column in the new type.
fn converted(name: &Name, column: &Column, map: &BTreeMap<String, String>) -> Sql {
    let value = Sql::empty().ident(name);
    if column.data_type.array {
        let mut text = value.punct("::text[]");
        for (old, new) in map {
            let arguments = [text, Sql::empty().literal(old), Sql::empty().literal(new)];
            text = Sql::new("array_replace").punct("(").list(arguments).punct(")");
        }
        return text.cast("", &column.data_type);
    }
    if map.is_empty() {
        return value.cast("::text", &column.data_type);
    }
    let mut case = Sql::new("(CASE").ident(name).punct("::text");
    for (old, new) in map {
        case = case.kw("WHEN").literal(old).kw("THEN").literal(new);
    }
    case.kw("ELSE").ident(name).punct("::text END)").cast("", &column.data_type)
}

/// The columns of the type that are there before and after, as they are before: one that becomes a list, or is none any
/// more, does so afterwards. One that has a parent's all the time is converted with that, but for a partition that is none for a
/// moment.
fn users<'a>(id: &'a ObjectId, context: &Context<'a>) -> Vec<(&'a ObjectId, &'a Column)> {
    let of_type = |catalog: &'a Catalog, column: &ObjectId| match catalog.get(column) {
        Some(Object::Column(column)) if column.data_type.base == id.name => Some(column),
        _ => None,
    };
    let has_parent = |column: &Column| column.origin != Origin::Local;
    context
        .after()
        .of_kind(Kind::Column)
        .filter_map(|(column, _)| {
            Some((column, of_type(context.before(), column)?, of_type(context.after(), column)?))
        })
        .filter(|(column, before, after)| {
            !(has_parent(before) && has_parent(after)) || context.is_aside(&column.name)
        })
        .map(|(column, before, _)| (column, before))
        .filter(|(column, _)| context.plan.created_at(column).is_none() && !context.plan.drops(column))
        .filter(|(column, _)| context.after().contains(&ObjectId::table(&column.name)))
        .collect()
}

/// The labels that go and that nobody gave a successor.
fn removed(before: &EnumType, labels: &[String], id: &ObjectId, context: &Context<'_>) -> Vec<String> {
    let hints = &context.plan.graph.hints;
    let taken = hints.renames.labels(id).into_iter().chain(hints.label_map.get(id));
    let mapped: Vec<&String> = taken.flat_map(BTreeMap::keys).collect();
    before.labels.iter().filter(|label| !labels.contains(label) && !mapped.contains(label)).cloned().collect()
}

fn uses_label(column: &ObjectId, label: &str, context: &Context<'_>) -> Option<Question> {
    Some(Question::UsesLabel {
        table: context.kept_table(&column.name)?,
        column: context.kept_column(&column.name, column.own_name())?,
        label: label.to_owned(),
    })
}

/// A free name for the old type while the new one takes its place.
fn aside(name: &QualName, context: &Context<'_>) -> QualName {
    let taken = |candidate: &QualName| {
        let kinds = [
            Kind::EnumType,
            Kind::Domain,
            Kind::CompositeType,
            Kind::RangeType,
            Kind::Defined(DefinedKind::ShellType),
            Kind::Table,
            Kind::View,
            Kind::MaterializedView,
        ];
        [context.before(), context.after()].iter().any(|catalog| {
            kinds.iter().any(|kind| catalog.contains(&ObjectId::new(*kind, candidate.clone())))
        })
    };
    for attempt in 1.. {
        let suffix = if attempt == 1 { "__old".to_owned() } else { format!("__old{attempt}") };
        let mut stem = name.name.as_str();
        while stem.len() + suffix.len() > MAX_NAME_BYTES {
            stem = stem.char_indices().next_back().map_or("", |(end, _)| &stem[..end]);
        }
        let candidate = name.sibling(format!("{stem}{suffix}"));
        if !taken(&candidate) {
            return candidate;
        }
    }
    name.clone()
}

#[cfg(test)]
mod tests {
    use autogen_core::{Alteration, Answer, DataType};

    use super::*;
    use crate::testing::{Scene, column_id, labels, named, nullable, public, users};

    #[track_caller]
    fn check(edit: impl FnOnce(Scene) -> Scene, alterations: Vec<EnumTypeAlteration>, expect: &[&str]) {
        let mood = named(Kind::EnumType, "mood");
        let scene = users()
            .changed(&mood, Pair::new(labels(&["sad", "ok"]), labels(&["ok"])))
            .both(&column_id("users", "m"), nullable(2, DataType::user(public("mood"))))
            .both(&column_id("users", "ms"), nullable(3, DataType::user(public("mood")).array_of()))
            .alter(&mood, alterations.into_iter().map(Alteration::EnumType).collect());
        assert_eq!(edit(scene).lines(), expect);
    }

    fn empty(scene: Scene) -> Scene {
        scene.rows(&public("users"), 0)
    }

    #[test]
    fn labels_change_in_place() {
        let add = |label: &str, before: Option<&str>| EnumTypeAlteration::AddLabel {
            label: label.to_owned(),
            before: before.map(str::to_owned),
        };
        let rename = EnumTypeAlteration::RenameLabel { from: "sad".to_owned(), to: "blue".to_owned() };
        check(
            empty,
            vec![rename, add("it's", Some("ok")), add("z", None)],
            &[
                "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';",
                "ALTER TYPE mood ADD VALUE 'it''s' BEFORE 'ok';",
                "ALTER TYPE mood ADD VALUE 'z';",
            ],
        );
    }

    #[test]
    fn a_rebuilt_type_takes_its_columns_along() {
        let rebuild = || vec![EnumTypeAlteration::Rebuild(vec!["ok".to_owned()])];
        check(
            |scene| empty(scene).both(&named(Kind::EnumType, "mood__old"), labels(&[])),
            rebuild(),
            &[
                "ALTER TYPE mood RENAME TO mood__old2;",
                "CREATE TYPE mood AS ENUM ('ok');",
                "ALTER TABLE users ALTER COLUMN m TYPE mood USING m::text::mood;",
                "ALTER TABLE users ALTER COLUMN ms TYPE mood[] USING ms::text[]::mood[];",
                "DROP TYPE mood__old2;",
            ],
        );
        check(
            |mut scene| {
                let map = BTreeMap::from([("sad".to_owned(), "ok".to_owned())]);
                scene.graph.hints.label_map.insert(named(Kind::EnumType, "mood"), map);
                empty(scene)
            },
            rebuild(),
            &[
                "ALTER TYPE mood RENAME TO mood__old;",
                "CREATE TYPE mood AS ENUM ('ok');",
                "ALTER TABLE users ALTER COLUMN m TYPE mood USING (CASE m::text WHEN 'sad' THEN 'ok' ELSE m::text END)::mood;",
                "ALTER TABLE users ALTER COLUMN ms TYPE mood[] USING array_replace(ms::text[], 'sad', 'ok')::mood[];",
                "DROP TYPE mood__old;",
            ],
        );
    }

    #[test]
    fn rows_that_use_a_removed_label_are_counted() {
        let uses = |scene: Scene, column: &str, matching: u64| {
            let question = Question::UsesLabel {
                table: public("users"),
                column: column.into(),
                label: "sad".to_owned(),
            };
            scene.answer(question, Answer::Count { matching, total: 7 })
        };
        let rewrite = "-- HAZARD table rewrite: every row of users is written anew while nobody can use it";
        check(
            |scene| uses(uses(scene.rows(&public("users"), 7), "m", 3), "ms", 0),
            vec![EnumTypeAlteration::Rebuild(vec!["ok".to_owned()])],
            &[
                "ALTER TYPE mood RENAME TO mood__old;",
                "CREATE TYPE mood AS ENUM ('ok');",
                rewrite,
                "-- TODO(autogen): 3 of 7 rows of users have sad in m, which goes; give them another label first.",
                "-- UPDATE users SET m = … WHERE m = 'sad';",
                "ALTER TABLE users ALTER COLUMN m TYPE mood USING m::text::mood;",
                rewrite,
                "ALTER TABLE users ALTER COLUMN ms TYPE mood[] USING ms::text[]::mood[];",
                "DROP TYPE mood__old;",
            ],
        );
    }
}
