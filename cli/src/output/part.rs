//! The first line of a script that is one part of several: it tells people that the others belong to it, and `verify` that they
//! are proved together.

/// The place of a migration among those that one change was split into, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartOf {
    pub(crate) number: usize,
    pub(crate) count: usize,
}

impl PartOf {
    /// The line, and an empty one.
    pub(crate) fn head(self) -> String {
        let PartOf { number, count } = self;
        format!("-- Part {number} of {count}; each is committed before the next begins.\n\n")
    }

    /// Reads it back.
    pub(crate) fn of(text: &str) -> Option<PartOf> {
        let words = text.lines().next()?.strip_prefix("-- Part ")?;
        let (number, rest) = words.split_once(" of ")?;
        let (count, _) = rest.split_once(';')?;
        let part = PartOf { number: number.parse().ok()?, count: count.parse().ok()? };
        (1..=part.count).contains(&part.number).then_some(part)
    }

    /// True if another one comes right behind it.
    pub(crate) fn is_before(self, other: PartOf) -> bool {
        self.count == other.count && self.number + 1 == other.number
    }
}

#[cfg(test)]
mod tests {
    use super::PartOf;

    #[test]
    fn a_head_is_read_back() {
        let part = PartOf { number: 2, count: 11 };
        assert_eq!(PartOf::of(&part.head()), Some(part));
        for other in
            ["", "SELECT 1;", "-- Part 0 of 2;", "-- Part 3 of 2;", "-- Part one of two;", "-- Part 1"]
        {
            assert_eq!(PartOf::of(other), None, "{other}");
        }
        assert!(part.is_before(PartOf { number: 3, count: 11 }));
        assert!(!part.is_before(PartOf { number: 3, count: 12 }));
    }
}
