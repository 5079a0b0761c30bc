use autogen_derive::Autogen;

#[derive(Autogen)]
#[autogen(view = "SELECT 1 AS id", partition_by(range, "id"))]
struct Account {
    #[autogen(null, not_null)]
    name: String,
    #[autogen(default = "0", generated = "id + 1")]
    next: i64,
    #[autogen(default = "1", no_default)]
    rank: i64,
    #[autogen(serial)]
    #[autogen(identity)]
    id: i64,
}

fn main() {}
