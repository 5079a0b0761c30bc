//! `autogen revise`: one fresh migration for this branch.

use std::process::ExitCode;

use anyhow::Result;
use autogen_core::visible;

use crate::args::ReviseArgs;
use crate::output::Terminal;
use crate::project::displayed;
use crate::revise::{self, Revision};

/// 0 done.
pub(crate) fn run(args: &ReviseArgs, terminal: &Terminal) -> Result<ExitCode> {
    let revision = revise::plan(args, terminal)?;
    for note in revision.outcome.notes.iter().chain(&revision.notes) {
        terminal.note(note);
    }
    if revision.is_done() {
        terminal.print("Nothing to do.\n")?;
        return Ok(ExitCode::SUCCESS);
    }
    let text = told(&revision, args.dry_run);
    if args.dry_run {
        terminal.print(&text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let done = revision.apply()?;
    terminal.print(&text)?;
    for path in &done.written {
        terminal.note(&format!("wrote {}", displayed(path)));
    }
    done.notes.iter().for_each(|note| terminal.note(note));
    Ok(ExitCode::SUCCESS)
}

/// What goes, what comes, and what became of what people wrote; for a trial run with the scripts.
fn told(revision: &Revision, with_scripts: bool) -> String {
    let mut lines: Vec<String> =
        revision.removed().map(|path| format!("removed   {}", displayed(path))).collect();
    lines.extend(revision.names().iter().map(|name| format!("fresh     {}", visible(name))));
    lines.extend(revision.fates());
    let mut text = lines.join("\n") + "\n";
    if with_scripts {
        for (name, texts) in revision.names().iter().zip(revision.texts()) {
            for (file, script) in [("up.sql", &texts.up), ("down.sql", &texts.down)] {
                text.push_str(&format!("\n-- {}/{file}\n\n{script}", visible(name)));
            }
        }
        text.push_str("\n-- Nothing was changed.\n");
    }
    text
}
