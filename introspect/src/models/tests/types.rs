//! Rust types to SQL types.

use super::*;

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
fn a_path_is_believed() {
    // The type of a crate that was not read is not our type of the same name.
    let ours = "pub struct Price; impl FromSql<Numeric, Pg> for Price {}";
    let model = "use money::Price; #[derive(Insertable)] #[diesel(table_name = t)] struct T { a: Price, b: crate::ours::Price, c: shop::ours::Price, d: other::Price }";
    check(
        &[("shop/src/ours.rs", ours), ("shop/src/models.rs", model)],
        &["t.a ?", "t.b numeric", "t.c numeric", "t.d ?"],
    );
    // A module that a macro made: the only type of the name in that crate.
    let made = "#[derive(Insertable)] #[diesel(table_name = t)] struct T { a: crate::made::Price }";
    check(&[("shop/src/ours.rs", ours), ("shop/src/models.rs", made)], &["t.a numeric"]);
    check(&[("money/src/ours.rs", ours), ("shop/src/models.rs", made)], &["t.a ?"]);
}

#[test]
fn types_that_macros_make() {
    let macros = "macro_rules! id_type { ($name:ident) => { #[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = BigInt)] pub struct $name(pub i64); } }
        macro_rules! wrapper { ($($name:ident),*) => { $(#[derive(DieselNewType)] pub struct $name(pub Vec<u8>);)* } }
        macro_rules! two { ($name:ident) => { #[diesel(sql_type = BigInt)] #[diesel(sql_type = Text)] pub struct $name(pub i64); } }";
    check(
        &[
            ("src/macros.rs", macros),
            ("src/ids.rs", "id_type!(UserId); wrapper! { Hash, Key } two!(Odd);"),
            (
                "src/models.rs",
                "use crate::ids::{Hash, Key, Odd, UserId}; #[derive(Insertable)] #[diesel(table_name = t)] struct T { a: UserId, b: Option<Hash>, c: Key, d: Odd }",
            ),
        ],
        &["t.a int8", "t.b bytea", "t.c bytea", "t.d ?"],
    );
}

#[test]
fn types_that_a_macro_is_told() {
    let macros = r#"macro_rules! stored { ($wrapper:ident, $inner:ty, $sql:ty, [$($variant:ident),+ $(,)?]) => {
        #[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = $sql)] pub struct $wrapper(pub $inner);
        impl FromSql<$sql, Pg> for $wrapper {}
        impl From<$wrapper> for $inner {} } }
        macro_rules! either { ($a:ident, $sql:ty) => { #[diesel(sql_type = $sql)] pub struct $a; }; ($a:ident) => { pub struct $a; } }
        pub enum Plain { A } pub mod sql { #[derive(SqlType)] #[diesel(postgres_type(name = "mood"))] pub struct Mood; }
        use sql::Mood as MoodSql;
        stored!(Mood, Plain, MoodSql, [Happy, Sad]);
        stored!(Size, i32, diesel::sql_types::Integer, [Big]);
        either!(Odd, Integer);
        #[derive(Insertable)] #[diesel(table_name = t)] struct T { a: Mood, b: Option<Size>, c: Odd, d: Plain }"#;
    one(macros, &["t.a mood", "t.b int4", "t.c ?", "t.d ?"]);
    one(
        "macro_rules! model { ($n:ident, $t:ident, { $($f:ident : $ty:ty),* }) => {
            #[derive(Queryable)] #[diesel(table_name = $t)] pub struct $n { $(pub $f: $ty),* } } }
         model!(Thing, things, { id: i32 });",
        &[
            "Note macro-not-read at src/models.rs:3:10: `model!` makes a struct of a table, and what it makes is not read: Thing",
        ],
    );
}

#[test]
fn types_of_other_crates() {
    // The attributes of a wrapper with `foreign_derive` speak of the type inside.
    one(
        "#[derive(AsExpression, FromSqlRow)] #[diesel(foreign_derive)] #[diesel(sql_type = Text)] struct UrlProxy(url::Url);
         use url::Url; #[derive(Insertable)] #[diesel(table_name = t)] struct T { a: Url, b: Option<url::Url>, c: other::Url }",
        &["t.a text|", "t.b text|", "t.c ?"],
    );
    // Arguments of an alias are those of the module that names them.
    check(
        &[
            ("src/a.rs", "pub type Maybe<T> = Option<Vec<T>>; //diesel("),
            ("src/b.rs", "pub struct Time; impl FromSql<Timestamptz, Pg> for Time {}"),
            (
                "src/m.rs",
                "use crate::a::Maybe; use crate::b::Time; use time::Date; #[derive(Insertable)] #[diesel(table_name = t)] struct T { a: Maybe<Time>, b: Maybe<Date>, c: Maybe<Option<u8>> }",
            ),
        ],
        &["t.a timestamptz[]", "t.b date[]"],
    );
}

#[test]
fn types_that_the_user_tells() {
    let types = [
        ("money::Price", &["numeric(12,2)", "money"][..]),
        ("Point", &["geometry"]),
        ("crate::models::Kind", &["integer"]),
        ("Page<T>", &["jsonb"]),
    ];
    let types = types.map(|(path, types)| (path.to_owned(), types.iter().map(|&ty| ty.to_owned()).collect()));
    let options = ReadOptions { types: types.into(), ..ReadOptions::default() };
    let text = "use money::Price; pub enum Kind { A } #[derive(Insertable)] #[diesel(table_name = t)]
        struct T { a: Price, b: Option<other::Price>, c: Vec<geo::Point>, d: Option<Kind>, e: Page<i32> }";
    check_with(
        &options,
        &[("src/models.rs", text)],
        &["t.a numeric|money", "t.b ?", "t.c geometry[]", "t.d int4", "t.e jsonb"],
    );
}

#[test]
fn every_type_of_diesel_and_its_companions() {
    for (rust, sql) in [
        ("i16", "int2"),
        ("u32", "oid"),
        ("u8", "char"),
        ("f32", "float4"),
        ("&'static str", "text|varchar|bpchar|citext|name"),
        ("Box<str>", "text|varchar|bpchar|citext|name"),
        ("std::borrow::Cow<'static, [u8]>", "bytea"),
        ("[u8; 16]", "bytea"),
        ("[u8; 8]", "bytea|macaddr8"),
        ("chrono::NaiveDateTime", "timestamp|timestamptz"),
        ("chrono::DateTime<Local>", "timestamptz"),
        ("chrono::NaiveDate", "date"),
        ("chrono::NaiveTime", "time"),
        ("time::PrimitiveDateTime", "timestamp|timestamptz"),
        ("time::OffsetDateTime", "timestamptz"),
        ("time::Date", "date"),
        ("time::Time", "time"),
        ("std::time::SystemTime", "timestamp"),
        ("diesel::data_types::PgTimestamp", "timestamp|timestamptz"),
        ("PgDate", "date"),
        ("PgTime", "time"),
        ("PgInterval", "interval"),
        ("Cents", "money"),
        ("PgLsn", "pg_lsn"),
        ("bigdecimal::BigDecimal", "numeric"),
        ("rust_decimal::Decimal", "numeric"),
        ("ipnetwork::IpNetwork", "inet|cidr"),
        ("ipnet::IpNet", "inet|cidr"),
        ("(Bound<DateTime<Utc>>, Bound<DateTime<Utc>>)", "tstzrange"),
        ("std::ops::Range<i64>", "int8range"),
        ("Vec<(Bound<i32>, Bound<i32>)>", "int4multirange"),
        ("Vec<Option<String>>", "text[]|"),
        ("NdArray<i32>", "int4[]"),
        ("Vec<Vec<i32>>", "int4[]"),
        ("std::sync::Arc<Uuid>", "uuid"),
        ("diesel_json::Json<Whatever>", "jsonb|json"),
        ("pgvector::Vector", "vector"),
        ("(i32, String)", "?"),
    ] {
        one(
            &format!("#[derive(Insertable)] #[diesel(table_name = t)] struct T {{ a: {rust} }}"),
            &[&format!("t.a {sql}")],
        );
    }
}
