use autogen_derive::Autogen;

#[derive(Autogen)]
#[autogen(accept(), with(), partition_by(), partition_of(), primary_key(name = "pk"), index(unique))]
#[autogen(exclude(gist), foreign_key(() -> orgs))]
struct Account {
    #[autogen(check, references())]
    id: i64,
}

fn main() {}
