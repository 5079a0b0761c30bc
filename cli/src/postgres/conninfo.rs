//! Understanding a connection string as far as is needed to show it without its secrets and to know what it
//! leaves open. The string itself goes to libpq, which is the judge of what it means.
//!
//! See <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING>.

/// Options whose values are never shown.
const SECRET: [&str; 4] = ["password", "sslpassword", "oauth_client_secret", "scram_client_key"];

/// Every option of libpq 18, to tell a keyword string from a path that holds an equals sign.
pub(crate) const KEYWORDS: &[&str] = &[
    "service",
    "servicefile",
    "user",
    "password",
    "passfile",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "port",
    "client_encoding",
    "options",
    "application_name",
    "fallback_application_name",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
    "sslmode",
    "sslnegotiation",
    "sslcompression",
    "sslcert",
    "sslkey",
    "sslcertmode",
    "sslpassword",
    "sslrootcert",
    "sslcrl",
    "sslcrldir",
    "sslsni",
    "requirepeer",
    "require_auth",
    "min_protocol_version",
    "max_protocol_version",
    "ssl_min_protocol_version",
    "ssl_max_protocol_version",
    "gssencmode",
    "krbsrvname",
    "gsslib",
    "gssdelegation",
    "replication",
    "target_session_attrs",
    "load_balance_hosts",
    "requiressl",
    "scram_client_key",
    "scram_server_key",
    "oauth_issuer",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_scope",
    "sslkeylogfile",
    "ssl",
    "authtype",
    "tty",
];

/// The settings of a connection string, decoded, in their order; a later one overrides an earlier one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ConnInfo {
    settings: Vec<(String, String)>,
    /// The string is a URL.
    pub(crate) is_url: bool,
    /// Secrets lie about in places where libpq would quote them in a message.
    pub(crate) ambiguous: bool,
}

impl ConnInfo {
    /// Reads a URL or a keyword string. The error is a reason that quotes nothing of the source.
    pub(crate) fn parse(source: &str) -> Result<ConnInfo, String> {
        if source.contains('\0') {
            return Err("it holds a NUL byte".into());
        }
        match url_body(source) {
            Some(body) => parse_url(body),
            None => parse_keywords(source),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.settings.iter().rev().find(|(k, v)| k == key && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    /// What may be shown: `postgresql://user@host:5432/db`. Escaped for a terminal.
    pub(crate) fn display(&self) -> String {
        self.display_in(|var| std::env::var(var).ok())
    }

    /// [`display`](Self::display) where `env` holds libpq's variables.
    fn display_in(&self, env: impl Fn(&str) -> Option<String>) -> String {
        let or_env = |key: &str, var: &str| {
            self.get(key).map(String::from).or_else(|| env(var).filter(|v| !v.is_empty()))
        };
        let mut text = String::from("postgresql://");
        if let Some(user) = or_env("user", "PGUSER") {
            text.push_str(&user);
            text.push('@');
        }
        let hosts = or_env("host", "PGHOST").or_else(|| or_env("hostaddr", "PGHOSTADDR")).unwrap_or_default();
        let ports = or_env("port", "PGPORT").unwrap_or_default();
        let (sockets, names): (Vec<_>, Vec<_>) =
            hosts.split(',').enumerate().partition(|(_, h)| h.starts_with(['/', '@']));
        let port_of = |i: usize| match ports.split(',').nth(i) {
            Some(port) => port,
            // One port for all hosts.
            None => ports.split(',').next().unwrap_or_default(),
        };
        let shown: Vec<_> = names
            .iter()
            .filter(|(_, h)| !h.is_empty())
            .map(|&(i, host)| {
                let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
                match port_of(i) {
                    "" => host,
                    port => format!("{host}:{port}"),
                }
            })
            .collect();
        text.push_str(&shown.join(","));
        text.push('/');
        if let Some(database) = or_env("dbname", "PGDATABASE") {
            text.push_str(&database);
        }
        let mut separator = '?';
        for (i, socket) in sockets {
            text.push_str(&format!("{separator}host={socket}"));
            separator = '&';
            if !matches!(port_of(i), "" | "5432") {
                text.push_str(&format!("&port={}", port_of(i)));
            }
        }
        if let (Some(service), true) = (or_env("service", "PGSERVICE"), hosts.is_empty()) {
            text.push_str(&format!("{separator}service={service}"));
        }
        printable(&text)
    }

    /// Takes the secrets out of a message of libpq's or the server's. Neither quotes them where the string is
    /// well-formed; this is for the cases that nobody thought of.
    pub(crate) fn redact(&self, message: &str) -> String {
        let shown = [self.get("user"), self.get("dbname"), self.get("host")];
        let mut text = message.to_owned();
        let from_env = std::env::var("PGPASSWORD").ok();
        let own = self.settings.iter().filter(|(k, _)| SECRET.contains(&k.as_str())).map(|(_, v)| v);
        for secret in own.chain(from_env.as_ref()) {
            // A password that equals the user's name would take the name out of every message.
            if !secret.is_empty() && !shown.contains(&Some(secret.as_str())) {
                text = text.replace(secret.as_str(), "***");
                text = text.replace(&percent_encode(secret), "***");
            }
        }
        printable(text.trim())
    }
}

/// Whether a SOURCE is meant as a connection string: a URL, or a first word that is an option of libpq's.
pub(crate) fn is_conninfo(source: &str) -> bool {
    url_body(source).is_some()
        || source.split_once('=').is_some_and(|(key, _)| KEYWORDS.contains(&key.trim()))
}

/// A keyword string in which every value is quoted, whatever is in it.
pub(crate) fn keyword_string(settings: &[(String, String)]) -> String {
    let quoted = settings
        .iter()
        .map(|(key, value)| format!("{key}='{}'", value.replace('\\', "\\\\").replace('\'', "\\'")));
    quoted.collect::<Vec<_>>().join(" ")
}

fn url_body(source: &str) -> Option<&str> {
    source.strip_prefix("postgresql://").or_else(|| source.strip_prefix("postgres://"))
}

fn parse_url(body: &str) -> Result<ConnInfo, String> {
    let mut info = ConnInfo { is_url: true, ..ConnInfo::default() };
    let (before_query, query) = match body.split_once('?') {
        Some((before, query)) => (before, Some(query)),
        None => (body, None),
    };
    // libpq ends the user and password at the first @, and takes none if there is a / before it. A password
    // with such a character in it then turns up in host or database, and in libpq's messages.
    let authority_end = before_query.find('/').unwrap_or(before_query.len());
    let strict_at = before_query[..authority_end].find('@');
    if let (Some(colon), Some(at)) = (body.find(':'), body.rfind('@')) {
        info.ambiguous = colon < at && strict_at != Some(at);
    }
    let mut rest = before_query;
    if let Some(at) = strict_at {
        let (user, password) = match rest[..at].split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (&rest[..at], None),
        };
        info.push("user", &decode(user)?);
        if let Some(password) = password {
            info.push("password", &decode(password)?);
        }
        rest = &rest[at + 1..];
    }
    let (hosts, database) = rest.split_once('/').unwrap_or((rest, ""));
    let mut names = Vec::new();
    let mut ports = Vec::new();
    for host in hosts.split(',') {
        let (name, port) = match host.strip_prefix('[') {
            Some(v6) => {
                let (name, after) = v6.split_once(']').ok_or("an IPv6 address has no closing bracket")?;
                (name, after.strip_prefix(':').unwrap_or_default())
            }
            None => host.split_once(':').unwrap_or((host, "")),
        };
        names.push(decode(name)?);
        ports.push(decode(port)?);
    }
    info.push("host", &names.join(","));
    if ports.iter().any(|p| !p.is_empty()) {
        info.push("port", &ports.join(","));
    }
    info.push("dbname", &decode(database)?);
    for pair in query.unwrap_or_default().split('&').filter(|p| !p.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or("a parameter after the question mark has no value")?;
        let (key, value) = (decode(key)?, decode(value)?);
        if !KEYWORDS.contains(&key.as_str()) {
            // The name may be a piece of a password with an unescaped question mark.
            info.ambiguous |= strict_at.is_none() || body.contains('@');
        }
        info.push(&key, &value);
    }
    Ok(info)
}

/// `key = value`, where a value with spaces stands in single quotes and a backslash escapes.
fn parse_keywords(source: &str) -> Result<ConnInfo, String> {
    let mut info = ConnInfo::default();
    let mut chars = source.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_ascii_whitespace()).is_some() {}
        let mut key = String::new();
        while let Some(c) = chars.next_if(|c| *c != '=' && !c.is_ascii_whitespace()) {
            key.push(c);
        }
        while chars.next_if(|c| c.is_ascii_whitespace()).is_some() {}
        if key.is_empty() && chars.peek().is_none() {
            return Ok(info);
        }
        if chars.next() != Some('=') {
            return Err(
                "a word has no `=` and value after it; a value with spaces must stand in single quotes"
                    .into(),
            );
        }
        while chars.next_if(|c| c.is_ascii_whitespace()).is_some() {}
        let mut value = String::new();
        if chars.next_if_eq(&'\'').is_some() {
            loop {
                match chars.next() {
                    Some('\'') => break,
                    Some('\\') => value.extend(chars.next()),
                    Some(c) => value.push(c),
                    None => return Err("a quoted value has no closing quote".into()),
                }
            }
        } else {
            while let Some(c) = chars.next_if(|c| !c.is_ascii_whitespace()) {
                if c == '\\' {
                    value.extend(chars.next());
                } else {
                    value.push(c);
                }
            }
        }
        if !KEYWORDS.contains(&key.as_str()) {
            // The unknown word may be a piece of a password with a space in it, so it is named only where
            // there is no password.
            return Err(match info.get("password") {
                None if !key.is_empty() => format!("libpq has no option {key:?}"),
                _ => "it has an option that libpq does not know; a value with spaces must stand in single quotes"
                    .into(),
            });
        }
        // As in libpq, a dbname may be a whole connection string of its own.
        if key == "dbname" && (url_body(&value).is_some() || value.contains('=')) {
            info.settings.extend(ConnInfo::parse(&value)?.settings);
            continue;
        }
        info.push(&key, &value);
    }
}

impl ConnInfo {
    fn push(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.settings.push((key.to_owned(), value.to_owned()));
        }
    }
}

fn decode(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let hex = tail
            .get(..2)
            .and_then(|h| std::str::from_utf8(h).ok())
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        match hex {
            Some(0) | None => {
                return Err("a percent sign stands before something that is no code; write %25".into());
            }
            Some(byte) => bytes.push(byte),
        }
        rest = &tail[2..];
    }
    String::from_utf8(bytes).map_err(|_| "its percent codes are not UTF-8".into())
}

/// Everything but unreserved characters, as URLs want it.
pub(crate) fn percent_encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Control characters could drive a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expect: &str) {
        let shown = match ConnInfo::parse(source) {
            Ok(info) if info.ambiguous => format!("ambiguous {}", info.display_in(|_| None)),
            Ok(info) => info.display_in(|_| None),
            Err(reason) => format!("error {reason}"),
        };
        assert_eq!(shown, expect, "{source}");
    }

    #[test]
    fn displays_hold_no_password() {
        check("postgres://u:s3cret@h:5433/d", "postgresql://u@h:5433/d");
        check("postgresql://u:a%40b@h/d?sslmode=require", "postgresql://u@h/d");
        check("postgresql://u@[::1]:5432/d?password=s3cret", "postgresql://u@[::1]:5432/d");
        check("postgresql://u@a:1,b:2/d", "postgresql://u@a:1,b:2/d");
        check("postgresql://u@/d?host=/run/x", "postgresql://u@/d?host=/run/x");
        check("postgresql://u@%2Frun%2Fx/d", "postgresql://u@/d?host=/run/x");
        check("host=h user = u dbname='my db' password='s3 \\'cret'", "postgresql://u@h/my db");
        check("user=u host=/run/x port=5433 dbname=d", "postgresql://u@/d?host=/run/x&port=5433");
        check("user=x dbname=postgres://u:s3cret@h/d", "postgresql://u@h/d");
        check("user=\u{1b}[31mu host=h", "postgresql://\u{fffd}[31mu@h/");
    }

    #[test]
    fn passwords_in_wrong_places_are_noticed() {
        assert!(ConnInfo::parse("postgres://u:p/w@h/d").unwrap().ambiguous);
        assert!(ConnInfo::parse("postgres://u:p@w@h/d").unwrap().ambiguous);
        assert!(ConnInfo::parse("postgres://u:p?w=1@h/d").unwrap().ambiguous);
        assert!(!ConnInfo::parse("postgres://u:pw@h/d").unwrap().ambiguous);
        assert!(!ConnInfo::parse("postgres://u@h:5432/d").unwrap().ambiguous);
        for bad in ["host=h password=my s3cret", "password=a b=c", "password='x", "postgres://u:50%@h/d"] {
            let reason = ConnInfo::parse(bad).unwrap_err();
            assert!(
                !reason.contains("s3cret") && !reason.contains("b=") && !reason.contains("50"),
                "{reason}"
            );
        }
    }

    #[test]
    fn messages_are_redacted() {
        let info = ConnInfo::parse("postgres://u:s3%20cret@h/d").unwrap();
        assert_eq!(info.redact("bad \"s3 cret\" and s3%20cret for u"), "bad \"***\" and *** for u");
        let same = ConnInfo::parse("postgres://u:u@h/d").unwrap();
        assert_eq!(same.redact("failed for user \"u\""), "failed for user \"u\"");
    }

    #[test]
    fn parts_survive_quoting() {
        let settings: Vec<(String, String)> =
            [("host", "/run/my pg"), ("user", "a'b\\c"), ("password", " x=y '\\ host=evil"), ("dbname", "d")]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into();
        let info = ConnInfo::parse(&keyword_string(&settings)).unwrap();
        assert_eq!(info.settings, settings);
    }

    #[test]
    fn sources() {
        assert!(is_conninfo("postgres://h/d") && is_conninfo("host=h dbname=d") && is_conninfo("dbname = d"));
        assert!(!is_conninfo("migrations") && !is_conninfo("a=b/c.sql") && !is_conninfo("env:prod"));
    }
}
