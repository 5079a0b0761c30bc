//! Default privileges: `ALTER DEFAULT PRIVILEGES`.

use autogen_core::object::DefaultPrivilege;
use autogen_core::object::default_privilege::DefaultPrivilegeAlteration;
use autogen_core::{ObjectId, Pair};

use super::Render;
use super::privilege::{Grants, named, steps};
use crate::context::{Context, Sheet};
use crate::sql::Sql;

impl Render for DefaultPrivilege {
    fn create(&self, _: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        lead(self, Pair::new(&self.by_default, &self.granted), sheet);
    }

    fn drop(&self, _: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        lead(self, Pair::new(&self.granted, &self.by_default), sheet);
    }

    fn alter(
        pair: Pair<&Self>,
        _: &ObjectId,
        alterations: &[&DefaultPrivilegeAlteration],
        _: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for DefaultPrivilegeAlteration::Granted(granted) in alterations {
            lead(pair.after, Pair::new(&pair.before.granted, granted), sheet);
        }
    }

    /// They have no name.
    fn rename(&self, _: &ObjectId, _: &ObjectId, _: &Context<'_>, _: &mut Sheet) {}
}

fn lead(privilege: &DefaultPrivilege, grants: Pair<&Grants>, sheet: &mut Sheet) {
    const CLASSES: [&str; 6] = ["TABLES", "SEQUENCES", "FUNCTIONS", "TYPES", "SCHEMAS", "LARGE OBJECTS"];
    let Some(class) = CLASSES.into_iter().find(|class| class.eq_ignore_ascii_case(&privilege.class)) else {
        return;
    };
    for step in steps(grants, None, &Sql::new(class), &named(&privilege.grantee)) {
        let mut sql = Sql::new("ALTER DEFAULT PRIVILEGES FOR ROLE").ident(&privilege.role);
        if !privilege.schema.is_empty() {
            sql = sql.kw("IN SCHEMA").ident(&privilege.schema);
        }
        sheet.push(sql.sql(step));
    }
}
