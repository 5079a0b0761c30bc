//! Rows that are in the way of a change: the script says so where the server refuses it, and is silent once they are mended.

use anyhow::{Context, Result, ensure};
use diesel::connection::SimpleConnection;

use crate::support::{self, autogen, load, run};

/// A schema with rows, the wanted one, and what mends the rows.
struct Case {
    name: &'static str,
    before: &'static str,
    after: &'static str,
    mend: &'static str,
}

const PARTITIONED: &str = "CREATE TABLE events (id int, kind text) PARTITION BY RANGE (id);";

const CASES: &[Case] = &[
    Case {
        name: "domain_check",
        before: "CREATE DOMAIN pos AS int; CREATE TABLE t (p pos); INSERT INTO t VALUES (-1), (2), (NULL);",
        after: "CREATE DOMAIN pos AS int CHECK (VALUE > 0); CREATE TABLE t (p pos);",
        mend: "UPDATE t SET p = 1 WHERE p < 0;",
    },
    Case {
        name: "domain_not_null",
        before: "CREATE DOMAIN word AS text; CREATE TABLE t (\"a b\" word); INSERT INTO t VALUES ('x'), (NULL);",
        after: "CREATE DOMAIN word AS text NOT NULL; CREATE TABLE t (\"a b\" word);",
        mend: "DELETE FROM t WHERE \"a b\" IS NULL;",
    },
    Case {
        name: "orphan_below",
        before: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE below () INHERITS (p); INSERT INTO below VALUES (1);
            CREATE TABLE t (p int); CREATE TABLE more () INHERITS (t); INSERT INTO t VALUES (1); INSERT INTO more VALUES (7);",
        after: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE below () INHERITS (p);
            CREATE TABLE t (p int REFERENCES p); CREATE TABLE more () INHERITS (t);",
        mend: "INSERT INTO p VALUES (1);",
    },
    Case {
        name: "same_below",
        before: "CREATE TABLE t (a int); CREATE TABLE below () INHERITS (t);
            INSERT INTO t VALUES (1), (2), (2); INSERT INTO below VALUES (1), (1);",
        after: "CREATE TABLE t (a int UNIQUE); CREATE TABLE below () INHERITS (t);",
        mend: "DELETE FROM ONLY t WHERE a = 2;",
    },
    Case {
        name: "new_reference",
        before: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int); INSERT INTO t VALUES (1);",
        after: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int, p int NOT NULL DEFAULT 1 REFERENCES p);",
        mend: "INSERT INTO p VALUES (1);",
    },
    Case {
        name: "new_reference_of_two",
        before: "CREATE TABLE p (id int, n int, PRIMARY KEY (id, n)); INSERT INTO p VALUES (1, 2);
            CREATE TABLE t (a int); INSERT INTO t VALUES (1), (3), (NULL);",
        after: "CREATE TABLE p (id int, n int, PRIMARY KEY (id, n));
            CREATE TABLE t (a int, n int DEFAULT 2, FOREIGN KEY (a, n) REFERENCES p);",
        mend: "DELETE FROM t WHERE a = 3;",
    },
    Case {
        name: "new_checked",
        before: "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (3), (NULL);",
        after: "CREATE TABLE t (a int, \"b c\" int DEFAULT 2, d int CHECK (d > 0),
            CONSTRAINT less CHECK (a < \"b c\" AND \"b c\" > 0));",
        mend: "DELETE FROM t WHERE a = 3;",
    },
    Case {
        name: "new_default_checked",
        before: "CREATE TABLE t (a int); INSERT INTO t VALUES (1);",
        after: "CREATE TABLE t (a int, b int DEFAULT 0 CHECK (b > 0));",
        mend: "DELETE FROM t;",
    },
    Case {
        name: "check_of_nothing",
        before: "CREATE TABLE t (a int); INSERT INTO t VALUES (1);",
        after: "CREATE TABLE t (a int, CHECK (1 > 2));",
        mend: "DELETE FROM t;",
    },
    Case {
        name: "check_above",
        before: "CREATE TABLE t (a int); CREATE TABLE below () INHERITS (t); INSERT INTO t VALUES (1), (-1); INSERT INTO below VALUES (-7);",
        after: "CREATE TABLE t (a int, CHECK (a > 0) NO INHERIT); CREATE TABLE below () INHERITS (t);",
        mend: "DELETE FROM ONLY t WHERE a = -1;",
    },
    Case {
        name: "single_of_none",
        before: "CREATE TABLE t (a int[] NOT NULL, b int[]); INSERT INTO t VALUES ('{1}', '{}'), ('{}', NULL), ('{1}', '{2}');",
        after: "CREATE TABLE t (a int NOT NULL, b int);",
        mend: "DELETE FROM t WHERE a = '{}';",
    },
    Case {
        name: "new_nulls_alike",
        before: "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2);",
        after: "CREATE TABLE t (id int, \"a b\" text, CONSTRAINT one UNIQUE NULLS NOT DISTINCT (\"a b\"));",
        mend: "DELETE FROM t WHERE id = 2;",
    },
    Case {
        name: "new_generated_key",
        before: "CREATE TABLE t (a text); INSERT INTO t VALUES ('x'), ('X'), (NULL), (NULL);",
        after: "CREATE TABLE t (a text, b text GENERATED ALWAYS AS (lower(a)) STORED UNIQUE);",
        mend: "DELETE FROM t WHERE a = 'X';",
    },
    Case {
        name: "new_generated_too_long",
        before: "CREATE TABLE t (a text); INSERT INTO t VALUES ('abc  '), ('abcd'), (NULL);",
        after: "CREATE TABLE t (a text, b varchar(3) GENERATED ALWAYS AS (lower(a)) STORED);",
        mend: "DELETE FROM t WHERE a = 'abcd';",
    },
    Case {
        name: "becomes_a_domains",
        before: "CREATE TABLE t (\"a b\" int); INSERT INTO t VALUES (-1), (2), (NULL);",
        after: "CREATE DOMAIN pos AS int CHECK (VALUE > 0); CREATE DOMAIN more AS pos CHECK (VALUE <> 5); CREATE TABLE t (\"a b\" more);",
        mend: "UPDATE t SET \"a b\" = 1 WHERE \"a b\" < 0;",
    },
    Case {
        name: "becomes_a_domains_without_null",
        before: "CREATE DOMAIN word AS text NOT NULL; CREATE TABLE t (a varchar(9)); INSERT INTO t VALUES ('x'), (NULL);",
        after: "CREATE DOMAIN word AS text NOT NULL; CREATE TABLE t (a word);",
        mend: "DELETE FROM t WHERE a IS NULL;",
    },
    Case {
        name: "default_partition",
        before: "CREATE TABLE events_rest PARTITION OF events DEFAULT; INSERT INTO events VALUES (5, 'x'), (500, 'y');",
        after: "CREATE TABLE events_rest PARTITION OF events DEFAULT;
            CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (100);",
        mend: "DELETE FROM events WHERE id = 5;",
    },
    Case {
        name: "narrower_bound",
        before: "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (100);
            INSERT INTO events VALUES (5, 'x'), (50, 'y');",
        after: "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (40);",
        mend: "UPDATE events SET id = 39 WHERE id > 40;",
    },
    Case {
        name: "joining_table",
        before: "CREATE TABLE old (id int, kind text); INSERT INTO old VALUES (5, 'x'), (NULL, 'y');",
        after: "CREATE TABLE old PARTITION OF events FOR VALUES FROM (0) TO (40);",
        mend: "DELETE FROM old WHERE id IS NULL;",
    },
    Case {
        name: "referenced_partition_leaves",
        before: "CREATE TABLE logs (id int PRIMARY KEY) PARTITION BY RANGE (id);
            CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM (0) TO (100);
            CREATE TABLE notes (id int REFERENCES logs); INSERT INTO logs VALUES (5), (6); INSERT INTO notes VALUES (5), (NULL);",
        after: "CREATE TABLE logs (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE logs_1 (id int PRIMARY KEY);
            CREATE TABLE notes (id int REFERENCES logs);",
        mend: "DELETE FROM notes WHERE id = 5;",
    },
    Case {
        name: "referenced_partition_goes",
        before: "CREATE TABLE logs (a int, b int, PRIMARY KEY (a, b)) PARTITION BY RANGE (a);
            CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM (0) TO (100) PARTITION BY LIST (b);
            CREATE TABLE logs_2 PARTITION OF logs_1 FOR VALUES IN (1, 2);
            CREATE TABLE notes (x int, y int, FOREIGN KEY (x, y) REFERENCES logs);
            INSERT INTO logs VALUES (5, 1), (6, 1); INSERT INTO notes VALUES (5, 1), (5, NULL);",
        after: "CREATE TABLE logs (a int, b int, PRIMARY KEY (a, b)) PARTITION BY RANGE (a);
            CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM (0) TO (100) PARTITION BY LIST (b);
            CREATE TABLE notes (x int, y int, FOREIGN KEY (x, y) REFERENCES logs);",
        mend: "UPDATE notes SET x = NULL;",
    },
    Case {
        name: "sequence",
        before: "CREATE SEQUENCE s; SELECT setval('s', 3000000000);",
        after: "CREATE SEQUENCE s AS integer;",
        mend: "SELECT setval('s', 5);",
    },
    Case {
        name: "generated",
        before: "CREATE TABLE t (data jsonb); INSERT INTO t VALUES ('{\"title\": \"x\"}'), ('{}');",
        after: "CREATE TABLE t (data jsonb, title text GENERATED ALWAYS AS (lower(data ->> 'title')) STORED NOT NULL);",
        mend: "DELETE FROM t WHERE data = '{}';",
    },
    Case {
        name: "generated_number",
        before: "CREATE TABLE t (data jsonb); INSERT INTO t VALUES ('{\"n\": \"7\"}'), ('{\"n\": \"it''s seven\"}');",
        after: "CREATE TABLE t (data jsonb, n int GENERATED ALWAYS AS ((data ->> 'n')::int) STORED);",
        mend: "DELETE FROM t WHERE data::text LIKE '%seven%';",
    },
    Case {
        name: "generated_out_of_range",
        before: "CREATE TABLE t (price numeric); INSERT INTO t VALUES (7), (100000);",
        after: "CREATE TABLE t (price numeric, taxed numeric(6, 2) GENERATED ALWAYS AS (price * 1.1) STORED);",
        mend: "DELETE FROM t WHERE price > 10;",
    },
    Case {
        name: "computed_check",
        before: "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 0), (4, 2);",
        after: "CREATE TABLE t (a int, b int, CHECK (a / b > 1));",
        mend: "DELETE FROM t WHERE b = 0;",
    },
    Case {
        name: "computed_index",
        before: "CREATE TABLE t (a text, b int); INSERT INTO t VALUES ('1', 1), ('one', 2);",
        after: "CREATE TABLE t (a text, b int); CREATE INDEX numbers ON t ((a::int)) WHERE 1 / b <> 3;",
        mend: "DELETE FROM t WHERE a = 'one';",
    },
    Case {
        name: "computed_unique",
        before: "CREATE TABLE t (a text); INSERT INTO t VALUES ('1'), ('one');",
        after: "CREATE TABLE t (a text); CREATE UNIQUE INDEX numbers ON t ((a::int));",
        mend: "DELETE FROM t WHERE a = 'one';",
    },
    Case {
        name: "few_numbers",
        before: "CREATE TABLE t (a text); INSERT INTO t VALUES ('x'), ('y'), ('z');",
        after: "CREATE TABLE t (a text, n int GENERATED BY DEFAULT AS IDENTITY (MINVALUE 2 MAXVALUE 5 START WITH 3 INCREMENT BY 2));",
        mend: "DELETE FROM t WHERE a = 'x';",
    },
    Case {
        name: "few_small_numbers",
        before: "CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 32768);",
        after: "CREATE TABLE t (a int, n smallserial);",
        mend: "DELETE FROM t WHERE a = 1;",
    },
    Case {
        name: "nulls_alike",
        before: "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, NULL), (1, NULL), (2, NULL);",
        after: "CREATE TABLE t (a int, b int, UNIQUE NULLS NOT DISTINCT (a, b));",
        mend: "UPDATE t SET b = 1 WHERE ctid = (SELECT min(ctid) FROM t);",
    },
    Case {
        name: "unique_expression",
        before: "CREATE TABLE t (a text); INSERT INTO t VALUES ('x'), ('X'), (NULL);",
        after: "CREATE TABLE t (a text); CREATE UNIQUE INDEX lower_case ON t (lower(a)) WHERE a <> '';",
        mend: "DELETE FROM t WHERE a = 'X';",
    },
    Case {
        name: "unique_without_case",
        before: "CREATE EXTENSION citext; CREATE TABLE t (a text UNIQUE); INSERT INTO t VALUES ('x'), ('X'), (NULL);",
        after: "CREATE EXTENSION citext; CREATE TABLE t (a citext UNIQUE);",
        mend: "DELETE FROM t WHERE a = 'X';",
    },
    Case {
        name: "unique_and_narrower",
        before: "CREATE TABLE t (a timestamp, b int); CREATE UNIQUE INDEX days ON t (a, b);
            INSERT INTO t VALUES ('2026-01-01 10:00', 1), ('2026-01-01 11:00', 1), ('2026-01-01 11:00', 2);",
        after: "CREATE TABLE t (a date, b int); CREATE UNIQUE INDEX days ON t (a, b);",
        mend: "DELETE FROM t WHERE a = '2026-01-01 10:00';",
    },
    Case {
        name: "unique_and_narrower_domain",
        before: "CREATE DOMAIN day AS date; CREATE TABLE t (a timestamp UNIQUE);
            INSERT INTO t VALUES ('2026-01-01 10:00'), ('2026-01-01 11:00');",
        after: "CREATE DOMAIN day AS date; CREATE TABLE t (a day UNIQUE);",
        mend: "DELETE FROM t WHERE a = '2026-01-01 10:00';",
    },
    Case {
        name: "newly_unique_and_narrower",
        before: "CREATE TABLE t (a numeric); INSERT INTO t VALUES (1.2), (1.3);",
        after: "CREATE TABLE t (a int UNIQUE);",
        mend: "DELETE FROM t WHERE a = 1.3;",
    },
    Case {
        name: "unique_default",
        before: "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2);",
        after: "CREATE TABLE t (a int, code varchar(9) NOT NULL DEFAULT '' UNIQUE);",
        mend: "DELETE FROM t WHERE a = 1;",
    },
    Case {
        name: "unique_default_beside",
        before: "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2), (2);",
        after: "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (a int, n int DEFAULT 7, m mood DEFAULT 'a', UNIQUE (n, a, m));",
        mend: "DELETE FROM t WHERE ctid = (SELECT max(ctid) FROM t);",
    },
    Case {
        name: "unique_default_index",
        before: "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2);",
        after: "CREATE TABLE t (a int, ok boolean DEFAULT false); CREATE UNIQUE INDEX one ON t (ok);",
        mend: "DELETE FROM t WHERE a = 1;",
    },
    Case {
        name: "key_default",
        before: "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2);",
        after: "CREATE TABLE t (a int, n bigint DEFAULT 0 PRIMARY KEY);",
        mend: "DELETE FROM t WHERE a = 1;",
    },
    Case {
        name: "exclusion",
        before: "CREATE EXTENSION btree_gist; CREATE TABLE t (r int4range, room int);
            INSERT INTO t VALUES ('[1,5)', 1), ('[4,6)', 1), ('[4,6)', 2), ('empty', NULL);",
        after: "CREATE EXTENSION btree_gist;
            CREATE TABLE t (r int4range, room int, EXCLUDE USING gist (r WITH &&, room WITH =) WHERE (room > 0));",
        mend: "UPDATE t SET room = 3 WHERE r @> 5 AND room = 1;",
    },
    Case {
        name: "identity",
        before: "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY); SELECT setval('t_id_seq', 3000000000);",
        after: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY);",
        mend: "SELECT setval('t_id_seq', 5);",
    },
];

#[test]
fn what_the_server_refuses_is_said() -> Result<()> {
    let server = support::start()?;
    let folder = tempfile::tempdir()?;
    for case in CASES {
        let parent =
            if case.before.contains("events") || case.after.contains("events") { PARTITIONED } else { "" };
        server.create_database(case.name, None)?;
        load(&server, case.name, &[parent, case.before].concat())?;
        std::fs::write(folder.path().join("after.sql"), [parent, case.after].concat())?;
        let script = |place: &str| -> Result<String> {
            let out = format!("{}_{place}", case.name);
            let mut diff = autogen(folder.path());
            diff.args([
                "diff",
                "--offline-ok",
                "--db",
                &server.url(case.name),
                "--target",
                "after.sql",
                "--out",
                &out,
            ]);
            run(&mut diff, 0)?;
            Ok(support::scripts(&folder.path().join(out), "up")?.into_values().collect())
        };
        let mut connection = server.connect(case.name)?;
        let refused = script("refused")?;
        ensure!(refused.contains("-- TODO(autogen): "), "{}: nothing is said\n{refused}", case.name);
        ensure!(
            support::apply(&mut connection, "up.sql", &refused).is_err(),
            "{}: it is not refused",
            case.name
        );
        connection.batch_execute(case.mend)?;
        let mended = script("mended")?;
        let is_silent = !mended.contains("TODO") && !mended.contains("HAZARD may fail");
        ensure!(is_silent, "{}: the rows are no longer in the way\n{mended}", case.name);
        support::apply(&mut connection, "up.sql", &mended).context(case.name)?;
    }
    Ok(())
}

#[test]
fn rows_that_a_policy_hides_are_not_taken_for_none() -> Result<()> {
    let server = support::start()?;
    let folder = tempfile::tempdir()?;
    server.create_database("hidden", None)?;
    let table =
        "CREATE TABLE t (a int, b int); ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;";
    let rows = "INSERT INTO t VALUES (NULL, 1); CREATE ROLE nobodys LOGIN; ALTER TABLE t OWNER TO nobodys;";
    load(&server, "hidden", &[table, rows].concat())?;
    std::fs::write(folder.path().join("after.sql"), table.replace("a int", "a int NOT NULL"))?;
    let url = server.url("hidden").replace("postgres@", "nobodys@");
    let mut diff = autogen(folder.path());
    let output = run(diff.args(["diff", "--db", &url, "--target", "after.sql"]), 0)?;
    let script = String::from_utf8(output.stdout)?;
    ensure!(script.contains("-- TODO(autogen): "), "the hidden rows were not reckoned with: {script}");
    Ok(())
}
