use autogen_derive::Autogen;

#[derive(Autogen)]
#[autogen(check("a > 0; DROP TABLE accounts"), index("lower(name"))]
#[autogen(exclude(gist, "during -- WITH &&"))]
struct Account {
    #[autogen(default = "'open")]
    name: String,
    #[autogen(generated = "")]
    a: i64,
    #[autogen(backfill = "0)")]
    b: i64,
}

fn main() {}
