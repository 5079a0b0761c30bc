//! Functions, and the domains whose checks call them.

use super::*;

impl Schema {
    pub(super) fn domain(&self, piece: &Piece, name: &str) -> String {
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
    pub(super) fn function(&self, piece: &Piece, name: &str) -> String {
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

    /// A call of a function or of a sequence.
    pub(super) fn call(&self, keys: &[usize]) -> Option<String> {
        keys.iter().find_map(|key| match self.what(*key)? {
            What::Function => Some(format!("{}(1)", self.name(*key))),
            What::Sequence => Some(format!("nextval({}::regclass)", literal(&self.name(*key)))),
            _ => None,
        })
    }
}
