//! Names of tables, columns and modules; cfg; the attribute.

use super::*;

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
fn branches_of_cfg() {
    let table = "#[derive(Insertable)] #[diesel(table_name = t)]";
    one(
        &format!(
            "cfg_if! {{ if #[cfg(feature = \"sqlite\")] {{ {table} struct A {{ lite: i32 }} }} else if #[cfg(feature = \"postgres\")] {{ {table} struct A {{ pg: i64 }} }} else {{ {table} struct B {{ no: bool }} }} }}
             cfg_if::cfg_if! {{ if #[cfg(target_os = \"linux\")] {{ type Id = i32; }} else {{ {table} struct C {{ perhaps: i16 }} }} }}"
        ),
        &["!t.lite", "t.pg int8", "!t.no", "t.perhaps int2"],
    );
    one(
        &format!(
            "#[cfg(any(sqlite, mysql))] {table} struct A {{ other: i32 }} #[cfg(all(postgresql, not(sqlite)))] {table} struct A {{ pg: i64 }}
             #[cfg_attr(feature = \"db\", cfg_attr(not(feature = \"off\"), derive(Insertable)))] #[cfg_attr(feature = \"db\", diesel(table_name = u))] struct No {{ id: i32 }}"
        ),
        &["!t.other", "t.pg int8", "!u.id"],
    );
    let options = ReadOptions {
        features: [("full".to_owned(), false), ("sqlite".to_owned(), true)].into(),
        ..ReadOptions::default()
    };
    let text = format!(
        "#[cfg(feature = \"full\")] {table} struct A {{ full: i32 }} #[cfg(feature = \"sqlite\")] {table} struct B {{ lite: i64 }}"
    );
    check_with(&options, &[("src/models.rs", &text)], &["!t.full", "t.lite int8"]);
}

#[test]
fn files_that_belong_elsewhere() {
    let row = "#[derive(Insertable)] #[diesel(table_name = t)] struct A";
    // Included text is part of the module that includes it; what a build script makes is not there.
    check(
        &[
            ("src/lib.rs", "mod a; include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));"),
            (
                "src/a/mod.rs",
                "type Id = i64; include!(\"../parts/row.rs\"); pub mod b { pub type Key = i16; }",
            ),
            ("src/parts/row.rs", &format!("{row} {{ id: Id, key: b::Key }}")),
        ],
        &["t.id int8", "t.key int2"],
    );
    check(
        &[
            (
                "src/lib.rs",
                "#[path = \"odd/file.rs\"] mod a; #[cfg(test)] mod fakes; #[cfg(feature = \"mysql\")] #[path = \"odd/lite.rs\"] mod a;",
            ),
            ("src/odd/file.rs", &format!("{row} {{ id: super::a::Id }} pub type Id = i32;")),
            ("src/fakes/rows.rs", "#[derive(Insertable)] #[diesel(table_name = fake)] struct F { id: i32 }"),
        ],
        &["t.id int4", "!fake"],
    );
}
