//! Findings as workflow commands of GitHub Actions, which it shows as annotations on the lines of a pull request
//! (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>). Text is escaped as the runner
//! unescapes it, so that no name ends a command or begins another.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use autogen_core::{Diagnostic, Severity, Span, visible};

use super::human;
use crate::describe::differences;
use crate::outcome::Outcome;

/// The differences as errors on the lines of the models, and a last line for the log.
pub(crate) fn check(outcome: &Outcome) -> String {
    let mut out = String::new();
    for one in differences(outcome).iter().filter(|one| one.because.is_none()) {
        let title = format!("{} {}", one.action.as_str(), one.id.kind);
        command(&mut out, "error", one.source, &title, &human::line(one));
    }
    for note in &outcome.notes {
        command(&mut out, "notice", None, "autogen", note);
    }
    let _ = writeln!(out, "{}", human::verdict(outcome));
    out
}

/// A finding about a file.
pub(crate) fn finding(one: &Diagnostic) -> String {
    let level = match one.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let message = match &one.help {
        Some(help) => format!("{}\nhelp: {help}", one.message),
        None => one.message.clone(),
    };
    let mut out = String::new();
    command(&mut out, level, one.span.as_ref(), one.code, &message);
    out
}

fn command(out: &mut String, level: &str, span: Option<&Span>, title: &str, message: &str) {
    let mut properties = Vec::new();
    if let Some(span) = span {
        properties.push(("file", in_workspace(&span.file).display().to_string()));
        let (end_line, end_column) = span.end();
        properties.push(("line", span.line().to_string()));
        properties.push(("endLine", end_line.to_string()));
        // Columns are understood within one line only.
        if span.line() == end_line && span.column() < end_column {
            properties.push(("col", span.column().to_string()));
            properties.push(("endColumn", end_column.to_string()));
        }
    }
    properties.push(("title", title.to_owned()));
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    let lines: Vec<String> = message.lines().map(|line| data(&visible(line))).collect();
    let _ = writeln!(out, "::{level} {}::{}", properties.join(","), lines.join("%0A"));
}

/// A path as GitHub knows it: below the repository's folder.
fn in_workspace(path: &Path) -> PathBuf {
    let workspace = std::env::var_os("GITHUB_WORKSPACE").filter(|folder| !folder.is_empty());
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let below = || Some(real(path)?.strip_prefix(real(Path::new(&workspace?))?).ok()?.to_path_buf());
    below().unwrap_or_else(|| path.to_path_buf())
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn nothing_ends_a_command() {
        let file = Arc::new(PathBuf::from("no such/a,b:c.rs"));
        let span = Span::new(file, (3, 5), (3, 9));
        let one = Diagnostic::warning("x-y", "50%\n::error::z\r").at(span).help("a::b, c");
        assert_eq!(
            finding(&one),
            "::warning file=no such/a%2Cb%3Ac.rs,line=3,endLine=3,col=5,endColumn=9,title=x-y::50%25%0A::error::z\
             %0Ahelp: a::b, c\n"
        );
    }
}
