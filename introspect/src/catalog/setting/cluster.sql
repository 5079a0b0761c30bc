{{with pg_index}}-- The index that a table is clustered on.
SELECT
    0::pg_catalog.oid AS class,
    0::pg_catalog.oid AS oid,
    c.oid AS relation,
    'cluster' AS key,
    c.tableoid AS on_class,
    i.indexrelid AS on_oid,
    0::pg_catalog.int4 AS on_column,
    0::pg_catalog.oid AS used_class,
    0::pg_catalog.oid AS used_oid,
    pg_catalog.format('ALTER %s %I.%I CLUSTER ON %I', w.words, n.nspname, c.relname, x.relname) AS set,
    pg_catalog.format('ALTER %s %I.%I SET WITHOUT CLUSTER', w.words, n.nspname, c.relname) AS reset,
    false AS unproved
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END AS words) w
WHERE i.indisclustered
ORDER BY relation, key
