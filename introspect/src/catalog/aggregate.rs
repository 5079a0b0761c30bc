//! The `CREATE AGGREGATE` statements of aggregates, assembled from `pg_aggregate`, as the server has no deparser for
//! them.

use std::collections::HashMap;

use super::Error;
use super::query::query;
use super::reader::Reader;
use super::row::row;

row! {
    struct AggregateRow {
        oid: u32,
        name: String,
        arguments: Option<String>,
        kind: u8,
        parallel: u8,
        final_modify: u8,
        moving_final_modify: u8,
        final_extra: bool,
        moving_final_extra: bool,
        space: i32,
        moving_space: i32,
        transition: Option<String>,
        state: Option<String>,
        final_function: Option<String>,
        combine: Option<String>,
        serial: Option<String>,
        deserial: Option<String>,
        initial: Option<String>,
        moving_transition: Option<String>,
        moving_inverse: Option<String>,
        moving_state: Option<String>,
        moving_final: Option<String>,
        moving_initial: Option<String>,
        sort_operator: Option<String>,
    }
}

/// Reads the statements of all aggregates by oid.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<HashMap<u32, String>, Error> {
    let rows = reader.session.rows::<AggregateRow>(query!("aggregates", "aggregate.sql"))?;
    rows.map(|row| row.map(|row| (row.oid, statement(&row)))).collect()
}

/// Every name in a row is quoted by the server already.
fn statement(row: &AggregateRow) -> String {
    let arguments = row.arguments.as_deref().filter(|arguments| !arguments.is_empty()).unwrap_or("*");
    // The final function of an ordered-set aggregate may change its state unless it says otherwise.
    let plain = if row.kind == b'n' { b'r' } else { b'w' };
    let modify = |letter| match letter {
        _ if letter == plain => None,
        b'r' => Some("READ_ONLY".to_owned()),
        b's' => Some("SHAREABLE".to_owned()),
        _ => Some("READ_WRITE".to_owned()),
    };
    let number = |number: i32| (number > 0).then(|| number.to_string());
    let parallel = match row.parallel {
        b's' => Some("SAFE".to_owned()),
        b'r' => Some("RESTRICTED".to_owned()),
        _ => None,
    };
    let flag = |set: bool| set.then(String::new);
    let moving = row.moving_transition.is_some();
    let clauses = [
        ("SFUNC", row.transition.clone()),
        ("STYPE", row.state.clone()),
        ("SSPACE", number(row.space)),
        ("FINALFUNC", row.final_function.clone()),
        ("FINALFUNC_EXTRA", flag(row.final_extra)),
        ("FINALFUNC_MODIFY", modify(row.final_modify)),
        ("COMBINEFUNC", row.combine.clone()),
        ("SERIALFUNC", row.serial.clone()),
        ("DESERIALFUNC", row.deserial.clone()),
        ("INITCOND", row.initial.clone()),
        ("MSFUNC", row.moving_transition.clone()),
        ("MINVFUNC", row.moving_inverse.clone()),
        ("MSTYPE", row.moving_state.clone()),
        ("MSSPACE", number(row.moving_space)),
        ("MFINALFUNC", row.moving_final.clone()),
        ("MFINALFUNC_EXTRA", flag(row.moving_final_extra)),
        ("MFINALFUNC_MODIFY", modify(row.moving_final_modify).filter(|_| moving)),
        ("MINITCOND", row.moving_initial.clone()),
        ("SORTOP", row.sort_operator.clone()),
        ("PARALLEL", parallel),
        ("HYPOTHETICAL", flag(row.kind == b'h')),
    ];
    let written: Vec<String> = clauses
        .into_iter()
        .filter_map(|(name, value)| {
            let value = value?;
            Some(if value.is_empty() { format!("    {name}") } else { format!("    {name} = {value}") })
        })
        .collect();
    format!("CREATE OR REPLACE AGGREGATE {}({arguments}) (\n{}\n)", row.name, written.join(",\n"))
}
