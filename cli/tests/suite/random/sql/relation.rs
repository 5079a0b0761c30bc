//! What is in tables and over them: columns, keys, indexes, partitions and views.

use super::*;

impl Schema {
    pub(super) fn partition(&self, piece: &Piece, name: &str) -> String {
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
    pub(super) fn column(&self, piece: &Piece) -> String {
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
            match self.refs_of(piece, &[What::Collation]).first() {
                Some(key) => text += &format!(" COLLATE {}", self.name(*key)),
                None => text += pick(d[4], &["", "", "", " COLLATE \"C\"", "", " COLLATE \"POSIX\""]),
            }
        }
        if piece.is(3, 25) {
            // From 18 on the name counts.
            if d[1].is_multiple_of(3) {
                text += &format!(" CONSTRAINT {}", self.short(piece.key));
            }
            text += " NOT NULL";
        }
        text
    }

    /// A default that the column's type might take.
    pub(super) fn constant(&self, column: &Piece, die: usize) -> String {
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

    pub(super) fn foreign_key(&self, piece: &Piece, short: &str) -> String {
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

    pub(super) fn index(&self, piece: &Piece, table: &str, short: &str, columns: &[usize]) -> String {
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
    pub(super) fn view(&self, piece: &Piece, name: &str) -> String {
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
}
