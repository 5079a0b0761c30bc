//! Random schemas and random edits of them. A schema is a list of pieces; a piece is what it makes, the pieces that it
//! refers to, and dice. What the dice mean is said where the SQL is written (`sql.rs`), which keeps edits simple: another
//! throw is an `ALTER`, a piece less is a `DROP` with all that refers to it. Pieces that Postgres refuses are left out by
//! whoever loads the schema, so nothing here has to know all its rules.

use std::collections::BTreeSet;

use crate::random::draw::Random;

/// What a piece makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Enum,
    Domain,
    Composite,
    Range,
    Collation,
    Sequence,
    Function,
    Procedure,
    Aggregate,
    Operator,
    SearchDictionary,
    TriggerFunction,
    Table,
    Partitioned,
    Partition,
    Child,
    Typed,
    Column,
    Key,
    Check,
    Exclusion,
    ForeignKey,
    Index,
    View,
    MaterializedView,
    Trigger,
    Policy,
    Rule,
    Statistics,
    Publication,
    OwnedBy,
    Comment,
    Grant,
    ColumnDefault,
    ChildDefault,
}

/// How often each is drawn; what others need comes first.
const FIRST: &[(What, usize)] = &[
    (What::Enum, 2),
    (What::Domain, 2),
    (What::Composite, 1),
    (What::Range, 1),
    (What::Collation, 1),
    (What::Sequence, 1),
    (What::Function, 2),
    (What::TriggerFunction, 1),
    (What::Table, 4),
    (What::Partitioned, 1),
];
const LATER: &[(What, usize)] = &[
    (What::Partition, 3),
    (What::Child, 2),
    (What::Typed, 1),
    (What::Column, 10),
    (What::Key, 4),
    (What::Check, 3),
    (What::Exclusion, 1),
    (What::ForeignKey, 4),
    (What::Index, 5),
    (What::View, 5),
    (What::MaterializedView, 2),
    (What::Trigger, 2),
    (What::Policy, 2),
    (What::Rule, 1),
    (What::Statistics, 1),
    (What::OwnedBy, 1),
    (What::Comment, 3),
    (What::Grant, 2),
    (What::ColumnDefault, 3),
    (What::ChildDefault, 2),
    (What::Domain, 1),
    (What::Function, 1),
    (What::Composite, 1),
    (What::Table, 1),
    (What::Range, 1),
    (What::Procedure, 1),
    (What::Aggregate, 1),
    (What::Operator, 1),
    (What::SearchDictionary, 1),
    (What::Publication, 2),
];

/// The first of the seeds whose columns may store rows. Those before it give what they gave when that was not drawn, so that a
/// number which somebody noted stays worth something.
const STORES_ROWS: u64 = 1_000_000;

/// How many dice a piece has.
pub(crate) const DICE: usize = 6;

/// What has rows that columns may store.
pub(crate) const ROWS: &[What] =
    &[What::Table, What::Partitioned, What::Partition, What::Child, What::View, What::MaterializedView];

/// One object, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The same in both schemas of a pair.
    pub(crate) key: usize,
    pub(crate) what: What,
    /// Keys of earlier pieces.
    pub(crate) refs: Vec<usize>,
    pub(crate) dice: [usize; DICE],
    /// Which spelling the name has.
    pub(crate) name: usize,
}

/// A schema of a database.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    /// Its name.
    pub(crate) space: String,
    /// Whether columns store rows of tables and views.
    stores_rows: bool,
    /// Each after what it refers to.
    pub(crate) pieces: Vec<Piece>,
}

impl Schema {
    /// A schema, and the same after some edits.
    pub(crate) fn pair(seed: u64) -> [Schema; 2] {
        let mut random = Random::new(seed);
        let mut before =
            Schema { space: format!("s{seed}"), stores_rows: seed >= STORES_ROWS, pieces: Vec::new() };
        let mut key = 0;
        let size = 4 + random.below(9);
        for _ in 0..size {
            before.add(FIRST, &mut key, &mut random);
        }
        for _ in 0..size * (1 + random.below(4)) {
            before.add(LATER, &mut key, &mut random);
        }
        let mut after = before.clone();
        for _ in 0..1 + random.below(8) {
            after.edit(&mut key, &mut random);
        }
        if random.chance(50) { [before, after] } else { [after, before] }
    }

    /// The piece with a key.
    pub(crate) fn get(&self, key: usize) -> Option<&Piece> {
        self.pieces.iter().find(|piece| piece.key == key)
    }

    /// Without a piece and all that refers to it.
    pub(crate) fn remove(&mut self, key: usize) {
        let mut gone = BTreeSet::from([key]);
        self.pieces.retain(|piece| {
            let goes = gone.contains(&piece.key) || piece.refs.iter().any(|used| gone.contains(used));
            if goes {
                gone.insert(piece.key);
            }
            !goes
        });
    }

    fn edit(&mut self, key: &mut usize, random: &mut Random) {
        let at = random.below(self.pieces.len());
        match random.below(10) {
            0..=2 => {
                let gone = self.pieces.get(at).map(|piece| piece.key);
                gone.into_iter().for_each(|key| self.remove(key));
            }
            3..=4 => self.add(LATER, key, random),
            5 => {
                if let Some(piece) = self.pieces.get_mut(at) {
                    piece.name = random.below(20);
                }
            }
            // Made of other things.
            6 => {
                if let Some(piece) = self.pieces.get(at).cloned()
                    && let Some(refs) = self.drawn_refs(piece.what, at, random)
                {
                    self.pieces[at].refs = refs;
                }
            }
            _ => {
                if let Some(piece) = self.pieces.get_mut(at) {
                    piece.dice[random.below(DICE)] = random.below(1000);
                }
            }
        }
    }

    fn add(&mut self, kinds: &[(What, usize)], key: &mut usize, random: &mut Random) {
        let mut drawn = random.below(kinds.iter().map(|(_, weight)| weight).sum());
        let found = kinds.iter().find(|(_, weight)| {
            let hit = drawn < *weight;
            drawn = drawn.saturating_sub(*weight);
            hit
        });
        let Some((what, _)) = found else { return };
        let Some(refs) = self.drawn_refs(*what, self.pieces.len(), random) else { return };
        let dice = std::array::from_fn(|_| random.below(1000));
        let name = if random.chance(15) { random.below(20) } else { 0 };
        self.pieces.push(Piece { key: *key, what: *what, refs, dice, name });
        *key += 1;
        // A table without columns is a dull one.
        let columns = match what {
            What::Table => 1 + random.below(4),
            What::Partitioned | What::Child => random.below(3),
            _ => 0,
        };
        let table = *key - 1;
        for _ in 0..columns {
            let dice = std::array::from_fn(|_| random.below(1000));
            let mut refs = vec![table];
            refs.extend(self.type_refs(self.pieces.len(), random));
            self.pieces.push(Piece { key: *key, what: What::Column, refs, dice, name: 0 });
            *key += 1;
        }
    }

    /// Types that a column might have, and functions and sequences that its default might call.
    fn type_refs(&self, end: usize, random: &mut Random) -> Vec<usize> {
        let mut refs = Vec::new();
        let kinds = [
            What::Enum,
            What::Domain,
            What::Composite,
            What::Range,
            What::Collation,
            What::Sequence,
            What::Function,
        ];
        if self.stores_rows && random.chance(15) {
            refs.extend(self.one(end, ROWS, random));
        } else if random.chance(50) {
            refs.extend(self.one(end, &kinds, random));
        }
        refs
    }

    /// What a new piece is made of, all of it before `end`. `None` where there is nothing to make it of.
    fn drawn_refs(&self, what: What, end: usize, random: &mut Random) -> Option<Vec<usize>> {
        use What::*;
        const TABLES: &[What] = &[Table, Partitioned, Partition, Child, Typed];
        let relations = &[Table, Partitioned, Partition, Child, Typed, View, MaterializedView];
        let mut refs = Vec::new();
        match what {
            Enum | Sequence | Collation | Operator | SearchDictionary | Table | Partitioned => {}
            Domain | Composite | Range => {
                if random.chance(40) {
                    let used = &[Enum, Domain, Composite, Range, Collation, Function];
                    refs.extend(self.one(end, used, random));
                }
            }
            Function | Procedure | Aggregate => {
                if random.chance(60) {
                    let used = &[Enum, Domain, Composite, Range, Table, View, Function];
                    refs.extend(self.one(end, used, random));
                }
            }
            TriggerFunction => {}
            Partition => refs.push(self.one(end, &[Partitioned, Partitioned, Partition], random)?),
            Child => {
                refs.push(self.one(end, &[Table, Table, Child], random)?);
                if random.chance(20) {
                    refs.extend(self.one(end, &[Table], random));
                }
            }
            Typed => refs.push(self.one(end, &[Composite], random)?),
            Column => {
                refs.push(self.one(end, &[Table, Table, Table, Partitioned, Partition, Child], random)?);
                refs.extend(self.type_refs(end, random));
            }
            Key | Index | Exclusion | Statistics | Check => {
                let mut columns = self.columns(end, TABLES, random)?;
                if matches!(what, Index | Check) && random.chance(25) {
                    columns.extend(self.one(end, &[Function], random));
                }
                refs = columns;
            }
            ForeignKey => {
                refs.push(self.one(end, &[Key], random)?);
                refs.push(self.one(end, TABLES, random)?);
            }
            View | MaterializedView => {
                let many = 1 + random.below(2);
                for _ in 0..many {
                    let used = self.one(end, relations, random)?;
                    refs.push(used);
                    refs.extend(self.some_columns(used, end, random));
                }
                if random.chance(25) {
                    refs.extend(self.one(end, &[Function], random));
                }
            }
            Trigger => {
                refs.push(self.one(end, &[Table, Partitioned, Partition, Child, View], random)?);
                refs.push(self.one(end, &[TriggerFunction], random)?);
                let table = refs[0];
                refs.extend(self.some_columns(table, end, random).into_iter().take(1));
            }
            Publication => {
                refs.push(self.one(end, TABLES, random)?);
                let table = refs[0];
                refs.extend(self.some_columns(table, end, random));
            }
            Policy | Rule => {
                let table = self.one(end, TABLES, random)?;
                refs.push(table);
                refs.extend(self.some_columns(table, end, random).into_iter().take(1));
                refs.extend(self.one(end, &[Function, Table], random));
            }
            OwnedBy => {
                refs.push(self.one(end, &[Sequence], random)?);
                refs.push(self.one(end, &[Column], random)?);
            }
            ColumnDefault => {
                refs.push(self.one(end, &[Column], random)?);
                refs.extend(self.one(end, &[Function, Sequence], random));
            }
            ChildDefault => {
                refs.push(self.one(end, &[Partition, Child], random)?);
                refs.push(self.one(end, &[Column], random)?);
            }
            Comment | Grant => {
                let at = random.below(end);
                refs.push(self.pieces.get(at)?.key);
            }
        }
        Some(refs)
    }

    fn one(&self, end: usize, kinds: &[What], random: &mut Random) -> Option<usize> {
        let what = random.one(kinds)?;
        let of = |what: &What| -> Vec<usize> {
            let all = self.pieces[..end.min(self.pieces.len())].iter();
            all.filter(|piece| piece.what == *what).map(|piece| piece.key).collect()
        };
        let first = random.one(&of(what)).copied();
        first.or_else(|| kinds.iter().find_map(|what| random.one(&of(what)).copied()))
    }

    /// A table and one to three columns of it.
    fn columns(&self, end: usize, tables: &[What], random: &mut Random) -> Option<Vec<usize>> {
        let table = self.one(end, tables, random)?;
        let mut refs = vec![table];
        refs.extend(self.some_columns(table, end, random));
        Some(refs)
    }

    fn some_columns(&self, table: usize, end: usize, random: &mut Random) -> Vec<usize> {
        // Those of the ancestors as well.
        let mut lineage = BTreeSet::from([table]);
        for piece in self.pieces[..end.min(self.pieces.len())].iter().rev() {
            if lineage.contains(&piece.key) && matches!(piece.what, What::Partition | What::Child) {
                lineage.extend(&piece.refs);
            }
        }
        let all: Vec<usize> = self.pieces[..end.min(self.pieces.len())]
            .iter()
            .filter(|piece| piece.what == What::Column && lineage.contains(&piece.refs[0]))
            .map(|piece| piece.key)
            .collect();
        let mut drawn = Vec::new();
        for _ in 0..1 + random.below(3) {
            drawn.extend(random.one(&all).copied().filter(|key| !drawn.contains(key)));
        }
        drawn
    }
}
