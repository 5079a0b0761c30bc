//! Which struct and which `table!` is about which table.

use super::*;

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
            "enum app.mood DeriveEnum [very_good,bad!]",
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
fn tables_beside_the_schema_file_demand_nothing() {
    let schema = "diesel::table! { jobs (id) { id -> Int8, made -> Timestamptz } }";
    let worker = "diesel::table! { jobs (id) { id -> Int8, made -> Timestamp, name -> Text } }
        diesel::table! { scratch (id) { id -> Int8 } }
        diesel::table! { staged (id) { id -> Int8, note -> Text } }
        #[derive(HasQuery)] #[diesel(table_name = jobs)] struct Job { id: i64 }
        #[derive(Insertable)] #[diesel(table_name = staged)] struct Row { id: i64 }";
    check(
        &[("schema:db/src/schema.rs", schema), ("worker/src/lib.rs", worker)],
        &[
            "table jobs by [Job]",
            "jobs.made timestamptz",
            "!jobs.name",
            "!scratch",
            "table staged by [Row] key Default(id) aside",
            "!staged.note",
        ],
    );
    // Without a schema file all count alike; Diesel's own table never does.
    check(
        &[
            ("worker/src/lib.rs", worker),
            ("db/src/a.rs", "table! { __diesel_schema_migrations (version) { version -> Text } }"),
        ],
        &["jobs.made timestamp", "table scratch by []", "staged.note", "!__diesel"],
    );
    // `public` is the schema that Diesel means by none.
    one(
        "table! { public.users (id) { id -> Int8 } } table! { a (id) { id -> Int8 } }
         #[derive(Selectable)] #[diesel(table_name = users)] #[cfg_attr(any(), autogen(schema = \"public\"))] struct U { id: i64 }",
        &["table public.users by [U]", "!by [] key TableMacro(id)\n  users"],
    );
}

#[test]
fn names_that_diesel_never_reads() {
    let schema = r#"diesel::table! { orders (order_id) { order_id -> Int4, total -> Int8, placed -> Timestamptz, shop_id -> Int4 } }
        diesel::table! { lists (id) { id -> Int8, name -> Text } }
        diesel::table! { parts (id) { id -> Int8, list_id -> Int8 } }"#;
    let model = r#"
        // In the order of a select of its own.
        #[derive(Queryable, Identifiable)] #[diesel(table_name = orders, primary_key(order_id))]
        struct OrderCard { order_id: String, shop_id: i32, price: i64, placed: DateTime<Utc> }
        // A changeset leaves out the key, whatever it is called.
        #[derive(Queryable, Identifiable, AsChangeset)] #[diesel(table_name = orders)]
        struct Order { id: i32, total: i64, placed: DateTime<Utc>, shop_id: i32 }
        // A row, and what a query computes beside it.
        #[derive(Queryable)] #[diesel(table_name = lists)] struct List { id: i64, name: String }
        #[derive(Queryable)] #[diesel(table_name = lists)] struct CountedList { id: i64, name: String, parts: Option<i64> }
        #[derive(Queryable, Insertable)] #[diesel(table_name = lists)]
        struct FullList { id: i64, name: String, #[diesel(skip_insertion)] all_parts: Vec<Part> }
        #[derive(Queryable, Insertable)] #[diesel(table_name = parts)]
        struct Part { id: i64, list_id: i64, added: bool }"#;
    check(
        &[("src/schema.rs", schema), ("src/models.rs", model)],
        &[
            "orders.order_id int4 NotNull",
            "orders.shop_id int4 NotNull",
            "!orders.id",
            "!orders.price",
            "!lists.parts",
            "!lists.all_parts",
            "parts.added bool NotNull new NotNull",
        ],
    );
}

#[test]
fn an_attribute_leaves_a_queryable_its_table() {
    let schema = ("src/schema.rs", "diesel::table! { contact (id) { id -> Int4, email -> Text, } }");
    for words in ["index(email, id)", "unique(email)", "managed = \"full\""] {
        let model = format!(
            "#[derive(Queryable)] #[cfg_attr(any(), autogen({words}))] struct Contact {{ id: i32, email: String }}"
        );
        check(&[("src/models.rs", &model), schema], &["table contact by [Contact]", "!contacts"]);
        check(&[("src/models.rs", &model)], &["free Contact contacts"]);
    }
}
