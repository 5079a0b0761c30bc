use autogen_derive::Autogen;

#[derive(Autogen)]
#[autogen(indx(org_id))]
struct Account {
    #[autogen(dflt = 1)]
    org_id: i64,
}

#[derive(Autogen)]
#[autogen(sqltype = "mood")]
enum Mood {
    #[autogen(wos = "glum")]
    Sad,
}

#[derive(Autogen)]
#[autogen(index(org_id, methd = "gin"), foreign_key(org_id -> orgs, on_remove = cascade))]
struct Member {
    org_id: i64,
}

fn main() {}
