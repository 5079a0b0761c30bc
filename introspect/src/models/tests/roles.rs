//! What several structs of one table say together: R1 to R3, rules 2, 4 and 5.

use super::*;

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
    one(
        "#[derive(Selectable)] #[diesel(table_name = t)] struct A { #[autogen(sql_type = \"int4\")] x: i32 }
         #[derive(Selectable)] #[diesel(table_name = t)] struct B { x: String }",
        &["!type-conflict", "t.x int4"],
    );
}

#[test]
fn loaded_from_what_may_be_null() {
    let model = r#"
        pub struct Many<T>(Option<Vec<Option<T>>>);
        impl<T, U> Queryable<Nullable<Array<Nullable<U>>>, Pg> for Many<T> { type Row = Option<Vec<Option<T>>>; }
        #[derive(Queryable)] #[diesel(table_name = notes)]
        struct Note { id: i32, #[diesel(deserialize_as = Many<String>)] words: Option<Vec<String>> }"#;
    let schema = "diesel::table! { notes (id) { id -> Int4, words -> Nullable<Array<Nullable<Text>>> } }";
    check(
        &[("src/schema.rs", schema), ("src/models.rs", model)],
        &["notes.words ? Nullable", "notes.id int4 NotNull"],
    );
}
