//! rustfmt over generated source, so that the project's own rustfmt.toml is followed. Without rustfmt the text stays as
//! it is, in rustfmt's default style.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// The text as rustfmt leaves it in a folder.
pub(super) fn formatted(text: String, folder: &Path) -> String {
    run(&text, folder).unwrap_or(text)
}

/// None if rustfmt is not there or does not like the text.
fn run(text: &str, folder: &Path) -> Option<String> {
    let mut command = Command::new("rustfmt");
    // A toolchain that the project asks for and that is not installed is not worth a download.
    command.env("RUSTUP_AUTO_INSTALL", "0");
    if folder.is_dir() {
        command.current_dir(folder);
    }
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    // It reads all of its input before it writes. Its verdict is asked for even if it stopped reading.
    let sent = child.stdin.take().map(|mut input| input.write_all(text.as_bytes()));
    let output = child.wait_with_output().ok()?;
    sent?.ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten()
}
