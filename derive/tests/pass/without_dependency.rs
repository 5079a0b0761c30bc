//! The other spelling needs no derive, and no dependency on us: the compiler throws it away.

#[cfg_attr(any(), autogen(index(org_id), check("id > 0")))]
pub struct Account {
    #[cfg_attr(any(), autogen(identity))]
    pub id: i64,
    #[cfg_attr(any(), cfg_attr(any(), autogen(default = "now()")))]
    pub org_id: i64,
}

#[cfg_attr(any(), autogen(sql_type = "mood"))]
#[derive(PartialEq, Debug)]
pub enum Mood {
    #[cfg_attr(any(), autogen(was = "glum"))]
    Sad,
}

fn main() {
    let account = Account { id: 1, org_id: 2 };
    assert_eq!((account.id, account.org_id, Mood::Sad), (1, 2, Mood::Sad));
}
