//! Columns and checks that a child is to have from its parents alone, or as its own as well. Postgres has no word for it
//! (`pg_attribute.attislocal`, `pg_constraint.conislocal`), but what a parent hands down is the parent's alone, and what a
//! parent gives up without its children is theirs. So a stand-in takes the parents' place for the time of these
//! statements, hands down what has to be handed down, values too, and gives up what has to be given up.

use autogen_core::object::column::Origin;
use autogen_core::object::sequence::is_owned;
use autogen_core::object::{Check, Column, Table, choose_name};
use autogen_core::{Catalog, HazardKind, Kind, Lock, Name, Object, ObjectId, QualName};

use super::super::column::{Shape, definition, identity, leave_to_children, not_null, settings};
use super::super::shared::{alter_column, alter_table, collate, is_foreign};
use super::super::{check, constraint, sequence};
use crate::cast::underlying;
use crate::context::{Context, Sheet};
use crate::script::Statement;
use crate::sql::Sql;

pub(super) fn settle(
    table: &Table,
    id: &ObjectId,
    parts: &[ObjectId],
    context: &Context<'_>,
    sheet: &mut Sheet,
) {
    let stand_in = id.name.sibling(choose_name(&[id.name.name.as_str()], "autogen_parent"));
    let mut family = Family { table, name: &id.name, stand_in, context, sheet };
    family.sheet.note("a stand-in for its parents hands down what is to be theirs alone, and gives up what is to be its own");
    family.stand_in();
    let mut columns: Vec<(&ObjectId, &Column)> = Vec::new();
    let mut checks: Vec<(&ObjectId, &Check)> = Vec::new();
    let mut own: Vec<&ObjectId> = Vec::new();
    for part in parts {
        match context.after().get(part) {
            Some(Object::Column(column)) if column.origin == Origin::Inherited => {
                columns.push((part, column))
            }
            Some(Object::Check(check)) if check.origin == Origin::Inherited => checks.push((part, check)),
            _ => own.push(part),
        }
    }
    // A generated column reads others.
    columns.sort_by_key(|(_, column)| (column.generated.is_some(), column.position));
    // Checks first: one that goes with its column would leave the children's behind.
    for (id, _) in &checks {
        family.step(constraint::drops(&family.of_stand_in(id)));
        family.step(constraint::drops(id));
    }
    own.sort_by_key(|part| part.kind != Kind::Check);
    own.into_iter().for_each(|part| family.give_up(part));
    family.hand_down(&columns);
    for (id, check) in &checks {
        family.step(constraint::adds(&family.of_stand_in(id), written(check)));
        if !check.validated {
            family.validate_below(id);
        }
    }
    family.stand_down();
}

fn written(check: &Check) -> Sql {
    check::definition(check).kw_if(!check.validated && check.enforced, "NOT VALID")
}

/// A table, and the stand-in for its parents.
struct Family<'a, 'b> {
    table: &'a Table,
    name: &'a QualName,
    stand_in: QualName,
    context: &'a Context<'b>,
    sheet: &'a mut Sheet,
}

impl Family<'_, '_> {
    fn step(&mut self, sql: Sql) -> &mut Statement {
        self.sheet.push(sql).lock(Lock::AccessExclusive)
    }

    fn of_stand_in(&self, part: &ObjectId) -> ObjectId {
        ObjectId { name: self.stand_in.clone(), ..part.clone() }
    }

    fn child(&self) -> Sql {
        alter_table(self.name)
    }

    /// Puts the stand-in into the parents' place.
    fn stand_in(&mut self) {
        let like = Sql::new("LIKE").name(self.name).kw("INCLUDING GENERATED");
        self.step(Sql::new("CREATE TABLE").name(&self.stand_in).parens([like]));
        for (id, object) in self.context.after().parts(Kind::Check, self.name) {
            if let Object::Check(check) = object
                && check.origin != Origin::Local
            {
                self.step(constraint::adds(&self.of_stand_in(id), written(check)));
            }
        }
        self.step(self.child().kw("INHERIT").name(&self.stand_in));
        for parent in &self.table.inherits {
            self.step(self.child().kw("NO INHERIT").name(parent));
        }
    }

    /// Puts the parents into their place again.
    fn stand_down(&mut self) {
        for parent in &self.table.inherits {
            self.step(self.child().kw("INHERIT").name(parent));
        }
        self.step(self.child().kw("NO INHERIT").name(&self.stand_in));
        self.step(Sql::new("DROP TABLE").name(&self.stand_in));
    }

    /// Leaves a column or check to the child.
    fn give_up(&mut self, part: &ObjectId) {
        if part.kind == Kind::Column {
            let is_not_null = |catalog: &Catalog| matches!(catalog.get(part), Some(Object::Column(column)) if column.not_null);
            let not_null = [self.context.before(), self.context.after()].into_iter().any(is_not_null);
            leave_to_children(&self.stand_in, part.own_name(), not_null, self.context, self.sheet);
        } else {
            self.step(
                Sql::new("ALTER TABLE ONLY")
                    .name(&self.stand_in)
                    .kw("DROP CONSTRAINT")
                    .ident(part.own_name()),
            );
        }
    }

    /// What is not valid in a parent may be so in tables below: those that were made since.
    fn validate_below(&mut self, check: &ObjectId) {
        let children: Vec<&QualName> = self.context.plan.children(&check.name, self.context.at).collect();
        for child in children {
            let own = ObjectId { name: child.clone(), ..check.clone() };
            match self.context.after().get(&own) {
                Some(Object::Check(object)) if object.validated && object.enforced => {
                    let statement = constraint::validate(&own, self.sheet);
                    if self.context.keeps_waiting(child) {
                        let message = format!("nobody can use {child} while all rows are checked");
                        statement.hazard(HazardKind::BlocksUse, message);
                    }
                }
                _ => self.validate_below(&own),
            }
        }
    }

    fn drop_column(&mut self, column: &Name) {
        self.step(alter_table(&self.stand_in).kw("DROP COLUMN").ident(column));
        // When the part of the script is run once more it is the stand-in's alone, and has gone with that.
        self.step(self.child().kw("DROP COLUMN IF EXISTS").ident(column));
    }

    /// True for a column that was there, with values of its own.
    fn has_values(&self, id: &ObjectId, column: &Column) -> bool {
        let table = ObjectId::table(self.name);
        column.generated.is_none()
            && self.context.before().contains(id)
            && !is_foreign(&table, self.context.after())
    }

    /// Makes columns that are the stand-in's alone, with the values that the child's own have. `UPDATE` would fire triggers.
    fn hand_down(&mut self, columns: &[(&ObjectId, &Column)]) {
        let (old, new): (Vec<_>, Vec<_>) =
            columns.iter().partition(|(id, column)| self.has_values(id, column));
        let aside = |id: &ObjectId| Name::new(choose_name(&[id.own_name().as_str()], "autogen_was"));
        for (id, _) in new.iter().rev() {
            self.drop_column(id.own_name());
        }
        for (id, _) in &old {
            let rename = alter_table(&self.stand_in).kw("RENAME COLUMN").ident(id.own_name());
            self.step(rename.kw("TO").ident(&aside(id)));
        }
        let sequences: Vec<ObjectId> = old.iter().flat_map(|(column, _)| self.sequences_of(column)).collect();
        for sequence in &sequences {
            self.step(Sql::new("ALTER SEQUENCE").name(&sequence.name).kw("OWNED BY NONE"));
        }
        // One that a generated column reads cannot change its type, which is how the values come.
        let (read, generated) =
            columns.split_at(columns.partition_point(|(_, column)| column.generated.is_none()));
        self.add(read);
        self.fill(old.iter().map(|(id, column)| (*id, *column, aside(id))).collect());
        for (id, _) in &old {
            self.drop_column(&aside(id));
        }
        self.add(generated);
        for (id, column) in columns {
            if column.not_null {
                self.step(match not_null::is_inherited(id, self.context.after()) {
                    true => not_null::set_of_stand_in(&self.stand_in, column, id, self.context),
                    false => not_null::set(id, self.context),
                });
            }
            if let Some(identity) = &column.identity {
                self.step(alter_column(self.name, id.own_name()).kw("ADD").sql(identity::words(identity)));
            }
            self.default(id);
            settings(id, column, (None, column.compression.as_deref()), self.context, self.sheet);
        }
        for sequence in &sequences {
            if let Some(column) = self.keeper(sequence) {
                self.step(sequence::owned_by(Sql::new("ALTER SEQUENCE").name(&sequence.name), &column));
            }
        }
    }

    /// The sequences that would go with the old column.
    fn sequences_of(&self, column: &ObjectId) -> Vec<ObjectId> {
        let context = self.context;
        let owned = context.before().of_kind(Kind::Sequence).filter(|(_, object)| is_owned(object, column));
        owned.map(|(id, _)| id).filter(|id| !context.plan.drops_before(id, context.at)).cloned().collect()
    }

    /// The column that a sequence goes on with, unless it is told later.
    fn keeper(&self, id: &ObjectId) -> Option<ObjectId> {
        match self.context.after().get(id) {
            Some(Object::Sequence(sequence)) if !self.context.plan.alters_after(id, self.context.at) => {
                sequence.owned_by.clone()
            }
            _ => None,
        }
    }

    /// A default that would have come with a parent's column, but for the stand-in.
    fn default(&mut self, column: &ObjectId) {
        let id = ObjectId { kind: Kind::Default, ..column.clone() };
        if let Some(Object::Default(default)) = self.context.after().get(&id)
            && self.context.plan.created_at(&id).is_none()
        {
            self.step(alter_column(self.name, column.own_name()).kw("SET DEFAULT").expr(&default.expression));
        }
    }

    fn add(&mut self, columns: &[(&ObjectId, &Column)]) {
        for (id, column) in columns {
            // A domain may refuse the NULLs that are there until the values come.
            let data_type = match self.has_values(id, column) {
                true => underlying(&column.data_type, self.context.after()),
                false => column.data_type.clone(),
            };
            let plain = Column { identity: None, data_type, ..(*column).clone() };
            let sql = definition(id.own_name(), &plain, None, Shape::default());
            self.step(alter_table(&self.stand_in).kw("ADD COLUMN").sql(sql));
        }
    }

    /// Writes the values of old columns into new ones, all in one go.
    fn fill(&mut self, columns: Vec<(&ObjectId, &Column, Name)>) {
        let takes = columns.into_iter().map(|(id, column, old)| {
            let sql = Sql::new("ALTER COLUMN").ident(id.own_name()).kw("TYPE").data_type(&column.data_type);
            collate(sql, column.collation.as_ref()).kw("USING").ident(&old)
        });
        let takes: Vec<Sql> = takes.collect();
        if takes.is_empty() {
            return;
        }
        let (context, table) = (self.context, self.name);
        context.tell_rewrite(table, self.step(alter_table(&self.stand_in).list(takes)));
    }
}
