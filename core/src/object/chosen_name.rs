//! The names that Postgres chooses for what was not given one.

/// The name Postgres gives an object that was not named: a first name, mostly the table's, then the others (columns) as one,
/// and a label, joined by `_`. The longer of the two is shortened until all fits in 63 bytes (`makeObjectName` and
/// `ChooseIndexNameAddition` of the server's sources). Collisions are not looked at.
pub fn choose_name(names: &[&str], label: &str) -> String {
    let (first, others) =
        names.split_first().map_or(("", String::new()), |(first, others)| (*first, others.join("_")));
    let underscores = if others.is_empty() { 1 } else { 2 };
    let room = crate::MAX_NAME_BYTES.saturating_sub(label.len() + underscores);
    let (mut of_first, mut of_others) = (first.len(), others.len());
    while of_first + of_others > room {
        if of_first > of_others {
            of_first -= 1;
        } else {
            of_others = of_others.saturating_sub(1);
        }
    }
    let mut name = clipped(first, of_first).to_owned();
    for part in [clipped(&others, of_others), label].into_iter().filter(|part| !part.is_empty()) {
        name.push('_');
        name.push_str(part);
    }
    name
}

/// What fits in so many bytes, in whole characters.
fn clipped(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Postgres 15 chose for `CREATE INDEX ON <table> (<columns>)`.
    #[test]
    fn the_longer_part_is_shortened() {
        let cases: [(&[&str], &str); 5] = [
            (&["t", "a", "b"], "t_a_b_idx"),
            (
                &["v1_otel_trace_olap_20261121", "tenant_id", "workflow_run_external_id"],
                "v1_otel_trace_olap_20261121_tenant_id_workflow_run_external_idx",
            ),
            (
                &[&"a".repeat(40), &"b".repeat(40)],
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbb_idx",
            ),
            (&[&"a".repeat(40), "d", "e"], "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_d_e_idx"),
            (&[&"äöü".repeat(10), &"ß".repeat(20)], "äöüäöüäöüäöüäö_ßßßßßßßßßßßßßß_idx"),
        ];
        for (names, expected) in cases {
            assert_eq!(choose_name(names, "idx"), expected, "{names:?}");
        }
    }
}
