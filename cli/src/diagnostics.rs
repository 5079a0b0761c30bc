//! Findings about model files as rustc prints them: message, source excerpt, help. Text from files is hostile until
//! it is escaped, which happens here or in the renderer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use autogen_core::{Diagnostic, Severity, Span, visible};

/// The texts of the files that spans point into. What was not handed over is read when it is needed.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    known: BTreeMap<PathBuf, Arc<str>>,
}

impl Texts {
    /// Files that have been read already.
    pub(crate) fn new(known: BTreeMap<PathBuf, Arc<str>>) -> Self {
        Self { known }
    }

    fn get(&self, path: &Path) -> Option<Arc<str>> {
        self.known.get(path).cloned().or_else(|| std::fs::read_to_string(path).ok().map(Arc::from))
    }
}

/// One finding, with a newline at its end.
pub(crate) fn render(diagnostic: &Diagnostic, texts: &Texts, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(visible(&diagnostic.message)).id(diagnostic.code);
    let mut group = Group::with_title(title);
    let main = diagnostic.span.as_ref();
    // One excerpt a file, the finding's own first.
    let mut files: Vec<&Path> = Vec::new();
    for span in main.into_iter().chain(diagnostic.related.iter().map(|(span, _)| span)) {
        if !files.contains(&span.file.as_path()) {
            files.push(&span.file);
        }
    }
    for file in files {
        let path = visible(&file.display().to_string());
        let text = texts.get(file).unwrap_or_else(|| Arc::from(""));
        let mut snippet = Snippet::source(text.to_string()).path(path).fold(true);
        if let Some(span) = main.filter(|span| span.file.as_path() == file) {
            snippet = snippet.annotation(AnnotationKind::Primary.span(range(&text, span)));
        }
        for (span, label) in diagnostic.related.iter().filter(|(span, _)| span.file.as_path() == file) {
            snippet =
                snippet.annotation(AnnotationKind::Context.span(range(&text, span)).label(visible(label)));
        }
        group = group.element(snippet);
    }
    if let Some(help) = &diagnostic.help {
        let help = help.lines().map(visible).collect::<Vec<_>>().join("\n");
        group = group.element(Level::HELP.message(help));
    }
    format!("{}\n", renderer.render(&[group]))
}

/// The bytes of a span. A file may have changed since it was read, so nothing is taken for granted.
fn range(text: &str, span: &Span) -> std::ops::Range<usize> {
    let start = offset(text, span.start());
    let end = offset(text, span.end()).max(start);
    start..end
}

fn offset(text: &str, (line, column): (usize, usize)) -> usize {
    let mut begin = 0;
    for (number, content) in text.split_inclusive('\n').enumerate() {
        if number + 1 == line {
            let inside =
                content.char_indices().nth(column.saturating_sub(1)).map_or(content.len(), |(at, _)| at);
            return begin + inside;
        }
        begin += content.len();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(file: &str, line: usize, column: usize, end_column: usize) -> Span {
        Span::new(Arc::new(file.into()), (line, column), (line, end_column))
    }

    fn shown(diagnostic: &Diagnostic, files: &[(&str, &str)]) -> String {
        let texts = files.iter().map(|(path, text)| (PathBuf::from(path), Arc::from(*text))).collect();
        render(diagnostic, &Texts::new(texts), &Renderer::plain())
    }

    #[test]
    fn message_place_and_help() {
        let diagnostic = Diagnostic::error("unknown-key", "there is no key `indx`")
            .at(span("a.rs", 2, 5, 9))
            .related(span("b.rs", 1, 1, 3), "said here")
            .help("did you mean `index`?");
        let text = shown(&diagnostic, &[("a.rs", "one\n é  indx\n"), ("b.rs", "two")]);
        for part in
            ["error[unknown-key]", "a.rs:2:5", "indx", "^^^^", "b.rs:1:1", "said here", "help: did you mean"]
        {
            assert!(text.contains(part), "{part} in\n{text}");
        }
    }

    #[test]
    fn nothing_moves_the_cursor_and_nothing_panics() {
        let diagnostic =
            Diagnostic::warning("x", "a \u{1b}[2J name\nand").at(span("a.rs", 1, 1, 4)).help("\u{1b}[1m\nb");
        let text = shown(&diagnostic, &[("a.rs", "\u{1b}[2J\r\n")]);
        assert!(!text.contains('\u{1b}'), "{text}");
        let gone = Diagnostic::error("x", "y").at(span("/nonexistent", 9, 9, 1));
        assert!(shown(&gone, &[]).contains("error[x]"));
        assert!(
            shown(&Diagnostic::error("x", "y").at(span("a.rs", 9, 9, 1)), &[("a.rs", "é")])
                .contains("error[x]")
        );
    }
}
