//! Values of Postgres' own types and of the usual extensions', as text that the type's input function reads: the ends of
//! the range, what is known to break code, and then as many different ones as are wanted. Always the same ones. What is
//! made of other types (arrays, domains, ranges …) is in `pool`.

/// Text that is hostile in one way or another, and none that equals another when the case is folded.
const TEXTS: [&str; 9] = [
    "O'Brien \"quoted\" \\ back",
    "naïve ✓ 漢字 😀",
    "line one\nline two\ttab",
    "%s'); DROP TABLE x; --",
    "$$ */ {} [] $1",
    "NULL",
    " padded ",
    "",
    "0",
];

/// Values for types that are not known by name; the server says which of them fit.
const ANY: [&str; 10] = ["0", "1", "a", "", "{}", "[]", "()", "(1,1)", "\\x00", "2024-01-01"];

/// Values of a type, the first ones special; `typmod` is the column's modifier or -1.
pub(super) fn values(name: &str, typmod: i32, count: usize) -> Vec<String> {
    let mut all = special(name, typmod);
    for number in 0..count {
        match different(name, typmod, number) {
            Some(value) => all.push(value),
            None => break,
        }
    }
    let mut known = std::collections::BTreeSet::new();
    all.retain(|value| known.insert(value.clone()));
    all
}

/// Text of so many characters, different for each number as far as that goes.
pub(super) fn word(number: usize, length: usize) -> String {
    const DIGITS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut rest = number;
    let mut text: Vec<char> = Vec::new();
    while text.len() < length {
        text.push(char::from(DIGITS[rest % DIGITS.len()]));
        rest /= DIGITS.len();
    }
    text.into_iter().collect()
}

/// The `n` of `varchar(n)` and `char(n)`.
fn length(typmod: i32) -> Option<usize> {
    usize::try_from(typmod).ok().and_then(|typmod| typmod.checked_sub(4))
}

/// The largest value of `numeric(p, s)`.
fn largest(typmod: i32) -> Option<String> {
    let packed = typmod.checked_sub(4).filter(|packed| *packed >= 0)?;
    let precision = usize::try_from(packed >> 16).ok()?;
    // Eleven bits with a sign from Postgres 15 on; before, the scale is never negative.
    let scale = ((packed & 0x7ff) ^ 1024) - 1024;
    let Ok(scale) = usize::try_from(scale) else { return Some("0".to_owned()) };
    if scale > precision {
        return Some(format!("0.{}{}", "0".repeat(scale - precision), "9".repeat(precision)));
    }
    let whole = "9".repeat(precision - scale);
    let whole = if whole.is_empty() { "0" } else { &whole };
    Some(if scale == 0 { whole.to_owned() } else { format!("{whole}.{}", "9".repeat(scale)) })
}

fn special(name: &str, typmod: i32) -> Vec<String> {
    let all: &[&str] = match name {
        "int2" => &["1", "-32768", "32767", "0", "-1"],
        "int4" => &["1", "-2147483648", "2147483647", "0", "-1"],
        "int8" => &["1", "-9223372036854775808", "9223372036854775807", "0", "-1"],
        "float4" => &["1.5", "-3.4e+38", "1e-30", "0", "-0.1"],
        "float8" => &["1.5", "-1.7e+308", "1e-300", "0", "-0.1"],
        "numeric" => {
            let largest = largest(typmod);
            let mut all = vec!["1".to_owned(), "0".to_owned()];
            all.extend(largest.iter().cloned());
            all.extend(largest.iter().map(|value| format!("-{value}")));
            if largest.is_none() {
                all.push("-98765432109876543210.0123456789".to_owned());
            }
            return all;
        }
        "bool" => &["true", "false"],
        "text" | "citext" => &TEXTS,
        "varchar" | "bpchar" => {
            let Some(most) = length(typmod) else { return special("text", -1) };
            return TEXTS.iter().map(|text| text.chars().take(most).collect()).collect();
        }
        "name" => &["a'b", "A b"],
        "char" => &["a", "'"],
        "uuid" => &["ffffffff-ffff-ffff-ffff-ffffffffffff", "00000000-0000-0000-0000-000000000000"],
        "date" => &["0001-01-01", "9999-12-31", "1970-01-01", "2024-02-29"],
        "timestamp" | "timestamptz" => {
            &["0001-01-01 00:00:00", "9999-12-31 23:59:59", "1970-01-01 00:00:00", "2024-02-29 12:34:56"]
        }
        "time" | "timetz" => &["00:00:00", "23:59:59", "12:00:00"],
        "interval" => &["0", "1 day", "-1 mons", "1000 years"],
        "bytea" => &["\\x", "\\x00ff275c"],
        "json" | "jsonb" => {
            &["{}", "[]", "{\"a\": [1, null, \"O'Brien \\\"x\\\"\"], \"b\": {}}", "\"text\"", "1.50", "true"]
        }
        "money" => &["0", "-1.50"],
        "inet" => &["::1", "0.0.0.0"],
        "cidr" => &["::/0", "10.0.0.0/8"],
        "point" => &["(0,0)"],
        "tsvector" => &["", "'O''Brien':1 'a':2"],
        "tsquery" => &["a & b"],
        "xml" => &["<a/>", "<a b=\"O'Brien\">&amp;</a>"],
        "hstore" => &["", "\"a\"=>\"O'Brien\", \"b\"=>NULL"],
        _ => &[],
    };
    all.iter().map(|text| (*text).to_owned()).collect()
}

/// A value that no other number has; nothing where there is none left.
fn different(name: &str, typmod: i32, number: usize) -> Option<String> {
    let n = number;
    let day = || format!("{:04}-{:02}-{:02}", 2020 + n / 336 % 7000, n / 28 % 12 + 1, n % 28 + 1);
    Some(match name {
        "int2" => (100 + n % 32_000).to_string(),
        "int4" | "int8" | "oid" | "xid" | "cid" | "regclass" => (1000 + n).to_string(),
        "float4" | "float8" => format!("{n}.25"),
        "numeric" => match largest(typmod) {
            None => format!("{n}.5"),
            Some(largest) => {
                let whole = largest.split('.').next().map_or(0, str::len);
                // As many as fit in front of the point.
                let most = 10usize.checked_pow(u32::try_from(whole.min(9)).ok()?)?;
                if n + 2 >= most {
                    return None;
                }
                (n + 2).to_string()
            }
        },
        "text" | "citext" => format!("text {n}"),
        "name" => format!("name_{n}"),
        "varchar" | "bpchar" => match length(typmod) {
            Some(most) if most < 10 => word(n, most),
            _ => format!("text {n}"),
        },
        "char" => word(n, 1),
        "uuid" => format!("00000000-0000-4000-8000-{:012x}", n + 1),
        "date" => day(),
        "timestamp" | "timestamptz" => format!("{} {:02}:00:00.5", day(), n % 24),
        "time" | "timetz" => format!("{:02}:{:02}:30", n / 60 % 24, n % 60),
        "interval" => format!("{} hours", n + 1),
        "bytea" => format!("\\x{:08x}", n + 1),
        "json" | "jsonb" => format!("{{\"n\": {n}}}"),
        "money" => format!("{n}.25"),
        "inet" => format!("10.{}.{}.{}", n >> 16 & 255, n >> 8 & 255, n & 255),
        "cidr" => format!("10.{}.{}.{}/32", n >> 16 & 255, n >> 8 & 255, n & 255),
        "macaddr" => format!("08:00:2b:{:02x}:{:02x}:{:02x}", n >> 16 & 255, n >> 8 & 255, n & 255),
        "macaddr8" => format!("08:00:2b:00:00:{:02x}:{:02x}:{:02x}", n >> 16 & 255, n >> 8 & 255, n & 255),
        "bit" => bits(n, usize::try_from(typmod).unwrap_or(1)),
        "varbit" => bits(n, usize::try_from(typmod).unwrap_or(16).min(16)),
        "point" => format!("({n},-{n}.5)"),
        "lseg" => format!("[(0,0),({n},1)]"),
        "line" => format!("{{1,-1,{n}}}"),
        "box" => format!("(({},{}),({n},{n}))", n + 1, n + 1),
        "path" | "polygon" => format!("((0,0),({n},1),(1,1))"),
        "circle" => format!("<({n},0),1>"),
        "pg_lsn" => format!("0/{:X}", n + 1),
        "tsvector" => format!("'w{n}':1"),
        "tsquery" => format!("w{n}"),
        "xml" => format!("<n>{n}</n>"),
        "hstore" => format!("\"n\"=>\"{n}\""),
        "ltree" => format!("top.n{n}"),
        "lquery" => format!("top.n{n}"),
        "cube" => format!("({n}, 1)"),
        "vector" | "halfvec" => {
            let dimensions = usize::try_from(typmod).unwrap_or(3).max(1);
            let rest = ",0".repeat(dimensions - 1);
            format!("[{}{rest}]", n + 1)
        }
        "geometry" | "geography" => return shape(typmod, n),
        _ => return ANY.get(n).map(|text| (*text).to_owned()),
    })
}

fn bits(number: usize, length: usize) -> String {
    let all = format!("{number:0length$b}");
    all[all.len() - length..].to_owned()
}

/// PostGIS packs reference system, type and dimensions into the modifier.
fn shape(typmod: i32, n: usize) -> Option<String> {
    let (kind, srid) =
        if typmod < 0 { (1, 4326) } else { ((typmod >> 2) & 0x3f, (typmod & 0x0fff_ff00) >> 8) };
    let (z, m) = (typmod >= 0 && typmod & 2 != 0, typmod >= 0 && typmod & 1 != 0);
    let more = if z { " 0" } else { "" }.to_owned() + if m { " 0" } else { "" };
    let (x, y) = (n % 90, n / 90 % 45);
    let at = |dx: usize, dy: usize| format!("{}.5 {}.25{more}", x + dx, y + dy);
    let ring = format!("(({}, {}, {}, {}))", at(0, 0), at(1, 0), at(1, 1), at(0, 0));
    let line = format!("({}, {})", at(0, 0), at(1, 1));
    let text = match kind {
        2 => format!("LINESTRING{line}"),
        3 => format!("POLYGON{ring}"),
        4 => format!("MULTIPOINT({})", at(0, 0)),
        5 => format!("MULTILINESTRING({line})"),
        6 => format!("MULTIPOLYGON({ring})"),
        7 => format!("GEOMETRYCOLLECTION(POINT({}))", at(0, 0)),
        _ => format!("POINT({})", at(0, 0)),
    };
    Some(if srid > 0 { format!("SRID={srid};{text}") } else { text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modifiers_are_kept() {
        assert_eq!(largest((5 << 16 | 2) + 4).as_deref(), Some("999.99"));
        assert_eq!(largest((2 << 16 | 2) + 4).as_deref(), Some("0.99"));
        assert!(values("varchar", 4 + 3, 50).iter().all(|value| value.chars().count() <= 3));
        assert_eq!(bits(5, 2), "01");
    }

    #[test]
    fn no_value_comes_twice() {
        for name in ["int2", "text", "uuid", "timestamptz", "numeric", "inet"] {
            let all = values(name, -1, 300);
            assert!(all.len() >= 300, "{name}: {}", all.len());
        }
    }
}
