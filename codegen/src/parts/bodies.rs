//! Bodies of functions, which the server looks at when a function is made unless it is told not to.

use autogen_core::object::DefinedKind;
use autogen_core::{Kind, ObjectId, strings, words_in_strings};

use crate::script::{Statement, Verb};
use crate::sql::Sql;

/// What the body of a function uses is text that nobody but the server knows, and it looks at once. Where a body names
/// something that comes later, be it in a later part, the server is told not to, as `pg_dump` does; and where the body is
/// text of a language that has it checked: its names may be those of another search path, or be gone since, and a function
/// is to come back as it is.
pub(super) fn trusting(mut statements: Vec<Statement>, to_come: &[Vec<Statement>]) -> Vec<Statement> {
    let ahead = |at: usize, statement: &Statement| {
        let bodies = strings(&statement.sql);
        let words = words_in_strings(&statement.sql);
        statements[at + 1..].iter().chain(to_come.iter().flatten()).any(|later| {
            let is_operator = later.id.kind == Kind::Defined(DefinedKind::Operator);
            later.action != Verb::Drop
                && later.id.name != statement.id.name
                && may_be_named(later)
                && (words.contains(named(&later.id))
                    || is_operator && bodies.iter().any(|body| body.contains(named(&later.id))))
        })
    };
    let reason = |at: usize, function: &Statement| {
        let name = &function.id.name;
        if function.id.kind != Kind::Function || !function.sql.starts_with("CREATE") {
            None
        } else if ahead(at, function) {
            Some(format!("The body of {name} names what comes after it"))
        } else {
            is_checked(&function.sql).then(|| {
                format!("The body of {name} is taken as it is, whatever the search path of this script")
            })
        }
    };
    let mut all = statements.iter().enumerate();
    if let Some((function, reason)) = all.find_map(|(at, function)| Some((function, reason(at, function)?))) {
        let sql = Sql::new("SET LOCAL check_function_bodies = off");
        let mut setting = Statement::new(sql, function.id.clone(), function.action);
        setting.note(&reason);
        statements.insert(0, setting);
    }
    statements
}

/// True for a body that is a string (`pg_get_functiondef`) in a language of which the server checks it. One in `BEGIN ATOMIC`
/// is no text.
fn is_checked(definition: &str) -> bool {
    let is_written_in = |language: &str| definition.contains(&format!("\n LANGUAGE {language}\n"));
    definition.contains("\nAS $") && (is_written_in("sql") || is_written_in("plpgsql"))
}

/// True for what a body can name.
fn may_be_named(statement: &Statement) -> bool {
    match statement.id.kind {
        Kind::Schema
        | Kind::Extension
        | Kind::EnumType
        | Kind::CompositeType
        | Kind::RangeType
        | Kind::Domain
        | Kind::Collation
        | Kind::Sequence
        | Kind::Function
        | Kind::Table
        | Kind::Column
        | Kind::View
        | Kind::MaterializedView
        | Kind::Defined(_) => true,
        Kind::Default
        | Kind::PrimaryKey
        | Kind::Unique
        | Kind::Check
        | Kind::ForeignKey
        | Kind::Exclusion
        | Kind::Index
        | Kind::Trigger
        | Kind::Policy
        | Kind::Rule
        | Kind::Statistics
        | Kind::Setting
        | Kind::Owner
        | Kind::Privilege
        | Kind::DefaultPrivilege
        | Kind::Comment => false,
    }
}

/// The name by which a body knows it.
fn named(id: &ObjectId) -> &str {
    if id.kind == Kind::Column { id.own_name().as_str() } else { id.name.name.as_str() }
}

#[cfg(test)]
mod tests {
    use autogen_core::Expression;
    use autogen_core::object::Function;
    use autogen_core::object::function::Routine;

    use crate::testing::{Scene, part};
    use autogen_core::Kind;

    #[track_caller]
    fn check(scene: Scene, expect: &[&str]) {
        let script = crate::render(&scene.graph, &scene.options);
        let got: Vec<&str> = script.statements().map(|statement| statement.sql.as_str()).collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn bodies_may_name_what_comes_later() {
        let sql =
            |name: &str, body: &str| format!("CREATE OR REPLACE FUNCTION public.{name}() AS $$ {body} $$");
        let create = |scene: Scene, name: &str, body: &str| {
            let function = Function {
                routine: Routine::Function,
                definition: Expression::new(sql(name, body)),
                signature: String::new(),
                identity_arguments: String::new(),
                base_type: None,
            };
            scene.create(&part(Kind::Function, name, ""), function, &[])
        };
        let (f, g) = ("SELECT g()", "SELECT 1");
        check(
            create(create(Scene::default(), "f", f), "g", g),
            &["SET LOCAL check_function_bodies = off", &sql("f", f), &sql("g", g)],
        );
        check(create(create(Scene::default(), "g", g), "f", f), &[&sql("g", g), &sql("f", f)]);
    }
}
