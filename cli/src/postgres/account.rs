//! The account that the throwaway server runs as. Postgres refuses root, so a root tool hands everything to
//! `postgres`, else `nobody`; anybody else simply runs it as himself.

use super::error::Error;

/// A user and group of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// The account to change to, or `None` if the server can run as the present user.
///
/// Read from /etc/passwd and not through NSS: the two names that matter are local on every system, and initdb
/// needs the entry just the same.
pub(crate) fn for_server() -> Result<Option<Account>, Error> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    match ["postgres", "nobody"].iter().find_map(|name| lookup(&passwd, name)) {
        Some(account) => Ok(Some(account)),
        None => Err(Error::CannotLeaveRoot {
            reason: "/etc/passwd has neither a user `postgres` nor a user `nobody`".into(),
        }),
    }
}

fn lookup(passwd: &str, name: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        // macOS writes nobody's ids as -2, which the kernel takes as an unsigned number.
        let mut number = || fields.next()?.parse::<i64>().ok().map(|n| n as u32);
        number();
        let (uid, gid) = (number()?, number()?);
        (uid != 0).then(|| Account { name: name.to_owned(), uid, gid })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries() {
        let check = |line: &str, name: &str, expect: Option<(u32, u32)>| {
            assert_eq!(lookup(line, name).map(|a| (a.uid, a.gid)), expect, "{line}");
        };
        check("root:x:0:0::/root:/bin/sh\npostgres:x:101:104:,,,:/:/bin/sh", "postgres", Some((101, 104)));
        check(
            "nobody:*:-2:-2:Unprivileged:/var/empty:/usr/bin/false",
            "nobody",
            Some((u32::MAX - 1, u32::MAX - 1)),
        );
        check("postgres:x:0:0::/:/bin/sh", "postgres", None);
        check("postgres2:x:5:5::/:", "postgres", None);
        check("postgres:x", "postgres", None);
    }
}
