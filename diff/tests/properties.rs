//! Properties of the differ on random pairs of catalogs, without a server: a plan is carried out on the model step by
//! step, and every step must be possible at its time. (The same is done on a live Postgres by the fixtures.)

#![allow(clippy::panic, reason = "a helper of a test may stop it")]

use autogen_core::object::column::in_order;
use autogen_core::object::foreign_key::ReferentialAction;
use autogen_core::object::index::IndexKey;
use autogen_core::object::{
    Check, Column, Comment, Default, Deferrability, EnumType, ForeignKey, Index, PrimaryKey, Schema, Table,
    View,
};
use autogen_core::{
    Action, Catalog, Change, DataType, Expression, Hints, Kind, Name, Object, ObjectId, Pair, QualName,
    Renames,
};
use autogen_diff::diff;

/// A small generator of our own, so that a failing seed means the same on every machine and version.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

fn name(prefix: &str, number: u64) -> QualName {
    QualName::new("public", format!("{prefix}{number}"))
}

fn catalog(random: &mut Random) -> Catalog {
    let mut catalog = Catalog::default();
    catalog.insert(ObjectId::schema(&Name::new("public")), Schema {});
    for number in 0..3 {
        if random.chance(70) {
            let mut labels: Vec<String> =
                ["a", "b", "c", "d"].iter().filter(|_| random.chance(70)).map(ToString::to_string).collect();
            labels.push("z".to_owned());
            catalog.insert(ObjectId::new(Kind::EnumType, name("mood", number)), EnumType { labels });
        }
    }
    for number in 0..5 {
        if random.chance(70) {
            table(random, &mut catalog, &name("t", number));
        }
    }
    for number in 0..5 {
        foreign_keys(random, &mut catalog, &name("t", number));
    }
    for number in 0..3 {
        view(random, &mut catalog, &name("v", number));
    }
    catalog
}

fn table(random: &mut Random, catalog: &mut Catalog, table: &QualName) {
    let id = ObjectId::table(table);
    catalog.insert(id.clone(), Table::default());
    let key = Column { not_null: true, ..Column::plain(1, DataType::builtin("int8", "bigint")) };
    catalog.insert(ObjectId::column(table, &Name::new("id")), key);
    let primary = PrimaryKey {
        columns: vec![Name::new("id")],
        include: vec![],
        deferrability: Deferrability::NotDeferrable,
        options: autogen_core::Options::new(),
        tablespace: None,
        without_overlaps: false,
        inherited: false,
        partition_of: None,
        valid: true,
    };
    catalog.insert(
        ObjectId::part(Kind::PrimaryKey, table.clone(), format!("{}_pkey", table.name.as_str())),
        primary,
    );
    for number in 0..4 {
        if !random.chance(70) {
            continue;
        }
        let column = Name::new(format!("c{number}"));
        let enums: Vec<QualName> = catalog.of_kind(Kind::EnumType).map(|(id, _)| id.name.clone()).collect();
        let data_type = match random.below(4) {
            0 => DataType::builtin("text", "text"),
            1 => DataType::builtin("int4", "integer"),
            2 if !enums.is_empty() => {
                DataType::user(enums[random.below(enums.len() as u64) as usize].clone())
            }
            _ => DataType::builtin("int8", "bigint"),
        };
        let column_id = ObjectId::column(table, &column);
        let plain = Column { not_null: random.chance(30), ..Column::plain(number + 2, data_type) };
        catalog.insert(column_id.clone(), plain);
        if random.chance(30) {
            let expression = Expression::new(format!("d{}", random.below(2)));
            catalog.insert(ObjectId { kind: Kind::Default, ..column_id.clone() }, Default { expression });
        }
        if random.chance(20) {
            let text = format!("comment {}", random.below(2));
            catalog.insert(Comment::id(&column_id), Comment::new(column_id.clone(), text));
        }
    }
    let columns: Vec<Name> = in_order(catalog, table).into_iter().map(|(name, _)| name.clone()).collect();
    let some = |random: &mut Random| -> Vec<Name> {
        columns.iter().filter(|_| random.chance(40)).cloned().collect()
    };
    for number in 0..2 {
        let keys = some(random);
        if !keys.is_empty() {
            let index = Index {
                table: table.clone(),
                unique: random.chance(30),
                nulls_not_distinct: false,
                method: Name::new("btree"),
                keys: keys.iter().map(|key| IndexKey::column(key.clone())).collect(),
                include: vec![],
                predicate: random.chance(30).then(|| Expression::new("p")),
                options: autogen_core::Options::new(),
                tablespace: None,
                valid: true,
                partition_of: None,
            };
            catalog.insert(
                ObjectId::new(Kind::Index, name(&format!("{}_i", table.name.as_str()), number)),
                index,
            );
        }
        let columns = some(random);
        let check = Check {
            expression: Expression::new(format!("{columns:?}")),
            columns,
            no_inherit: false,
            validated: true,
            enforced: true,
            origin: autogen_core::object::column::Origin::Local,
        };
        catalog.insert(ObjectId::part(Kind::Check, table.clone(), format!("check{number}")), check);
    }
}

fn foreign_keys(random: &mut Random, catalog: &mut Catalog, table: &QualName) {
    if !catalog.contains(&ObjectId::table(table)) {
        return;
    }
    for number in 0..2 {
        let parent = name("t", random.below(5));
        let referencing: Vec<Name> = in_order(catalog, table)
            .into_iter()
            .filter(|(_, column)| column.data_type.text == "bigint")
            .map(|(name, _)| name.clone())
            .collect();
        if !catalog.contains(&ObjectId::table(&parent)) || !random.chance(60) {
            continue;
        }
        let key = ForeignKey {
            columns: vec![referencing[random.below(referencing.len() as u64) as usize].clone()],
            parent,
            parent_columns: vec![Name::new("id")],
            on_update: ReferentialAction::NoAction,
            on_delete: if random.chance(50) {
                ReferentialAction::Cascade
            } else {
                ReferentialAction::NoAction
            },
            set_columns: vec![],
            match_full: false,
            deferrability: Deferrability::NotDeferrable,
            validated: true,
            enforced: true,
            inherited: false,
        };
        catalog.insert(ObjectId::part(Kind::ForeignKey, table.clone(), format!("fk{number}")), key);
    }
}

fn view(random: &mut Random, catalog: &mut Catalog, view: &QualName) {
    if !random.chance(60) {
        return;
    }
    let id = ObjectId::new(Kind::View, view.clone());
    let targets: Vec<ObjectId> = catalog
        .ids()
        .filter(|id| matches!(id.kind, Kind::Column | Kind::View))
        .filter(|_| random.chance(15))
        .cloned()
        .collect();
    let columns = targets
        .iter()
        .enumerate()
        .map(|(at, _)| (Name::new(format!("x{at}")), DataType::builtin("text", "text")))
        .collect();
    let definition = Expression::new(format!("{targets:?}"));
    catalog.insert(id.clone(), View { definition, columns, options: autogen_core::Options::new() });
    for target in targets {
        let relation =
            if target.kind == Kind::Column { ObjectId::table(&target.name) } else { target.clone() };
        catalog.add_use(id.clone(), target);
        catalog.add_use(id.clone(), relation);
    }
}

/// Carries out one change on the model, or says why that is impossible now.
fn step(state: &mut Catalog, change: &Change, after: &Catalog) -> Result<(), String> {
    match &change.action {
        Action::Drop => {
            let user = state
                .ids()
                .find(|id| state.depends_on(id).contains(&change.id) && !within(state, id, &change.id));
            if let Some(user) = user {
                return Err(format!("{} is dropped while {user} uses it", change.id));
            }
            let inside: Vec<ObjectId> =
                state.ids().filter(|id| within(state, id, &change.id)).cloned().collect();
            if !state.remove(&change.id) {
                return Err(format!("{} is dropped and not there", change.id));
            }
            for id in inside {
                state.remove(&id);
            }
        }
        Action::Create => {
            for id in std::iter::once(&change.id).chain(&change.folded) {
                if state.contains(id) {
                    return Err(format!("{id} is created and there already"));
                }
                let object = after.get(id).ok_or("created, not wanted")?.clone();
                state.insert(id.clone(), object);
                state.set_uses(id.clone(), after.uses(id).cloned().collect());
            }
            for id in std::iter::once(&change.id).chain(&change.folded) {
                if let Some(missing) = after.depends_on(id).into_iter().find(|used| !state.contains(used)) {
                    return Err(format!("{id} is created before {missing}"));
                }
            }
        }
        Action::Alter(alterations) => {
            let object =
                state.get_mut(&change.id).ok_or_else(|| format!("{} is altered and not there", change.id))?;
            if !alterations.iter().all(|alteration| object.apply(alteration)) {
                return Err("alteration of another kind".to_owned());
            }
            state.set_uses(change.id.clone(), after.uses(&change.id).cloned().collect());
            if let Some(missing) = after.depends_on(&change.id).into_iter().find(|used| !state.contains(used))
            {
                return Err(format!("{} is altered before {missing}", change.id));
            }
        }
        // Nobody asked for it, so the two must be the same in all but the name.
        Action::Rename { from } => {
            let is_same = state.get(from).is_some() && state.get(from) == after.get(&change.id);
            let is_nameable = matches!(
                from.kind,
                Kind::Index
                    | Kind::PrimaryKey
                    | Kind::Unique
                    | Kind::Check
                    | Kind::ForeignKey
                    | Kind::Exclusion
            );
            if !is_same || !is_nameable || from.kind != change.id.kind {
                return Err(format!("{from} is renamed, and is not {}", change.id));
            }
            if state.contains(&change.id) || after.contains(from) {
                return Err(format!("{from} is renamed to {}, and both are there", change.id));
            }
            let mut renames = Renames::default();
            renames.insert(from.clone(), change.id.clone());
            *state = state.renamed(&renames);
        }
    }
    Ok(())
}

fn within(state: &Catalog, id: &ObjectId, whole: &ObjectId) -> bool {
    let mut at = id.clone();
    while let Some(container) = state.container(&at) {
        if container == *whole {
            return true;
        }
        at = container;
    }
    false
}

fn same(left: &Catalog, right: &Catalog) -> Result<(), String> {
    for id in left.ids().chain(right.ids()) {
        let (mine, wanted) = (left.get(id).cloned(), right.get(id).cloned());
        let flat = |object: Option<Object>| match object {
            Some(Object::Column(column)) => Some(Object::Column(Column { position: 0, ..column })),
            other => other,
        };
        let (mine, wanted) = (flat(mine), flat(wanted));
        if mine != wanted {
            return Err(format!("{id}: {mine:?} instead of {wanted:?}"));
        }
    }
    Ok(())
}

#[track_caller]
fn leads(before: &Catalog, after: &Catalog, seed: u64) {
    let graph = diff(Pair::new(before, after), &Hints::default())
        .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    for edge in &graph.edges {
        assert!(edge.before < edge.after, "seed {seed}: an edge points backwards");
    }
    let mut state = before.clone();
    for change in &graph.changes {
        if let Err(why) = step(&mut state, change, after) {
            let list: Vec<String> =
                graph.changes.iter().map(|c| format!("{:?} {}", c.action, c.id)).collect();
            panic!("seed {seed}: {why}\n{}", list.join("\n"));
        }
    }
    if let Err(why) = same(&state, after) {
        panic!("seed {seed}: the changes lead elsewhere: {why}");
    }
}

#[test]
fn every_order_is_possible_and_leads_there_and_back() {
    for seed in 0..400 {
        let mut random = Random(seed);
        let (before, after) = (catalog(&mut random), catalog(&mut random));
        leads(&before, &after, seed);
        leads(&after, &before, seed);
    }
}

#[test]
fn nothing_differs_from_itself() {
    for seed in 0..50 {
        let catalog = catalog(&mut Random(seed));
        assert!(diff(Pair::new(&catalog, &catalog), &Hints::default()).is_ok_and(|graph| graph.is_empty()));
    }
}

#[test]
fn the_same_input_gives_the_same_output() {
    let mut random = Random(7);
    let (before, after) = (catalog(&mut random), catalog(&mut random));
    let once = diff(Pair::new(&before, &after), &Hints::default()).map(|graph| graph.changes);
    let twice = diff(Pair::new(&before, &after), &Hints::default()).map(|graph| graph.changes);
    assert_eq!(once.ok(), twice.ok());
}

#[test]
fn names_can_be_exchanged() {
    let table = QualName::new("public", "t");
    let mut before = Catalog::default();
    before.insert(ObjectId::table(&table), Table::default());
    for (position, name) in [(1, "a"), (2, "b"), (3, "c")] {
        let column = Column::plain(position, DataType::builtin("int4", "integer"));
        before.insert(ObjectId::column(&table, &Name::new(name)), column);
    }
    let mut hints = Hints::default();
    for (old, new) in [("a", "b"), ("b", "c"), ("c", "a")] {
        hints
            .renames
            .insert(ObjectId::column(&table, &Name::new(old)), ObjectId::column(&table, &Name::new(new)));
    }
    let graph = diff(Pair::new(&before, &before.renamed(&hints.renames)), &hints).unwrap();
    let mut names: Vec<Name> = ["a", "b", "c"].map(Name::new).to_vec();
    for change in &graph.changes {
        let Action::Rename { from } = &change.action else { panic!("{change:?}") };
        assert!(!names.contains(change.id.own_name()), "{} is taken", change.id);
        let at = names.iter().position(|name| name == from.own_name()).unwrap();
        names[at] = change.id.own_name().clone();
    }
    assert_eq!(names, ["b", "c", "a"].map(Name::new));
}
