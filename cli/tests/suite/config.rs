//! `autogen.toml` as a user meets it: environments on a live server, attributes for models that cannot be edited, versions
//! of migrations, and what is said of mistakes. Passwords are looked for in everything that is printed.

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};
use autogen::postgres::{Ephemeral, Options};
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use std::os::unix::fs::MetadataExt;

use crate::support::{self, autogen, run};

/// Everything that is hard on a connection string, a TOML file, a URL or a shell.
const PASSWORD: &str = "s3cret 'x' \\ \"q\" @:/?#%41$${HOME} host=evil é";

const MODELS: &str = "diesel::table! { users (id) { id -> Int8, email -> Text, org_id -> Int8, } }
#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct User { pub id: i64, pub email: String, pub org_id: i64 }
";

const TABLE: &str =
    "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, org_id bigint NOT NULL);";

/// A project with models, a current schema and a configuration.
struct Project(tempfile::TempDir);

impl Project {
    fn new(models: &str, config: &str) -> Result<Project> {
        let folder = tempfile::tempdir()?;
        std::fs::create_dir_all(folder.path().join("src"))?;
        std::fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"x\"\n")?;
        std::fs::write(folder.path().join("src/models.rs"), models)?;
        std::fs::write(folder.path().join("now.sql"), TABLE)?;
        let project = Project(folder);
        project.configure(config)?;
        Ok(project)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn configure(&self, config: &str) -> Result<()> {
        Ok(std::fs::write(self.path().join("autogen.toml"), config)?)
    }

    fn run(&self, args: &[&str], code: i32) -> Result<(String, String)> {
        self.finish(autogen(self.path()).args(args), code)
    }

    fn finish(&self, command: &mut Command, code: i32) -> Result<(String, String)> {
        let output = run(command, code)?;
        let (stdout, stderr) = both(&output);
        ensure!(!stdout.contains("s3cret") && !stderr.contains("s3cret"), "a secret in {stdout}{stderr}");
        ensure!(!stderr.contains("panicked"), "{stderr}");
        Ok((stdout, stderr))
    }
}

fn both(output: &Output) -> (String, String) {
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// What `ask` of a setting is on the server.
#[derive(QueryableByName)]
struct Shown {
    #[diesel(sql_type = Text)]
    text: String,
}

/// A server that listens on an address of its own beside its socket, demands a password of `deploy`, and over TCP TLS too.
struct TlsServer {
    server: Ephemeral,
    address: String,
}

impl TlsServer {
    fn start(authority: &Path) -> Result<TlsServer> {
        // Any address of the loopback network will do on Linux, so that no other server is in the way.
        let id = std::process::id();
        let address = if cfg!(target_os = "linux") {
            format!("127.{}.{}.{}", 10 + (id >> 16) % 200, (id >> 8) % 256, 1 + id % 254)
        } else {
            "127.0.0.1".to_owned()
        };
        let pg_bin = std::env::var_os("AUTOGEN_PG_BIN").map(Into::into);
        let settings = vec![format!("listen_addresses={address}")];
        let server = Ephemeral::start(&Options { pg_bin, settings, ..Options::default() })?;
        server.create_database("shop", None)?;
        let mut connection = server.connect("shop")?;
        connection.batch_execute(TABLE)?;
        let mut show = |name: &str| -> Result<String> {
            let row: Shown =
                sql_query(format!("SELECT current_setting('{name}') AS text")).get_result(&mut connection)?;
            Ok(row.text)
        };
        let (data, hba) = (show("data_directory")?, show("hba_file")?);
        let owner = std::fs::metadata(&data)?;
        for name in ["server.crt", "server.key"] {
            let target = Path::new(&data).join(name);
            std::fs::copy(authority.join(name), &target)?;
            std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o600))?;
            chown(&target, Some(owner.uid()), Some(owner.gid()))?;
        }
        let rules =
            "local all deploy scram-sha-256\nlocal all all trust\nhostssl all all all scram-sha-256\n";
        std::fs::write(&hba, rules)?;
        let quoted = PASSWORD.replace('\'', "''");
        connection.batch_execute(&format!(
            "SET password_encryption = 'scram-sha-256'; CREATE ROLE deploy LOGIN PASSWORD '{quoted}'"
        ))?;
        connection.batch_execute("ALTER SYSTEM SET ssl = on")?;
        connection.batch_execute("SELECT pg_reload_conf()")?;
        // The postmaster takes a moment to follow.
        for _ in 0..100 {
            let row: Shown = sql_query(
                "SELECT (current_setting('ssl') || (SELECT count(*) FROM pg_hba_file_rules)) AS text",
            )
            .get_result(&mut server.connect("shop")?)?;
            if row.text == "on3" {
                return Ok(TlsServer { server, address });
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        anyhow::bail!("the server does not turn TLS on")
    }
}

/// An authority and a certificate that it signed for `db.autogen.test`.
fn certificates(folder: &Path) -> Result<()> {
    let openssl = |args: &str| -> Result<()> {
        let output = Command::new("openssl")
            .args(args.split_whitespace())
            .current_dir(folder)
            .output()
            .context("this test needs the program openssl")?;
        ensure!(output.status.success(), "openssl {args}: {}", both(&output).1);
        Ok(())
    };
    openssl(
        "req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.crt -subj /CN=autogen-test-ca",
    )?;
    openssl("req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=db.autogen.test")?;
    std::fs::write(folder.join("names"), "subjectAltName=DNS:db.autogen.test\n")?;
    openssl(
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.crt",
    )
}

#[test]
fn environments_reach_a_server_by_socket_and_by_verified_tls() -> Result<()> {
    let authority = tempfile::tempdir()?;
    certificates(authority.path())?;
    let TlsServer { server, address } = TlsServer::start(authority.path())?;
    let project = Project::new(
        MODELS,
        r#"
[env.socket]
socket = "${TEST_SOCKET}"
user = "deploy"
password = "${TEST_PASSWORD}"
dbname = "shop"

[env.tls]
host = "db.autogen.test"
hostaddr = "${TEST_ADDRESS}"
port = 5432
user = "deploy"
password = "${TEST_PASSWORD}"
dbname = "shop"
sslmode = "verify-full"
sslrootcert = "${TEST_CA}"

[env.wrong_name]
host = "other.autogen.test"
hostaddr = "${TEST_ADDRESS}"
user = "deploy"
password = "${TEST_PASSWORD}"
dbname = "shop"
sslmode = "verify-full"
sslrootcert = "${TEST_CA}"

[env.wrong_password]
socket = "${TEST_SOCKET}"
user = "deploy"
password = "${TEST_PASSWORD}x"
dbname = "shop"

[env.unset]
url = "postgres://u:s3cret@h/${AUTOGEN_TEST_UNSET}"
"#,
    )?;
    let ask = |args: &[&str], code: i32| -> Result<(String, String)> {
        let mut command = autogen(project.path());
        command
            .args(args)
            .env("TEST_SOCKET", server.folder())
            .env("TEST_PASSWORD", PASSWORD)
            .env("TEST_ADDRESS", &address)
            .env("TEST_CA", authority.path().join("ca.crt"));
        project.finish(&mut command, code)
    };
    for name in ["env:socket", "env:tls"] {
        let (stdout, _) = ask(&["check", "--db", name], 0)?;
        ensure!(stdout.starts_with("In sync: postgresql://deploy@"), "{name}: {stdout}");
    }
    ask(&["check", "--db", "env:tls", "--target", "env:socket"], 0)?;
    let (_, stderr) = ask(&["check", "--db", "env:wrong_name"], 2)?;
    ensure!(stderr.contains("does not match host name"), "{stderr}");
    let (_, stderr) = ask(&["check", "--db", "env:wrong_password"], 2)?;
    ensure!(stderr.contains("password authentication failed"), "{stderr}");
    let (_, stderr) = ask(&["check", "--db", "env:unset"], 2)?;
    let all = ["autogen.toml:34:7", "AUTOGEN_TEST_UNSET is not set"];
    ensure!(all.iter().all(|words| stderr.contains(words)), "{stderr}");
    let (_, stderr) = ask(&["check", "--db", "env:nope"], 2)?;
    ensure!(stderr.contains("socket, tls, unset, wrong_name, wrong_password"), "{stderr}");
    Ok(())
}

#[test]
fn mistakes_are_shown_where_they_are_and_secrets_are_not() -> Result<()> {
    let project = Project::new(MODELS, "")?;
    let cases: [(&str, &[&str]); 10] = [
        ("modles = \"src\"\n", &["autogen.toml:1:1", "did you mean `models`?", "id_style"]),
        ("models = \"src\n", &["autogen.toml:1:", "bad-toml"]),
        ("[env.x]\npasswrd = \"s3cret\"\n", &["autogen.toml:2:1", "did you mean `password`?"]),
        ("[env.x]\npassword = \"s3cret\n", &["autogen.toml:2:"]),
        (
            "env.x.password = \"s3cret\"\nenv.x.url = \"postgres://u:s3cret@h\"\n",
            &["autogen.toml:2:13", "url"],
        ),
        ("models = \"${AUTOGEN_TEST_UNSET}\"\n", &["autogen.toml:1:10", "AUTOGEN_TEST_UNSET is not set"]),
        ("[migrations]\nversion = \"serial\"\n", &["autogen.toml:2:11", "\"timestamp\", \"sequence\""]),
        ("[migrations]\nlock_timeout = \"5 sec\"\n", &["autogen.toml:2:16", "\"5 sec\" is no time", "500ms"]),
        ("[table.users]\nindex = [\"nope\"]\n", &["autogen.toml:2:10", "nope"]),
        (
            "[table.orders]\nmanaged = \"full\"\n",
            &["autogen.toml:1:8", "no struct and no table! binds the table orders"],
        ),
    ];
    for (config, words) in cases {
        project.configure(config)?;
        let (stdout, stderr) = project.run(&["check", "--db", "now.sql"], 2)?;
        ensure!(stdout.is_empty(), "{config}: {stdout}");
        for word in words {
            ensure!(stderr.contains(word), "{config}: no {word} in\n{stderr}");
        }
    }
    project.configure("")?;
    let (_, stderr) = project.run(&["check", "--db", "env:prod"], 2)?;
    ensure!(stderr.contains("[env.prod]"), "{stderr}");
    let (_, stderr) = project.run(&["check", "--config", "none.toml"], 2)?;
    ensure!(stderr.contains("cannot read none.toml"), "{stderr}");
    Ok(())
}

#[test]
fn attributes_can_stand_in_the_file() -> Result<()> {
    let project = Project::new(
        &MODELS.replace("pub org_id", "#[autogen(default = \"7\")] pub org_id"),
        r#"
[table.users]
index = ["org_id, email desc", '"lower(email)", unique, name = users_lower']
check = ["email <> ''", '"org_id > 0", name = positive']

[table.users.column.email]
unique = true
comment = "where's it going?"

[table.users.column.org_id]
default = "7"
"#,
    )?;
    let (sql, _) = project.run(&["diff", "--db", "now.sql", "--format", "sql"], 0)?;
    for words in [
        "CREATE INDEX users_org_id_email_idx ON users (org_id, email DESC)",
        "CREATE UNIQUE INDEX users_lower ON users (lower(email))",
        "CHECK (email <> '')",
        "CONSTRAINT positive CHECK (org_id > 0)",
        "UNIQUE (email)",
        "'where''s it going?'",
        "ALTER COLUMN org_id SET DEFAULT 7",
        "autogen.toml:",
    ] {
        ensure!(sql.contains(words), "no {words} in\n{sql}");
    }
    // The referee is the server: applied, nothing differs any more.
    let server = support::start()?;
    server.create_database("attributes", None)?;
    let up = sql.split("-- up.sql").last().unwrap_or(&sql).to_owned();
    let (up, _) = up.split_once("DROP").context("no way back")?;
    let up = up.rsplit_once("\n\n").map_or(up, |(up, _)| up);
    support::load(&server, "attributes", &format!("{TABLE}\n{up}"))?;
    project.run(&["check", "--db", &server.url("attributes")], 0)?;

    project.configure("[table.users.column.org_id]\ndefault = \"8\"\n")?;
    let (_, stderr) = project.run(&["check", "--db", "now.sql"], 2)?;
    for words in ["`default` is said twice", "autogen.toml:2:11", "models.rs:4"] {
        ensure!(stderr.contains(words), "no {words} in\n{stderr}");
    }
    std::fs::write(
        project.path().join("src/models.rs"),
        MODELS.replace("pub struct", "#[autogen(check(\"id > 0\", name = positive))] pub struct"),
    )?;
    project.configure("[table.users]\ncheck = ['\"id > 1\", name = positive']\n")?;
    let (_, stderr) = project.run(&["check", "--db", "now.sql"], 2)?;
    for words in ["the `check` called positive is said twice", "autogen.toml:2:10", "models.rs:4"] {
        ensure!(stderr.contains(words), "no {words} in\n{stderr}");
    }
    project.configure("[table.users.column.nope]\nunique = true\n")?;
    let (_, stderr) = project.run(&["check", "--db", "now.sql"], 2)?;
    ensure!(stderr.contains("no field and no table! binds the column nope of users"), "{stderr}");
    Ok(())
}

#[test]
fn versions_can_be_a_sequence() -> Result<()> {
    let project = Project::new(
        &MODELS.replace("pub org_id: i64", "pub org_id: i64, pub nick: Option<String>"),
        "models = \"src/models.rs\"\n[migrations]\ndir = \"db\"\nversion = \"sequence\"\n",
    )?;
    let first = project.path().join("db/0002_users");
    std::fs::create_dir_all(&first)?;
    std::fs::write(first.join("up.sql"), TABLE)?;
    std::fs::write(first.join("down.sql"), "DROP TABLE users;")?;
    // From a folder below, and without --db: the file's own migrations directory is replayed.
    project.finish(autogen(&project.path().join("src")).args(["diff", "--name", "add_nick"]), 0)?;
    let up = std::fs::read_to_string(project.path().join("db/0003_add_nick/up.sql"))?;
    ensure!(up.contains("ADD COLUMN nick text"), "{up}");
    project.run(&["check"], 0)?;
    Ok(())
}
