//! The SQL of a piece: here the dice get their meaning. Every name is qualified, because function bodies and the
//! referee's own session must not depend on a search path.

use crate::schema::{Piece, Schema, What};

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

impl Piece {
    /// True for so many throws in a hundred.
    fn is(&self, die: usize, percent: usize) -> bool {
        self.dice[die] % 100 < percent
    }
}

impl Schema {
    /// What must be there before all pieces.
    pub(crate) fn opening(&self) -> String {
        format!("CREATE SCHEMA {}", quoted(&self.space))
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
            What::Sequence => "seq",
            What::Function => "fn",
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
        format!("{}.{}", quoted(&self.space), self.short(key))
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
        let types = self.refs_of(piece, &[What::Enum, What::Domain, What::Composite]);
        match types.first() {
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
            What::Trigger => {
                let on_view = self.what(piece.refs[0]) == Some(What::View);
                let when = if on_view { "INSTEAD OF" } else { pick(d[0], &["BEFORE", "AFTER"]) };
                let event = pick(d[1], &["INSERT", "UPDATE", "DELETE", "INSERT OR UPDATE"]);
                let off = match d[2] % 8 {
                    0 if !on_view => format!("; ALTER TABLE {table} DISABLE TRIGGER {short}"),
                    1 if !on_view => format!("; ALTER TABLE {table} ENABLE ALWAYS TRIGGER {short}"),
                    _ => String::new(),
                };
                let function = piece.refs.get(1).map(|key| self.name(*key)).unwrap_or_default();
                format!(
                    "CREATE TRIGGER {short} {when} {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}(){off}"
                )
            }
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

    fn domain(&self, piece: &Piece, name: &str) -> String {
        let d = &piece.dice;
        let base = match self.refs_of(piece, &[What::Enum, What::Domain, What::Composite]).first() {
            Some(key) => self.name(*key),
            None => self.builtin(d[0]).to_owned(),
        };
        let check = match d[1] % 5 {
            0 => " CHECK (VALUE IS NOT NULL)".to_owned(),
            1 => format!(" CONSTRAINT \"ck {}\" CHECK (VALUE::text <> 'no')", d[2] % 3),
            2 => match self.refs_of(piece, &[What::Function]).first() {
                Some(key) => format!(" CHECK ({}(1) IS NOT NULL)", self.name(*key)),
                None => String::new(),
            },
            _ => String::new(),
        };
        let enums = self.refs_of(piece, &[What::Enum]);
        let default = match enums.first() {
            Some(key) if piece.is(3, 40) => format!(" DEFAULT {}", self.enum_value(*key, d[4])),
            _ => pick(d[4], &["", "", "", " NOT NULL"]).to_owned(),
        };
        format!("CREATE DOMAIN {name} AS {base}{default}{check}")
    }

    /// Functions take an integer, so that anything can call them.
    fn function(&self, piece: &Piece, name: &str) -> String {
        let d = &piece.dice;
        let others =
            self.refs_of(piece, &[What::Enum, What::Domain, What::Composite, What::Table, What::View]);
        let volatile = pick(d[0], &["IMMUTABLE", "IMMUTABLE", "STABLE", "VOLATILE"]);
        let strict = pick(d[1], &["", "", " STRICT", " SECURITY DEFINER", " COST 7"]);
        match (others.first(), d[2] % 3) {
            (Some(key), 0) => format!(
                "CREATE FUNCTION {name}(a integer, b {0}) RETURNS integer LANGUAGE sql {volatile}{strict} AS 'SELECT {1}'",
                self.name(*key),
                d[3] % 4
            ),
            (Some(key), 1) => {
                let of = self.name(*key);
                let body = literal(&format!("SELECT NULL::{of} /* {} */", d[3] % 4));
                format!(
                    "CREATE FUNCTION {name}(a integer) RETURNS {of} LANGUAGE sql {volatile}{strict} AS {body}"
                )
            }
            _ => {
                let inner = self.refs_of(piece, &[What::Function]);
                let result = pick(d[4], &["integer", "integer", "text", "bigint"]);
                let body = match inner.first() {
                    Some(key) => format!("{}(a)::text::{result}", self.name(*key)),
                    None => format!("{}::{result}", d[3] % 4),
                };
                if piece.is(5, 40) {
                    format!(
                        "CREATE FUNCTION {name}(a integer) RETURNS {result} LANGUAGE sql {volatile}{strict} RETURN {body}"
                    )
                } else {
                    format!(
                        "CREATE FUNCTION {name}(a integer) RETURNS {result} LANGUAGE sql {volatile}{strict} AS {}",
                        literal(&format!("SELECT {body}"))
                    )
                }
            }
        }
    }

    fn partition(&self, piece: &Piece, name: &str) -> String {
        let Some(parent) = self.get(piece.refs[0]) else { return String::new() };
        let d = &piece.dice;
        let parent_is_root = parent.what == What::Partitioned;
        let how =
            if parent_is_root { pick(parent.dice[1], &["RANGE", "LIST", "LIST", "HASH"]) } else { "LIST" };
        let low = (d[0] % 8) * 10;
        let bounds = match (how, d[1] % 8) {
            ("RANGE" | "LIST", 0) => "DEFAULT".to_owned(),
            ("RANGE", _) => format!("FOR VALUES FROM ('{}') TO ('{}')", low + 100, low + 110),
            ("LIST", _) => format!("FOR VALUES IN ('{low}', '{}')", low + 1),
            _ => format!("FOR VALUES WITH (MODULUS 4, REMAINDER {})", d[0] % 4),
        };
        let below = if piece.is(2, 25) { " PARTITION BY LIST (k)" } else { "" };
        let parent = self.name(parent.key);
        if piece.is(3, 20) && below.is_empty() {
            // Columns of its own, in their own order.
            return format!(
                "CREATE TABLE {name} (LIKE {parent}); ALTER TABLE {parent} ATTACH PARTITION {name} {bounds}"
            );
        }
        format!("CREATE TABLE {name} PARTITION OF {parent} {bounds}{below}")
    }

    /// Type and options of a column.
    fn column(&self, piece: &Piece) -> String {
        let d = &piece.dice;
        let mut text = self.column_type(piece);
        let siblings = self.pieces.iter().take_while(|other| other.key != piece.key);
        let siblings: Vec<&Piece> =
            siblings.filter(|other| other.what == What::Column && other.refs[0] == piece.refs[0]).collect();
        match d[1] % 12 {
            0 if self.refs_of(piece, &[What::Enum, What::Domain, What::Composite]).is_empty()
                && !siblings.is_empty() =>
            {
                let other = siblings[d[2] % siblings.len()];
                let generated = match d[3] % 3 {
                    0 => format!("boolean GENERATED ALWAYS AS ({} IS NULL) STORED", self.short(other.key)),
                    1 => format!("text GENERATED ALWAYS AS (lower({}::text)) STORED", self.short(other.key)),
                    _ => format!(
                        "integer GENERATED ALWAYS AS ({} + {}) STORED",
                        self.short(other.key),
                        d[4] % 3
                    ),
                };
                return generated;
            }
            1 => {
                return format!(
                    "{} GENERATED {} AS IDENTITY",
                    pick(d[0], &["integer", "bigint", "smallint"]),
                    pick(d[2], &["ALWAYS", "BY DEFAULT"])
                );
            }
            2 => return pick(d[0], &["serial", "bigserial", "smallserial"]).to_owned(),
            3..=6 => {
                text += &format!(
                    " DEFAULT {}",
                    self.call(&piece.refs[1..]).unwrap_or_else(|| self.constant(piece, d[2]))
                )
            }
            _ => {}
        }
        if text.starts_with("text") || text.starts_with("character") {
            text += pick(d[4], &["", "", "", " COLLATE \"C\"", "", " COLLATE \"POSIX\""]);
        }
        if piece.is(3, 25) {
            text += " NOT NULL";
        }
        text
    }

    /// A call of a function or of a sequence.
    fn call(&self, keys: &[usize]) -> Option<String> {
        keys.iter().find_map(|key| match self.what(*key)? {
            What::Function => Some(format!("{}(1)", self.name(*key))),
            What::Sequence => Some(format!("nextval({}::regclass)", literal(&self.name(*key)))),
            _ => None,
        })
    }

    /// A default that the column's type might take.
    fn constant(&self, column: &Piece, die: usize) -> String {
        let enums = self.refs_of(column, &[What::Enum]);
        if let Some(key) = enums.first() {
            return if column.is(5, 20) { "'{}'".to_owned() } else { self.enum_value(*key, die) };
        }
        let of = self.column_type(column);
        match of.as_str() {
            "text" | "character varying(20)" | "character varying(40)" => {
                pick(die, &["''", "'it''s'", "'a\\b'", "now()::text", "NULL"])
            }
            "boolean" => pick(die, &["true", "false"]),
            "jsonb" => "'{}'",
            "date" | "timestamp with time zone" => pick(die, &["now()", "'2020-01-01'"]),
            "uuid" => "gen_random_uuid()",
            other if other.ends_with("[]") => "'{}'",
            "integer" | "bigint" | "smallint" | "numeric(10,2)" | "double precision" => {
                pick(die, &["0", "1", "-5", "2 + 3"])
            }
            _ => "NULL",
        }
        .to_owned()
    }

    fn foreign_key(&self, piece: &Piece, short: &str) -> String {
        let d = &piece.dice;
        let Some(key) = self.get(piece.refs[0]) else { return String::new() };
        let parent = self.get(key.refs[0]);
        let referenced = self.columns_of(key);
        let by_id = parent.is_some_and(|table| table.what == What::Table) && key.is(2, 40);
        let (target, types) = if by_id {
            let id = parent.map(|table| {
                pick(table.dice[3], &["", "", "integer", "integer", "bigint", "bigint", "integer", "uuid"])
            });
            ("id".to_owned(), vec![id.unwrap_or_default().to_owned()])
        } else {
            let types = referenced.iter().filter_map(|key| Some(self.column_type(self.get(*key)?))).collect();
            (self.column_list(&referenced), types)
        };
        // Columns of its own, which fit.
        let own: Vec<String> = (0..types.len()).map(|at| quoted(&format!("f{} {at}", piece.key))).collect();
        let table = self.name(piece.refs[1]);
        let add: Vec<String> =
            own.iter().zip(&types).map(|(name, of)| format!("ADD COLUMN {name} {of}")).collect();
        format!(
            "ALTER TABLE {table} {}; ALTER TABLE {table} ADD CONSTRAINT {short} FOREIGN KEY ({}) REFERENCES {} ({target}){}{}",
            add.join(", "),
            own.join(", "),
            self.name(key.refs[0]),
            pick(d[0], ACTIONS),
            pick(d[1], &["", "", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED", " NOT VALID"])
        )
    }

    fn index(&self, piece: &Piece, table: &str, short: &str, columns: &[usize]) -> String {
        let d = &piece.dice;
        let mut keys: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(at, key)| {
                let column = self.short(*key);
                let order = pick(d[3] + at, &["", "", "", " DESC", " NULLS FIRST", " DESC NULLS LAST"]);
                match d[(at + 4) % d.len()] % 7 {
                    0 => format!("(lower({column}::text)){order}"),
                    1 => format!("({column} IS NULL){order}"),
                    2 => format!("{column} COLLATE \"C\"{order}"),
                    _ => format!("{column}{order}"),
                }
            })
            .collect();
        keys.extend(
            self.refs_of(piece, &[What::Function]).first().map(|key| format!("{}(1)", self.name(*key))),
        );
        let unique = if piece.is(0, 25) { "UNIQUE " } else { "" };
        let method = pick(d[1], &["", "", "", "", "", " USING hash", " USING gin", " USING brin"]);
        let predicate = if piece.is(2, 25) {
            format!(" WHERE {}", self.condition(&Piece { refs: columns.to_vec(), ..piece.clone() }, ""))
        } else {
            String::new()
        };
        let only = if piece.is(5, 10) { "ONLY " } else { "" };
        format!("CREATE {unique}INDEX {short} ON {only}{table}{method} ({}){predicate}", keys.join(", "))
    }

    /// Over one relation or two, with columns by name or all.
    fn view(&self, piece: &Piece, name: &str) -> String {
        use What::*;
        let d = &piece.dice;
        let relations =
            self.refs_of(piece, &[Table, Partitioned, Partition, Child, Typed, View, MaterializedView]);
        let from: Vec<String> =
            relations.iter().enumerate().map(|(at, key)| format!("{} r{at}", self.name(*key))).collect();
        let is_of_table =
            |key: &usize| self.what(*key).is_some_and(|what| !matches!(what, View | MaterializedView));
        let columns = self.columns_of(piece);
        let of_first: Vec<usize> = columns
            .iter()
            .copied()
            .filter(|key| self.get(*key).is_some_and(|column| relations.first() == Some(&column.refs[0])))
            .collect();
        let first = Piece { refs: of_first.clone(), ..piece.clone() };
        let mut list: Vec<String> =
            of_first.iter().map(|key| format!("r0.{} AS \"{}\"", self.short(*key), key)).collect();
        match d[0] % 6 {
            0 => list = vec!["r0.*".to_owned()],
            1 => list.push("count(*) AS n".to_owned()),
            2 if relations.first().is_some_and(is_of_table) => list.push("r0 AS whole".to_owned()),
            3 => list.push(format!("{} AS cond", self.condition(&first, "r0."))),
            _ => {}
        }
        list.extend(
            self.refs_of(piece, &[Function]).first().map(|key| format!("{}(1) AS called", self.name(*key))),
        );
        if list.is_empty() {
            list.push("1 AS one".to_owned());
        }
        let group = if d[0] % 6 == 1 && !of_first.is_empty() {
            let keys: Vec<String> = of_first.iter().map(|key| format!("r0.{}", self.short(*key))).collect();
            format!(" GROUP BY {}", keys.join(", "))
        } else {
            String::new()
        };
        let filter =
            if piece.is(1, 40) { format!(" WHERE {}", self.condition(&first, "r0.")) } else { String::new() };
        let query = format!("SELECT {} FROM {}{filter}{group}", list.join(", "), from.join(", "));
        match piece.what {
            View => {
                let options = pick(
                    d[2],
                    &["", "", "", " WITH (security_barrier=true)", " WITH (security_invoker=true)"],
                );
                format!("CREATE VIEW {name}{options} AS {query}")
            }
            _ => {
                let index = match of_first.first() {
                    Some(key) if piece.is(3, 50) && !d[0].is_multiple_of(6) => {
                        let unique = pick(d[4], &["", "UNIQUE "]);
                        format!("; CREATE {unique}INDEX \"mvi{0}\" ON {name} (\"{key}\")", piece.key)
                    }
                    _ => String::new(),
                };
                format!(
                    "CREATE MATERIALIZED VIEW {name} AS {query}{}{index}",
                    pick(d[2], &["", " WITH NO DATA"])
                )
            }
        }
    }

    /// How `COMMENT ON` calls a piece.
    fn address(&self, piece: &Piece) -> Option<String> {
        let name = self.name(piece.key);
        let short = self.short(piece.key);
        let on =
            |kind: &str| piece.refs.first().map(|table| format!("{kind} {short} ON {}", self.name(*table)));
        match piece.what {
            What::Enum | What::Composite => Some(format!("TYPE {name}")),
            What::Domain => Some(format!("DOMAIN {name}")),
            What::Sequence => Some(format!("SEQUENCE {name}")),
            What::Function | What::TriggerFunction => Some(format!("FUNCTION {name}")),
            What::Table | What::Partitioned | What::Partition | What::Child | What::Typed => {
                Some(format!("TABLE {name}"))
            }
            What::Column => Some(format!("COLUMN {}.{short}", self.name(*piece.refs.first()?))),
            What::Key | What::Check | What::Exclusion => on("CONSTRAINT"),
            What::ForeignKey => Some(format!("CONSTRAINT {short} ON {}", self.name(*piece.refs.get(1)?))),
            What::Index => Some(format!("INDEX {name}")),
            What::View => Some(format!("VIEW {name}")),
            What::MaterializedView => Some(format!("MATERIALIZED VIEW {name}")),
            What::Trigger => on("TRIGGER"),
            What::Policy => on("POLICY"),
            What::Rule => on("RULE"),
            What::Statistics => Some(format!("STATISTICS {name}")),
            What::OwnedBy | What::Comment | What::Grant | What::ColumnDefault | What::ChildDefault => None,
        }
    }

    fn comment(&self, piece: &Piece) -> String {
        let on = piece.refs.first().and_then(|key| self.get(*key)).and_then(|piece| self.address(piece));
        let text = pick(piece.dice[0], &["plain", "it's", "two\nlines", "*/ $$ \\ --", "TODO"]);
        on.map(|on| format!("COMMENT ON {on} IS {}", literal(text))).unwrap_or_default()
    }

    fn grant(&self, piece: &Piece) -> String {
        let d = &piece.dice;
        let Some(on) = piece.refs.first().and_then(|key| self.get(*key)) else { return String::new() };
        let name = self.name(on.key);
        let to = pick(d[1], &["fixture_reader", "fixture_writer", "PUBLIC"]);
        let option = if to == "PUBLIC" { "" } else { pick(d[2], &["", "", " WITH GRANT OPTION"]) };
        match on.what {
            What::Table
            | What::Partitioned
            | What::Partition
            | What::Child
            | What::View
            | What::MaterializedView => {
                format!(
                    "GRANT {} ON {name} TO {to}{option}",
                    pick(d[0], &["SELECT", "INSERT, UPDATE", "ALL"])
                )
            }
            What::Column => format!(
                "GRANT {} ({}) ON {} TO {to}",
                pick(d[0], &["SELECT", "UPDATE"]),
                self.short(on.key),
                self.name(on.refs[0])
            ),
            What::Sequence => format!("GRANT USAGE ON SEQUENCE {name} TO {to}{option}"),
            What::Function => match d[0] % 2 {
                0 => format!("REVOKE ALL ON FUNCTION {name} FROM PUBLIC"),
                _ => format!("GRANT EXECUTE ON FUNCTION {name} TO {to}{option}"),
            },
            What::Enum | What::Domain | What::Composite => {
                format!("GRANT USAGE ON TYPE {name} TO {to}{option}")
            }
            _ => String::new(),
        }
    }
}
