//! A throwaway server for tests: initdb into a temporary folder, a Unix socket and no TCP, ended with the value. The
//! binaries are those of `AUTOGEN_PG_BIN`, else the newest below /usr/lib/postgresql; without any, the test fails.

use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

pub(crate) struct Server {
    folder: PathBuf,
    process: Child,
}

/// The account to run as when the tests run as root, which Postgres refuses.
fn account() -> Option<(u32, u32)> {
    let me = std::fs::metadata("/proc/self").map(|meta| std::os::unix::fs::MetadataExt::uid(&meta)).unwrap();
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap();
    let line = passwd
        .lines()
        .find(|line| line.starts_with("postgres:"))
        .or(passwd.lines().find(|l| l.starts_with("nobody:")));
    let mut fields = line.unwrap().split(':').skip(2).map(|field| field.parse().unwrap());
    (me == 0).then(|| (fields.next().unwrap(), fields.next().unwrap()))
}

fn binaries() -> PathBuf {
    if let Some(folder) = std::env::var_os("AUTOGEN_PG_BIN") {
        return folder.into();
    }
    let found = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"));
    found
        .filter(|bin| bin.join("initdb").exists())
        .max()
        .expect("no Postgres below /usr/lib/postgresql; set AUTOGEN_PG_BIN")
}

fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = account() {
        command.uid(uid).gid(gid);
    }
    command.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
    command
}

impl Server {
    pub(crate) fn start() -> Self {
        let bin = binaries();
        let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
        let folder = std::env::temp_dir().join(format!("autogen-test-{}-{nanos}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
        if let Some((uid, gid)) = account() {
            chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        let data = folder.join("data");
        let status = command(&bin.join("initdb"))
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N", "-D"])
            .arg(&data)
            .status()
            .unwrap();
        assert!(status.success(), "initdb of {} failed", bin.display());
        let process = command(&bin.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&folder)
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "autovacuum=off"])
            .spawn()
            .unwrap();
        let server = Self { folder, process };
        for _ in 0..200 {
            if PgConnection::establish(&server.url("postgres", "postgres")).is_ok() {
                return server;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the server of {} did not start", bin.display());
    }

    pub(crate) fn url(&self, user: &str, database: &str) -> String {
        format!("host={} user={user} dbname={database}", self.folder.display())
    }

    /// A connection to a new database with this schema.
    pub(crate) fn database(&self, name: &str, sql: &str) -> PgConnection {
        let mut admin = self.connect("postgres", "postgres");
        admin.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        let mut connection = self.connect("postgres", name);
        connection.batch_execute(sql).unwrap();
        connection
    }

    pub(crate) fn connect(&self, user: &str, database: &str) -> PgConnection {
        PgConnection::establish(&self.url(user, database)).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGQUIT is the immediate shutdown; the postmaster ends its children.
        let _ = Command::new("kill").args(["-QUIT", &self.process.id().to_string()]).status();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
