{{with pg_operator}}-- Shell operators, which only stand for ones to come, are left out. The estimators can be set, the rest is fixed.
WITH operators AS (
    SELECT
        o.tableoid,
        o.oid,
        o.oprname,
        n.nspname,
        pg_catalog.format('%I.%s', n.nspname, o.oprname) AS own_name,
        CASE WHEN o.oprleft <> 0 THEN pg_catalog.format_type(o.oprleft, NULL) ELSE 'NONE' END AS left_type,
        pg_catalog.format_type(o.oprright, NULL) AS right_type,
        nullif(o.oprrest::pg_catalog.oid, 0)::pg_catalog.regproc AS rest,
        nullif(o.oprjoin::pg_catalog.oid, 0)::pg_catalog.regproc AS join_estimator,
        pg_catalog.concat_ws(E',\n    ',
            'FUNCTION = ' || o.oprcode,
            CASE WHEN o.oprleft <> 0 THEN 'LEFTARG = ' || pg_catalog.format_type(o.oprleft, NULL) END,
            'RIGHTARG = ' || pg_catalog.format_type(o.oprright, NULL),
            (SELECT pg_catalog.format('COMMUTATOR = OPERATOR(%I.%s)', m.nspname, c.oprname)
             FROM pg_catalog.pg_operator c JOIN pg_catalog.pg_namespace m ON m.oid = c.oprnamespace
             WHERE c.oid = o.oprcom),
            (SELECT pg_catalog.format('NEGATOR = OPERATOR(%I.%s)', m.nspname, c.oprname)
             FROM pg_catalog.pg_operator c JOIN pg_catalog.pg_namespace m ON m.oid = c.oprnamespace
             WHERE c.oid = o.oprnegate),
            CASE WHEN o.oprcanhash THEN 'HASHES' END,
            CASE WHEN o.oprcanmerge THEN 'MERGES' END
        ) AS clauses
    FROM pg_catalog.pg_operator o
    JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
    WHERE o.oprcode <> 0 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
)
SELECT
    o.tableoid AS class,
    o.oid AS oid,
    o.nspname AS schema,
    o.oprname AS name,
    o.left_type || ', ' || o.right_type AS part,
    pg_catalog.format('%s (%s, %s)', o.own_name, o.left_type, o.right_type) AS address,
    pg_catalog.format(E'CREATE OPERATOR %s (\n    %s\n)', o.own_name, pg_catalog.concat_ws(E',\n    ', o.clauses,
        'RESTRICT = ' || o.rest, 'JOIN = ' || o.join_estimator)) AS definition,
    o.clauses AS fixed,
    s.keys AS keys,
    s.sets AS sets,
    s.changes AS changes,
    s.resets AS resets
FROM operators o
CROSS JOIN LATERAL (
    SELECT
        pg_catalog.array_agg(e.key ORDER BY e.key) AS keys,
        pg_catalog.array_agg(pg_catalog.format('SET (%s = %s)', e.key, e.value) ORDER BY e.key) AS sets,
        pg_catalog.array_agg(pg_catalog.format('SET (%s = %s)', e.key, e.value) ORDER BY e.key) AS changes,
        pg_catalog.array_agg(pg_catalog.format('SET (%s = NONE)', e.key) ORDER BY e.key) AS resets
    FROM (VALUES ('RESTRICT', o.rest), ('JOIN', o.join_estimator)) e (key, value)
    WHERE e.value IS NOT NULL
) s
ORDER BY o.oid
