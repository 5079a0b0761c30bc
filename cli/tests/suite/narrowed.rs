//! Values of a column that takes a type of less room: what the script says of the rows, against what the server does to each of them.

use anyhow::{Context, Result, ensure};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

use crate::support::migrations::number;
use crate::support::{self, autogen, load, run};

/// How a value comes back to its type, `c` being the new one.
#[derive(Clone, Copy)]
enum Back {
    /// By a cast.
    Cast,
    /// By its text: a float shows fewer digits than it has.
    Text,
    /// Not at all.
    Never,
}

use Back::{Cast, Never, Text};

/// From, to, and values of which some do not fit or lose something; NULL is added to each.
const CASES: &[(&str, &str, Back, &[&str])] = &[
    ("int8", "int4", Cast, &["1", "-2147483648", "2147483648"]),
    ("int4", "int2", Cast, &["32767", "32768", "-32769"]),
    ("int2", "int8", Cast, &["1"]),
    ("numeric", "int4", Cast, &["1.5", "2147483647.4", "2147483647.5", "NaN", "7.00"]),
    ("numeric(9,0)", "int4", Cast, &["999999999"]),
    ("numeric(5,0)", "int2", Cast, &["99999", "5"]),
    ("numeric(9,1)", "int4", Cast, &["99999998.5", "3.0"]),
    ("float8", "int2", Cast, &["32767.4", "32767.6", "1", "Infinity"]),
    ("float4", "int8", Cast, &["1e30", "12"]),
    ("float8", "numeric(4,1)", Cast, &["999.94", "999.96", "0.25", "0.5", "NaN"]),
    ("float8", "numeric", Cast, &["0.30000000000000004", "0.5"]),
    ("numeric(8,2)", "numeric(6,2)", Cast, &["9999.99", "10000"]),
    ("numeric(6,2)", "numeric(6,1)", Cast, &["1.25", "1.20"]),
    ("numeric(4,2)", "numeric(3,1)", Cast, &["99.94", "99.95", "1.10"]),
    ("numeric", "numeric(3,1)", Cast, &["99.94", "NaN", "100", "1.1"]),
    ("numeric(8,2)", "numeric(10,2)", Cast, &["999999.99"]),
    ("int4", "numeric(3,0)", Cast, &["999", "1000", "-1000"]),
    ("int2", "numeric(5,0)", Cast, &["32767"]),
    ("money", "numeric(4,1)", Cast, &["1.25", "999.90", "1000"]),
    ("numeric", "money", Cast, &["1.255", "1.25"]),
    ("int8", "float8", Cast, &["9007199254740993", "5"]),
    ("int4", "float4", Cast, &["16777217", "5"]),
    ("numeric", "float8", Cast, &["0.1", "1.2345678901234567890"]),
    ("numeric(15,3)", "float8", Cast, &["999999999999.999"]),
    ("float8", "float4", Text, &["0.1", "0.30000000000000004", "5"]),
    ("timestamp", "date", Cast, &["2026-01-01", "2026-01-01 10:00"]),
    ("timestamptz", "date", Cast, &["2026-01-01 00:00", "2026-01-01 10:00"]),
    ("timestamp", "time", Never, &["2026-01-01 10:00"]),
    ("timestamptz", "timetz", Never, &["2026-01-01 10:00"]),
    ("timetz", "time", Never, &["10:00+2"]),
    ("interval", "time", Cast, &["1 day 2:00", "3:00"]),
    ("timestamp", "timestamp(3)", Cast, &["2026-01-01 10:00:00.1234", "2026-01-01 10:00:00.123"]),
    ("timestamptz(3)", "timestamptz(0)", Cast, &["2026-01-01 10:00:00.123", "2026-01-01 10:00:00"]),
    ("time", "time(0)", Cast, &["10:00:00.5", "10:00"]),
    ("timestamp(0)", "timestamp", Cast, &["2026-01-01 10:00"]),
    ("interval", "interval(0)", Cast, &["1.5 seconds", "2 days"]),
    ("interval", "interval hour to minute", Cast, &["1 hour 2 seconds", "2 hours"]),
    ("inet", "cidr", Cast, &["10.0.0.1/8", "10.0.0.0/8"]),
    ("macaddr8", "macaddr", Cast, &["08:00:2b:ff:fe:01:02:03", "08:00:2b:01:02:03:04:05"]),
    ("bit(4)", "bit(2)", Cast, &["1010"]),
    ("varbit", "varbit(3)", Cast, &["1010", "101"]),
    ("varbit", "bit(2)", Cast, &["10", "101"]),
    ("bool", "int4", Cast, &["true", "false"]),
    ("int4", "bool", Cast, &["0", "1", "2"]),
    ("int4", "\"char\"", Cast, &["127", "128"]),
    ("int4", "bit(4)", Cast, &["5", "300"]),
    ("jsonb", "int4", Text, &["5", "\"a\""]),
    ("jsonb", "bool", Text, &["true", "1"]),
    ("text", "varchar(3)", Cast, &["abc", "abcd"]),
    ("varchar(5)", "char(2)", Cast, &["ab", "abc", "a ", "ab  ", " b"]),
    ("text", "char(3)", Cast, &["abc", "a", " ", ""]),
    ("varchar(3)", "char(3)", Cast, &["abc", "ab "]),
    ("text[]", "char(2)[]", Cast, &["{ab,a}", "{ab,\"a \"}", "{abc}"]),
    ("int4", "varchar(3)", Cast, &["999", "1000"]),
    ("int4", "varchar(11)", Cast, &["-2147483648"]),
    ("bool", "varchar(4)", Cast, &["true", "false"]),
    ("uuid", "varchar(36)", Text, &["00000000-0000-0000-0000-000000000000"]),
    ("int8[]", "int4[]", Cast, &["{1,2147483648}", "{1,NULL}", "{}"]),
    ("timestamp[]", "date[]", Cast, &["{2026-01-01 10:00,2026-01-01}", "{{2026-01-01},{2026-01-02}}"]),
    ("varchar(5)[]", "varchar(2)[]", Cast, &["{ab,abc}", "{a}"]),
    ("bigs", "int4[]", Cast, &["{1,2147483648}", "{1}"]),
    ("big", "int4", Cast, &["1", "2147483648"]),
    ("int4", "small", Cast, &["1", "32768"]),
];

/// How many values the server refuses, and how many it changes without a word.
fn referee(connection: &mut PgConnection, table: &str, statement: &str, case: usize) -> (usize, usize) {
    let (from, _, back, values) = CASES[case];
    let (mut refused, mut changed) = (0, 0);
    for value in values {
        let verdict = connection.transaction::<(), diesel::result::Error, _>(|connection| {
            let one = format!("DELETE FROM {table}; INSERT INTO {table} VALUES ('{value}', '{value}');");
            connection.batch_execute(&[&one, statement].concat())?;
            let stays = match back {
                Never => "false".to_owned(),
                Cast => format!("c::{from} IS NOT DISTINCT FROM was"),
                Text => format!("c::text::{from} IS NOT DISTINCT FROM was"),
            };
            let is_changed = format!("SELECT (NOT ({stays}))::int FROM {table}");
            changed += usize::from(number(connection, &is_changed) != 0);
            Err(diesel::result::Error::RollbackTransaction)
        });
        refused += usize::from(verdict != Err(diesel::result::Error::RollbackTransaction));
    }
    (refused, changed)
}

/// The number of rows that a script says this of, 0 if it says nothing.
fn said(script: &str, words: &str, all: usize) -> Result<usize> {
    let Some(line) = script.lines().find(|line| line.contains(words)) else { return Ok(0) };
    let figure = line.split(": ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    if figure == "all" {
        return Ok(all);
    }
    figure.parse().with_context(|| format!("a figure in {line}"))
}

#[test]
fn the_rows_are_told_what_the_server_does_to_them() -> Result<()> {
    let server = support::start()?;
    let folder = tempfile::tempdir()?;
    let (mut before, mut after) = (String::new(), String::new());
    for domain in
        ["CREATE DOMAIN big AS int8;", "CREATE DOMAIN bigs AS int8[];", "CREATE DOMAIN small AS int2;"]
    {
        before.push_str(domain);
        after.push_str(domain);
    }
    for (at, (from, to, _, values)) in CASES.iter().enumerate() {
        before.push_str(&format!(
            "CREATE TABLE t{at}_ (c {from}, was {from}); INSERT INTO t{at}_ VALUES (NULL, NULL);"
        ));
        after.push_str(&format!("CREATE TABLE t{at}_ (c {to}, was {from});"));
        for value in *values {
            before.push_str(&format!("INSERT INTO t{at}_ VALUES ('{value}', '{value}');"));
        }
    }
    server.create_database("narrowed", None)?;
    load(&server, "narrowed", &before)?;
    std::fs::write(folder.path().join("after.sql"), after)?;
    let mut diff = autogen(folder.path());
    diff.args(["diff", "--db", &server.url("narrowed"), "--target", "after.sql", "--out", "out"]);
    run(&mut diff, 0)?;
    let scripts = support::scripts(&folder.path().join("out"), "up")?;
    let script = scripts.values().map(String::as_str).collect::<Vec<_>>().join("\n");
    let mut connection = server.connect("narrowed")?;
    let mut wrong = Vec::new();
    for (at, (from, to, _, values)) in CASES.iter().enumerate() {
        let table = format!("t{at}_");
        let head = format!("ALTER TABLE {table} ALTER COLUMN c TYPE ");
        let statement = script.lines().find(|line| line.starts_with(&head)).with_context(|| head.clone())?;
        let (refused, changed) = referee(&mut connection, &table, statement, at);
        let too_large = said(&script, &format!(" rows of {table} have "), values.len())?;
        let lost = said(&script, &format!(" rows of {table} lose "), values.len())?;
        // A value that is refused is mostly changed, too.
        if too_large != refused || lost < changed || lost > changed + refused {
            wrong.push(format!(
                "{from} to {to}: refused {refused}, said {too_large}; changed {changed}, said {lost}"
            ));
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
