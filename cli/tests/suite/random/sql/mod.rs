//! The SQL of a piece: here the dice get their meaning. Every name is qualified, because function bodies and the
//! referee's own session must not depend on a search path.

mod address;
mod code;
mod other;
mod relation;

use crate::random::schema::{Piece, ROWS, Schema, What};

/// Types without an object of their own.
const TYPES: &[&str] = &[
    "integer",
    "bigint",
    "smallint",
    "text",
    "character varying(20)",
    "boolean",
    "numeric(10,2)",
    "timestamp with time zone",
    "date",
    "jsonb",
    "uuid",
    "integer[]",
    "text[]",
    "int4range",
    "inet",
    "double precision",
    "\"char\"",
    "interval day to second(3)",
];

/// What is likely to trip a writer of SQL.
const HOSTILE: &[&str] =
    &["", "", "", "", "", "", " \"q\"", "'s", "-Up", "; --", "*/", "$$", "é", "\n", "select", "%s", "\\"];

const ACTIONS: &[&str] = &[
    "",
    " ON DELETE CASCADE",
    " ON DELETE SET NULL",
    " ON UPDATE CASCADE",
    " ON DELETE SET DEFAULT",
    " ON DELETE RESTRICT",
];

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    let escape = if text.contains('\\') { " E" } else { "" };
    format!("{escape}'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// The choice that a die means.
fn pick<'a>(die: usize, all: &[&'a str]) -> &'a str {
    all.get(die % all.len().max(1)).copied().unwrap_or_default()
}

/// The rest by which the keys of the pieces in the second schema are known.
const SECOND: usize = 5;

impl Piece {
    /// True for so many throws in a hundred.
    fn is(&self, die: usize, percent: usize) -> bool {
        self.dice[die] % 100 < percent
    }
}

impl Schema {
    /// What must be there before all pieces.
    pub(crate) fn opening(&self) -> String {
        let all = [self.space.clone(), self.second()].map(|name| format!("CREATE SCHEMA {}", quoted(&name)));
        all.join("; ")
    }

    fn second(&self) -> String {
        format!("{} II", self.space)
    }

    /// Some pieces are in a schema of their own.
    fn space_of(&self, key: usize) -> String {
        match self.get(key) {
            // With its table.
            Some(piece) if piece.what == What::Index => self.space_of(piece.refs[0]),
            _ if key % 7 == SECOND => self.second(),
            _ => self.space.clone(),
        }
    }

    /// A statement a piece, in order.
    pub(crate) fn statements(&self) -> Vec<String> {
        self.pieces.iter().map(|piece| self.sql(piece)).collect()
    }

    fn own_name(&self, piece: &Piece) -> String {
        let prefix = match piece.what {
            What::Enum => "mood",
            What::Domain => "dom",
            What::Composite => "comp",
            What::Range => "range",
            What::Collation => "coll",
            What::Sequence => "seq",
            What::Function => "fn",
            What::Procedure => "proc",
            What::Aggregate => "agg",
            What::SearchDictionary => "dict",
            What::Publication => "pub",
            What::TriggerFunction => "trf",
            What::Table => "t",
            What::Partitioned => "part",
            What::Partition => "p",
            What::Child => "child",
            What::Typed => "typed",
            What::Column => "c",
            What::View => "v",
            What::MaterializedView => "mv",
            What::Index => "ix",
            What::Trigger => "trg",
            What::Policy => "pol",
            What::Rule => "rule",
            What::Statistics => "stat",
            _ => "con",
        };
        format!("{prefix}{}{}", piece.key, HOSTILE.get(piece.name).copied().unwrap_or_default())
    }

    /// The quoted name without the schema.
    fn short(&self, key: usize) -> String {
        self.get(key).map_or_else(|| "missing".to_owned(), |piece| quoted(&self.own_name(piece)))
    }

    fn name(&self, key: usize) -> String {
        format!("{}.{}", quoted(&self.space_of(key)), self.short(key))
    }

    fn what(&self, key: usize) -> Option<What> {
        self.get(key).map(|piece| piece.what)
    }

    fn refs_of(&self, piece: &Piece, kinds: &[What]) -> Vec<usize> {
        piece
            .refs
            .iter()
            .copied()
            .filter(|key| self.what(*key).is_some_and(|what| kinds.contains(&what)))
            .collect()
    }

    fn columns_of(&self, piece: &Piece) -> Vec<usize> {
        self.refs_of(piece, &[What::Column])
    }

    /// A column's type.
    fn column_type(&self, piece: &Piece) -> String {
        let types = self.refs_of(piece, &[What::Enum, What::Domain, What::Composite, What::Range]);
        // The first is the table of the column.
        let is_row = |key: &&usize| self.what(**key).is_some_and(|what| ROWS.contains(&what));
        match types.first().or_else(|| piece.refs.iter().skip(1).find(is_row)) {
            Some(key) if piece.is(5, 20) => format!("{}[]", self.name(*key)),
            Some(key) => self.name(*key),
            None => self.builtin(piece.dice[0]).to_owned(),
        }
    }

    fn builtin(&self, die: usize) -> &'static str {
        // Some more often than others, so that they can refer to each other.
        if die.is_multiple_of(2) {
            pick(die / 2, &["integer", "bigint", "text", "character varying(40)"])
        } else {
            pick(die / 2, TYPES)
        }
    }

    /// Labels of an enum: some of six, in one of a few orders.
    fn labels(&self, piece: &Piece) -> Vec<String> {
        let mut all: Vec<String> = ["a", "b", "it's", "Up", "e", "long label"].map(str::to_owned).into();
        all.rotate_left(if piece.is(1, 20) { piece.dice[2] % 6 } else { 0 });
        let mut kept: Vec<String> = all
            .into_iter()
            .enumerate()
            .filter(|(at, _)| piece.dice[*at] % 10 < 7)
            .map(|(_, label)| label)
            .collect();
        if kept.is_empty() {
            kept.push("a".to_owned());
        }
        kept
    }

    fn enum_value(&self, key: usize, die: usize) -> String {
        let Some(piece) = self.get(key) else { return "NULL".to_owned() };
        let labels = self.labels(piece);
        format!("{}::{}", literal(&labels[die % labels.len()]), self.name(key))
    }

    /// An expression over some columns that is boolean.
    fn condition(&self, piece: &Piece, qualifier: &str) -> String {
        let terms: Vec<String> = self
            .columns_of(piece)
            .into_iter()
            .enumerate()
            .map(|(at, key)| {
                let column = format!("{qualifier}{}", self.short(key));
                let die = piece.dice[(at + 2) % piece.dice.len()];
                let of = self.get(key).map(|column| self.refs_of(column, &[What::Enum])).unwrap_or_default();
                match (of.first(), die % 6) {
                    (Some(of), 0..=2) => format!("{column} <> {}", self.enum_value(*of, die / 6)),
                    (Some(of), 3) => format!("{column} = ANY (ARRAY[{}])", self.enum_value(*of, die / 6)),
                    (_, 0) => format!("{column} IS NOT NULL"),
                    (_, 1) => format!("{column}::text <> 'x y'"),
                    (_, 2) => format!("length({column}) > {}", die % 9),
                    (_, 3) => format!("{column} > {}", die % 9),
                    (_, 4) => format!("{column} IN ('1', '2')"),
                    _ => format!("{column} IS NULL OR {column} IS NOT NULL"),
                }
            })
            .collect();
        let mut all = terms.join(pick(piece.dice[1], &[" AND ", " OR "]));
        for function in self.refs_of(piece, &[What::Function]) {
            let call = format!("{}(1) IS NOT NULL", self.name(function));
            all = if all.is_empty() { call } else { format!("({all}) AND {call}") };
        }
        if all.is_empty() { "true".to_owned() } else { all }
    }

    fn column_list(&self, keys: &[usize]) -> String {
        keys.iter().map(|key| self.short(*key)).collect::<Vec<_>>().join(", ")
    }

    fn sql(&self, piece: &Piece) -> String {
        let (name, short) = (self.name(piece.key), self.short(piece.key));
        let table = piece.refs.first().map(|key| self.name(*key)).unwrap_or_default();
        let columns = self.columns_of(piece);
        let list = self.column_list(&columns);
        let d = &piece.dice;
        match piece.what {
            What::Enum => {
                let labels: Vec<String> = self.labels(piece).iter().map(|label| literal(label)).collect();
                format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", "))
            }
            What::Domain => self.domain(piece, &name),
            What::Range => self.range(piece, &name),
            What::Collation => format!(
                "CREATE COLLATION {name} {}",
                pick(d[0], &["FROM \"C\"", "(locale = 'POSIX')", "(provider = icu, locale = 'und')"])
            ),
            What::Procedure => self.procedure(piece, &name),
            What::Aggregate => self.aggregate(piece, &name),
            What::Operator => self.operator(piece),
            What::SearchDictionary => format!(
                "CREATE TEXT SEARCH DICTIONARY {name} (TEMPLATE = pg_catalog.simple, ACCEPT = {})",
                pick(d[0], &["true", "false"])
            ),
            What::Publication => self.publication(piece, &short),
            What::Composite => {
                let inner = self.refs_of(piece, &[What::Enum, What::Domain, What::Composite]);
                let mut attributes = vec![format!("x {}", self.builtin(d[0]))];
                attributes.extend(inner.first().map(|key| format!("\"in ner\" {}", self.name(*key))));
                if piece.is(1, 50) {
                    attributes.push(format!("y {}", self.builtin(d[2])));
                }
                format!("CREATE TYPE {name} AS ({})", attributes.join(", "))
            }
            What::Sequence => format!(
                "CREATE SEQUENCE {name} AS {} INCREMENT {} START {}{}",
                pick(d[0], &["bigint", "bigint", "integer", "smallint"]),
                1 + d[1] % 3,
                1 + d[2] % 5,
                pick(d[3], &["", "", " CYCLE", " CACHE 7", " MAXVALUE 900"])
            ),
            What::Function => self.function(piece, &name),
            What::TriggerFunction => format!(
                "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN RETURN NEW; -- {}\nEND $body$",
                d[0] % 4
            ),
            What::Table => {
                let unlogged = if piece.is(0, 10) { "UNLOGGED " } else { "" };
                let options =
                    pick(d[1], &["", "", "", "", " WITH (fillfactor=70)", " WITH (autovacuum_enabled=off)"]);
                let more = match d[2] % 12 {
                    0 => format!("; ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"),
                    1 => format!("; ALTER TABLE {name} REPLICA IDENTITY FULL"),
                    2 => format!("; ALTER TABLE {name} FORCE ROW LEVEL SECURITY"),
                    _ => String::new(),
                };
                let id = pick(
                    d[3],
                    &[
                        "",
                        "",
                        "id integer NOT NULL",
                        "id serial",
                        "id bigserial",
                        "id bigint GENERATED ALWAYS AS IDENTITY",
                        "id integer GENERATED BY DEFAULT AS IDENTITY (START WITH 5)",
                        "id uuid DEFAULT gen_random_uuid()",
                    ],
                );
                format!("CREATE {unlogged}TABLE {name} ({id}){options}{more}")
            }
            What::Partitioned => {
                let key = pick(d[0], &["integer", "integer", "integer", "bigint", "text"]);
                let how = pick(d[1], &["RANGE", "LIST", "LIST", "HASH"]);
                format!(
                    "CREATE TABLE {name} (k {key}{}) PARTITION BY {how} (k)",
                    pick(d[2], &["", " NOT NULL"])
                )
            }
            What::Partition => self.partition(piece, &name),
            What::Child => {
                let parents: Vec<String> = piece.refs.iter().map(|key| self.name(*key)).collect();
                format!("CREATE TABLE {name} () INHERITS ({})", parents.join(", "))
            }
            What::Typed => format!("CREATE TABLE {name} OF {table}"),
            What::Column => format!("ALTER TABLE {table} ADD COLUMN {short} {}", self.column(piece)),
            What::Key => {
                let kind = pick(d[0], &["PRIMARY KEY", "UNIQUE", "UNIQUE"]);
                let nulls =
                    if kind == "UNIQUE" { pick(d[3], &["", "", "", " NULLS NOT DISTINCT"]) } else { "" };
                let extra = pick(d[1], &["", "", "", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"]);
                let list = match self.what(piece.refs[0]) {
                    Some(What::Partitioned) => format!("k{}{list}", if list.is_empty() { "" } else { ", " }),
                    Some(What::Table) if piece.is(2, 40) => "id".to_owned(),
                    _ => list,
                };
                format!("ALTER TABLE {table} ADD CONSTRAINT {short} {kind}{nulls} ({list}){extra}")
            }
            What::Check => format!(
                "ALTER TABLE {table} ADD CONSTRAINT {short} CHECK ({}){}",
                self.condition(piece, ""),
                pick(d[0], &["", "", "", " NOT VALID", " NO INHERIT"])
            ),
            What::Exclusion => {
                let keys: Vec<String> =
                    columns.iter().map(|key| format!("{} WITH =", self.short(*key))).collect();
                format!("ALTER TABLE {table} ADD CONSTRAINT {short} EXCLUDE ({})", keys.join(", "))
            }
            What::ForeignKey => self.foreign_key(piece, &short),
            What::Index => self.index(piece, &table, &short, &columns),
            What::View | What::MaterializedView => self.view(piece, &name),
            What::Trigger => self.trigger(piece, &short),
            What::Policy => {
                let asked: Vec<String> = self.refs_of(piece, &[What::Table])[..]
                    .iter()
                    .skip(1)
                    .map(|key| format!(" AND EXISTS (SELECT FROM {})", self.name(*key)))
                    .collect();
                let to = pick(d[0], &["", "", " TO fixture_reader", " TO fixture_reader, fixture_writer"]);
                let (on, with) = match d[4] % 4 {
                    0 => (" FOR SELECT", String::new()),
                    1 => (" FOR UPDATE", format!(" WITH CHECK ({})", self.condition(piece, ""))),
                    2 => (" AS RESTRICTIVE", String::new()),
                    _ => ("", String::new()),
                };
                let (restrictive, on) = if on == " AS RESTRICTIVE" { (on, "") } else { ("", on) };
                format!(
                    "CREATE POLICY {short} ON {table}{restrictive}{on}{to} USING (({}){}){with}",
                    self.condition(piece, ""),
                    asked.concat()
                )
            }
            What::Rule => {
                let event = pick(d[0], &["INSERT", "DELETE", "UPDATE"]);
                let others = self.refs_of(piece, &[What::Table]);
                let action = match others.get(1) {
                    Some(other) => format!("ALSO DELETE FROM {}", self.name(*other)),
                    None => "INSTEAD NOTHING".to_owned(),
                };
                format!("CREATE RULE {short} AS ON {event} TO {table} DO {action}")
            }
            What::Statistics => {
                let target = if piece.is(1, 20) {
                    format!("; ALTER STATISTICS {name} SET STATISTICS 50")
                } else {
                    String::new()
                };
                format!(
                    "CREATE STATISTICS {name}{} ON {list} FROM {table}{target}",
                    pick(d[0], &["", " (ndistinct)", " (dependencies, mcv)"])
                )
            }
            What::OwnedBy => {
                let owner = piece.refs.get(1).and_then(|key| self.get(*key));
                let of =
                    owner.map(|column| format!("{}.{}", self.name(column.refs[0]), self.short(column.key)));
                format!("ALTER SEQUENCE {table} OWNED BY {}", of.unwrap_or_default())
            }
            What::ColumnDefault => {
                let Some(column) = self.get(piece.refs[0]) else { return String::new() };
                let value = self.call(&piece.refs[1..]).unwrap_or_else(|| self.constant(column, d[0]));
                format!(
                    "ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {value}",
                    self.name(column.refs[0]),
                    self.short(column.key)
                )
            }
            What::ChildDefault => {
                let Some(column) = piece.refs.get(1).and_then(|key| self.get(*key)) else {
                    return String::new();
                };
                let short = self.short(column.key);
                match d[1] % 4 {
                    0 => format!("ALTER TABLE {table} ALTER COLUMN {short} SET NOT NULL"),
                    1 => format!("ALTER TABLE {table} ALTER COLUMN {short} DROP DEFAULT"),
                    _ => format!(
                        "ALTER TABLE {table} ALTER COLUMN {short} SET DEFAULT {}",
                        self.constant(column, d[0])
                    ),
                }
            }
            What::Comment => self.comment(piece),
            What::Grant => self.grant(piece),
        }
    }
}
