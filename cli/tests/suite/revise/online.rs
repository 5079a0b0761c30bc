//! Migrations of a branch that let others go on working.

use super::Repo;
use crate::support::migrations::all_of;

const ANSWER: &str = "UPDATE users SET handle = split_part(email, '@', 1) WHERE handle IS NULL;";

/// A column that is NOT NULL, in parts, with its marker answered, and a second thought.
fn half_done() -> Repo {
    let repo = Repo::new();
    repo.fields("    pub handle: String,\n");
    repo.told(&["diff", "--online", "--name", "handles"], 0);
    let files: Vec<String> =
        all_of(&repo.migrations()).iter().map(|name| format!("migrations/{name}/up.sql")).collect();
    let marked = files.iter().find(|file| repo.read(file).contains("TODO(autogen)")).unwrap();
    let text = repo.read(marked);
    let lines = text.lines().filter(|line| !line.contains("TODO(autogen)"));
    let lines = lines.map(|line| if line.starts_with("-- UPDATE users") { ANSWER } else { line });
    repo.write(marked, &(lines.collect::<Vec<_>>().join("\n") + "\n"));
    repo.commit("handles");
    repo.fields("    pub bio: Option<String>,\n");
    repo.commit("bio");
    repo
}

fn ups(repo: &Repo) -> String {
    let all = all_of(&repo.migrations());
    all.iter().skip(1).map(|name| repo.read(&format!("migrations/{name}/up.sql"))).collect()
}

#[test]
fn a_branch_that_minds_others_does_so_again() {
    let repo = half_done();
    let told = repo.told(&["revise"], 0);
    assert_eq!(repo.order(), ["users", "handles_1", "handles_2", "handles_3", "handles_4", "handles_5"]);
    let up = ups(&repo);
    assert!(
        up.contains(ANSWER) && up.contains("VALIDATE CONSTRAINT") && up.contains("ADD COLUMN bio"),
        "{up}"
    );
    // Only the answer is somebody's.
    assert_eq!((told.matches("kept ").count(), up.matches("-- Kept from").count()), (1, 1), "{told}\n{up}");
    assert_eq!(up.matches("SET LOCAL").count(), 5, "{up}");
    assert!(!up.contains("TODO(autogen)"), "{up}");
    repo.is_sound();
    // The parts are known to belong together.
    let proved = repo.told(&["verify"], 0);
    assert!(proved.contains("Proved: 1 step"), "{proved}");
    let again = repo.told(&["revise"], 0);
    assert!(again.contains("Nothing to do"), "{again}");
}

#[test]
fn it_does_not_where_that_is_not_wanted() {
    let repo = half_done();
    let told = repo.told(&["revise", "--offline-ok"], 0);
    assert_eq!(repo.order(), ["users", "handles"]);
    let up = ups(&repo);
    assert!(up.contains(ANSWER), "{up}");
    assert_eq!((told.matches("kept ").count(), up.matches("-- Kept from").count()), (1, 1), "{told}\n{up}");
    assert!(!up.contains("SET LOCAL") && !up.contains("RAISE"), "{up}");
    let down = repo.last("down.sql");
    assert!(!down.contains("SET LOCAL") && !down.contains("SELECT 1"), "{down}");
    repo.is_sound();
}

#[test]
fn it_does_where_it_is_asked_to() {
    let repo = Repo::new();
    repo.fields("    pub handle: String,\n");
    repo.told(&["diff", "--name", "handles"], 0);
    repo.commit("handles");
    repo.told(&["revise", "--online"], 0);
    assert_eq!(repo.order().len(), 6);
    assert!(ups(&repo).contains("VALIDATE CONSTRAINT"));
}
