//! Catalog queries: the text of a `.sql` file, fitted to the server's version. The files are plain SQL but for one mark:
//! `{{since 15: text}}` and `{{before 15: text}}` keep their text only from, or only below, that major version.

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
            if let Some((condition, text)) = mark.split_once(':')
                && holds(condition, major)
            {
                out.push_str(text.trim());
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

fn holds(condition: &str, major: u32) -> bool {
    let number = |word: &str| condition.strip_prefix(word).and_then(|number| number.trim().parse::<u32>().ok());
    number("since").is_some_and(|since| major >= since) || number("before").is_some_and(|before| major < before)
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn marks_follow_the_version() {
        let query = Query { name: "x", text: "a{{since 15: , new}}{{before 15: , 'old'}} z" };
        assert_eq!(query.for_version(14), "a, 'old' z");
        assert_eq!(query.for_version(15), "a, new z");
        assert_eq!(query.for_version(18), "a, new z");
    }
}
