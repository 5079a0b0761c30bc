//! Which rows to look at before SQL is written, and how. The kinds know what they need to know of the rows; here the
//! questions are collected and put into SQL. All names are written with their schema, so that any search path will do.

use autogen_core::{ChangeGraph, DataType, Expression, Name, QualName, Question};

use crate::context::{Context, Plan, Questions};
use crate::narrow::characters;
use crate::object;
use crate::options::RenderOptions;
use crate::render::tables;
use crate::sql::Sql;

/// What to ask the live rows before [`render`](crate::render) is called, each question once, in the order of the changes. All
/// names are those of the current schema; nothing is asked of tables and columns that are not there yet.
pub fn questions(graph: &ChangeGraph) -> Vec<Question> {
    let (plan, options) = (Plan::new(graph), RenderOptions::default());
    let mut questions = Questions::default();
    for (at, change) in graph.changes.iter().enumerate() {
        let context = Context { plan: &plan, options: &options, change, at };
        // Whether there are rows tells whether anybody can be held up.
        for table in tables(&context) {
            questions.ask(context.rows_question(&table));
        }
        object::ask(&context, &mut questions);
    }
    questions.into_list()
}

/// A query for any server that answers a question with one row, `matching bigint, total bigint`, or `None` where no query
/// could tell.
///
/// `Rows` answers 1 or 0 with the total, which beyond a hundred thousand is the planner's estimate; the others count. Which values do not convert is told by
/// their form alone, and only for the common types; [`question_sql_on`] can do better on newer servers.
pub fn question_sql(question: &Question) -> Option<String> {
    question_sql_on(question, 0)
}

/// [`question_sql`] for a server whose version is known (`server_version_num`, such as 160004; 0 if it is not): from 16 on the server
/// itself tells which values convert.
pub fn question_sql_on(question: &Question, server_version: u32) -> Option<String> {
    let sql = match question {
        Question::Rows { table } => rows(table),
        Question::Nulls { table, column } => counted(table, Sql::empty().ident(column).kw("IS NULL")),
        Question::Duplicates { table, only, keys, predicate, nulls_alike } => {
            duplicates(of(table, *only), keys, predicate.as_ref(), *nulls_alike)
        }
        Question::Conflicts { table, only, keys, predicate } => {
            conflicts(&of(table, *only), keys, predicate.as_ref())
        }
        Question::Orphans { table, only, keys, parent, only_parent, parent_columns } => {
            orphans(of(table, *only), keys, of(parent, *only_parent), parent_columns)
        }
        Question::Violations { table, expression } => {
            counted(table, Sql::new("NOT").expr_in_parens(expression))
        }
        Question::Computes { table, expressions, predicate } => {
            computed(table, expressions, predicate.as_ref())
        }
        Question::Uncastable { table, column, to } => {
            let fits = fits(column, to, server_version)?;
            counted(table, Sql::empty().ident(column).kw("IS NOT NULL AND NOT").sql(fits))
        }
        Question::TooLong { table, column, length } => {
            counted(table, characters(Sql::empty().ident(column)).kw(">").number(i64::from(*length)))
        }
        Question::UsesLabel { table, column, label } => {
            let text = Sql::empty().ident(column).punct("::text");
            let in_array =
                Sql::new("to_jsonb").punct("(").ident(column).punct(")").kw("@> to_jsonb(").literal(label);
            counted(table, text.kw("=").literal(label).kw("OR").sql(in_array.punct("::text)")))
        }
    };
    Some(sql.into_text())
}

/// A table to select from, alone or with those that inherit from it.
fn of(table: &QualName, only: bool) -> Sql {
    Sql::empty().kw_if(only, "ONLY").qualified(table)
}

/// Up to so many rows a table is counted.
pub(crate) const COUNTED_ROWS: i64 = 100_000;

/// `SELECT count(*) FILTER (WHERE …), count(*) FROM …`.
fn counted(table: &QualName, condition: Sql) -> Sql {
    Sql::new("SELECT count(*) FILTER (WHERE")
        .sql(condition)
        .punct(") AS matching, count(*) AS total")
        .kw("FROM")
        .qualified(table)
}

/// Computes everything for each row, and counts none.
fn computed(table: &QualName, expressions: &[Expression], predicate: Option<&Expression>) -> Sql {
    let values = expressions.iter().map(|one| Sql::empty().expr_in_parens(one));
    let sql = Sql::new("SELECT 0::bigint AS matching, count(ROW(")
        .list(values)
        .punct(")) AS total")
        .kw("FROM")
        .qualified(table);
    match predicate {
        Some(predicate) => sql.kw("WHERE").expr_in_parens(predicate),
        None => sql,
    }
}

/// Counts to a bound, so that a large table costs no more than a small one; beyond it the planner's estimate has to do.
fn rows(table: &QualName) -> Sql {
    let name = Sql::empty().qualified(table).into_text();
    Sql::new("SELECT (n > 0)::int::bigint AS matching, CASE WHEN n <=")
        .number(COUNTED_ROWS)
        .kw("THEN n ELSE greatest(n, (SELECT c.reltuples::bigint FROM pg_catalog.pg_class c WHERE c.oid =")
        .literal(&name)
        .punct("::pg_catalog.regclass)) END AS total")
        .kw("FROM (SELECT count(*) AS n FROM (SELECT 1 FROM")
        .qualified(table)
        .kw("LIMIT")
        .number(COUNTED_ROWS + 1)
        .punct(") AS bounded) AS counted")
}

/// Rows in groups of more than one; a NULL in the key makes a row unlike any other, unless they are alike.
fn duplicates(table: Sql, keys: &[Expression], predicate: Option<&Expression>, nulls_alike: bool) -> Sql {
    let key = |one: &Expression| Sql::empty().expr_in_parens(one);
    let present = keys.iter().filter(|_| !nulls_alike).map(|one| key(one).kw("IS NOT NULL"));
    let conditions = present.chain(predicate.map(key));
    let filter = conditions.enumerate().fold(Sql::empty(), |filter, (at, condition)| {
        filter.kw(if at == 0 { "WHERE" } else { "AND" }).sql(condition)
    });
    Sql::new("SELECT coalesce(sum(n), 0)::bigint AS matching, (SELECT count(*) FROM")
        .sql(table.clone())
        .punct(") AS total")
        .kw("FROM (SELECT count(*) AS n FROM")
        .sql(table)
        .sql(filter)
        .kw("GROUP BY")
        .list(keys.iter().map(key))
        .kw("HAVING count(*) > 1) AS groups")
}

/// Rows for which another answers to all operators. The rows are numbered, as they may be alike in everything.
fn conflicts(table: &Sql, keys: &[(Expression, Expression)], predicate: Option<&Expression>) -> Sql {
    let name = |at: usize| Name::new(format!("key_{at}"));
    let columns = keys
        .iter()
        .enumerate()
        .map(|(at, (key, _))| Sql::empty().expr_in_parens(key).kw("AS").ident(&name(at)));
    let mut rows =
        Sql::new("WITH keys AS MATERIALIZED (SELECT row_number() OVER () AS number,").list(columns);
    rows = rows.kw("FROM").sql(table.clone());
    if let Some(predicate) = predicate {
        rows = rows.kw("WHERE").expr_in_parens(predicate);
    }
    let of = |alias: &'static str, at: usize| Sql::new(alias).punct(".").ident(&name(at));
    let meets = keys.iter().enumerate().fold(Sql::empty(), |sql, (at, (_, operator))| {
        sql.kw("AND").sql(of("a", at)).expr(operator).sql(of("b", at))
    });
    rows.punct(")")
        .kw("SELECT count(*) AS matching, (SELECT count(*) FROM")
        .sql(table.clone())
        .punct(") AS total")
        .kw("FROM keys AS a WHERE EXISTS (SELECT FROM keys AS b WHERE a.number <> b.number")
        .sql(meets)
        .punct(")")
}

fn orphans(table: Sql, keys: &[Expression], parent: Sql, parent_columns: &[Name]) -> Sql {
    let key = |at: usize| Name::new(format!("key_{at}"));
    let of = |alias: &'static str, name: &Name| Sql::new(alias).punct(".").ident(name);
    let mut matches = Sql::new("NOT EXISTS (SELECT 1 FROM").sql(parent).kw("AS p WHERE");
    let mut present = Sql::empty();
    for (at, theirs) in parent_columns.iter().enumerate().take(keys.len()) {
        let own = of("c", &key(at));
        matches = matches.kw_if(at > 0, "AND").sql(of("p", theirs)).kw("=").sql(own.clone());
        present = present.kw_if(at > 0, "AND").sql(own).kw("IS NOT NULL");
    }
    let keys =
        keys.iter().enumerate().map(|(at, one)| Sql::empty().expr_in_parens(one).kw("AS").ident(&key(at)));
    Sql::new("SELECT count(*) FILTER (WHERE")
        .sql(present)
        .kw("AND")
        .sql(matches.punct(")"))
        .punct(") AS matching, count(*) AS total FROM (SELECT")
        .list(keys)
        .kw("FROM")
        .sql(table)
        .punct(") AS c")
}

/// A condition that holds for values that convert to a type.
fn fits(column: &Name, to: &DataType, server_version: u32) -> Option<Sql> {
    let text = || Sql::empty().ident(column).punct("::text");
    if server_version >= 160_000 {
        let arguments = [text(), Sql::empty().literal(&to.full_text())];
        return Some(Sql::new("pg_input_is_valid").punct("(").list(arguments).punct(")"));
    }
    if to.array || !to.is_builtin() {
        return None;
    }
    let like = |pattern: &'static str| text().kw("~*").literal(pattern);
    let between = |low: &'static str, high: &'static str| {
        // CASE, because AND may be evaluated in any order.
        Sql::new("(CASE WHEN")
            .sql(like("^\\s*[-+]?[0-9]{1,40}\\s*$"))
            .kw("THEN")
            .sql(text().punct("::numeric"))
            .kw("BETWEEN")
            .kw(low)
            .kw("AND")
            .kw(high)
            .kw("ELSE false END)")
    };
    let whole = |condition: Sql| Sql::empty().parens([condition]);
    Some(match to.base.name.as_str() {
        "int2" => between("-32768", "32767"),
        "int4" => between("-2147483648", "2147483647"),
        "int8" => between("-9223372036854775808", "9223372036854775807"),
        "numeric" | "float4" | "float8" => whole(like(
            "^\\s*([-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(e[-+]?[0-9]{1,3})?|nan|[-+]?inf(inity)?)\\s*$",
        )),
        "uuid" => whole(like("^\\s*\\{?([0-9a-f]{4}-?){7}[0-9a-f]{4}\\}?\\s*$")),
        "date" => whole(like("^\\s*[0-9]{4}-(0?[1-9]|1[0-2])-(0?[1-9]|[12][0-9]|3[01])\\s*$")),
        "bool" => whole(like("^\\s*(t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|of|off|0|1)\\s*$")),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use autogen_core::object::Table;
    use autogen_core::object::column::ColumnAlteration;
    use autogen_core::{Alteration, Catalog, Kind, ObjectId, Pair};

    use super::*;
    use crate::testing::{self, Scene, column_id, integer, not_null, nullable, part, public, text, users};

    #[track_caller]
    fn check(scene: Scene, expect: &[Question]) {
        assert_eq!(questions(&scene.graph), expect);
    }

    fn rows() -> Question {
        Question::Rows { table: public("users") }
    }

    #[test]
    fn what_is_not_there_yet_is_not_asked() {
        check(Scene::default().create(&ObjectId::table(&public("t")), Table::default(), &[]), &[]);
        let with_column = || users().create(&column_id("users", "x"), nullable(2, text()), &[]);
        check(with_column(), &[rows()]);
        check(
            with_column().create(&part(Kind::Unique, "users", "k"), testing::unique(&["x"]), &[]),
            &[rows()],
        );
    }

    #[test]
    fn the_names_are_those_of_now() {
        let mut scene =
            users().create(&part(Kind::Check, "users", "c"), testing::check("id > 0", &["id"]), &[]);
        let table = public("people");
        let (old, new) = (column_id("people", "ident"), column_id("users", "id"));
        let mut before = Catalog::default();
        before.insert(ObjectId::table(&table), Table::default());
        before.insert(old.clone(), not_null(1, integer()));
        scene.graph.catalogs.before = before;
        scene.graph.hints.renames.insert(ObjectId::table(&table), ObjectId::table(&public("users")));
        scene.graph.hints.renames.insert(old, new);
        let expression = Expression::new("ident > 0");
        check(scene, &[Question::Rows { table: table.clone() }, Question::Violations { table, expression }]);
    }

    #[test]
    fn each_question_once() {
        let id = column_id("users", "n");
        let alter = |new| vec![Alteration::Column(new)];
        let scene = users()
            .changed(&id, Pair::new(nullable(2, text()), not_null(2, integer())))
            .alter(&id, alter(ColumnAlteration::Type { data_type: integer(), collation: None }))
            .alter(&id, alter(ColumnAlteration::NotNull(true)));
        let (table, column) = (public("users"), Name::new("n"));
        let uncastable = Question::Uncastable { table: table.clone(), column: column.clone(), to: integer() };
        check(scene, &[rows(), uncastable, Question::Nulls { table, column }]);
    }

    #[test]
    fn queries() {
        let table = QualName::new("a b", "t");
        let sql = |question: Question| question_sql(&question).unwrap();
        assert_eq!(
            sql(Question::Nulls { table: table.clone(), column: "C".into() }),
            "SELECT count(*) FILTER (WHERE \"C\" IS NULL) AS matching, count(*) AS total FROM \"a b\".t"
        );
        assert_eq!(
            sql(Question::Duplicates {
                table: table.clone(),
                only: true,
                keys: vec![Expression::new("x"), Expression::new("y")],
                predicate: None,
                nulls_alike: false,
            }),
            "SELECT coalesce(sum(n), 0)::bigint AS matching, (SELECT count(*) FROM ONLY \"a b\".t) AS total FROM \
             (SELECT count(*) AS n FROM ONLY \"a b\".t WHERE (x) IS NOT NULL AND (y) IS NOT NULL GROUP BY (x), (y) \
             HAVING count(*) > 1) AS groups"
        );
        assert_eq!(
            sql(Question::Orphans {
                table: table.clone(),
                only: false,
                keys: vec![Expression::new("x")],
                parent: public("p"),
                only_parent: true,
                parent_columns: vec!["id".into()],
            }),
            "SELECT count(*) FILTER (WHERE c.key_0 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ONLY public.p AS p WHERE \
             p.id = c.key_0)) AS matching, count(*) AS total FROM (SELECT (x) AS key_0 FROM \"a b\".t) AS c"
        );
        let question =
            Question::Uncastable { table, column: "x".into(), to: DataType::builtin("xml", "xml") };
        assert_eq!(question_sql(&question), None);
        assert_eq!(
            question_sql_on(&question, 160_000).unwrap(),
            "SELECT count(*) FILTER (WHERE x IS NOT NULL AND NOT pg_input_is_valid(x::text, 'xml')) AS matching, \
             count(*) AS total FROM \"a b\".t"
        );
    }
}
