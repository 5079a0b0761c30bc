//! Rows of catalog queries, read by position: at a hundred thousand columns the look-up of every value by its name costs
//! more than the value. That position and name agree is checked in debug builds, which the tests are.

use autogen_core::Name;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::pg::{Pg, PgValue};
use diesel::row::{Field, NamedRow, Row};
use diesel::sql_types as sql;

/// A row of one query; made by [`row!`].
pub(crate) trait FromRow: Sized {
    /// Takes the values in the order of the query.
    fn from_row<'a, R: Row<'a, Pg>>(cells: &mut Cells<'_, R>) -> deserialize::Result<Self>;
}

/// Declares the struct of a query's rows; its fields are the query's columns, by name and in order.
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        $vis struct $name { $(pub(super) $field: $type,)* }

        impl $crate::catalog::row::FromRow for $name {
            fn from_row<'a, R: diesel::row::Row<'a, diesel::pg::Pg>>(
                cells: &mut $crate::catalog::row::Cells<'_, R>,
            ) -> diesel::deserialize::Result<Self> {
                Ok(Self { $($field: cells.take(stringify!($field))?,)* })
            }
        }
    };
}
pub(crate) use row;

/// The values of a row, from left to right.
pub(crate) struct Cells<'r, R> {
    row: &'r R,
    at: usize,
}

impl<'a, R: Row<'a, Pg>> Cells<'_, R> {
    /// The next value.
    pub(crate) fn take<T: Cell>(&mut self, name: &'static str) -> deserialize::Result<T> {
        let field = Row::get(self.row, self.at).ok_or(diesel::result::UnexpectedEndOfRow)?;
        self.at += 1;
        if cfg!(debug_assertions) && field.field_name() != Some(name) {
            return Err(format!("column {} is {:?}, expected {name}", self.at, field.field_name()).into());
        }
        T::read(field.value()).map_err(|error| format!("column {name}: {error}").into())
    }
}

/// What Diesel loads.
pub(crate) struct Positional<T>(pub(crate) T);

impl<T: FromRow> QueryableByName<Pg> for Positional<T> {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> deserialize::Result<Self> {
        T::from_row(&mut Cells { row, at: 0 }).map(Self)
    }
}

/// A type of value that catalog queries return.
pub(crate) trait Cell: Sized {
    /// Decodes the binary form.
    fn read(value: Option<PgValue<'_>>) -> deserialize::Result<Self>;
}

macro_rules! cells {
    ($($type:ty as $sql:ty,)*) => {
        $(impl Cell for $type {
            fn read(value: Option<PgValue<'_>>) -> deserialize::Result<Self> {
                <Self as FromSql<$sql, Pg>>::from_nullable_sql(value)
            }
        })*
    };
}

cells! {
    bool as sql::Bool,
    i16 as sql::SmallInt,
    i32 as sql::Integer,
    i64 as sql::BigInt,
    u32 as sql::Oid,
    String as sql::Text,
    // int2vector and oidvector have the binary form of arrays.
    Vec<i16> as sql::Array<sql::SmallInt>,
    Vec<u32> as sql::Array<sql::Oid>,
    Vec<String> as sql::Array<sql::Text>,
    Vec<bool> as sql::Array<sql::Bool>,
}

/// The internal one-byte type `"char"`.
impl Cell for u8 {
    fn read(value: Option<PgValue<'_>>) -> deserialize::Result<Self> {
        let value = value.ok_or(diesel::result::UnexpectedNullError)?;
        Ok(value.as_bytes().first().copied().unwrap_or(0))
    }
}

impl Cell for Name {
    fn read(value: Option<PgValue<'_>>) -> deserialize::Result<Self> {
        let value = value.ok_or(diesel::result::UnexpectedNullError)?;
        Ok(Name::new(std::str::from_utf8(value.as_bytes())?))
    }
}

impl<T: Cell> Cell for Option<T> {
    fn read(value: Option<PgValue<'_>>) -> deserialize::Result<Self> {
        if value.is_some() { T::read(value).map(Some) } else { Ok(None) }
    }
}
