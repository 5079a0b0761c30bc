//! Rust text against the statement that is read from it. Each case names the facts that must be in the summary, or
//! with `!` in front must not.

use std::fmt::Write;

use super::*;

/// The models as lines of text.
fn summary(models: &Models, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    let types = |set: &TypeSet| match set {
        TypeSet::Unknown => "?".to_owned(),
        TypeSet::OneOf(types) => {
            let names: Vec<String> = types
                .iter()
                .map(|ty| {
                    format!(
                        "{}{}{}",
                        ty.schema.as_ref().map(|s| format!("{s}.")).unwrap_or_default(),
                        ty.name,
                        if ty.array { "[]" } else { "" }
                    )
                })
                .collect();
            names.join("|")
        }
    };
    for table in &models.tables {
        let name = table.schema.as_ref().map(|s| format!("{s}.")).unwrap_or_default() + &table.name;
        let key = table
            .primary_key
            .as_ref()
            .map(|key| format!("{:?}({})", key.origin, key.columns.join(",")))
            .unwrap_or_default();
        let structs: Vec<&str> = table.structs.iter().map(|one| one.rust_name.as_str()).collect();
        let implicit = if table.implicit_name { " implicit" } else { "" };
        writeln!(out, "table {name} by [{}] key {key}{implicit}", structs.join(",")).unwrap();
        for column in &table.columns {
            let stem = column.stem.as_ref().map(|stem| format!(" stem {stem}")).unwrap_or_default();
            let guess = if column.positional { " guess" } else { "" };
            writeln!(
                out,
                "  {}.{} {} {:?} new {:?} insert {:?}{stem}{guess}",
                table.name,
                column.name,
                types(&column.accept),
                column.nullability,
                column.if_new,
                column.insert
            )
            .unwrap();
        }
        for parent in &table.belongs_to {
            writeln!(out, "  {}.{} -> {}", table.name, parent.column, parent.table.as_deref().unwrap_or("?"))
                .unwrap();
        }
    }
    for one in &models.enums {
        let labels: Vec<&str> = one.labels.iter().map(|label| label.label.as_str()).collect();
        writeln!(out, "enum {} {:?} [{}]", one.name, one.origin, labels.join(",")).unwrap();
    }
    for free in &models.free {
        writeln!(out, "free {} {}", free.value.1.rust_name, free.value.0).unwrap();
    }
    for join in &models.joinables {
        writeln!(out, "join {}.{} -> {}", join.child, join.column, join.parent).unwrap();
    }
    for one in diagnostics {
        let at =
            one.span.as_ref().map(|span| format!("{}:{}:{}", span.file.display(), span.line, span.column));
        writeln!(out, "{:?} {} at {}: {}", one.severity, one.code, at.unwrap_or_default(), one.message)
            .unwrap();
    }
    out
}

/// Reads files (`path: text`, or text alone as src/models.rs) and looks for the expected parts.
fn check(files: &[(&str, &str)], expect: &[&str]) {
    let files = files.iter().map(|(path, text)| SourceFile::new(*path, *text)).collect();
    let (models, diagnostics) = read(files, &ReadOptions::default());
    let all = summary(&models, &diagnostics);
    for part in expect {
        let positive = part.strip_prefix('!');
        assert_eq!(all.contains(positive.unwrap_or(part)), positive.is_none(), "{part}\nin\n{all}");
    }
}

fn one(text: &str, expect: &[&str]) {
    check(&[("src/models.rs", text)], expect);
}

const SCHEMA: (&str, &str) = (
    "src/schema.rs",
    r#"
    pub mod sql_types { #[derive(diesel::sql_types::SqlType)] #[diesel(postgres_type(name = "mood", schema = "app"))] pub struct Mood; }
    diesel::table! { use diesel::sql_types::*; use super::sql_types::Mood;
        users (id) { id -> Int4, #[max_length = 80] name -> Varchar, #[sql_name = "type"] type_ -> Text, mood -> Nullable<Mood>, tags -> Array<Nullable<Text>> } }
    diesel::table! { audit.posts (id) { id -> Int8, user_id -> Int4, body -> Text } }
    diesel::joinable!(posts -> users (user_id));
    diesel::allow_tables_to_appear_in_same_query!(posts, users,);
    "#,
);

#[test]
fn tables_from_schema_alone() {
    check(
        &[SCHEMA],
        &[
            "table users by [] key TableMacro(id)",
            "users.name varchar|text|bpchar|citext|name NotNull",
            "users.type text|",
            "users.mood app.mood Nullable",
            "users.tags text[]|",
            "table audit.posts by []",
            "join posts.user_id -> users",
        ],
    );
}

#[test]
fn struct_wins_over_schema() {
    let model = r#"use crate::schema::users as u; use crate::types::Mood;
        #[derive(Queryable, Selectable)] #[diesel(table_name = u)]
        pub struct User { id: i64, name: Option<String>, type_: String, mood: Mood, tags: Vec<Option<String>>, extra: bool }"#;
    let types = r#"#[derive(diesel_derive_enum::DbEnum)] #[ExistingTypePath = "crate::schema::sql_types::Mood"] pub enum Mood { VeryGood, #[db_rename = "bad!"] Bad }"#;
    check(
        &[SCHEMA, ("src/models.rs", model), ("src/types.rs", types)],
        &[
            "table users by [User]",
            "users.id int8 NotNull",
            "users.name varchar|text|bpchar|citext|name Nullable",
            "users.type text",
            "users.mood app.mood NotNull",
            "users.tags text[]",
            "users.extra bool NotNull",
            "enum mood DeriveEnum [very_good,bad!]",
        ],
    );
}

#[test]
fn queryable_is_positional() {
    let model = "#[derive(Queryable)] #[diesel(table_name = users)] struct A { id: i32, title: String, kind: String, m: Option<X>, t: Vec<String> }
        #[derive(Queryable)] struct Post { id: i64, user_id: i32, body: Option<String> }
        #[derive(Queryable)] struct Count { user_id: i32, n: i64 }
        #[derive(Queryable)] #[diesel(table_name = wrong)] struct User { id: i32, name: String, mood: Option<X>, no: bool }
        #[derive(Queryable)] struct Tuple(i32, String);";
    check(
        &[SCHEMA, ("src/models.rs", model)],
        &[
            "users.name varchar",
            "users.type text",
            "!users.title",
            "table audit.posts by [Post]",
            "posts.body text|varchar|bpchar|citext|name Nullable",
            "!Count",
            "!free",
            "table users by [A,User]",
            "!wrong",
            "!users.no ",
        ],
    );
    one(
        "#[derive(Queryable)] struct Post { id: i64 } #[derive(Queryable)] #[diesel(table_name = a)] struct A { id: i64 }",
        &["free Post posts", "a.id int8 NotNull new NotNull insert NoInsertable guess"],
    );
}

#[test]
fn roles_and_nullability() {
    one(
        "#[derive(Queryable, Insertable)] #[diesel(table_name = t)] struct A { id: i32, a: Option<i32>, b: i32 }
         #[derive(Selectable)] #[diesel(table_name = t)] struct B { id: i32, a: i32 }
         #[derive(Selectable)] #[diesel(table_name = t)] struct C { b: Option<i32> }
         #[derive(Selectable)] #[diesel(table_name = t)] struct D { b: i32 }
         #[derive(Insertable)] #[diesel(table_name = t)] struct N { a: Option<i32>, c: Option<bool>, d: bool, e: Option<Option<bool>>, #[diesel(skip_insertion)] f: i32 }
         #[derive(AsChangeset)] #[diesel(table_name = t, treat_none_as_null = true)] struct U { g: Option<bool> }",
        &["t.a int4 NotNull", "t.b int4 Keep", "Note null-conflict", "t.c bool Keep new Nullable insert Optional", "t.d bool Keep new NotNull",
          "t.e bool Nullable", "!t.f", "t.g bool Nullable", "t.id int4 NotNull new NotNull insert Optional", "key Default(id)"],
    );
    one(
        "#[derive(Selectable)] #[diesel(table_name = t)] struct A { x: i32 } #[derive(Selectable)] #[diesel(table_name = t)] struct B { x: String }",
        &["Error type-conflict", "A and B disagree about the type of t.x"],
    );
}

#[test]
fn names_and_attributes() {
    one(
        "#[derive(Insertable)] struct ApiKey { r#type: String, final_: i32, #[diesel(column_name = other)] x: i32 }",
        &[
            "table api_keys by [ApiKey]",
            "api_keys.type text",
            "api_keys.final_ int4 Keep new NotNull insert Always stem final",
            "api_keys.other",
        ],
    );
    one("#[derive(HasQuery)] struct Row { id: i32 }", &["table rows by [Row] key Default(id) implicit"]);
    one(
        "#[derive(Insertable)] #[table_name = \"users\"] #[belongs_to(Org, foreign_key = \"o\")] #[primary_key(a, b)] struct U { #[column_name = \"z\"] y: i32, a: i32, b: i32, o: i32 } #[derive(Identifiable)] #[table_name = \"organisations\"] struct Org { id: i32 }",
        &["users.z int4", "key Struct(a,b)", "users.o -> organisations"],
    );
    one(
        "#[derive(Selectable)] #[diesel(table_name = t)] struct A { #[diesel(embed)] i: Inner, #[diesel(select_expression = 1)] n: i32, #[diesel(deserialize_as = String)] s: Odd } struct Inner { a: i32 } #[derive(Selectable)] #[diesel(table_name = x)] struct Only { #[diesel(select_expression = 1)] n: i32 }",
        &["t.a int4", "!t.n", "t.s text", "!x.n"],
    );
    one(
        "fn f() { #[derive(Insertable)] #[diesel(table_name = t)] struct A { a: i32 } } #[cfg(test)] mod tests { #[derive(Insertable)] #[diesel(table_name = u)] struct A { a: i32 } }",
        &["!table"],
    );
}

#[test]
fn cfg_and_autogen() {
    one(
        "#[cfg_attr(feature = \"full\", derive(Selectable), cfg_attr(all(), diesel(table_name = t)))] #[cfg_attr(any(), autogen(schema = \"s\", primary_key(k), index(x)))] struct A { k: i32, #[cfg_attr(any(), autogen(not_null, was = \"o\"))] x: Option<i32>, #[cfg(not(feature = \"full\"))] y: i32 }",
        &["table s.t by [A] key Attribute(k)", "t.x int4 NotNull", "!t.y"],
    );
    one(
        "#[derive(Autogen)] #[autogen(table = \"People\", indx(a))] struct Person { #[autogen(ignore)] a: i32, b: i32,\n #[autogen(defalt = \"1\")] c: i32 }",
        &[
            "table People by [Person]",
            "!People.a",
            "Error unknown-key at src/models.rs:1:48",
            "Error unknown-key at src/models.rs:2:12: `defalt` is no autogen key on a field",
        ],
    );
    one("#[derive(Insertable)] struct A { a: i32 \n ) ", &["Error syntax at src/models.rs:2"]);
}

#[test]
fn types() {
    one(
        r#"use chrono::{DateTime, Utc, Duration}; use std::collections::HashMap as M;
        type Id = i64; type Maybe<T> = Option<Vec<T>>;
        #[derive(DieselNewType)] pub struct Wrapped(Id);
        #[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = diesel::sql_types::Jsonb)] pub struct Doc;
        pub struct Hash([u8; 32]); impl FromSql<Bytea, Pg> for Hash { }
        pub struct Generic<T>(T);
        impl<ST, DB> FromSql<ST, DB> for Url where String: FromSql<ST, DB> { } pub struct Url(u::Url);
        pub struct Lite; impl FromSql<Text, Sqlite> for Lite { }
        macro_rules! int_enum { ($($t:tt)*) => { #[diesel(sql_type = diesel::sql_types::Integer)] $($t)* impl FromSql<Integer, Pg> for X {} } }
        int_enum! { pub enum Kind { A = 1, B = 2 } }
        #[derive(Selectable)] #[diesel(table_name = t)]
        struct T<'a, G> { a: Id, b: Maybe<i32>, c: Wrapped, d: Option<Doc>, e: Hash, f: G, g: Url, h: Lite, i: Kind, j: &'a [u8], k: Option<Cow<'a, str>>,
            l: DateTime<Utc>, m: Duration, n: (Bound<i32>, Bound<i32>), o: M<i32, i32>, p: serde_json::Value, q: Vec<Kind>, r: [u8; 6], s: Vec<u8>, u: Box<f64>, #[diesel(sql_type = Citext)] v: Odd }"#,
        &[
            "t.a int8",
            "t.b int4[] Nullable",
            "t.c int8",
            "t.d jsonb Nullable",
            "t.e bytea",
            "t.f ? Keep",
            "t.g text|",
            "t.h ?",
            "t.i int4",
            "t.j bytea",
            "t.k text|varchar|bpchar|citext|name Nullable",
            "t.l timestamptz",
            "t.m interval",
            "t.n int4range",
            "t.o ?",
            "t.p jsonb|json",
            "t.q int4[]",
            "t.r bytea|macaddr",
            "t.s bytea",
            "t.u float8",
            "t.v citext",
        ],
    );
    // A type in a file that nothing marks is found when a model needs it, through a re-export.
    check(
        &[
            ("src/lib.rs", "mod a; pub use a::Key;"),
            ("src/a.rs", "pub type Key = i16;"),
            (
                "src/m.rs",
                "use crate::Key; #[derive(Insertable)] #[diesel(table_name = t)] struct A { k: Key }",
            ),
        ],
        &["t.k int2"],
    );
    // Modules that import each other's everything end.
    check(
        &[
            (
                "src/a.rs",
                "use crate::b::*; #[derive(Insertable)] #[diesel(table_name = t)] struct A { k: Nowhere, s: S }",
            ),
            ("src/b.rs", "pub use crate::a::*; pub use crate::c::*; //diesel("),
            ("src/c.rs", "pub use crate::b::*; pub type S = bool; //diesel("),
        ],
        &["t.k ?", "t.s bool"],
    );
}

#[test]
fn enums() {
    let sql = r#"#[derive(SqlType)] #[diesel(postgres_type(name = "color"))] pub struct ColorSql;"#;
    one(
        &format!(
            r#"{sql} #[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = ColorSql)] enum Color {{ Red, DarkBlue }}
        impl ToSql<ColorSql, Pg> for Color {{ fn to_sql(&self) {{ match *self {{ Color::Red => out.write_all(b"red")?, Color::DarkBlue => out.write_all(b"dark blue")? }} }} }}
        #[derive(Selectable)] #[diesel(table_name = t)] struct A {{ c: Color }}"#
        ),
        &["enum color HandWritten [red,dark blue]", "t.c color NotNull"],
    );
    one(
        &format!(
            r#"{sql} #[derive(diesel::Enum)] #[diesel(sql_type = ColorSql, rename_all = "kebab-case")] enum Color {{ Red, DarkBlue }}"#
        ),
        &["enum color Diesel [red,dark-blue]"],
    );
    one(
        r#"#[derive(DbEnum)] #[PgType = "c"] #[DbValueStyle = "verbatim"] enum Color { Red } #[derive(DbEnum)] enum MyMood { VeryGood }
        table! { t (id) { id -> Int4, m -> MyMoodMapping } } #[derive(Selectable)] #[diesel(table_name = t)] struct A { m: MyMood }"#,
        &["enum c DeriveEnum [Red]", "enum my_mood DeriveEnum [very_good]", "t.m my_mood"],
    );
    one(
        r#"#[derive(Autogen)] #[autogen(sql_type = "mood", rename_all = "UPPERCASE")] enum M { Good, #[autogen(rename = "poor", was = "bad")] Bad } #[derive(Autogen)] #[autogen(as = "text")] enum N { A }
        #[derive(Selectable)] #[diesel(table_name = t)] struct A { m: M, n: N }"#,
        &["enum mood Attribute [GOOD,poor]", "t.m mood", "t.n text"],
    );
    one(
        r#"#[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = Text)] enum Plain { A } impl ToSql<Text, Pg> for Plain {}"#,
        &["!enum"],
    );
}
