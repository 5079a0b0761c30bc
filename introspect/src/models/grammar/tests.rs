//! Attribute text against what it parses to, or the messages it gives.

use super::*;

enum Place {
    Struct,
    Field,
    Enum,
    Variant,
}

/// Parses `text`; expects the parts of `expect` in the debug form, or in the messages and helps.
fn check(place: Place, text: &str, expect: &[&str]) {
    let streams = vec![text.parse().unwrap()];
    let (value, problems) = match place {
        Place::Struct => debug(table(streams)),
        Place::Field => debug(field(streams)),
        Place::Enum => debug(enumeration(streams)),
        Place::Variant => debug(variant(streams)),
    };
    let all = format!("{value}\n{problems}");
    for part in expect {
        let positive = part.strip_prefix('!');
        assert_eq!(all.contains(positive.unwrap_or(part)), positive.is_none(), "{part} in {all}");
    }
}

fn debug<T: std::fmt::Debug>((value, problems): (T, Vec<Problem>)) -> (String, String) {
    let problems: Vec<String> = problems
        .iter()
        .map(|p| format!("{}: {} ({})", p.code, p.message, p.help.clone().unwrap_or_default()))
        .collect();
    let value = format!("{value:?}");
    (value, if problems.is_empty() { "no problems".into() } else { problems.join("\n") })
}

#[test]
fn structs() {
    let ok = "no problems";
    check(
        Place::Struct,
        r#"index(org_id, created_at desc nulls_last, "lower(email)", unique, name = "x", method = "gin", where = "a > 1", include(a, b), nulls_not_distinct)"#,
        &[
            ok,
            "Column(\"org_id\")",
            "Desc",
            "Last",
            "Expression(\"lower(email)\")",
            "unique: true",
            "Some(\"gin\")",
            "[\"a\", \"b\"]",
            "nulls_not_distinct: true",
        ],
    );
    check(
        Place::Struct,
        r#"index(a opclass("text_pattern_ops") collate("C")), index(b text_pattern_ops)"#,
        &[ok, "collation: Some(\"C\")", "opclass: Some(\"text_pattern_ops\")"],
    );
    check(Place::Struct, "index(name)", &[ok, "Column(\"name\")"]);
    check(Place::Struct, "index()", &[ok, "index: Some([])", "unique: None"]);
    check(
        Place::Struct,
        "index(a, methd = \"gin\")",
        &["unknown-key: `methd` is no autogen key of an index (did you mean `method`?"],
    );
    check(
        Place::Struct,
        r#"foreign_key((a, b) -> audit.parent(x, y), on_delete = set_null(a), on_update = "NO ACTION", match = full, initially_deferred)"#,
        &[
            ok,
            "SetNull",
            "NoAction",
            "Full",
            "schema: Some(\"audit\")",
            "columns: [\"x\", \"y\"]",
            "deferrable: true",
            "on_delete_columns: [\"a\"]",
        ],
    );
    check(Place::Struct, "foreign_key(a -> parent)", &[ok, "columns: [\"a\"]"]);
    check(Place::Struct, "foreign_key(a, parent)", &["bad-value: a foreign key is written"]);
    check(
        Place::Struct,
        r#"check("a > 0", name = pos, not_valid), unique(a, b, deferrable), primary_key(a, b, name = "pk")"#,
        &[ok, "not_valid: true", "deferrable: true"],
    );
    check(
        Place::Struct,
        r#"exclude(gist, "room WITH =", "during WITH &&", where = "x")"#,
        &[ok, "gist", "during WITH &&"],
    );
    check(
        Place::Struct,
        r#"managed = "full", schema = "s", table = "t", was = "o", unlogged, with(fillfactor = 70), tablespace = fast, comment = "c", rls(force), drop("a", b), ignore"#,
        &[ok, "Full", "(\"fillfactor\", \"70\")", "force: true"],
    );
    check(
        Place::Struct,
        r#"policy(tenant, command = select, to = "app", using = "a = 1"), partition_by(range, "created_at")"#,
        &[ok, "Range", "Some(\"select\")"],
    );
    check(Place::Struct, r#"view = "SELECT 1", materialized"#, &[ok, "materialized: true", "SELECT 1"]);
    check(
        Place::Struct,
        r#"view = "SELECT 1", partition_by(range, "a"), unlogged"#,
        &["`partition_by` contradicts `view`", "`unlogged` contradicts `view`", "keep one of them"],
    );
    // A mistake does not hide what follows, nor the second mistake.
    check(
        Place::Struct,
        "indx(a), comment = 3, unique(b)",
        &["did you mean `index`", "`comment` wants a string", "columns: [\"b\"]"],
    );
}

#[test]
fn fields() {
    let ok = "no problems";
    check(
        Place::Field,
        r#"sql_type = "varchar(80)", collate = "C", not_null, default = "now()""#,
        &[ok, "varchar(80)", "NotNull", "Some(\"now()\")"],
    );
    check(Place::Field, "default = -1, statistics = 100", &[ok, "\"-1\"", "100"]);
    check(Place::Field, "no_default", &[ok, "value: None"]);
    check(Place::Field, "identity", &[ok, "IdentityAttr { mode: None"]);
    check(
        Place::Field,
        "identity = always (start = 10, increment = -2, cycle)",
        &[ok, "Always", "start: Some(10)", "Some(-2)", "cycle: true"],
    );
    check(
        Place::Field,
        "references(orgs, on_delete = cascade), unique, index(desc, method = \"brin\")",
        &[ok, "Cascade", "brin", "Desc"],
    );
    check(
        Place::Field,
        "references(orgs(id)), references(a::orgs, key)",
        &[ok, "[\"id\"]", "Some(\"a\")", "[\"key\"]"],
    );
    check(Place::Field, "refrences(orgs)", &["did you mean `references`"]);
    check(Place::Field, "references(orgs, on_delete = explode)", &["`on_delete` wants one of cascade"]);
    check(
        Place::Field,
        r#"was = "nick", backfill = "x", using = "y", generated = "a + b", storage = external, compression = lz4, comment = "c", ignore, check = "a > 0", null"#,
        &[ok],
    );
    check(Place::Field, "unique(a)", &["put `unique(a, b)` on the struct"]);
    check(Place::Field, "default =", &["missing-value"]);
    check(Place::Field, "\"default\"", &["bad-entry"]);
}

#[test]
fn enums() {
    check(
        Place::Enum,
        r#"sql_type = "mood", schema = "s", rename_all = "kebab-case""#,
        &["no problems", "Kebab"],
    );
    check(Place::Enum, r#"as = "text""#, &["no problems", "text"]);
    check(Place::Enum, r#"rename_all = "odd""#, &["is no case"]);
    check(Place::Variant, r#"was = "old", rename = "new", before = "x""#, &["no problems", "old"]);
    check(Place::Variant, r#"after = "y", map_to = z"#, &["no problems", "map_to: Some"]);
    check(
        Place::Variant,
        r#"was = "old", before = "x", after = "y", map_to = z, was = "older""#,
        &["`after` contradicts `before`", "`map_to` contradicts `was`", "said-twice: `was` is said twice"],
    );
    check(
        Place::Variant,
        "wos = 1",
        &["unknown-key: `wos` is no autogen key on a variant", "did you mean `was`"],
    );
}
