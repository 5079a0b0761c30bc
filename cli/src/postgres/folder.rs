//! The private folder of one throwaway server: its data, socket and log. Its owner holds a file lock in it, so
//! that whoever starts the next server can tell leftovers of a killed process from folders in use. A lock and
//! not a process id, because ids are reused and differ between containers that share a /tmp.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};

use super::account::Account;
use super::error::Error;

const PREFIX: &str = "autogen-pg-";
const LOCK: &str = "owner.lock";
/// A folder without a lock file is one that is just being made, unless it is older than this.
const UNLOCKED_GRACE: Duration = Duration::from_secs(600);
/// sockaddr_un holds 108 bytes on Linux and 104 on macOS, with the final NUL.
const SOCKET_PATH_MAX: usize = if cfg!(target_os = "linux") { 107 } else { 103 };
/// What a cluster and a test's worth of rows need.
const MEMORY_WANTED: u64 = 512 << 20;

/// A private folder, mode 0700, owned by the server's account.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    // Held for its lock, which the system drops when this process ends in whatever way.
    _lock: File,
}

impl Folder {
    pub(crate) fn create(base: &Path, account: Option<&Account>) -> Result<Folder, Error> {
        let made = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in(base)
            .map_err(Error::io("create a folder in", base))?;
        let path = made.path().to_path_buf();
        // Locked under another name first: a lock file that can be seen is a lock that is held.
        let (aside, name) = (path.join("owner.new"), path.join(LOCK));
        let lock = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&aside)
            .map_err(Error::io("create", &aside))?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)
            .map_err(|e| Error::io("lock", &aside)(e.into()))?;
        fs::rename(&aside, &name).map_err(Error::io("rename", &aside))?;
        give(&path, account)?;
        Ok(Folder { path: made.keep(), _lock: lock })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the folder with all it holds. What cannot be removed is swept by a later run.
    pub(crate) fn remove(&self) {
        // The server's last children may still write a file while they die.
        for _ in 0..50 {
            match fs::remove_dir_all(&self.path) {
                Ok(()) => return,
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => return,
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }
}

/// Makes a path the account's own. The error of a root without capabilities is told apart, as it has a remedy.
pub(crate) fn give(path: &Path, account: Option<&Account>) -> Result<(), Error> {
    let Some(account) = account else { return Ok(()) };
    chown(path, Some(account.uid), Some(account.gid)).map_err(|e| match e.raw_os_error() {
        Some(libc::EPERM | libc::EINVAL) => Error::CannotLeaveRoot {
            reason: format!("a folder cannot be given to the user `{}`: {e}", account.name),
        },
        _ => Error::Io { action: "change the owner of", path: path.to_path_buf(), source: e },
    })
}

/// The places for private folders, best first: memory where there is plenty, else the temporary folder.
pub(crate) fn bases(account: Option<&Account>) -> Vec<PathBuf> {
    let mut bases = Vec::new();
    let memory = PathBuf::from("/dev/shm");
    let free = rustix::fs::statvfs(&memory).map(|s| s.f_bavail.saturating_mul(s.f_frsize)).unwrap_or(0);
    if free >= MEMORY_WANTED {
        bases.push(memory);
    }
    bases.push(std::env::temp_dir());
    bases.push(PathBuf::from("/tmp"));
    bases.dedup();
    bases.retain(|base| suits_a_socket(base) && (account.is_none() || open_to_others(base)));
    bases
}

/// Short enough for a socket, and free of what would need quoting in a list of folders.
fn suits_a_socket(base: &Path) -> bool {
    let Some(text) = base.to_str() else { return false };
    let socket = text.len() + 1 + PREFIX.len() + 6 + "/.s.PGSQL.5432".len();
    socket <= SOCKET_PATH_MAX
        && base.is_absolute()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "/_.-+".contains(c))
}

/// Whether any user may pass through every folder of the path; false for all below /root.
pub(crate) fn open_to_others(path: &Path) -> bool {
    path.ancestors().all(|p| p.metadata().is_ok_and(|m| m.mode() & 0o001 != 0))
}

/// Removes the folders of owners that are dead. A server that outlived its owner (where the system has no
/// parent-death signal) shuts itself down once its data is gone.
pub(crate) fn sweep(base: &Path, account: Option<&Account>) {
    let Ok(entries) = fs::read_dir(base) else { return };
    let ours = rustix::process::geteuid().as_raw();
    for entry in entries.flatten() {
        if !entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
            continue;
        }
        // Not following links: the base is usually writable by everybody.
        let Ok(meta) = entry.path().symlink_metadata() else { continue };
        let own = meta.uid() == ours || account.is_some_and(|a| a.uid == meta.uid());
        if meta.is_dir() && own && is_abandoned(&entry.path(), &meta) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_abandoned(path: &Path, meta: &fs::Metadata) -> bool {
    let lock = fs::OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(path.join(LOCK));
    match lock {
        Ok(lock) => flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            meta.modified().is_ok_and(|t| t.elapsed().is_ok_and(|age| age > UNLOCKED_GRACE))
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sweeping_spares_the_living() {
        let base = tempfile::tempdir().unwrap();
        let live = Folder::create(base.path(), None).unwrap();
        let dead = Folder::create(base.path(), None).unwrap();
        let dead_path = dead.path().to_path_buf();
        drop(dead);
        let fresh = base.path().join("autogen-pg-fresh");
        fs::create_dir(&fresh).unwrap();
        let foreign = base.path().join("other");
        fs::create_dir(&foreign).unwrap();

        sweep(base.path(), None);
        assert!(live.path().exists() && fresh.exists() && foreign.exists());
        assert!(!dead_path.exists());
        live.remove();
        assert!(!live.path().exists());
    }

    #[test]
    fn a_long_base_is_not_used() {
        assert!(suits_a_socket(Path::new("/tmp")));
        assert!(!suits_a_socket(Path::new(&format!("/{}", "x".repeat(80)))));
        assert!(!suits_a_socket(Path::new("/tmp/a,b")));
        assert!(!suits_a_socket(Path::new("relative")));
    }
}
