//! Catalog queries: the text of a `.sql` file, fitted to the server's version. The files are plain SQL but for two marks:
//! `{{since 15: text}}` and `{{before 15: text}}` keep their text only from, or only below, that major version, and
//! `{{since 15 before 17: text}}` between the two; `{{secret: name}}` is the condition that an option of that name may hold
//! a secret, which is then not read.

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
        "({name} ~* '(passw|pwd|secret|token|credential|api_?key|private)' AND {name} <> 'password_required')"
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
    use super::Query;

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
    fn secrets_are_told_by_the_name() {
        let query = Query { name: "x", text: "WHERE NOT {{secret: o.name}} ORDER BY 1" };
        let text = query.for_version(15);
        assert!(text.starts_with("WHERE NOT (o.name ~* '(passw|"), "{text}");
        assert!(text.ends_with(" AND o.name <> 'password_required') ORDER BY 1"), "{text}");
    }
}
