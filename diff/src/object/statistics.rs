//! Extended statistics: only the target changes in place. The server lists columns by their places in the table, which
//! are no difference, so neither is the order of the list.

use autogen_core::object::Statistics;
use autogen_core::object::statistics::StatisticsAlteration;
use autogen_core::{Pair, tokens};

use crate::compare::{Compare, Comparison, Context};

impl Compare for Statistics {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<StatisticsAlteration> {
        let definitions = pair.map(|statistics| statistics.definition.as_str());
        let redefined = definitions.differs() && definitions.map(listed).differs();
        if redefined || pair.map(|statistics| &statistics.table).differs() {
            Comparison::Replace
        } else if pair.map(|statistics| statistics.target).differs() {
            Comparison::Alter(vec![StatisticsAlteration::Target(pair.after.target)])
        } else {
            Comparison::Equal
        }
    }
}

/// The pieces of a definition between commas outside of parentheses and keywords, in an order of their own.
fn listed(definition: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut depth = 0;
    for token in tokens(definition) {
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(token.text, "," | " " | "ON" | "FROM") {
            pieces.push(String::new());
        } else if let Some(piece) = pieces.last_mut() {
            piece.push_str(token.text);
        }
    }
    pieces.sort();
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, after: &str, expect: bool) {
        assert_eq!(listed(before) == listed(after), expect);
    }

    #[test]
    fn columns_may_stand_in_any_order() {
        let of = |list: &str| format!("CREATE STATISTICS public.s (ndistinct) ON {list} FROM public.t");
        check(&of("a, \"b, c\""), &of("\"b, c\", a"), true);
        check(&of("a, b, (f(c, d))"), &of("b, a, (f(c, d))"), true);
        check(&of("a, b, (f(c, d))"), &of("b, a, (f(d, c))"), false);
        check(&of("a, b"), &of("a, b, c"), false);
    }
}
