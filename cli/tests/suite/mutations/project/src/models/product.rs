use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::pg::data_types::PgInterval;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::schema::{events, products};

#[derive(Debug, Clone, PartialEq, Eq, Hash, FromSqlRow, AsExpression)]
#[diesel(sql_type = Text)]
pub struct Sku(pub String);

#[derive(Queryable, Selectable, Insertable, Identifiable, AsChangeset)]
#[diesel(table_name = products, primary_key(sku), treat_none_as_null = true)]
pub struct Product {
    pub sku: Sku,
    pub title: String,
    pub price_cents: i32,
    pub weight: Option<f32>,
    pub volume: Option<f64>,
    pub picture: Option<Vec<u8>>,
    pub stock: i16,
    pub lead_time: Option<PgInterval>,
}

#[derive(Queryable)]
pub struct Event {
    pub id: i64,
    pub kind: String,
    pub payload: Option<serde_json::Value>,
    pub seen: Option<bool>,
}

#[derive(Insertable)]
#[diesel(table_name = events)]
pub struct NewEvent {
    pub id: i64,
    pub kind: String,
    pub payload: Option<serde_json::Value>,
}
