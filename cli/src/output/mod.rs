//! What the tool prints and writes. Results go to stdout, everything else to stderr; a closed stream ends no run.

pub(crate) mod files;
pub(crate) mod github;
pub(crate) mod html;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod migration;
mod page;
pub(crate) mod part;
pub(crate) mod version;

use std::cell::RefCell;
use std::io::{self, BufRead, IsTerminal, Write};

use annotate_snippets::Renderer;
use anyhow::{Context, Result};
use autogen_core::{Diagnostic, Severity, visible};
use clap::builder::styling::{AnsiColor, Style};

use crate::args::{Color, TerminalArgs};
use crate::diagnostics::{self, Texts};
use crate::postgres::Progress;

/// Both output streams, and what the user wants on them.
#[derive(Debug)]
pub(crate) struct Terminal {
    quiet: bool,
    verbose: bool,
    no_input: bool,
    /// Colours on stdout.
    color: bool,
    /// Colours on stderr.
    color_errors: bool,
    side: Side,
    findings: Findings,
}

/// Where it goes what is no result.
#[derive(Debug)]
enum Side {
    Stderr,
    /// Kept for whoever called the library.
    Kept(RefCell<String>),
}

/// What findings about files look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Findings {
    /// With an excerpt, beside the result.
    Excerpts,
    /// So, and as annotations of GitHub Actions among the results.
    Annotations,
}

/// What a piece of text is, for its colour.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Paint {
    Title,
    Danger,
    Faint,
}

impl Terminal {
    /// As the options say.
    pub(crate) fn new(args: &TerminalArgs, findings: Findings) -> Terminal {
        let wanted = |is_terminal: bool| match args.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
                is_terminal && set("NO_COLOR").is_none() && set("TERM").is_none_or(|term| term != "dumb")
            }
        };
        Terminal {
            quiet: args.quiet,
            verbose: args.verbose,
            no_input: args.no_input,
            color: wanted(io::stdout().is_terminal()),
            color_errors: wanted(io::stderr().is_terminal()),
            side: Side::Stderr,
            findings,
        }
    }

    /// Nobody is there: no colours, no questions, no progress, and what is told on the side is kept.
    pub(crate) fn unattended() -> Terminal {
        Terminal {
            quiet: false,
            verbose: false,
            no_input: true,
            color: false,
            color_errors: false,
            side: Side::Kept(RefCell::default()),
            findings: Findings::Excerpts,
        }
    }

    /// What was told on the side, where that is kept.
    pub(crate) fn told(&self) -> String {
        match &self.side {
            Side::Stderr => String::new(),
            Side::Kept(text) => text.borrow().clone(),
        }
    }

    /// True if everything is to be told.
    pub(crate) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Prints a result. Whoever reads it may stop reading at any time.
    pub(crate) fn print(&self, text: &str) -> Result<()> {
        let mut out = io::stdout().lock();
        let result = if io::stdout().is_terminal() {
            // A terminal obeys what a catalog says; our own colours have been checked to be ours.
            out.write_all(tamed(text).as_bytes())
        } else {
            out.write_all(text.as_bytes())
        };
        match result.and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other.context("cannot write to stdout"),
        }
    }

    /// Text in the colour of its sort, for stdout.
    pub(crate) fn paint(&self, paint: Paint, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let style = match paint {
            Paint::Title => Style::new().bold(),
            Paint::Danger => AnsiColor::Yellow.on_default(),
            Paint::Faint => Style::new().dimmed(),
        };
        format!("{style}{text}{style:#}")
    }

    /// Tells something on the side.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.side(&format!("{text}\n"));
        }
    }

    /// Tells an error with its causes, one line each.
    pub(crate) fn error(&self, error: &anyhow::Error) {
        let mut text = String::new();
        let mut last = String::new();
        for (depth, cause) in error.chain().enumerate() {
            let message = cause.to_string();
            // Some errors repeat their cause in their own words.
            if depth > 0 && last.contains(&message) {
                continue;
            }
            let shown = message.lines().map(visible).collect::<Vec<_>>().join("\n");
            let head = if depth == 0 { self.paint_error("error") } else { "caused by".to_owned() };
            text.push_str(&format!("{head}: {shown}\n"));
            last = message;
        }
        self.side(&text);
    }

    fn paint_error(&self, text: &str) -> String {
        if !self.color_errors {
            return text.to_owned();
        }
        let style = AnsiColor::Red.on_default().bold();
        format!("{style}{text}{style:#}")
    }

    /// Shows findings about the models: errors always, warnings unless quiet, notes when asked for.
    pub(crate) fn diagnostics(&self, all: &[Diagnostic], texts: &Texts) {
        let renderer = if self.color_errors { Renderer::styled() } else { Renderer::plain() };
        let shows = |severity| match severity {
            Severity::Error => true,
            Severity::Warning => !self.quiet,
            Severity::Note => self.verbose,
        };
        for diagnostic in all.iter().filter(|one| shows(one.severity)) {
            self.side(&diagnostics::render(diagnostic, texts, &renderer));
            if self.findings == Findings::Annotations {
                // A closed stream ends no run.
                let _ = self.print(&github::finding(diagnostic));
            }
        }
        let hidden = all.iter().filter(|one| one.severity == Severity::Note && !shows(one.severity)).count();
        if hidden > 0 {
            let notes = if hidden == 1 { "note" } else { "notes" };
            self.note(&format!("{hidden} {notes} about the models; --verbose shows them"));
        }
    }

    /// Findings with their excerpts, as a result.
    pub(crate) fn excerpts(&self, findings: &[Diagnostic], texts: &Texts) -> String {
        let renderer = if self.color { Renderer::styled() } else { Renderer::plain() };
        findings.iter().map(|one| diagnostics::render(one, texts, &renderer) + "\n").collect()
    }

    /// A sign of life for what takes longer than half a second.
    pub(crate) fn progress(&self, message: &str) -> Progress {
        let is_hidden = self.quiet || matches!(self.side, Side::Kept(_));
        if is_hidden { Progress::hidden() } else { Progress::start(visible(message)) }
    }

    /// True if there is somebody to ask.
    pub(crate) fn may_ask(&self) -> bool {
        !self.no_input && !self.quiet && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks a question; anything but a yes is a no.
    pub(crate) fn ask(&self, question: &str) -> bool {
        self.side(&format!("{} [y/N] ", visible(question)));
        let mut answer = String::new();
        let read = io::stdin().lock().read_line(&mut answer);
        read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
    }

    /// To stderr; a closed one must not end the work.
    fn side(&self, text: &str) {
        match &self.side {
            Side::Stderr => {
                let _ = io::stderr().lock().write_all(text.as_bytes());
            }
            Side::Kept(kept) => kept.borrow_mut().push_str(text),
        }
    }
}

/// Escapes control characters other than line ends, tabs and our own colour sequences (`ESC [ digits m`).
fn tamed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let color = rest.strip_prefix("\u{1b}[").and_then(|body| {
            let end = body.find(|c: char| !c.is_ascii_digit() && c != ';')?;
            body[end..].starts_with('m').then_some(2 + end + 1)
        });
        let taken = color.unwrap_or(c.len_utf8());
        match (color, c) {
            (Some(_), _) | (None, '\n' | '\t') => out.push_str(&rest[..taken]),
            (None, _) => out.push_str(&visible(&rest[..taken])),
        }
        rest = &rest[taken..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::tamed;

    #[test]
    fn a_terminal_gets_colours_and_nothing_else() {
        assert_eq!(tamed("a\u{1b}[1mb\u{1b}[0m\n\tc\u{1b}[2J\r"), "a\u{1b}[1mb\u{1b}[0m\n\tc\\u{1b}[2J\\r");
    }
}
