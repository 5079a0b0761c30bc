//! A base type and its functions need each other, so one goes with the others: the only `CASCADE` of a drop. That it takes nothing
//! else along, which came since the script was written, is made sure of first.

use autogen_core::QualName;

use crate::context::Sheet;
use crate::sql::Sql;

/// Drops a base type with the functions that read and write its values.
pub(super) fn drop(name: &QualName, drop: Sql, sheet: &mut Sheet) {
    sheet.push(guard(name)).note("nothing but its own functions may go with it");
    sheet.push(drop.kw("CASCADE")).note("its functions, which it needs and which need it, go with it");
}

/// A block that fails where anything else uses the type, its array or its functions.
fn guard(name: &QualName) -> Sql {
    let regtype = Sql::new("to_regtype(").literal(Sql::empty().name(name).as_str()).punct(");");
    let body = Sql::empty()
        .line()
        .kw("DECLARE")
        .line()
        .kw("  own pg_type := t FROM pg_type t WHERE oid =")
        .sql(regtype)
        .line()
        .kw("  functions oid[] := ARRAY[own.typinput, own.typoutput, own.typreceive, own.typsend];")
        .line()
        .kw("  other text := (SELECT pg_describe_object(classid, objid, objsubid) FROM pg_depend WHERE deptype = 'n'")
        .line()
        .kw("    AND (refclassid = 'pg_type'::regclass AND refobjid IN (own.oid, own.typarray)")
        .line()
        .kw("      OR refclassid = 'pg_proc'::regclass AND refobjid = ANY (functions))")
        .line()
        .kw("    AND NOT (classid = 'pg_type'::regclass AND objid = own.oid)")
        .line()
        .kw("    AND NOT (classid = 'pg_proc'::regclass AND objid = ANY (functions)) LIMIT 1);")
        .line()
        .kw("BEGIN")
        .line()
        .kw("  IF other IS NOT NULL THEN RAISE 'type % is still used by %', own.typname, other; END IF;")
        .line()
        .kw("END")
        .line();
    Sql::new("DO").dollar(body.as_str())
}
