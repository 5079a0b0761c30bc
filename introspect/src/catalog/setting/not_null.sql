-- NOT NULL that is NOT VALID (18 and later). Who has it from a parent gets it with that.
SELECT
    0::pg_catalog.oid AS class,
    0::pg_catalog.oid AS oid,
    c.oid AS relation,
    'NOT NULL of ' || a.attname AS key,
    c.tableoid AS on_class,
    c.oid AS on_oid,
    a.attnum::pg_catalog.int4 AS on_column,
    0::pg_catalog.oid AS used_class,
    0::pg_catalog.oid AS used_oid,
    CASE WHEN k.coninhcount = 0 THEN
        pg_catalog.format('ALTER TABLE %I.%I ADD CONSTRAINT %I NOT NULL %I%s NOT VALID', n.nspname, c.relname, k.conname, a.attname,
            CASE WHEN k.connoinherit THEN ' NO INHERIT' ELSE '' END)
    ELSE ''
    END AS set,
    pg_catalog.format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, k.conname) AS reset,
    true AS unproved
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
WHERE k.contype = 'n' AND NOT k.convalidated
ORDER BY relation, key
