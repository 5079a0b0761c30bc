//! Where the tool keeps what is worth keeping between runs: fetched server binaries and the template cluster.
//! Everything in it can be deleted at any time.

use std::path::PathBuf;

/// The cache folder, which need not exist yet. For root it is not below /root, because the server runs as
/// another user who may not enter there. `None` when the environment names no home.
pub(crate) fn dir() -> Option<PathBuf> {
    if rustix::process::geteuid().is_root() {
        return Some(PathBuf::from("/var/cache/autogen"));
    }
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("HOME").map(|h| h.join(".cache")))
        .map(|p| p.join("autogen"))
}

/// The folder below which each installed major version has a folder of its own.
pub(crate) fn installed() -> Option<PathBuf> {
    dir().map(|d| d.join("postgres"))
}
