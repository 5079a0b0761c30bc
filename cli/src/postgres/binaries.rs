//! Finding the server's programs on this machine, in a fixed order, and saying how to get them when there
//! are none. Nothing is fetched here; that is `install`, and only on request.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{cache, error::Error};

/// A folder with `postgres` and `initdb`, and the version of the former.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// The folder.
    pub dir: PathBuf,
    /// The full version as the server tells it, such as `15.18` or `17beta1`.
    pub version: String,
    /// The major version, such as 15.
    pub major: u32,
}

/// A name for messages, and the folders to try there.
type Place = (&'static str, fn() -> Vec<PathBuf>);

/// Where to look, in this order.
const PLACES: [Place; 5] = [
    ("the tool's cache", cached),
    ("/usr/lib/postgresql/*/bin", packaged),
    ("pg_config --bindir", pg_config),
    ("PATH", on_path),
    ("Homebrew's folders", homebrew),
];

impl Binaries {
    /// Finds server binaries. `explicit` is what `--pg-bin` or `AUTOGEN_PG_BIN` says and then the only place;
    /// `wanted` is the major version that is preferred, where a place offers several.
    ///
    /// # Errors
    /// [`Error::BadBinaries`] if the explicit folder is none, [`Error::NoBinaries`] if there are none at all.
    pub fn find(explicit: Option<&Path>, wanted: Option<u32>) -> Result<Binaries, Error> {
        if let Some(path) = explicit {
            return explicit_dir(path);
        }
        let mut fallback = None;
        for (_, candidates) in PLACES {
            let found = candidates().iter().filter_map(|dir| probe(dir).ok()).collect();
            if let Some(best) = choose(found, wanted) {
                // The wanted major in a later place beats another major in an earlier one.
                if wanted.is_none_or(|m| m == best.major) {
                    return Ok(best);
                }
                fallback.get_or_insert(best);
            }
        }
        let looked = PLACES.map(|(name, _)| name).join(", ");
        fallback.ok_or(Error::NoBinaries { wanted, looked })
    }

    /// Every set of binaries that [`Binaries::find`] knows of, one per major version, ascending.
    #[must_use]
    pub fn all() -> Vec<Binaries> {
        let mut by_major = BTreeMap::new();
        for dir in PLACES.iter().flat_map(|(_, candidates)| candidates()) {
            if let Ok(found) = probe(&dir) {
                by_major.entry(found.major).or_insert(found);
            }
        }
        by_major.into_values().collect()
    }

    /// The path of one of the programs.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

/// The wanted major if it is there, else the highest.
fn choose(found: Vec<Binaries>, wanted: Option<u32>) -> Option<Binaries> {
    found.into_iter().max_by_key(|b| (Some(b.major) == wanted, b.major))
}

fn explicit_dir(path: &Path) -> Result<Binaries, Error> {
    let path = std::path::absolute(path).map_err(Error::io("resolve", path))?;
    // Both the bin folder and the folder above it are what people call "the Postgres folder".
    let nested = path.join("bin");
    let dir = if path.join("postgres").exists() || !nested.join("postgres").exists() { path } else { nested };
    probe(&dir).map_err(|reason| Error::BadBinaries { path: dir, reason })
}

/// Checks a folder and asks `postgres` for its version.
fn probe(dir: &Path) -> Result<Binaries, String> {
    for program in ["postgres", "initdb"] {
        if !dir.join(program).is_file() {
            return Err(format!("it has no file `{program}`"));
        }
    }
    let output = Command::new(dir.join("postgres"))
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("`postgres --version` cannot be run: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match parse_version(&text) {
        Some((version, major)) => Ok(Binaries { dir: dir.to_path_buf(), version, major }),
        None => Err(format!(
            "`postgres --version` gives no version: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, and development versions like `18beta1`.
fn parse_version(text: &str) -> Option<(String, u32)> {
    let version = text.split_once("(PostgreSQL)")?.1.split_whitespace().next()?;
    let digits = version.split(|c: char| !c.is_ascii_digit()).next()?;
    Some((version.to_owned(), digits.parse().ok()?))
}

fn cached() -> Vec<PathBuf> {
    cache::installed().map(|dir| bin_folders_below(&dir, |_| true)).unwrap_or_default()
}

fn packaged() -> Vec<PathBuf> {
    let mut dirs = bin_folders_below(Path::new("/usr/lib/postgresql"), |_| true);
    // Red Hat's PGDG packages.
    dirs.extend(bin_folders_below(Path::new("/usr"), |name| name.starts_with("pgsql-")));
    dirs
}

fn homebrew() -> Vec<PathBuf> {
    ["/opt/homebrew/opt", "/usr/local/opt", "/home/linuxbrew/.linuxbrew/opt"]
        .iter()
        .flat_map(|dir| bin_folders_below(Path::new(dir), |name| name.starts_with("postgresql")))
        .collect()
}

fn bin_folders_below(parent: &Path, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(parent) else { return Vec::new() };
    let mut dirs: Vec<_> = entries
        .flatten()
        .filter(|e| e.file_name().to_str().is_some_and(|name| !name.starts_with('.') && wanted(name)))
        .map(|e| e.path().join("bin"))
        .filter(|d| d.join("postgres").is_file())
        .collect();
    dirs.sort();
    dirs
}

fn pg_config() -> Vec<PathBuf> {
    let output =
        Command::new("pg_config").arg("--bindir").stdin(Stdio::null()).stderr(Stdio::null()).output();
    let Ok(output) = output else { return Vec::new() };
    match String::from_utf8(output.stdout) {
        Ok(text) if !text.trim().is_empty() => vec![PathBuf::from(text.trim())],
        _ => Vec::new(),
    }
}

fn on_path() -> Vec<PathBuf> {
    let Some(path) = std::env::var_os("PATH") else { return Vec::new() };
    std::env::split_paths(&path)
        .filter_map(|dir| std::fs::canonicalize(dir.join("postgres")).ok()?.parent().map(Path::to_path_buf))
        .collect()
}

/// The one-line install for each system, for error messages.
pub(crate) fn install_hints() -> &'static str {
    "  Debian, Ubuntu:  apt-get install postgresql\n  \
       Fedora, RHEL:    dnf install postgresql-server\n  \
       Alpine:          apk add postgresql\n  \
       Arch:            pacman -S postgresql\n  \
       macOS:           brew install postgresql@17"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let check = |text: &str, expect: Option<(&str, u32)>| {
            assert_eq!(parse_version(text), expect.map(|(v, m)| (v.to_owned(), m)), "{text}");
        };
        check("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some(("15.18", 15)));
        check("postgres (PostgreSQL) 18beta1", Some(("18beta1", 18)));
        check("bash: postgres: command not found", None);
        check("postgres (PostgreSQL)", None);
    }

    #[test]
    fn wanted_major_wins_over_the_highest() {
        let of = |major: u32| Binaries { dir: PathBuf::from("x"), version: format!("{major}.1"), major };
        let pick = |wanted| choose(vec![of(14), of(17), of(16)], wanted).map(|b| b.major);
        assert_eq!(pick(Some(14)), Some(14));
        assert_eq!(pick(Some(13)), Some(17));
        assert_eq!(pick(None), Some(17));
    }

    #[test]
    fn an_empty_folder_is_named_in_the_error() {
        let dir = tempfile::tempdir().unwrap();
        let error = Binaries::find(Some(dir.path()), None).unwrap_err().to_string();
        assert!(error.contains("has no file `postgres`"), "{error}");
        assert!(error.contains(&dir.path().display().to_string()), "{error}");
    }
}
