//! Catalog queries: the text of a `.sql` file, fitted to the server's version. The files are plain SQL but for three marks:
//! `{{since 15: text}}` and `{{before 15: text}}` keep their text only from, or only below, that major version, and
//! `{{since 15 before 17: text}}` between the two; `{{secret: name}}` is the condition that an option of that name may hold
//! a secret, which is then not read; and `{{with pg_operator}}` says that without anything of the user's in that catalog (or one of
//! several) there is nothing to ask.

const WITH: &str = "with ";

/// The catalogs that hold anything of the user's, of those that most databases have nothing in (`census.sql`).
#[derive(Default)]
pub(crate) struct Census(Vec<String>);

impl FromIterator<String> for Census {
    fn from_iter<I: IntoIterator<Item = String>>(catalogs: I) -> Self {
        Self(catalogs.into_iter().collect())
    }
}

/// A catalog query.
#[derive(Clone, Copy)]
pub(crate) struct Query {
    /// What it reads, in words for error messages.
    pub(crate) name: &'static str,
    /// The file's text.
    pub(crate) text: &'static str,
}

/// The query in the file of that name, `query!("foreign keys", "foreign_key.sql")`.
macro_rules! query {
    ($name:literal, $file:literal) => {
        $crate::catalog::query::Query { name: $name, text: include_str!($file) }
    };
}
pub(crate) use query;

impl Query {
    /// False if the query can find nothing, because all that it reads begins with catalogs where there is nothing.
    pub(crate) fn is_worthwhile(self, census: &Census) -> bool {
        let mark = self.text.strip_prefix("{{").and_then(|text| text.split_once("}}"));
        let Some(catalogs) = mark.and_then(|(mark, _)| mark.strip_prefix(WITH)) else { return true };
        catalogs.split(' ').any(|catalog| census.0.iter().any(|used| used == catalog))
    }

    /// The text for a major version. A mark that is not closed or not understood stays, and the server will complain.
    pub(crate) fn for_version(self, major: u32) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut rest = self.text;
        while let Some((plain, marked)) = rest.split_once("{{") {
            out.push_str(plain);
            let Some((mark, after)) = marked.split_once("}}") else {
                rest = marked;
                break;
            };
            match mark.split_once(':') {
                None if mark.starts_with(WITH) => {}
                Some(("secret", name)) => out.push_str(&may_be_secret(name.trim())),
                Some((condition, text)) if holds(condition, major) => out.push_str(text.trim()),
                Some(_) | None => {}
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// What the options of foreign data wrappers are called that hold a password or a key. A wrapper is free to choose its names,
/// so that a word too many is better than one too few; `password_required` is a switch of postgres_fdw and dblink.
fn may_be_secret(name: &str) -> String {
    format!(
        "({name} ~* '(passw|passc|passphr|pwd|secret|token|credential|api_?key|private)' AND {name} <> 'password_required')"
    )
}

fn holds(condition: &str, major: u32) -> bool {
    let words: Vec<&str> = condition.split_whitespace().collect();
    !words.is_empty()
        && words.chunks(2).all(|pair| match pair {
            ["since", number] => number.parse().is_ok_and(|since: u32| major >= since),
            ["before", number] => number.parse().is_ok_and(|before: u32| major < before),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::{Census, Query};

    #[test]
    fn marks_follow_the_version() {
        let query = Query { name: "x", text: "a{{since 15: , new}}{{before 15: , 'old'}} z" };
        let between = Query { name: "x", text: "{{since 15 before 17: a}}{{since 17: b}}" };
        assert_eq!([14, 16, 17].map(|major| between.for_version(major)), ["", "a", "b"]);
        assert_eq!(query.for_version(14), "a, 'old' z");
        assert_eq!(query.for_version(15), "a, new z");
        assert_eq!(query.for_version(18), "a, new z");
    }

    #[test]
    fn nothing_is_asked_about_nothing() {
        let census: Census = ["pg_cast".to_owned()].into_iter().collect();
        let query = |text| Query { name: "x", text };
        assert!(query("SELECT 1").is_worthwhile(&census));
        assert!(query("{{with pg_am pg_cast}}SELECT 1").is_worthwhile(&census));
        assert!(!query("{{with pg_am}}SELECT 1").is_worthwhile(&census));
        assert_eq!(query("{{with pg_am pg_cast}}SELECT 1").for_version(15), "SELECT 1");
    }

    #[test]
    fn secrets_are_told_by_the_name() {
        let query = Query { name: "x", text: "WHERE NOT {{secret: o.name}} ORDER BY 1" };
        let text = query.for_version(15);
        assert!(text.starts_with("WHERE NOT (o.name ~* '(passw|"), "{text}");
        assert!(text.ends_with(" AND o.name <> 'password_required') ORDER BY 1"), "{text}");
    }
}
