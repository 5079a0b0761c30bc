//! The stored schema.rs files before rustc and Diesel's own macros; and the one whose names Diesel has trouble with on a
//! server, where every column must be found under its name. That the files are what autogen writes is proved in
//! `schema_rs.rs`.

#![allow(
    dead_code,
    unused_imports,
    missing_docs,
    unreachable_pub,
    non_snake_case,
    reason = "generated code is as it is"
)]

use anyhow::{Result, ensure};
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use diesel::{ExpressionMethods, JoinOnDsl, QueryDsl, RunQueryDsl, debug_query, pg::Pg};

use crate::support;

macro_rules! stored {
    ($($module:ident $file:literal),+ $(,)?) => {$(
        mod $module {
            include!(concat!("../../../fixtures/schema_rs/", $file));
        }
    )+};
}

stored! {
    plain "plain/schema.rs",
    custom_types "custom_types/schema.rs",
    documented "documented/schema.rs",
    comments "documented/comments.rs",
    named_schema "named_schema/schema.rs",
    main_file "several_files/db/main.rs",
    audit_file "several_files/db/audit.rs",
    public_file "several_files/db/public.rs",
    nothing "several_files/db/nothing.rs",
    patched "sorted_and_patched/schema.rs",
    partitions "partitions/schema.rs",
    hostile "hostile/schema.rs",
    sample "sample.rs",
}

/// What the stored files import or name.
pub(crate) mod types {
    use diesel::sql_types::SqlType;

    #[derive(SqlType)]
    pub struct Mood;
    #[derive(SqlType)]
    pub struct Point;
    #[derive(SqlType)]
    pub struct Xid8;
    #[derive(SqlType)]
    pub struct Phone;
}

/// Joins that the files allow, as rustc sees them.
#[test]
fn tables_can_be_joined() {
    use plain::{authors, books};
    let query = books::table.inner_join(authors::table).select((books::id, authors::name));
    let sql = debug_query::<Pg, _>(&query).to_string();
    assert!(sql.contains(r#"("books"."author_id" = "authors"."id")"#), "{sql}");

    use sample::{orgs, posts, users};
    let query =
        posts::table.inner_join(users::table.inner_join(orgs::table)).select((users::handle, posts::title));
    let sql = debug_query::<Pg, _>(&query).to_string();
    assert!(sql.contains(r#""users"."handle""#), "{sql}");
}

/// Every odd name means the column that has it.
#[test]
fn odd_names_mean_what_they_say() -> Result<()> {
    use hostile::{a_b, a_b_};
    let server = support::start()?;
    server.create_database("hostile", None)?;
    let sql = std::fs::read_to_string(support::fixtures().join("schema_rs/hostile/before.sql"))?;
    support::load(&server, "hostile", &sql)?;
    let mut connection = server.connect("hostile")?;
    diesel::insert_into(a_b::table)
        .values((a_b::id.eq(1), a_b::two_lines.eq(2), a_b::back_slash.eq(3), a_b::it_s_.eq(4)))
        .execute(&mut connection)?;
    diesel::insert_into(a_b_::table)
        .values((a_b_::x_y.eq(5), a_b_::x_y_.eq(1), a_b_::x_y__.eq(7)))
        .execute(&mut connection)?;
    let row: (i32, Option<i32>, Option<i32>, Option<i32>, Option<i32>) = a_b_::table
        .inner_join(a_b::table)
        .filter(a_b_::self_.is_null())
        .filter(a_b_::three_d.is_null())
        .filter(a_b_::dashes.is_null())
        .filter(a_b_::backslash.is_null())
        .select((a_b_::x_y, a_b_::x_y__, a_b::two_lines, a_b::back_slash, a_b::it_s_))
        .first(&mut connection)?;
    ensure!(row == (5, Some(7), Some(2), Some(3), Some(4)), "{row:?}");
    Ok(())
}
