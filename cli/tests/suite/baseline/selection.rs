//! The same options select the files of then: what moved, is ignored by git or was not there at all is no removal.

use super::{DROPPED, NICK, POST, Repo, USER};

#[test]
fn models_that_were_elsewhere_or_nowhere() {
    // The path is new: there is nothing to miss.
    let repo = Repo::new();
    repo.write("db/models.rs", &USER.replace(NICK, ""));
    repo.remove("src/models.rs");
    assert_eq!(repo.changes(&["--models", "db/models.rs"]), "");
    // One file has become a folder.
    let repo = Repo::new();
    repo.write("src/models/user.rs", &USER.replace(NICK, ""));
    repo.write("src/models/post.rs", POST);
    repo.write("src/models/mod.rs", "mod post; mod user;");
    repo.remove("src/models.rs");
    assert_eq!(repo.changes(&[]), DROPPED);
    assert_eq!(repo.changes(&["--models", "src/models"]), DROPPED);
    // The Rust of then does not parse.
    let repo = Repo::empty(".");
    repo.write("src/models.rs", "pub struct {");
    repo.commit("first");
    repo.write("src/models.rs", USER);
    assert_eq!(repo.changes(&[]), "");
}

#[test]
fn what_git_ignores_is_ignored_then_too() {
    let repo = Repo::empty(".");
    let hidden = POST.replace("title: String", "title: String, pub gone: i32");
    repo.write("src/generated/post.rs", &hidden);
    repo.write("src/.hidden/post.rs", &hidden);
    repo.write("src/tests/post.rs", &hidden);
    repo.write(".gitignore", "generated/\n");
    repo.git(&["add", "-A"]);
    repo.git(&["add", "-f", "src/generated/post.rs"]);
    repo.commit("first");
    repo.edit("db.sql", "title text NOT NULL", "title text NOT NULL, gone int");
    for name in ["src/generated/post.rs", "src/.hidden/post.rs", "src/tests/post.rs"] {
        repo.remove(name);
    }
    repo.edit("src/models.rs", NICK, "");
    assert_eq!(repo.changes(&["--models", "src"]), DROPPED);
}

#[test]
fn where_models_are_by_default_may_change() {
    // The whole crate then, src/models.rs now.
    let repo = Repo::empty(".");
    repo.remove("src/models.rs");
    repo.write("src/user.rs", USER);
    repo.write("src/post.rs", POST);
    repo.commit("first");
    repo.remove("src/user.rs");
    repo.write("src/models.rs", USER);
    assert_eq!(repo.changes(&[]), "");
    repo.edit("src/models.rs", NICK, "");
    assert_eq!(repo.changes(&[]), DROPPED);
    // The other way round.
    let repo = Repo::new();
    repo.remove("src/models.rs");
    repo.write("src/user.rs", USER);
    repo.write("src/post.rs", POST);
    assert_eq!(repo.changes(&[]), "");
    repo.edit("src/user.rs", NICK, "");
    assert_eq!(repo.changes(&[]), DROPPED);
}
