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
