//! The template cluster: initdb takes half a second or more, a copy of its result a few hundredths. One per
//! server version and folder of binaries, in the tool's cache, made under a lock and renamed into place.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::fs::{FlockOperation, flock};

use super::account::Account;
use super::binaries::Binaries;
use super::error::Error;
use super::{cache, folder, process};

/// Puts a fresh cluster at `data`, which must not exist, owned by the account.
pub(crate) fn instantiate(binaries: &Binaries, account: Option<&Account>, data: &Path) -> Result<(), Error> {
    // A cache that cannot be used costs time and nothing else.
    match cached(binaries, account) {
        Ok(Some(template)) => copy(&template, data, account),
        Ok(None) => initdb(binaries, account, data),
        Err(Error::Io { .. }) => initdb(binaries, account, data),
        Err(other) => Err(other),
    }
}

/// The template's folder, made if it does not exist; `None` where there is no place for it.
fn cached(binaries: &Binaries, account: Option<&Account>) -> Result<Option<PathBuf>, Error> {
    let Some(parent) = cache::dir().map(|d| d.join("clusters")) else { return Ok(None) };
    let template = parent.join(key(binaries, account));
    if template.join("PG_VERSION").is_file() {
        return Ok(Some(template));
    }
    fs::create_dir_all(&parent).map_err(Error::io("create", &parent))?;
    if account.is_some() {
        // A strict umask of root must not lock the server's user out; the clusters themselves are 0700.
        for dir in parent.ancestors().take(2) {
            fs::set_permissions(dir, fs::Permissions::from_mode(0o755))
                .map_err(Error::io("change the mode of", dir))?;
        }
        if !folder::open_to_others(&parent) {
            return Ok(None);
        }
    }
    let lock_path = parent.join(".lock");
    let lock = File::create(&lock_path).map_err(Error::io("create", &lock_path))?;
    flock(&lock, FlockOperation::LockExclusive).map_err(|e| Error::io("lock", &lock_path)(e.into()))?;
    if template.join("PG_VERSION").is_file() {
        return Ok(Some(template));
    }
    // Whoever holds the lock is the only one who builds, so any other's half-built folder is a dead one's.
    for entry in fs::read_dir(&parent).map_err(Error::io("read", &parent))?.flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(b".building") {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let aside = parent.join(".building");
    if let Err(error) = initdb(binaries, account, &aside) {
        let _ = fs::remove_dir_all(&aside);
        return Err(error);
    }
    fs::rename(&aside, &template).map_err(Error::io("create", &template))?;
    Ok(Some(template))
}

/// Two builds of one version can differ in their system catalogs' settings, hence the folder in the key.
fn key(binaries: &Binaries, account: Option<&Account>) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in binaries.dir.as_os_str().as_encoded_bytes() {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    let version: String = binaries
        .version
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '_' })
        .collect();
    let owner = account.map(|a| format!("-{}", a.uid)).unwrap_or_default();
    format!("{version}-{hash:016x}{owner}")
}

fn initdb(binaries: &Binaries, account: Option<&Account>, data: &Path) -> Result<(), Error> {
    make_dir(data, account)?;
    let program = binaries.program("initdb");
    let mut command = Command::new(&program);
    command.args(["-A", "trust", "-N", "-U", "postgres", "-E", "UTF8", "--no-locale", "--wal-segsize=1"]);
    if binaries.major >= 18 {
        // On by default from 18; worth nothing on data that lives for seconds.
        command.arg("--no-data-checksums");
    }
    command.arg("-D").arg(data).current_dir(data).stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(Stdio::piped());
    clean_environment(&mut command);
    let child = process::spawn(command, account).map_err(|e| spawn_error(e, &program, account))?;
    let output = child.wait_with_output().map_err(Error::io("wait for", &program))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let mut reason: String = text.lines().take(5).collect::<Vec<_>>().join("\n");
    if reason.is_empty() {
        reason = output.status.to_string();
    }
    if reason.contains("could not look up effective user ID") {
        reason.push_str("\nThe present user has no entry in /etc/passwd, which initdb needs.");
    }
    Err(Error::Program { program: program.display().to_string(), reason })
}

/// The user's PG* variables are about his databases, and his locale would translate messages.
pub(crate) fn clean_environment(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PG") {
            command.env_remove(name);
        }
    }
    command.env("LC_ALL", "C").env("TZ", "UTC");
}

/// Why a program of the server could not be started as the account.
pub(crate) fn spawn_error(error: std::io::Error, program: &Path, account: Option<&Account>) -> Error {
    match (error.raw_os_error(), account) {
        (Some(libc::EPERM | libc::EINVAL), Some(account)) => {
            Error::CannotLeaveRoot { reason: format!("changing to the user `{}`: {error}", account.name) }
        }
        (Some(libc::EACCES), Some(account)) => {
            Error::NotExecutable { program: program.to_path_buf(), user: account.name.clone() }
        }
        _ => Error::Program { program: program.display().to_string(), reason: error.to_string() },
    }
}

fn make_dir(path: &Path, account: Option<&Account>) -> Result<(), Error> {
    fs::create_dir(path).map_err(Error::io("create", path))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
        .map_err(Error::io("change the mode of", path))?;
    folder::give(path, account)
}

fn copy(from: &Path, to: &Path, account: Option<&Account>) -> Result<(), Error> {
    make_dir(to, account)?;
    for entry in fs::read_dir(from).map_err(Error::io("read", from))? {
        let entry = entry.map_err(Error::io("read", from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().map_err(Error::io("read", &source))?.is_dir() {
            copy(&source, &target, account)?;
        } else {
            fs::copy(&source, &target).map_err(Error::io("copy", &source))?;
            folder::give(&target, account)?;
        }
    }
    Ok(())
}
