//! The kinds that are compared as text, in the server's own words behind the keywords of the kind.

mod base_type;

use autogen_core::object::Defined;
use autogen_core::object::defined::{DefinedAlteration, DefinedKind, Setting};
use autogen_core::{Expression, Kind, ObjectId, Pair, for_each_defined_kind};

use super::Render;
use crate::context::{Context, Sheet};
use crate::sql::Sql;

macro_rules! keywords {
    ($($kind:ident $module:ident $words:literal $keywords:literal,)*) => {
        fn keywords(kind: DefinedKind) -> &'static str {
            match kind { $(DefinedKind::$kind => $keywords,)* }
        }
    };
}

for_each_defined_kind!(keywords);

impl Render for Defined {
    fn create(&self, _: &ObjectId, _: &Context<'_>, sheet: &mut Sheet) {
        sheet.push(Sql::empty().definition(&self.definition));
        if self.fixed.is_none() {
            self.settings.values().for_each(|setting| alter(self, &setting.set, sheet));
        }
    }

    fn drop(&self, id: &ObjectId, context: &Context<'_>, sheet: &mut Sheet) {
        let sql = addressed("DROP", self);
        let whole = ObjectId { kind: Kind::Defined(DefinedKind::BaseType), ..id.clone() };
        if self.class == DefinedKind::ShellType && context.before().contains(&whole) {
            base_type::drop(&id.name, sql, sheet);
        } else {
            sheet.push(sql);
        }
    }

    fn alter(
        pair: Pair<&Self>,
        _: &ObjectId,
        alterations: &[&DefinedAlteration],
        _: &Context<'_>,
        sheet: &mut Sheet,
    ) {
        for alteration in alterations {
            match alteration {
                DefinedAlteration::Set(key, setting) => {
                    lead(pair.after, pair.before.settings.get(key), setting, sheet);
                }
                DefinedAlteration::Reset(key) => {
                    let gone = pair.before.settings.get(key);
                    gone.into_iter().for_each(|setting| alter(pair.before, &setting.reset, sheet));
                }
            }
        }
    }

    /// Nobody can say that one of them was renamed, so it never is.
    fn rename(&self, _: &ObjectId, _: &ObjectId, _: &Context<'_>, _: &mut Sheet) {}
}

fn lead(object: &Defined, was: Option<&Setting>, wanted: &Setting, sheet: &mut Sheet) {
    match (was, &wanted.change) {
        (None, _) => alter(object, &wanted.set, sheet),
        (Some(_), Some(change)) => alter(object, change, sheet),
        (Some(was), None) => {
            alter(object, &was.reset, sheet);
            alter(object, &wanted.set, sheet);
        }
    }
}

fn alter(object: &Defined, what: &Expression, sheet: &mut Sheet) {
    sheet.push(addressed("ALTER", object).definition(what));
}

fn addressed(verb: &'static str, object: &Defined) -> Sql {
    Sql::new(verb).kw(keywords(object.class)).expr(&object.address)
}

/// The object in the words of `COMMENT ON`; `None` for the one kind that has no comments.
pub(crate) fn commented(object: &Defined) -> Option<Sql> {
    let sql = Sql::new(keywords(object.class)).expr(&object.address);
    (object.class != DefinedKind::UserMapping).then_some(sql)
}

/// The object in the words of `GRANT`; `None` for those that have no privileges.
pub(crate) fn granted(object: &Defined) -> Option<Sql> {
    let keywords = match object.class {
        DefinedKind::BaseType => "TYPE",
        DefinedKind::Language => "LANGUAGE",
        DefinedKind::DataWrapper => "FOREIGN DATA WRAPPER",
        DefinedKind::Server => "FOREIGN SERVER",
        _ => return None,
    };
    Some(Sql::new(keywords).expr(&object.address))
}
