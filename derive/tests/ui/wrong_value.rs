use autogen_derive::Autogen;

#[derive(Autogen)]
#[autogen(comment = 3, managed = "all", unlogged = true)]
struct Account {
    #[autogen(sql_type)]
    id: i64,
    #[autogen(statistics = "many")]
    name: String,
    #[autogen(default = now())]
    made: i64,
    #[autogen(default =)]
    seen: i64,
    #[autogen(storage = fast)]
    note: String,
    #[autogen(references(orgs, on_delete = explode))]
    org_id: i64,
}

fn main() {}
