//! What most schemas have none of: ranges, procedures, aggregates, operators, publications; and triggers of all sorts.

use super::*;

impl Schema {
    pub(super) fn range(&self, piece: &Piece, name: &str) -> String {
        let d = &piece.dice;
        let own = self.refs_of(piece, &[What::Enum, What::Domain]);
        let subtype = match own.first() {
            Some(key) => self.name(*key),
            None => pick(d[0], &["integer", "text", "date", "double precision"]).to_owned(),
        };
        let collation = match self.refs_of(piece, &[What::Collation]).first() {
            Some(key) if subtype == "text" => format!(", COLLATION = {}", self.name(*key)),
            _ => String::new(),
        };
        let difference = if subtype == "double precision" { ", SUBTYPE_DIFF = float8mi" } else { "" };
        format!("CREATE TYPE {name} AS RANGE (SUBTYPE = {subtype}{collation}{difference})")
    }

    pub(super) fn procedure(&self, piece: &Piece, name: &str) -> String {
        let d = &piece.dice;
        let others = self.refs_of(piece, &[What::Enum, What::Domain, What::Composite, What::Range]);
        let more = others.first().map(|key| format!(", b {}", self.name(*key))).unwrap_or_default();
        let argument = pick(d[0], &["a integer", "INOUT a integer", "a text", "VARIADIC a integer[]"]);
        let more = if argument.starts_with('V') { String::new() } else { more };
        let body = match d[1] % 3 {
            0 => format!("AS 'SELECT {}'", d[2] % 4),
            1 => format!("BEGIN ATOMIC SELECT {}; END", d[2] % 4),
            _ => format!("SECURITY DEFINER AS 'SELECT {} -- $$'", d[2] % 4),
        };
        format!("CREATE PROCEDURE {name}({argument}{more}) LANGUAGE sql {body}")
    }

    pub(super) fn aggregate(&self, piece: &Piece, name: &str) -> String {
        let d = &piece.dice;
        match self.refs_of(piece, &[What::Enum, What::Domain, What::Composite, What::Range]).first() {
            Some(key) if piece.is(0, 50) => {
                let of = self.name(*key);
                format!(
                    "CREATE AGGREGATE {name}({of}) (SFUNC = array_append, STYPE = {of}[], INITCOND = '{{}}')"
                )
            }
            _ => format!(
                "CREATE AGGREGATE {name}(integer) (SFUNC = {}, STYPE = integer{}{})",
                pick(d[1], &["int4pl", "int4larger", "int4smaller"]),
                pick(d[2], &["", ", INITCOND = '0'", ", INITCOND = '-1'"]),
                pick(d[3], &["", ", PARALLEL = SAFE"])
            ),
        }
    }

    pub(super) fn operator(&self, piece: &Piece) -> String {
        let d = &piece.dice;
        let of = pick(d[0], &["4", "8", "2"]);
        format!(
            "CREATE OPERATOR {}.{} (LEFTARG = int{of}, RIGHTARG = int{of}, FUNCTION = int{of}eq{})",
            quoted(&self.space_of(piece.key)),
            pick(piece.key, &["===", "<=>=", "~=~=", "@#"]),
            pick(
                d[1],
                &["", ", HASHES", ", RESTRICT = eqsel", ", MERGES, RESTRICT = eqsel, JOIN = eqjoinsel"]
            )
        )
    }

    /// Of the database, so the schema's name tells it from others'.
    pub(super) fn publication(&self, piece: &Piece, short: &str) -> String {
        let d = &piece.dice;
        let name = quoted(&format!("{} {}", self.space, short.trim_matches('"').replace("\"\"", "\"")));
        let table = self.name(piece.refs[0]);
        let columns = self.columns_of(piece);
        let list = match d[0] % 3 {
            0 if !columns.is_empty() => format!(" ({})", self.column_list(&columns)),
            _ => String::new(),
        };
        let rows =
            if piece.is(1, 30) { format!(" WHERE ({})", self.condition(piece, "")) } else { String::new() };
        // One that publishes updates lets nobody update a table without a replica identity, online or not.
        let with = pick(
            d[2],
            &[" WITH (publish = 'insert')", " WITH (publish = 'insert', publish_via_partition_root = true)"],
        );
        match d[3] % 5 {
            0 => format!("CREATE PUBLICATION {name} FOR TABLES IN SCHEMA {}{with}", quoted(&self.space)),
            _ => format!("CREATE PUBLICATION {name} FOR TABLE {table}{list}{rows}{with}"),
        }
    }

    pub(super) fn trigger(&self, piece: &Piece, short: &str) -> String {
        let d = &piece.dice;
        let (table, function) = (self.name(piece.refs[0]), self.name(piece.refs[1]));
        let call = format!("EXECUTE FUNCTION {function}({})", pick(d[4], &["", "", "'it''s', 'x'"]));
        if self.what(piece.refs[0]) == Some(What::View) {
            let event = pick(d[1], &["INSERT", "UPDATE", "DELETE", "INSERT OR UPDATE"]);
            return format!("CREATE TRIGGER {short} INSTEAD OF {event} ON {table} FOR EACH ROW {call}");
        }
        let column = self.columns_of(piece).first().map(|key| self.short(*key));
        let event = match (&column, d[1] % 5) {
            (Some(column), 0) => format!("UPDATE OF {column}"),
            (_, die) => pick(die, &["INSERT", "INSERT", "UPDATE", "DELETE", "INSERT OR UPDATE"]).to_owned(),
        };
        let when = match &column {
            Some(column) if event.starts_with("UPDATE") && piece.is(5, 30) => {
                format!(" WHEN (OLD.{column} IS DISTINCT FROM NEW.{column})")
            }
            _ => String::new(),
        };
        let off = match d[2] % 8 {
            0 => format!("; ALTER TABLE {table} DISABLE TRIGGER {short}"),
            1 => format!("; ALTER TABLE {table} ENABLE ALWAYS TRIGGER {short}"),
            _ => String::new(),
        };
        match d[3] % 6 {
            0 => {
                let rows = pick(d[0], &["NEW TABLE AS \"new rows\"", "NEW TABLE AS n"]);
                format!(
                    "CREATE TRIGGER {short} AFTER INSERT ON {table} REFERENCING {rows} FOR EACH STATEMENT {call}{off}"
                )
            }
            1 => {
                let defer = pick(d[0], &["", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"]);
                format!(
                    "CREATE CONSTRAINT TRIGGER {short} AFTER {event} ON {table}{defer} FOR EACH ROW{when} {call}{off}"
                )
            }
            _ => {
                let moment = pick(d[0], &["BEFORE", "AFTER"]);
                format!("CREATE TRIGGER {short} {moment} {event} ON {table} FOR EACH ROW{when} {call}{off}")
            }
        }
    }
}
