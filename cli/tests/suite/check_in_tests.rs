//! A project that holds its models to its migrations in its own `cargo test`: the library as a dependency by path, and
//! what its reports say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use autogen::Check;

use crate::support;

const MODELS: &str = "use diesel::prelude::*;\n\n#[derive(Queryable)]\n#[diesel(table_name = users)]\n\
                      pub struct User {\n    pub id: i32,\n    pub name: String,\n}\n";

const TESTS: &str = r#"
#[test]
fn in_sync() {
    autogen::assert_in_sync("src/models.rs", "migrations");
}

#[test]
#[should_panic(expected = "ahead.rs:8: create column users.email")]
fn ahead() {
    autogen::assert_in_sync("src/ahead.rs", "migrations");
}

#[test]
#[should_panic(expected = "cannot be told")]
fn nothing_there() {
    autogen::assert_in_sync("src/nothing.rs", "migrations");
}
"#;

/// A package with models, models that are ahead, and a migration.
fn package(folder: &Path) {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("src/models.rs", MODELS);
    write(
        "src/ahead.rs",
        &MODELS.replace("pub name: String,\n", "pub name: String,\n    pub email: Option<String>,\n"),
    );
    write("src/lib.rs", "");
    write(
        "migrations/2024-01-01-000000_users/up.sql",
        "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);",
    );
    write("migrations/2024-01-01-000000_users/down.sql", "DROP TABLE users;");
    write("tests/schema.rs", TESTS);
    // The profile of the workspace, or else every dependency is built once more.
    let manifest = format!(
        "[package]\nname = \"project\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dev-dependencies]\nautogen = {{ path = {:?} }}\n\n\
         [workspace]\n\n[profile.dev]\ndebug = \"line-tables-only\"\n\n[profile.dev.package.\"*\"]\ndebug = false\n\n\
         [profile.dev.build-override]\ndebug = false\n",
        env!("CARGO_MANIFEST_DIR")
    );
    write("Cargo.toml", &manifest);
}

#[test]
fn a_project_asserts_it_in_cargo_test() {
    // With the versions of the workspace and in its target folder, so that the dependencies are there already.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("check_in_tests");
    package(&folder);
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    std::fs::copy(lock, folder.join("Cargo.lock")).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "--test", "schema"]).current_dir(&folder);
    cargo.arg("--target-dir").arg(Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap());
    cargo.env_remove("DATABASE_URL").env_remove("MIGRATION_DIRECTORY");
    let output = cargo.output().expect("cargo starts");
    let told =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && told.contains("3 passed"), "{told}");
}

#[test]
fn a_report_says_what_the_command_says() {
    let dir = tempfile::tempdir().unwrap();
    package(dir.path());
    let path = |name: &str| -> PathBuf { dir.path().join(name) };
    let migrations = path("migrations").display().to_string();
    let check = |models: &str| Check::new().project(dir.path()).models(path(models)).db(&migrations);

    let same = check("src/models.rs").run().unwrap();
    assert!(same.is_in_sync() && same.to_string().starts_with("In sync: "), "{same}");

    let ahead = check("src/ahead.rs").run().unwrap();
    assert!(!ahead.is_in_sync());
    assert!(ahead.up_sql().contains("ALTER TABLE users ADD COLUMN email text;"), "{}", ahead.up_sql());
    assert!(ahead.to_markdown().contains("create `column users.email`"), "{}", ahead.to_markdown());
    let document: serde_json::Value = serde_json::from_str(ahead.to_json()).unwrap();
    assert_eq!(document["changes"][0]["object"], "users.email");
    let mut command = support::autogen(dir.path());
    command.args(["check", "--models", "src/ahead.rs", "--db", "migrations"]);
    let printed = String::from_utf8(support::run(&mut command, 1).unwrap().stdout).unwrap();
    let places = dir.path().display().to_string() + "/";
    assert_eq!(ahead.to_string().replace(&places, ""), printed);
    assert!(check("src/ahead.rs").exclude("users").run().unwrap().is_in_sync());

    std::fs::write(path("src/broken.rs"), "pub struct {").unwrap();
    let error = check("src/broken.rs").run().unwrap_err().to_string();
    assert!(
        error.contains("broken.rs:1:12") && error.contains("error: the models cannot be used"),
        "{error}"
    );
}

#[test]
fn kinds_are_compared_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("Cargo.toml", "[package]\nname = \"project\"\n");
    write("models.rs", MODELS);
    write("objects.sql", "GRANT SELECT ON users TO PUBLIC;");
    write("now.sql", "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);");
    let file = |name: &str| folder.path().join(name);
    let check = Check::new()
        .project(folder.path())
        .models(file("models.rs"))
        .models(file("objects.sql"))
        .db(file("now.sql").display().to_string());
    assert!(check.run().unwrap().is_in_sync());
    let report = check.with(autogen::With::Privileges).run().unwrap();
    assert!(!report.is_in_sync() && report.up_sql().contains("GRANT SELECT"), "{report}");
}
