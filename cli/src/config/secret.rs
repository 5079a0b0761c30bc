//! What of the file may be shown in a source excerpt. An environment may hold a password, in a part or in a URL, and a
//! slip (a misspelt key, a missing quote) makes the line with it the very one that is excerpted. So all values of
//! environments are blanked out, character by character, by a rule that needs no well-formed TOML.

/// The same lines with the same columns, and asterisks where a secret may be.
pub(super) fn masked(text: &str) -> String {
    let mut in_environment = false;
    // The quotes of a string that goes on over lines, whose text may look like anything.
    let mut open: Option<&str> = None;
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let start = line.trim_start();
        let was_open = open.is_some();
        let quotes = open.or_else(|| ["\"\"\"", "'''"].into_iter().find(|quotes| line.contains(quotes)));
        if let Some(quotes) = quotes.filter(|quotes| line.matches(quotes).count() % 2 == 1) {
            open = if was_open { None } else { Some(quotes) };
        }
        if was_open {
            out.extend(line.chars().map(blank));
            continue;
        }
        // A header ends an environment only if it cannot be a list's second line.
        if start.starts_with('[') && !start.contains('=') {
            in_environment = is_environment(start.trim_start_matches('['));
            out.push_str(line);
            continue;
        }
        // The first key of a file may be `env.dev.password`, or `env = { … }`, which may go on for lines.
        in_environment |= is_environment(start);
        let shown = match (in_environment, line.find('=')) {
            (true, Some(at)) => at + 1,
            (true, None) => 0,
            (false, _) => line.find("://").map_or(line.len(), |at| at + 3),
        };
        out.push_str(&line[..shown]);
        out.extend(line[shown..].chars().map(blank));
    }
    out
}

fn blank(c: char) -> char {
    if c.is_whitespace() { c } else { '*' }
}

fn is_environment(line: &str) -> bool {
    let key = line.trim_start().trim_start_matches(['"', '\'']);
    key.strip_prefix("env").is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_and_every_column() {
        let text = "models = \"src\"\nenv.a.password = \"s3cret\"\n[env.b]\nurl = \"postgres://u:s3cret@h\n\
                    password = '''\ns3cret=é\n'''\n[ \"env\" . c ]\npasswrd = 's3cret\n[table.users]\ncheck = 'x'\n\
                    models = \"postgres://s3cret\"\n";
        let shown = masked(text);
        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(shown.contains("check = 'x'") && shown.contains("models = \"src\""), "{shown}");
        let lengths = |text: &str| text.lines().map(|line| line.chars().count()).collect::<Vec<_>>();
        assert_eq!(lengths(&shown), lengths(text));
    }
}
