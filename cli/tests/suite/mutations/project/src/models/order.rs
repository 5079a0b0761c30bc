use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::schema::{order_lines, orders};

#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel_derive_enum::DbEnum)]
#[db_enum(existing_type_path = "crate::schema::sql_types::OrderState")]
pub enum OrderState {
    Open,
    Paid,
    Sent,
}

pub type Cents = i64;

#[derive(Queryable, Selectable, Identifiable)]
#[diesel(table_name = orders, check_for_backend(diesel::pg::Pg))]
pub struct Order {
    pub id: i32,
    pub customer_id: i64,
    pub state: OrderState,
    pub placed_at: NaiveDateTime,
    pub note: Option<String>,
    #[diesel(column_name = total_cents)]
    pub total: Cents,
}

#[derive(Insertable)]
#[diesel(table_name = orders)]
pub struct NewOrder {
    pub customer_id: i64,
    pub state: Option<OrderState>,
    pub placed_at: NaiveDateTime,
    pub note: Option<String>,
    pub total_cents: Cents,
}

#[derive(Queryable, Selectable, Insertable, Identifiable)]
#[diesel(table_name = order_lines, primary_key(order_id, sku))]
pub struct OrderLine {
    pub order_id: i32,
    pub sku: String,
    pub quantity: i32,
    pub discount: Option<bigdecimal::BigDecimal>,
}
