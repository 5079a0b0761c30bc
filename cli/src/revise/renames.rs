//! Renames that this branch's migrations make. A fresh comparison knows nothing of them once the models no longer say
//! `was`, and would drop the one and add the other; so they are read from the old scripts, one after the other.

use autogen_core::{Catalog, Kind, Name, ObjectId, QualName, Token, TokenKind, tokens};

/// One object's way from its first name to its last. Labels of enums and values have no identity here.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    old: ObjectId,
    new: ObjectId,
}

/// All renames of tables and columns, first name to last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Renamed {
    steps: Vec<Step>,
}

impl Renamed {
    /// Reads a statement.
    pub(super) fn read(&mut self, sql: &str) {
        let said: Vec<Token<'_>> = tokens(sql)
            .into_iter()
            .filter(|one| !matches!(one.kind, TokenKind::Space | TokenKind::Comment))
            .collect();
        let mut reader = Reader { rest: &said };
        let _ = self.statement(&mut reader);
    }

    fn statement(&mut self, reader: &mut Reader<'_, '_>) -> Option<()> {
        reader.words(&["ALTER", "TABLE"]).then_some(())?;
        let _ = reader.words(&["IF", "EXISTS"]);
        let _ = reader.words(&["ONLY"]);
        let table = reader.qualified()?;
        reader.words(&["RENAME"]).then_some(())?;
        if reader.words(&["CONSTRAINT"]) {
            return None;
        }
        if reader.words(&["TO"]) {
            let name = QualName { schema: table.schema.clone(), name: reader.name()? };
            self.rename_table(&table, &name);
            return Some(());
        }
        let _ = reader.words(&["COLUMN"]);
        let from = reader.name()?;
        reader.words(&["TO"]).then_some(())?;
        let to = reader.name()?;
        self.rename_column(&table, &from, &to);
        Some(())
    }

    fn rename_table(&mut self, from: &QualName, to: &QualName) {
        let id = ObjectId::table(from);
        if let Some(step) = self.steps.iter_mut().find(|step| step.new == id) {
            step.new = ObjectId::table(to);
        } else {
            self.steps.push(Step { old: id, new: ObjectId::table(to) });
        }
        for step in &mut self.steps {
            if step.new.kind == Kind::Column && step.new.name == *from {
                step.new.name = to.clone();
            }
        }
    }

    fn rename_column(&mut self, table: &QualName, from: &Name, to: &Name) {
        let id = ObjectId::column(table, from);
        if let Some(step) = self.steps.iter_mut().find(|step| step.new == id) {
            step.new = ObjectId::column(table, to);
            return;
        }
        // By the name that the table had at first.
        let table_id = ObjectId::table(table);
        let first = self.steps.iter().find(|step| step.new == table_id).map_or(table, |step| &step.old.name);
        self.steps.push(Step { old: ObjectId::column(first, from), new: ObjectId::column(table, to) });
    }

    /// True if there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Those that lead from one schema to the other, as `--rename` takes them.
    pub(super) fn between(&self, before: &Catalog, after: &Catalog) -> Vec<String> {
        let holds = |step: &&Step| {
            step.old != step.new
                && before.contains(&step.old)
                && !before.contains(&step.new)
                && after.contains(&step.new)
        };
        self.steps.iter().filter(holds).map(Step::option).collect()
    }
}

impl Step {
    fn option(&self) -> String {
        let name = |id: &ObjectId| {
            let parts = [Some(&id.name.schema), Some(&id.name.name), id.part.as_ref()];
            let quoted = |name: &Name| format!("\"{}\"", name.as_str().replace('"', "\"\""));
            parts.into_iter().flatten().map(quoted).collect::<Vec<_>>().join(".")
        };
        format!("{}={}", name(&self.old), name(&self.new))
    }
}

struct Reader<'r, 's> {
    rest: &'r [Token<'s>],
}

impl Reader<'_, '_> {
    /// Passes over words if they are next.
    fn words(&mut self, words: &[&str]) -> bool {
        let is_next =
            self.rest.len() >= words.len()
                && self.rest.iter().zip(words).all(|(token, word)| {
                    token.kind == TokenKind::Word && token.text.eq_ignore_ascii_case(word)
                });
        if is_next {
            self.rest = &self.rest[words.len()..];
        }
        is_next
    }

    fn name(&mut self) -> Option<Name> {
        let token = self.rest.first()?;
        let text = match token.kind {
            TokenKind::Word => token.text.to_lowercase(),
            TokenKind::Quoted => token.unquoted(),
            TokenKind::String | TokenKind::Comment | TokenKind::Space | TokenKind::Other => return None,
        };
        self.rest = &self.rest[1..];
        Some(Name::new(text))
    }

    fn qualified(&mut self) -> Option<QualName> {
        let first = self.name()?;
        if self.rest.first().is_none_or(|token| token.text != ".") {
            return Some(QualName { schema: Name::new("public"), name: first });
        }
        self.rest = &self.rest[1..];
        Some(QualName { schema: first, name: self.name()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &[&str], expect: &[&str]) {
        let mut renamed = Renamed::default();
        sql.iter().for_each(|sql| renamed.read(sql));
        let all: Vec<String> = renamed.steps.iter().map(Step::option).collect();
        assert_eq!(all, expect);
    }

    #[test]
    fn names_are_followed_from_first_to_last() {
        check(
            &[
                "ALTER TABLE users RENAME nick TO handle",
                "alter table only users rename column HANDLE to \"Name\"",
            ],
            &["\"public\".\"users\".\"nick\"=\"public\".\"users\".\"Name\""],
        );
        check(
            &["ALTER TABLE a.posts RENAME TO articles", "ALTER TABLE a.articles RENAME COLUMN x TO y"],
            &["\"a\".\"posts\"=\"a\".\"articles\"", "\"a\".\"posts\".\"x\"=\"a\".\"articles\".\"y\""],
        );
        check(
            &["ALTER TABLE t RENAME CONSTRAINT a TO b", "ALTER INDEX i RENAME TO j", "RENAME", "ALTER TABLE"],
            &[],
        );
    }
}
