//! Whole files: what is understood, and what is said of mistakes.

use super::*;

#[track_caller]
fn check(text: &str, expect: &str) {
    let (_, diagnostics) = read(PathBuf::from("conf/autogen.toml"), text);
    let shown: Vec<String> = diagnostics
        .iter()
        .map(|one| {
            let place = one.span.as_ref().map(|span| format!("{}:{}", span.line(), span.column()));
            format!("{} {}: {}", place.unwrap_or_default(), one.code, one.message)
        })
        .collect();
    assert_eq!(shown.join("\n"), expect, "{text}");
}

#[test]
fn everything_is_understood() {
    let text = r#"
models = ["src/models.rs", "src/more"]
include = "*"
with = ["privileges"]
id_style = "serial"
base = "develop"

[migrations]
dir = "db/migrations"
version = "sequence"
lock_timeout = "500ms"

[features]
legacy = false

[types]
"money::Cents" = "bigint"
Slug = ["citext", "text"]

[env.prod]
host = "h"
port = 5433
password = "p'w\\"

[table.users]
index = ["org_id, created_at desc", '"lower(email)", unique, name = users_lower']
check = ["length(handle) > 2", '"id > 0", name = positive']
unique = []
managed = "full"
with = { fillfactor = 70 }
drop = ["legacy"]
primary_key = ["id"]

[table.users.column.email]
unique = true
default = "now()"

[table.users.column.id]
identity = { start = 7, cycle = true }

[table.users.column.flag]
default = false

[enum.mood]
rename_all = "kebab-case"
variant.Glad.was = "happy"

[[accept]]
table = "users"
column = "nick"
kind = "null"
model = "NOT NULL"
db = "NULL"
reason = "why"
"#;
    check(text, "");
    let (config, _) = read(PathBuf::from("conf/autogen.toml"), text);
    assert_eq!(config.models, [PathBuf::from("conf/src/models.rs"), PathBuf::from("conf/src/more")]);
    assert_eq!(Ok(&config.lock_timeout), "500ms".parse().as_ref());
    assert_eq!((config.version_style, config.id_style), (VersionStyle::Sequence, IdStyle::Serial));
    assert_eq!(config.migrations, Some(PathBuf::from("conf/db/migrations")));
    assert!(!config.features["legacy"]);
    assert_eq!(config.types["Slug"], ["citext", "text"]);
    assert_eq!(config.types["money::Cents"], ["bigint"]);
    let connection = config.environments["prod"].connection().unwrap();
    assert_eq!(connection, r"host='h' port='5433' password='p\'w\\'");
    let users = &config.outside.tables[0];
    assert_eq!(users.attribute.index.as_ref().unwrap().len(), 2);
    assert_eq!(users.attribute.check.as_ref().unwrap()[1].value.name.as_deref(), Some("positive"));
    assert_eq!(users.attribute.unique.as_ref().unwrap().len(), 0);
    assert_eq!(users.attribute.with.as_ref().unwrap().value, [("fillfactor".to_owned(), "70".to_owned())]);
    assert_eq!(users.columns[1].1.identity.as_ref().unwrap().value.start, Some(7));
    assert_eq!(users.columns[2].1.default.as_ref().unwrap().value.as_deref(), Some("false"));
    assert_eq!(config.outside.enums[0].variants[0].1.was.as_ref().unwrap().value, "happy");
    assert_eq!(config.accept[0].reason, "why");
}

#[test]
fn mistakes_have_places() {
    check("model = \"x\"\n", "1:1 unknown-key: `model` is no key of autogen.toml");
    check("models = 3\n", "1:10 bad-value: `models` wants a string or a list of strings, not a number");
    check(
        "\nid_style = \"uuid\"\n",
        "2:12 bad-value: `id_style` is one of \"identity\", \"serial\", not \"uuid\"",
    );
    check(
        "models = [\"${AUTOGEN_NOT_SET}\"]\n",
        "1:11 unset-variable: the environment variable AUTOGEN_NOT_SET is not set",
    );
    check("[env.x]\nhots = \"h\"\n", "2:1 unknown-key: `hots` is no key of [env.x]");
    let unclosed = "1:11 bad-value: `include` wants patterns of names: error parsing glob '[': unclosed character \
                    class; missing ']'";
    check("include = \"[\"\n", unclosed);
    check(
        "[env.x]\nurl = \"postgres:///\"\nuser = \"u\"\n",
        "2:7 url-and-parts: `url` says everything; it stands alone, or the parts (host, user, …) stand without it",
    );
    check("[table.users]\nindx = []\n", "2:1 unknown-key: `indx` is no key of [table.users]");
    check(
        "[table.users]\nindex = [\"a, b\", \"c, (\"]\n",
        "2:18 bad-value: this is not what stands in the parentheses of `index(…)`",
    );
    check(
        "[table.users]\nindex = [\"a, uniqe = 1\"]\n",
        "2:10 unknown-key: `uniqe` is no autogen key of an index",
    );
    check(
        "[table.t.column.a]\nunique = false\n",
        "2:10 bad-value: `unique = false` says nothing; leave it out",
    );
    check(
        "[[accept]]\ntable = \"t\"\nkind = \"null\"\nmodel = \"a\"\ndb = \"b\"\nreason = \" \"\n",
        "1:1 incomplete-accept: this entry lacks `reason`",
    );
    check(
        "[[accept]]\ntable = \"t\"\nkind = \"nul\"\nmodel = \"a\"\ndb = \"b\"\nreason = \"r\"\n",
        "3:8 bad-value: there is no kind nul of difference",
    );
}
