//! The result as Markdown, for a comment on a pull request: what changes and what is dangerous at once, the scripts
//! folded away. Text from catalogs and models stands in code, where no character means anything and nobody is
//! notified, or has its marks escaped. It stays below the 65,536 characters that a comment on GitHub may have.

use std::fmt::Write;

use super::page::{Entry, Page, PageScript};
use crate::outcome::Outcome;

/// As long as a document may be, in bytes.
const MAX: usize = 65_000;

/// Characters of one text in a line.
const LINE: usize = 240;

/// How much is shown before the rest is only counted.
#[derive(Clone, Copy)]
struct Limits {
    /// Entries of one list.
    entries: usize,
    /// Bytes of one script.
    script: usize,
}

/// The document.
pub(crate) fn document(outcome: &Outcome) -> String {
    render(&Page::new(outcome))
}

fn render(page: &Page) -> String {
    let mut limits = Limits { entries: 400, script: 32_000 };
    loop {
        let text = render_within(page, limits);
        if text.len() <= MAX || limits.entries <= 1 {
            return text;
        }
        limits = Limits { entries: limits.entries / 2, script: limits.script / 2 };
    }
}

fn render_within(page: &Page, limits: Limits) -> String {
    let mut out = format!("### autogen: {}\n\n", text(&page.title));
    let _ = writeln!(out, "Compared: {}.\n", text(&page.compared));
    let changes = page.changes.iter().map(|change| {
        let mut line = format!("{} {}", change.action, code(&change.object));
        if !change.detail.is_empty() {
            let _ = write!(line, ": {}", code(&change.detail));
        }
        if let Some(place) = &change.place {
            let _ = write!(line, " ({})", code(place));
        }
        line
    });
    list(&mut out, changes.collect(), limits);
    for script in &page.scripts {
        dangers(&mut out, script, limits);
    }
    for script in &page.scripts {
        folded(&mut out, script.name, &fenced(&script.text, limits));
    }
    for one in &page.lists {
        let mut body = String::new();
        list(&mut body, one.entries.iter().map(entry).collect(), limits);
        folded(&mut out, &format!("{} ({})", one.title, one.entries.len()), &body);
    }
    let notes = page.notes.iter().map(|note| format!("Note: {}", text(note)));
    list(&mut out, notes.collect(), limits);
    format!("{}\n", out.trim_end())
}

fn dangers(out: &mut String, script: &PageScript, limits: Limits) {
    if script.hazards.is_empty() && script.todos.is_empty() {
        return;
    }
    let _ = writeln!(out, "**{}**\n", script.name);
    let todos = script.todos.iter().map(|todo| format!("**TODO**: {}", text(todo)));
    let hazards = script.hazards.iter().map(|(kind, message)| format!("**{kind}**: {}", text(message)));
    list(out, todos.chain(hazards).collect(), limits);
}

fn entry(entry: &Entry) -> String {
    match (entry.object.as_str(), entry.text.as_str()) {
        ("", said) => text(said),
        (object, "") => code(object),
        (object, said) => format!("{}: {}", code(object), text(said)),
    }
}

fn list(out: &mut String, lines: Vec<String>, limits: Limits) {
    for line in lines.iter().take(limits.entries) {
        let _ = writeln!(out, "- {line}");
    }
    if lines.len() > limits.entries {
        let _ = writeln!(out, "- … and {} more", lines.len() - limits.entries);
    }
    if !lines.is_empty() {
        out.push('\n');
    }
}

fn folded(out: &mut String, title: &str, body: &str) {
    let _ = writeln!(out, "<details><summary>{title}</summary>\n\n{}\n\n</details>\n", body.trim_end());
}

/// A block of SQL, with a fence that the SQL does not have.
fn fenced(sql: &str, limits: Limits) -> String {
    let mut body = String::new();
    let mut lines = sql.trim_end().lines();
    for line in lines.by_ref() {
        if body.len() + line.len() > limits.script {
            let left = 1 + lines.count();
            let _ = writeln!(body, "-- {left} more lines");
            break;
        }
        // A carriage return would end the line.
        body.push_str(&line.replace('\r', "\\r"));
        body.push('\n');
    }
    let fence = "`".repeat(longest_run(&body).max(2) + 1);
    format!("{fence}sql\n{body}{fence}")
}

/// A code span, delimited as its text needs it.
fn code(text: &str) -> String {
    let text = shortened(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    // The spaces are taken away again by whoever renders it.
    let is_open = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) || text.is_empty();
    if is_open { format!("{fence} {text} {fence}") } else { format!("{fence}{text}{fence}") }
}

/// Plain text. What could be a mark, a tag, a link, a mention or a reference is written so that it is none.
fn text(text: &str) -> String {
    let mut out = String::new();
    for c in shortened(text).chars() {
        match c {
            // At the beginning they would open a list.
            '-' | '+' if out.is_empty() => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A word joiner, which nobody sees, keeps what follows from being a name or a number.
            '@' | '#' => out.extend([c, '\u{2060}']),
            '\\' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '!' | '|' | '~' | '$' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    // Nor is anything an address.
    out.replace("://", ":\u{2060}//").replace("www.", "www\u{2060}.")
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LINE) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::super::page::Change;
    use super::*;

    #[test]
    fn code_has_the_fence_that_it_needs() {
        assert_eq!(code("table users"), "`table users`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``"), "``` `` ```");
        let limits = Limits { entries: 9, script: 99 };
        assert!(fenced("SELECT '```';\n", limits).starts_with("````sql\n"));
        assert!(fenced("SELECT 1;\r-- x", limits).contains("\\r"));
    }

    #[test]
    fn text_is_only_text() {
        assert_eq!(text("<b> *a* [x](y) & _z_"), "&lt;b&gt; \\*a\\* \\[x\\]\\(y\\) &amp; \\_z\\_");
        for hostile in ["@everyone", "#12", "https://x.y"] {
            assert!(!text(hostile).contains(hostile), "{hostile}");
        }
    }

    #[test]
    fn it_fits_into_a_comment() {
        let change = || Change {
            action: "create",
            object: "x".repeat(500),
            detail: "y".repeat(500),
            place: Some("z".repeat(500)),
        };
        let script = |name| PageScript {
            name,
            text: format!("{};\n", "s".repeat(99)).repeat(1000),
            hazards: (0..1000).map(|_| ("data loss".to_owned(), "h".repeat(100))).collect(),
            todos: Vec::new(),
        };
        let page = Page {
            title: "many".to_owned(),
            compared: "a and b".to_owned(),
            changes: (0..1000).map(|_| change()).collect(),
            scripts: vec![script("up.sql"), script("down.sql")],
            lists: Vec::new(),
            notes: Vec::new(),
        };
        let text = render(&page);
        assert!(text.contains(" more\n") && text.contains(" more lines\n"), "{}", text.len());
        assert!((MAX / 3..=MAX).contains(&text.len()), "{}", text.len());
    }
}
