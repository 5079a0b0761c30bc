pub mod customer;
pub mod order;
pub mod product;
