//! The few questions that are asked of `git`, the program: there is no second reader of its object store. It is only
//! asked, never told: nothing is written, fetched, checked out or locked, and no hook, pager or prompt runs.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

use anyhow::{Context, Result, bail};

/// A repository with a working directory.
#[derive(Clone, Debug)]
pub(crate) struct Repository {
    /// The working directory's top, without symbolic links.
    pub(crate) top: PathBuf,
}

/// Why there is no repository to ask.
#[derive(Debug)]
pub(crate) enum NoRepository {
    /// There is none, or no git: nothing out of the ordinary.
    Ordinary(String),
    /// Git refuses, in its own words.
    Refused(String),
}

/// One file of a revision, or what else is in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Below the top of the working directory.
    pub(crate) path: PathBuf,
    /// A file as against a symbolic link or a submodule.
    pub(crate) is_file: bool,
    /// The blob.
    pub(crate) object: String,
}

impl Repository {
    /// The repository in whose working directory a folder lies.
    pub(crate) fn of(folder: &Path) -> Result<Repository, NoRepository> {
        let output = command(folder).args(["rev-parse", "--show-toplevel"]).output();
        let output = output.map_err(|error| NoRepository::Ordinary(format!("git does not run: {error}")))?;
        if !output.status.success() {
            let words = complaint(&output);
            return Err(
                match words.contains("not a git repository") || words.contains("must be run in a work tree") {
                    true => NoRepository::Ordinary("there is no git repository".to_owned()),
                    false => NoRepository::Refused(words),
                },
            );
        }
        let top = PathBuf::from(std::ffi::OsString::from_vec(without_newline(output.stdout)));
        let top = std::fs::canonicalize(&top).unwrap_or(top);
        Ok(Repository { top })
    }

    /// The commit that a revision means, if there is one.
    pub(crate) fn commit(&self, revision: &str) -> Option<String> {
        // What begins with a dash is no option.
        self.line(&[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &format!("{revision}^{{commit}}"),
        ])
    }

    /// Where two commits parted, if history reaches that far.
    pub(crate) fn merge_base(&self, one: &str, other: &str) -> Option<String> {
        self.line(&["merge-base", one, other])
    }

    /// Where git keeps what is about this working directory alone.
    pub(crate) fn own_folder(&self) -> Option<PathBuf> {
        self.line(&["rev-parse", "--absolute-git-dir"]).map(PathBuf::from)
    }

    /// Files below a path that HEAD does not have as they are, ignored ones included, below the top.
    pub(crate) fn uncommitted(&self, below: &Path) -> Result<Vec<PathBuf>> {
        let output = command(&self.top)
            .args([
                "status",
                "--porcelain=v1",
                "-z",
                "--untracked-files=all",
                "--ignored=traditional",
                "--no-renames",
            ])
            .arg("--")
            .arg(below)
            .output()
            .context("git does not run")?;
        if !output.status.success() {
            bail!("git cannot tell what is uncommitted: {}", complaint(&output));
        }
        let lines = output.stdout.split(|byte| *byte == 0).filter(|line| line.len() > 3);
        Ok(lines.map(|line| PathBuf::from(std::ffi::OsString::from_vec(line[3..].to_vec()))).collect())
    }

    /// True if history was cut off when this clone was made.
    pub(crate) fn is_shallow(&self) -> bool {
        self.line(&["rev-parse", "--is-shallow-repository"]).as_deref() == Some("true")
    }

    /// Everything that a commit holds, in the order of the paths.
    pub(crate) fn entries(&self, commit: &str) -> Result<Vec<Entry>> {
        let output = command(&self.top)
            .args(["ls-tree", "-r", "-z", "--full-tree", commit])
            .output()
            .context("git does not run")?;
        if !output.status.success() {
            bail!("git cannot list {commit}: {}", complaint(&output));
        }
        Ok(output.stdout.split(|byte| *byte == 0).filter_map(entry).collect())
    }

    /// A reader of blobs.
    pub(crate) fn blobs(&self) -> Result<Blobs> {
        let mut child = command(&self.top)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("git does not run")?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(ask), Some(answer)) => {
                let pipes = Pipes { ask, answer: BufReader::new(answer) };
                Ok(Blobs { child, pipes: RefCell::new(Some(pipes)) })
            }
            _ => bail!("git has no stdin and stdout"),
        }
    }

    /// The first line of an answer; `None` where git says no.
    fn line(&self, args: &[&str]) -> Option<String> {
        let output = command(&self.top).args(args).output().ok()?;
        let text = String::from_utf8(without_newline(output.stdout)).ok()?;
        let line = text.lines().next()?;
        (output.status.success() && !line.is_empty()).then(|| line.to_owned())
    }
}

/// A `git cat-file --batch`, asked for one blob at a time.
#[derive(Debug)]
pub(crate) struct Blobs {
    child: Child,
    pipes: RefCell<Option<Pipes>>,
}

#[derive(Debug)]
struct Pipes {
    ask: ChildStdin,
    answer: BufReader<ChildStdout>,
}

impl Blobs {
    /// A blob's bytes.
    pub(crate) fn read(&self, object: &str) -> Result<Vec<u8>> {
        let mut pipes = self.pipes.borrow_mut();
        let Some(Pipes { ask, answer }) = pipes.as_mut() else { bail!("git has ended") };
        writeln!(ask, "{object}").and_then(|()| ask.flush()).context("git has ended")?;
        let mut head = String::new();
        answer.read_line(&mut head).context("git has ended")?;
        let size = head.trim_end().rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
        let Some(size) = size.filter(|_| head.contains(" blob ")) else {
            bail!("this clone does not hold the object {object}");
        };
        let mut bytes = vec![0; size];
        answer.read_exact(&mut bytes).context("git has ended")?;
        answer.read_exact(&mut [0]).context("git has ended")?;
        Ok(bytes)
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        // It ends with its input.
        self.pipes.borrow_mut().take();
        let _ = self.child.wait();
    }
}

/// Git in a folder, whatever the environment: a hook's GIT_DIR and GIT_INDEX_FILE are of its repository and relative to
/// its folder, and need not be those of the models.
fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    let options = ["--no-pager", "-c", "core.quotePath=false", "-c", "core.fsmonitor=false"];
    command.args(options).arg("-C").arg(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if is_of_a_repository(&name) {
            command.env_remove(name);
        }
    }
    let fixed = [
        ("GIT_OPTIONAL_LOCKS", "0"),
        ("GIT_TERMINAL_PROMPT", "0"),
        // A partial clone must not fetch what it lacks.
        ("GIT_NO_LAZY_FETCH", "1"),
        ("LC_ALL", "C"),
    ];
    command.envs(fixed);
    command
}

/// `git rev-parse --local-env-vars`, without those that only configure.
fn is_of_a_repository(name: &OsStr) -> bool {
    const NAMES: [&str; 14] = [
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NAMESPACE",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    ];
    NAMES.iter().any(|one| name == *one)
}

/// `100644 blob 1a2b3c…<tab>src/models.rs`.
fn entry(line: &[u8]) -> Option<Entry> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let head = std::str::from_utf8(&line[..tab]).ok()?;
    let mut words = head.split(' ');
    let (mode, kind, object) = (words.next()?, words.next()?, words.next()?);
    let is_file = kind == "blob" && mode.starts_with("100");
    let path = PathBuf::from(std::ffi::OsString::from_vec(line[tab + 1..].to_vec()));
    Some(Entry { path, is_file, object: object.to_owned() })
}

fn complaint(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("no reason given");
    line.trim_start_matches("fatal: ").to_owned()
}

fn without_newline(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    bytes
}
