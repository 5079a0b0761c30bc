//! `autogen snapshot`: a schema as JSON, printed or written.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::args::SnapshotArgs;
use crate::output::Terminal;
use crate::project::displayed;
use crate::servers::Servers;
use crate::setup::Setup;
use crate::snapshot;
use crate::source::{held, preferred_major};

/// 0 done.
pub(crate) fn run(args: &SnapshotArgs, terminal: &Terminal) -> Result<ExitCode> {
    let setup = Setup::new(args.project.as_deref(), args.config.as_deref(), terminal)?;
    let source = setup.current(args.db.as_deref(), terminal)?;
    if let Some(file) = &args.out {
        check_replaceable(file)?;
    }
    let mut servers = Servers::new(&args.servers, terminal);
    servers.major = preferred_major(&[&source], terminal)?;
    let loaded = source.load(&args.with, &mut servers, terminal)?;
    let text = snapshot::text(&loaded.catalog, held(&args.with))?;
    match &args.out {
        None => terminal.print(&text)?,
        Some(file) => {
            write(file, &text)?;
            terminal.note(&format!("wrote {}", displayed(file)));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is there may be replaced if it is a snapshot: that is how one is brought up to date.
fn check_replaceable(file: &Path) -> Result<()> {
    let is_there = std::fs::symlink_metadata(file).is_ok();
    let is_snapshot = || std::fs::read_to_string(file).is_ok_and(|text| snapshot::is_one(&text));
    if is_there && !is_snapshot() {
        bail!("{} exists already and is no snapshot; nothing was written", displayed(file));
    }
    Ok(())
}

/// The file appears whole or not at all.
fn write(file: &Path, text: &str) -> Result<()> {
    let named = || format!("cannot write {}", displayed(file));
    let folder = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut aside = tempfile::Builder::new()
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .tempfile_in(folder)
        .with_context(named)?;
    aside.write_all(text.as_bytes()).with_context(named)?;
    aside.persist(file).with_context(named)?;
    Ok(())
}
