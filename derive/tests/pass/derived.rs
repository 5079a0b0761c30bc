//! The derive lets every place carry the attribute; what is said leaves no trace in the program.

use autogen_derive::Autogen;

#[derive(Autogen, Clone)]
#[autogen(index(org_id, "lower(name)", unique), check("id > 0"), managed = "full")]
#[autogen(foreign_key((org_id) -> audit.orgs(id), on_delete = set_null(org_id)))]
pub struct Account<'a, T>
where
    T: Clone,
{
    #[autogen(identity = always(start = 10))]
    pub id: i64,
    #[autogen(sql_type = "varchar(80)", collate = "C", default = "'x;y'")]
    pub name: &'a str,
    #[autogen(references(orgs, on_delete = cascade), index)]
    pub org_id: T,
}

#[derive(Autogen)]
pub struct Tuple(#[autogen(default = -1)] pub i64);

#[derive(Autogen, Clone, Copy, PartialEq, Debug)]
#[autogen(sql_type = "mood", rename_all = "kebab-case")]
pub enum Mood {
    #[autogen(was = "glum")]
    Sad,
    #[autogen(rename = "ok", after = "sad")]
    Fine,
}

fn main() {
    let account = Account { id: 1, name: "a", org_id: 2_i64 };
    assert_eq!((account.id, account.name, account.org_id), (1, "a", 2));
    assert_eq!((Tuple(3).0, Mood::Sad, Mood::Fine), (3, Mood::Sad, Mood::Fine));
}
