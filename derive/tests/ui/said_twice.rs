use autogen_derive::Autogen;

#[derive(Autogen)]
#[autogen(comment = "one", comment = "two")]
#[autogen(primary_key(id))]
#[autogen(primary_key(org_id))]
struct Account {
    #[autogen(default = 1, default = 2)]
    id: i64,
    #[autogen(unique)]
    #[autogen(unique)]
    org_id: i64,
}

fn main() {}
