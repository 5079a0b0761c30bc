//! Versions of new migrations. Diesel runs migrations in the order of their versions as text, hyphens left out; so a new
//! version must come after every one that is there, or the migration would never find its place.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use autogen_core::visible;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

/// Diesel's own format of versions.
const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]-[hour][minute][second]");

/// Digits of a sequence number, where the directory has none yet.
const WIDTH: usize = 4;
/// Longer ones are times.
const LONGEST: usize = 9;

/// Where versions come from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Versions {
    /// This time, a second for each.
    Time(OffsetDateTime),
    /// The numbers that follow those in the directory.
    Sequence,
}

/// So many versions, in their order, after all that the directory has.
pub(crate) fn next(dir: &Path, versions: Versions, count: usize) -> Result<Vec<String>> {
    following(&known(dir)?, versions, count)
}

/// So many versions, in their order, after all that are known.
pub(crate) fn following(known: &[String], versions: Versions, count: usize) -> Result<Vec<String>> {
    match versions {
        Versions::Time(now) => times(known, now, count),
        Versions::Sequence => numbers(known, count),
    }
}

/// The versions in a directory, as Diesel reads them.
fn known(dir: &Path) -> Result<Vec<String>> {
    let cannot = || format!("cannot read {}", visible(&dir.display().to_string()));
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).with_context(cannot)? {
        let name = entry.with_context(cannot)?.file_name().to_string_lossy().into_owned();
        if let Some((version, _)) = name.split_once('_').filter(|_| !name.starts_with('.')) {
            all.push(version.replace('-', ""));
        }
    }
    Ok(all)
}

fn times(known: &[String], now: OffsetDateTime, count: usize) -> Result<Vec<String>> {
    let plain = format_description!("[year][month][day][hour][minute][second]");
    let newest = known
        .iter()
        .filter_map(|version| {
            let digits: String = version.chars().filter(char::is_ascii_digit).collect();
            PrimitiveDateTime::parse(&digits, &plain).ok()
        })
        .max();
    let mut time = PrimitiveDateTime::new(now.date(), now.time());
    if let Some(newest) = newest.filter(|newest| truncated(*newest) >= truncated(time)) {
        time = newest + Duration::SECOND;
    }
    let step = |number: usize| Duration::seconds(i64::try_from(number).unwrap_or_default());
    (0..count)
        .map(|number| (time + step(number)).format(FORMAT).context("the time cannot be written as a version"))
        .collect()
}

fn truncated(time: PrimitiveDateTime) -> PrimitiveDateTime {
    time.replace_nanosecond(0).unwrap_or(time)
}

fn numbers(known: &[String], count: usize) -> Result<Vec<String>> {
    let is_number = |version: &&String| {
        (1..=LONGEST).contains(&version.len()) && version.chars().all(|c| c.is_ascii_digit())
    };
    let numbers: Vec<&String> = known.iter().filter(is_number).collect();
    let width = numbers.iter().map(|number| number.len()).max().unwrap_or(WIDTH);
    let last = numbers.iter().filter_map(|number| number.parse::<u64>().ok()).max().unwrap_or(0);
    let next: Vec<String> = (1..).take(count).map(|step| format!("{:0width$}", last + step)).collect();
    let newest = known.iter().max();
    let mut previous = newest;
    for version in &next {
        if let Some(before) = previous.filter(|before| *before >= version) {
            bail!(
                "version = \"sequence\": {version} would come before {}, as versions are compared as text; \
                 use version = \"timestamp\"",
                visible(before)
            );
        }
        previous = Some(version);
    }
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(known: &str, count: usize, expect: &str) {
        let known: Vec<String> = known.split_whitespace().map(str::to_owned).collect();
        let shown = numbers(&known, count).map_or_else(|error| error.to_string(), |all| all.join(" "));
        assert!(shown.starts_with(expect), "{known:?}: {shown}");
    }

    #[test]
    fn numbers_follow_the_last_one() {
        check("", 1, "0001");
        check("0001 0002", 2, "0003 0004");
        check("00000000000000 0007", 1, "0008");
        check("001 009", 1, "010");
        check("0001 x", 1, "version = \"sequence\": 0002 would come before x");
        check("0001 20260102030405", 1, "version = \"sequence\": 0002 would come before 20260102030405");
        check("9999", 1, "version = \"sequence\": 10000 would come before 9999");
        check("9998", 2, "version = \"sequence\": 10000 would come before 9999");
    }
}
