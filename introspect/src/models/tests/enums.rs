//! Rust enums that are Postgres enums, and their labels (rule 15).

use super::*;

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

const SQL: &str = "#[derive(SqlType)] #[diesel(postgres_type(name = \"side\"))] pub struct SideType;";

#[test]
fn enums_of_one_type() {
    let own = "impl ToSql<SideType, Pg> for Side { fn to_sql(&self) { match *self { Side::Long => b\"long\", Side::Short => b\"short\" } } }";
    let ours = format!(
        "{SQL} #[derive(AsExpression)] #[diesel(sql_type = SideType)] pub enum Side {{ Long, Short }} {own}"
    );
    // An impl for another crate's enum does not speak of ours.
    let theirs = "use crate::ours::SideType; use commons::Side;
        impl ToSql<SideType, Pg> for Side { fn to_sql(&self) { match *self { Side::Long => b\"Long\", Side::Short => b\"Short\" } } }";
    check(
        &[("shop/src/ours.rs", &ours), ("shop/src/theirs.rs", theirs)],
        &["enum side HandWritten [long,short]", "!conflict"],
    );
    // Where that enum is read too, both are of the type, and nobody knows which is right.
    check(
        &[
            ("shop/src/ours.rs", &ours),
            ("shop/src/theirs.rs", theirs),
            ("commons/src/lib.rs", "pub enum Side { Long, Short }"),
        ],
        &["!HandWritten", "Note enum-conflict", "Side and Side have different labels for the enum side"],
    );
    // One that has all labels of the other is the whole type.
    let more = "use crate::ours::SideType; #[derive(AsExpression)] #[diesel(sql_type = SideType)] enum Wide { Long, Short, Flat }
        impl FromSql<SideType, Pg> for Wide { fn from_sql(b: B) { match b { b\"long\" => Wide::Long, b\"short\" => Wide::Short, b\"flat\" => Wide::Flat } } }";
    check(
        &[("shop/src/ours.rs", &ours), ("shop/src/more.rs", more)],
        &["enum side HandWritten [long,short,flat]", "!conflict"],
    );
}

#[test]
fn enums_that_are_none() {
    one(
        "#[derive(DbEnum)] #[PgType = \"text\"] pub enum Health { Good } table! { t (id) { id -> Int4, h -> HealthMapping } }
         #[derive(Selectable)] #[diesel(table_name = t)] struct T { h: Health }",
        &["!enum text", "t.h text"],
    );
    one(
        "#[derive(DbEnum)] #[diesel(sql_type = diesel::sql_types::Integer)] enum Level { Low }
         #[derive(Selectable)] #[diesel(table_name = t)] struct T { l: Level }",
        &["!enum level", "t.l int4"],
    );
}

#[test]
fn labels_of_conversions() {
    let enum_of = |body: &str| {
        format!(
            "{SQL} #[derive(AsExpression, async_graphql::Enum)] #[diesel(sql_type = SideType)] pub enum Side {{ Long, Short }} {body}"
        )
    };
    // The conversion that storing calls is meant, not the one for people.
    one(
        &enum_of(
            "impl Side { fn code(&self) -> &str { match self { Self::Long => \"l\", Self::Short => \"s\" } } }
             impl Display for Side { fn fmt(&self) { match self { Self::Long => write!(f, \"Going long\"), Self::Short => write!(f, \"Going short\") } } }
             impl ToSql<SideType, Pg> for Side { fn to_sql(&self) { out.write_all(self.code().as_bytes()) } }",
        ),
        &["enum side HandWritten [l,s]"],
    );
    // Two that are both possible: not known. The derive of another crate gives no labels.
    one(
        &enum_of(
            "impl Side { fn a(&self) -> &str { match self { Self::Long => \"l\", Self::Short => \"s\" } } fn b(&self) -> &str { match self { Self::Long => \"L\", Self::Short => \"S\" } } }",
        ),
        &["!enum side"],
    );
    one(
        &format!(
            "{SQL} #[derive(diesel::Enum)] #[diesel(sql_type = SideType)] pub enum Side {{ Long, #[diesel(rename = \"shorted\")] Short }}"
        ),
        &["enum side Diesel [Long,shorted]"],
    );
}

#[test]
fn forms_of_diesel_derive_enum() {
    let types = "pub mod sql_types { #[derive(SqlType)] #[diesel(postgres_type(name = \"my_mood\", schema = \"app\"))] pub struct MoodType; }";
    for path in [
        "#[ExistingTypePath = \"crate::schema::sql_types::MoodType\"]",
        "#[db_enum(existing_type_path = \"crate::schema::sql_types::MoodType\")]",
        "#[cfg_attr(feature = \"full\", ExistingTypePath = \"crate::schema::sql_types::MoodType\")]",
    ] {
        let text =
            format!("#[derive(diesel_derive_enum::DbEnum)] {path} pub enum Mood {{ VeryGood, Http2 }}");
        check(
            &[("src/schema.rs", types), ("src/m.rs", &text)],
            &["enum app.my_mood DeriveEnum [very_good,http2]"],
        );
    }
    for (attribute, expect) in [
        ("#[DbValueStyle = \"SCREAMING_SNAKE_CASE\"]", "enum mood DeriveEnum [VERY_GOOD,so]"),
        ("#[db_enum(value_style = \"PascalCase\")]", "enum mood DeriveEnum [VeryGood,so]"),
        (
            "#[DbValueStyle = \"verbatim\"] #[PgType = \"feel\"] #[DieselType = \"Feel\"]",
            "enum feel DeriveEnum [VeryGood,so]",
        ),
        (
            "#[db_enum(pg_type = \"feel\", value_style = \"kebab-case\")]",
            "enum feel DeriveEnum [very-good,so]",
        ),
    ] {
        for rename in ["#[db_rename = \"so\"]", "#[db_enum(rename = \"so\")]"] {
            one(
                &format!("#[derive(DbEnum)] {attribute} pub enum Mood {{ VeryGood, {rename} SoSo }}"),
                &[expect],
            );
        }
    }
}
