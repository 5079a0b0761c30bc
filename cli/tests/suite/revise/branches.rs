//! Where the branch and the main branch are, and in which order their migrations come.

use super::{Repo, USERS, half_done};
use crate::support::migrations::all_of;

#[test]
fn a_half_done_branch_becomes_one_migration_after_main_moved_on() {
    let repo = Repo::new();
    half_done(&repo);
    repo.git(&["stash", "-q"]);
    repo.main_moves_on("2099-01-01-000000");
    repo.git(&["merge", "-q", "-m", "merge", "main"]);
    repo.git(&["stash", "pop", "-q"]);
    assert_eq!(repo.order(), ["users", "add_handle", "more", "posts"]);
    let told = repo.told(&["revise", "--models", "src"], 0);
    assert_eq!(repo.order(), ["users", "posts", "add_handle"], "{told}");
    let up = repo.last("up.sql");
    for said in ["handle text", "bio text", "city text", "-- everybody has an address\n", "-- Kept from "] {
        assert!(up.contains(said), "{said}: {up}");
    }
    assert!(!up.contains("TODO") && !up.contains("posts"), "{up}");
    let at = |text: &str| up.find(text).unwrap();
    assert!(at("ADD COLUMN handle") < at("UPDATE users SET handle"), "{up}");
    assert!(at("UPDATE users SET handle") < at("handle SET NOT NULL"), "{up}");
    assert!(told.contains("kept ") && !told.contains("not kept"), "{told}");
    // Git has all of what went.
    assert_eq!(repo.copies(), [""; 0]);
    repo.is_sound();
    // Once more there is nothing to do.
    let told = repo.told(&["revise", "--models", "src"], 0);
    assert!(told.contains("Nothing to do"), "{told}");
    assert_eq!(repo.last("up.sql"), up);
}

#[test]
fn a_rebased_branch_and_one_in_the_middle_of_a_merge() {
    for merge in [true, false] {
        let repo = Repo::new();
        repo.fields("    pub bio: Option<String>,\n");
        repo.told(&["diff", "--name", "bio"], 0);
        repo.commit("bio");
        repo.main_moves_on("2099-01-01-000000");
        match merge {
            true => repo.git(&["merge", "-q", "--no-commit", "--no-ff", "main"]),
            false => repo.git(&["rebase", "-q", "main"]),
        };
        repo.told(&["revise", "--models", "src"], 0);
        assert_eq!(repo.order(), ["users", "posts", "bio"]);
        repo.is_sound();
    }
}

#[test]
fn main_is_ahead_and_not_merged_yet() {
    let repo = Repo::new();
    half_done(&repo);
    repo.git(&["stash", "-q"]);
    repo.main_moves_on("2099-01-01-000000");
    repo.git(&["stash", "pop", "-q"]);
    let told = repo.told(&["revise"], 0);
    assert!(
        told.contains("main has migrations that this branch has not got yet: 2099-01-01-000000_posts"),
        "{told}"
    );
    assert_eq!(repo.order(), ["users", "add_handle"]);
    // It comes after main's all the same.
    let name = all_of(&repo.migrations()).pop().unwrap();
    assert!(name.starts_with("2099-01-01-000001"), "{name}");
}

#[test]
fn numbers_that_both_branches_took() {
    let repo = Repo::new();
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["mv", &format!("migrations/{USERS}"), "migrations/0001_users"]);
    repo.write("autogen.toml", "[migrations]\nversion = \"sequence\"\n");
    repo.commit("numbers");
    repo.git(&["checkout", "-q", "-B", "feature"]);
    repo.fields("    pub bio: Option<String>,\n");
    repo.told(&["diff", "--name", "bio"], 0);
    repo.commit("bio");
    repo.main_moves_on("0002");
    repo.git(&["merge", "-q", "-m", "merge", "main"]);
    assert_eq!(all_of(&repo.migrations()), ["0001_users", "0002_bio", "0002_posts"]);
    repo.told(&["revise", "--models", "src"], 0);
    assert_eq!(all_of(&repo.migrations()), ["0001_users", "0002_posts", "0003_bio"]);
    repo.is_sound();
}

#[test]
fn nothing_to_do() {
    let repo = Repo::new();
    let told = repo.told(&["revise"], 0);
    assert!(told.contains("Nothing to do"), "{told}");
    // A difference without a migration wants a name.
    repo.fields("    pub bio: Option<String>,\n");
    let told = repo.told(&["revise"], 2);
    assert!(told.contains("--name NAME"), "{told}");
    repo.told(&["revise", "--name", "bio"], 0);
    assert_eq!(repo.order(), ["users", "bio"]);
    // A branch that has taken everything back has no migration at all.
    repo.commit("bio");
    repo.edit("src/models.rs", "    pub bio: Option<String>,\n", "");
    repo.told(&["revise"], 0);
    assert_eq!(repo.order(), ["users"]);
    assert_eq!(all_of(&repo.migrations()), [USERS]);
}

#[test]
fn a_detached_head_and_another_base() {
    let repo = Repo::new();
    repo.fields("    pub bio: Option<String>,\n");
    repo.told(&["diff", "--name", "bio"], 0);
    repo.commit("bio");
    repo.git(&["checkout", "-q", "-b", "onto", "feature"]);
    repo.fields("    pub city: Option<String>,\n");
    repo.told(&["diff", "--name", "city"], 0);
    repo.commit("city");
    repo.git(&["checkout", "-q", "--detach"]);
    let told = repo.told(&["revise", "--base", "feature", "--name", "town"], 0);
    assert_eq!(repo.order(), ["users", "bio", "town"], "{told}");
    repo.told(&["revise", "--name", "both"], 0);
    assert_eq!(repo.order(), ["users", "both"]);
    assert!(repo.told(&["revise", "--base", "nowhere"], 2).contains("nowhere"));
}
