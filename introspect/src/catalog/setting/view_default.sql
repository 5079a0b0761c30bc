{{with pg_rewrite}}-- Defaults of views' columns.
SELECT
    d.tableoid AS class,
    d.oid AS oid,
    c.oid AS relation,
    'default of ' || a.attname AS key,
    c.tableoid AS on_class,
    c.oid AS on_oid,
    0::pg_catalog.int4 AS on_column,
    0::pg_catalog.oid AS used_class,
    0::pg_catalog.oid AS used_oid,
    pg_catalog.format('ALTER VIEW %I.%I ALTER COLUMN %I SET DEFAULT %s', n.nspname, c.relname, a.attname,
        pg_catalog.pg_get_expr(d.adbin, d.adrelid)) AS set,
    pg_catalog.format('ALTER VIEW %I.%I ALTER COLUMN %I DROP DEFAULT', n.nspname, c.relname, a.attname) AS reset,
    false AS unproved
FROM pg_catalog.pg_attrdef d
JOIN pg_catalog.pg_class c ON c.oid = d.adrelid AND c.relkind = 'v'
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
ORDER BY relation, key
