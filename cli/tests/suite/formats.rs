//! The forms of a result that are for other programs' readers: Markdown, HTML and the annotations of GitHub Actions, with
//! names in the database and in the models that would like to be markup.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::path::Path;

use crate::support;

/// A table that the models do not want as it is, with names that mean something in every form.
const BEFORE: &str = "CREATE TABLE users (id int PRIMARY KEY, note text);
    CREATE TABLE \"</pre><script>alert(1)</script>\" (\"`x`|@octocat\" int);
    CREATE TABLE \"a%b::error::c
::error file=x::injected\" (id int);";

const AFTER: &str = "CREATE TABLE users (id int PRIMARY KEY, note integer, \"```\" text DEFAULT '```');";

fn documents(folder: &Path, format: &str) -> String {
    std::fs::write(folder.join("before.sql"), BEFORE).unwrap();
    std::fs::write(folder.join("after.sql"), AFTER).unwrap();
    let mut command = support::autogen(folder);
    command.args(["check", "--db", "before.sql", "--target", "after.sql", "--format", format]);
    String::from_utf8(support::run(&mut command, 1).unwrap().stdout).unwrap()
}

#[test]
fn markdown_folds_the_scripts_away() {
    let dir = tempfile::tempdir().unwrap();
    let text = documents(dir.path(), "markdown");
    assert!(text.starts_with("### autogen: "), "{text}");
    assert!(text.contains("<details><summary>up.sql</summary>\n\n````sql\n"), "{text}");
    assert!(text.contains("- alter `column users.note`: `type text -> integer`"), "{text}");
    // Outside of the blocks of SQL, what is not in code is neither a tag nor a mention.
    let mut is_sql = false;
    for line in text.lines() {
        if line.starts_with("````") {
            is_sql = !is_sql;
            continue;
        }
        let parts: Vec<&str> = if is_sql { Vec::new() } else { outside_of_code(line) };
        for part in parts {
            let part =
                part.replace("<details><summary>", "").replace("</summary>", "").replace("</details>", "");
            assert!(!part.contains('<') && !part.contains("@octocat"), "{line}");
        }
    }
    assert!(!is_sql, "a block is open:\n{text}");
}

/// The pieces of a line that are in no code span, as CommonMark finds them: a run of backticks to the next of its length.
fn outside_of_code(line: &str) -> Vec<&str> {
    let run = |text: &str| text.len() - text.trim_start_matches('`').len();
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        if rest[..at].ends_with('\\') {
            found.push(&rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        }
        found.push(&rest[..at]);
        let length = run(&rest[at..]);
        let mut inside = &rest[at + length..];
        loop {
            let close = inside.find('`').unwrap_or_else(|| panic!("no end: {line}"));
            let closing = run(&inside[close..]);
            inside = &inside[close + closing..];
            if closing == length {
                break;
            }
        }
        rest = inside;
    }
    found.push(rest);
    found
}

#[test]
fn html_is_one_page_without_foreign_markup() {
    let dir = tempfile::tempdir().unwrap();
    let text = documents(dir.path(), "html");
    // An XML reader is stricter than a browser; what it takes as a tag is one. These two have no end tag in HTML.
    let xml = text.replacen("<!DOCTYPE html>", "", 1);
    let xml: String = xml
        .lines()
        .map(|line| if line.starts_with("<meta") { line.replace('>', "/>") } else { line.to_owned() } + "\n")
        .collect();
    let document = roxmltree::Document::parse(&xml).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(document.descendants().all(|node| !node.has_tag_name("script")), "{text}");
    let cells: Vec<_> = document.descendants().filter(|node| node.has_tag_name("code")).collect();
    let has = |words: &str| cells.iter().any(|node| node.text().is_some_and(|text| text.contains(words)));
    assert!(has("table </pre><script>alert(1)</script>"), "{text}");
    assert!(has("ALTER COLUMN note TYPE integer"), "{text}");
    for foreign in ["http://", "https://", "src="] {
        assert!(!text.contains(foreign), "{foreign} in\n{text}");
    }
}

#[test]
fn annotations_are_on_the_lines_of_the_models() {
    let dir = tempfile::tempdir().unwrap();
    let project = dir.path().join("crates/a,b");
    std::fs::create_dir_all(project.join("src")).unwrap();
    std::fs::write(
        project.join("src/models.rs"),
        "use diesel::prelude::*;\n#[derive(Queryable)]\n#[diesel(table_name = users)]\npub struct User {\n    pub id: i32,\n    \
         pub email: Option<String>,\n    pub shape: Shape,\n}\n",
    )
    .unwrap();
    std::fs::write(
        project.join("before.sql"),
        "CREATE TABLE users (id int PRIMARY KEY, shape text NOT NULL);",
    )
    .unwrap();
    let run = |code| {
        let mut command = support::autogen(&project);
        command.args(["check", "--db", "before.sql", "--models", "src/models.rs", "--format", "github"]);
        command.env("GITHUB_WORKSPACE", dir.path());
        String::from_utf8(support::run(&mut command, code).unwrap().stdout).unwrap()
    };
    let text = run(1);
    let wanted = "::error file=crates/a%2Cb/src/models.rs,line=6,endLine=6,col=9,endColumn=";
    let line = text.lines().find(|line| line.starts_with(wanted)).unwrap_or_else(|| panic!("{text}"));
    assert!(line.ends_with(",title=create column::create column users.email: text"), "{line}");
    assert!(text.lines().last().unwrap().starts_with("1 difference between "), "{text}");

    // A mistake in the models is one, too.
    std::fs::write(project.join("src/models.rs"), "pub struct {\n").unwrap();
    let text = run(2);
    assert!(text.starts_with("::error file=crates/a%2Cb/src/models.rs,line=1,"), "{text}");
}

#[test]
fn no_name_makes_an_annotation() {
    let dir = tempfile::tempdir().unwrap();
    let text = documents(dir.path(), "github");
    assert!(text.contains("a%25b::error::c\\n::error file=x::injected"), "{text}");
    let commands: Vec<&str> = text.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(commands.len() + 1, text.lines().count(), "{text}");
    assert!(commands.iter().all(|line| !line.starts_with("::error file=x")), "{text}");
}
