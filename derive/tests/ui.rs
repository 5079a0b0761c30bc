//! What rustc says of each misuse of the attribute (`ui/*.stderr`), and that both spellings of a right one compile
//! (`pass/`). The tool's own messages about the same sources are compared with these in the tests of the cli.
//!
//! `TRYBUILD=overwrite` rewrites the stored messages.

#[test]
fn misuse_is_reported_where_it_stands() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/pass/*.rs");
    cases.compile_fail("tests/ui/*.rs");
}
