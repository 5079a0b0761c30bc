use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::{addresses, customers};

#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = customers)]
#[autogen(index(created_at desc, where = "deleted_at IS NULL"), unique(email))]
pub struct Customer {
    pub id: i64,
    #[autogen(sql_type = "varchar(255)")]
    pub email: String,
    pub display_name: Option<String>,
    #[autogen(default = "false")]
    pub is_admin: bool,
    pub settings: serde_json::Value,
    pub tags: Vec<Option<String>>,
    pub credit: Option<bigdecimal::BigDecimal>,
    pub created_at: DateTime<Utc>,
    pub deleted_at: Option<DateTime<Utc>>,
}

#[derive(Insertable)]
#[diesel(table_name = customers)]
pub struct NewCustomer<'a> {
    pub email: &'a str,
    pub display_name: Option<&'a str>,
    pub tags: &'a [Option<String>],
}

#[derive(AsChangeset)]
#[diesel(table_name = customers)]
pub struct CustomerChange {
    pub email: Option<String>,
    pub display_name: Option<Option<String>>,
    pub credit: Option<Option<bigdecimal::BigDecimal>>,
}

#[derive(Queryable, Selectable, Identifiable, Associations, Insertable)]
#[diesel(table_name = addresses)]
#[diesel(belongs_to(Customer))]
#[autogen(check("length(city) > 1"))]
pub struct Address {
    pub id: Uuid,
    #[autogen(references(customers, on_delete = cascade))]
    pub customer_id: i64,
    pub street: String,
    pub city: String,
    pub type_: Option<String>,
    pub valid_from: Option<NaiveDate>,
}
