//! Tries many pairs side by side, finds out which of them fail and makes these small.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, ensure};

use crate::random::databases::Failed;
use crate::random::schema::Schema;
use crate::random::shrink;

/// So many failures are made small; each takes a minute or two.
const SHRUNK: usize = 6;

/// Tries some pairs at once, under a name of their own for what it makes.
pub(crate) type Judge<'s> = &'s (dyn Fn(&str, &[[Schema; 2]]) -> Result<()> + Sync);

/// What is done with pairs.
pub(crate) struct Search<'s> {
    /// How many share a database.
    pub(crate) pack: usize,
    pub(crate) judge: Judge<'s>,
}

impl Search<'_> {
    /// Tries the pairs of all these seeds; fails if one does.
    pub(crate) fn run(&self, seeds: &[u64]) -> Result<()> {
        let (first, pairs) = (seeds.first().copied().unwrap_or_default(), seeds.len());
        let begin = std::time::Instant::now();
        let failures = self.failures(seeds);
        let seconds = begin.elapsed().as_secs_f64();
        println!("{pairs} pairs from seed {first}: {} fail, {seconds:.0} s", failures.len());

        let mut kinds: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for (seed, error) in &failures {
            kinds.entry(sort(error)).or_default().push(*seed);
        }
        for (sort, seeds) in &kinds {
            println!("  {:>4}  {sort}  {:?}", seeds.len(), &seeds[..seeds.len().min(8)]);
        }
        for (sort_of, seeds) in kinds.iter().take(SHRUNK) {
            let seed = seeds[0];
            let alone = |pair: &[Schema; 2]| (self.judge)("smaller", std::slice::from_ref(pair));
            let fails = |pair: &[Schema; 2]| alone(pair).is_err_and(|error| &sort(&error) == sort_of);
            let small = shrink::shrink(Schema::pair(seed), fails);
            if let Err(error) = alone(&small) {
                let folder = store(seed, &error)?;
                println!("\n=== seed {seed}: {}\n{error:#}", folder.display());
            }
        }
        ensure!(
            failures.is_empty(),
            "{} of {pairs} pairs fail; move a folder of target/random to fixtures/<kind>_<what> to keep it as a case",
            failures.len()
        );
        Ok(())
    }

    /// Those that fail, by their seeds.
    fn failures(&self, seeds: &[u64]) -> BTreeMap<u64, anyhow::Error> {
        let failures: Mutex<BTreeMap<u64, anyhow::Error>> = Mutex::default();
        let packs: Vec<&[u64]> = seeds.chunks(self.pack).collect();
        let next = AtomicUsize::new(0);
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    while let Some(pack) = packs.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let all: Vec<_> = pack.iter().map(|seed| (*seed, Schema::pair(*seed))).collect();
                        self.narrow(&all, &failures);
                    }
                });
            }
        });
        failures.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Tries some pairs together, and the halves where that fails, down to single ones.
    fn narrow(&self, pairs: &[(u64, [Schema; 2])], failures: &Mutex<BTreeMap<u64, anyhow::Error>>) {
        let Some((seed, _)) = pairs.first() else { return };
        let all: Vec<_> = pairs.iter().map(|(_, pair)| pair.clone()).collect();
        let Err(error) = (self.judge)(&format!("seed {seed} and {} more", pairs.len() - 1), &all) else {
            return;
        };
        if pairs.len() == 1 {
            lock(failures).insert(*seed, error);
            return;
        }
        let (left, right) = pairs.split_at(pairs.len() / 2);
        self.narrow(left, failures);
        self.narrow(right, failures);
        let mut failures = lock(failures);
        if !pairs.iter().any(|(seed, _)| failures.contains_key(seed)) {
            failures.insert(
                *seed,
                error.context(format!("only together with the {} next ones", pairs.len() - 1)),
            );
        }
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What kind of failure it is: its words without names and numbers.
fn sort(error: &anyhow::Error) -> String {
    let text = error
        .chain()
        .map(ToString::to_string)
        .filter(|text| !text.contains('\n') || text.starts_with("after "))
        .collect::<Vec<_>>()
        .join(": ");
    let mut quoted = false;
    let mut words: String = text
        .chars()
        .filter(|c| {
            quoted ^= *c == '"';
            !quoted && !c.is_ascii_digit() && *c != '\n'
        })
        .collect();
    if let Some(at) = words.char_indices().nth(150) {
        words.truncate(at.0);
    }
    words
}

/// Writes a pair as a fixture.
fn store(seed: u64, error: &anyhow::Error) -> Result<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap_or(Path::new("target"));
    let folder = target.join("random").join(seed.to_string());
    std::fs::create_dir_all(&folder)?;
    let Some(Failed([before, after])) = error.downcast_ref() else { return Ok(folder) };
    std::fs::write(folder.join("before.sql"), before).context("before.sql")?;
    std::fs::write(folder.join("after.sql"), after).context("after.sql")?;
    std::fs::write(folder.join("args.txt"), "--with privileges\n")?;
    Ok(folder)
}
