pub mod sql_types {
    #[derive(diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "order_state"))]
    pub struct OrderState;
}

diesel::table! {
    addresses (id) {
        id -> Uuid,
        customer_id -> Int8,
        street -> Text,
        city -> Text,
        #[sql_name = "type"]
        type_ -> Nullable<Text>,
        valid_from -> Nullable<Date>,
    }
}

diesel::table! {
    customers (id) {
        id -> Int8,
        #[max_length = 255]
        email -> Varchar,
        display_name -> Nullable<Text>,
        is_admin -> Bool,
        settings -> Jsonb,
        tags -> Array<Nullable<Text>>,
        credit -> Nullable<Numeric>,
        created_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
        unmodelled -> Nullable<Text>,
    }
}

diesel::table! {
    events (id) {
        id -> Int8,
        kind -> Text,
        payload -> Nullable<Json>,
        seen -> Nullable<Bool>,
    }
}

diesel::table! {
    order_lines (order_id, sku) {
        order_id -> Int4,
        sku -> Text,
        quantity -> Int4,
        discount -> Nullable<Numeric>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::OrderState;

    orders (id) {
        id -> Int4,
        customer_id -> Int8,
        state -> OrderState,
        placed_at -> Timestamp,
        note -> Nullable<Text>,
        total_cents -> Int8,
    }
}

diesel::table! {
    products (sku) {
        sku -> Text,
        title -> Text,
        price_cents -> Int4,
        weight -> Nullable<Float4>,
        volume -> Nullable<Float8>,
        picture -> Nullable<Bytea>,
        stock -> Int2,
        lead_time -> Nullable<Interval>,
    }
}

diesel::joinable!(addresses -> customers (customer_id));
diesel::joinable!(order_lines -> orders (order_id));
diesel::joinable!(order_lines -> products (sku));
diesel::joinable!(orders -> customers (customer_id));

diesel::allow_tables_to_appear_in_same_query!(addresses, customers, events, order_lines, orders, products,);
