//! Files on disk. They appear whole or not at all: written aside in the same parent, then renamed; and what is there already is
//! never overwritten.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::project::displayed;

/// Writes a file that must not exist yet, whole or not at all.
pub(crate) fn write_new(path: &Path, text: &str) -> Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = builder(0o666)
        .tempfile_in(parent)
        .with_context(|| format!("cannot write into {}", displayed(parent)))?;
    std::io::Write::write_all(&mut file, text.as_bytes())
        .with_context(|| format!("cannot write {}", displayed(path)))?;
    file.persist_noclobber(path)
        .map_err(|error| error.error)
        .with_context(|| format!("cannot create {}; nothing was written", displayed(path)))?;
    Ok(())
}

/// Writes files into a folder, all or none: each is written aside first, and none may exist.
pub(crate) fn write_all_new(dir: &Path, files: Vec<(PathBuf, String)>) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(dir).with_context(|| format!("cannot create {}", displayed(dir)))?;
    let mut aside = Vec::new();
    for (path, text) in files {
        let mut file = builder(0o666)
            .tempfile_in(dir)
            .with_context(|| format!("cannot write into {}", displayed(dir)))?;
        std::io::Write::write_all(&mut file, text.as_bytes())
            .with_context(|| format!("cannot write {}", displayed(&path)))?;
        aside.push((file, path));
    }
    let mut done: Vec<PathBuf> = Vec::new();
    for (file, path) in aside {
        if let Err(error) = file.persist_noclobber(&path) {
            // What this run has put there goes again.
            for path in &done {
                let _ = fs::remove_file(path);
            }
            return Err(error.error)
                .with_context(|| format!("cannot create {}; nothing was written", displayed(&path)));
        }
        done.push(path);
    }
    Ok(done)
}

/// Replaces the texts of files, all or none, and keeps their modes. A file that is no longer what it was is an error. A
/// link stays one: what it leads to is replaced.
pub(crate) fn replace_all(files: &BTreeMap<PathBuf, (String, String)>) -> Result<Vec<PathBuf>> {
    let mut aside = Vec::new();
    for (path, (old, new)) in files {
        let real = path.canonicalize().with_context(|| format!("cannot find {}", displayed(path)))?;
        let dir = real.parent().unwrap_or(Path::new("."));
        let cannot = || format!("cannot write {}; nothing was changed", displayed(path));
        if fs::metadata(&real).with_context(cannot)?.permissions().readonly() {
            bail!("{} may not be written; nothing was changed", displayed(path));
        }
        let mut file = builder(0o600).tempfile_in(dir).with_context(cannot)?;
        std::io::Write::write_all(&mut file, new.as_bytes()).with_context(cannot)?;
        let mode = fs::metadata(&real).with_context(cannot)?.permissions();
        fs::set_permissions(file.path(), mode).with_context(cannot)?;
        aside.push((file, real, path, old));
    }
    for (_, real, path, old) in &aside {
        if fs::read(real).ok().as_deref() != Some(old.as_bytes()) {
            bail!("{} was changed meanwhile; nothing was written", displayed(path));
        }
    }
    let mut done: Vec<(PathBuf, &String)> = Vec::new();
    for (file, real, path, old) in aside {
        if let Err(error) = file.persist(&real) {
            // What this run has put there goes again.
            for (real, old) in &done {
                let _ = fs::write(real, old);
            }
            return Err(error.error)
                .with_context(|| format!("cannot replace {}; nothing was changed", displayed(path)));
        }
        done.push((real, old));
    }
    Ok(files.keys().cloned().collect())
}

/// Files aside start with a dot, so that nothing takes them for migrations; the mode is what the umask leaves.
pub(super) fn builder(mode: u32) -> tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".autogen-").permissions(fs::Permissions::from_mode(mode));
    builder
}
