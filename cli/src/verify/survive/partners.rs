//! Which row of now a row of before is: rows have no identity but their values.

use std::collections::BTreeMap;

use super::contents::Row;
use super::expected::Expected;

/// Whether all expected values are there, each as often.
pub(super) fn is_contained(wanted: &[Expected], rows: &[Row], at: usize) -> bool {
    let mut counts: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.value(at)).or_default() += 1;
    }
    wanted.iter().all(|one| match one {
        Expected::Untold => false,
        Expected::Value(value) => counts.get_mut(&value.as_deref()).is_some_and(|count| {
            let has = *count > 0;
            *count = count.saturating_sub(1);
            has
        }),
    })
}

/// For each row the one that it is now, known by columns that are as they were: their values, row by row, and their place now.
pub(super) fn partners(
    stable: &[(&[Expected], usize)],
    count: usize,
    rows_now: &[Row],
) -> Option<Vec<usize>> {
    let mut free: BTreeMap<Vec<Option<&str>>, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows_now.iter().enumerate().rev() {
        let key = stable.iter().map(|(_, now)| row.value(*now));
        free.entry(key.collect()).or_default().push(at);
    }
    (0..count)
        .map(|row| {
            let key = stable.iter().map(|(wanted, _)| match wanted.get(row) {
                Some(Expected::Value(value)) => value.as_deref(),
                Some(Expected::Untold) | None => None,
            });
            free.get_mut(&key.collect::<Vec<_>>()).and_then(Vec::pop)
        })
        .collect()
}
