use autogen_derive::Autogen;

#[derive(Autogen)]
#[autogen(default = "now()", rename_all = "snake_case")]
struct Account {
    #[autogen(partition_by(range, "id"))]
    id: i64,
    #[autogen(unique(id, name))]
    name: String,
}

#[derive(Autogen)]
#[autogen(index(id))]
enum Mood {
    #[autogen(default = "1")]
    Sad,
}

fn main() {}
