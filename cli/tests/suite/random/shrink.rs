//! Makes a failing pair small: pieces go, and edits are undone, as long as it still fails in the same way.

use std::collections::BTreeSet;

use crate::random::schema::Schema;

/// How many trials a failure is worth.
const TRIALS: usize = 250;

/// The smallest pair found for which `fails` is true, which it is for `pair`.
pub(crate) fn shrink(mut pair: [Schema; 2], fails: impl Fn(&[Schema; 2]) -> bool) -> [Schema; 2] {
    let mut trials = 0;
    let mut attempt = |pair: &mut [Schema; 2], smaller: [Schema; 2]| {
        trials += 1;
        let hit = trials <= TRIALS && fails(&smaller);
        if hit {
            *pair = smaller;
        }
        hit
    };
    loop {
        let begin = size(&pair);
        let mut chunk = keys(&pair).len() / 2;
        while chunk > 0 {
            for chosen in keys(&pair).rchunks(chunk) {
                let mut smaller = pair.clone();
                chosen.iter().for_each(|key| smaller.iter_mut().for_each(|side| side.remove(*key)));
                if size(&smaller) < size(&pair) {
                    attempt(&mut pair, smaller);
                }
            }
            chunk /= 2;
        }
        for key in keys(&pair) {
            let [Some(before), Some(after)] = [0, 1].map(|side| pair[side].get(key).cloned()) else {
                continue;
            };
            if before != after {
                let mut smaller = pair.clone();
                smaller[1]
                    .pieces
                    .iter_mut()
                    .filter(|piece| piece.key == key)
                    .for_each(|p| *p = before.clone());
                attempt(&mut pair, smaller);
            }
        }
        if size(&pair) == begin {
            return pair;
        }
    }
}

fn keys(pair: &[Schema; 2]) -> Vec<usize> {
    let all: BTreeSet<usize> = pair.iter().flat_map(|side| &side.pieces).map(|piece| piece.key).collect();
    all.into_iter().collect()
}

/// Pieces, and edits between the two.
fn size(pair: &[Schema; 2]) -> usize {
    let edited = |key: &usize| pair[0].get(*key) != pair[1].get(*key);
    pair[0].pieces.len() + pair[1].pieces.len() + keys(pair).iter().filter(|key| edited(key)).count()
}
