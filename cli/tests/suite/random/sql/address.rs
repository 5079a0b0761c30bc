//! What is said of objects by their address: comments and privileges.

use super::*;

impl Schema {
    /// How `COMMENT ON` calls a piece.
    pub(super) fn address(&self, piece: &Piece) -> Option<String> {
        let name = self.name(piece.key);
        let short = self.short(piece.key);
        let on =
            |kind: &str| piece.refs.first().map(|table| format!("{kind} {short} ON {}", self.name(*table)));
        match piece.what {
            What::Enum | What::Composite | What::Range => Some(format!("TYPE {name}")),
            What::Collation => Some(format!("COLLATION {name}")),
            What::Procedure => Some(format!("PROCEDURE {name}")),
            What::SearchDictionary => Some(format!("TEXT SEARCH DICTIONARY {name}")),
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
            What::Aggregate
            | What::Operator
            | What::Publication
            | What::OwnedBy
            | What::Comment
            | What::Grant
            | What::ColumnDefault
            | What::ChildDefault => None,
        }
    }

    pub(super) fn comment(&self, piece: &Piece) -> String {
        let on = piece.refs.first().and_then(|key| self.get(*key)).and_then(|piece| self.address(piece));
        let text = pick(piece.dice[0], &["plain", "it's", "two\nlines", "*/ $$ \\ --", "TODO"]);
        on.map(|on| format!("COMMENT ON {on} IS {}", literal(text))).unwrap_or_default()
    }

    pub(super) fn grant(&self, piece: &Piece) -> String {
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
            What::Procedure => format!("GRANT EXECUTE ON PROCEDURE {name} TO {to}{option}"),
            What::Enum | What::Domain | What::Composite | What::Range => {
                format!("GRANT USAGE ON TYPE {name} TO {to}{option}")
            }
            _ => String::new(),
        }
    }
}
