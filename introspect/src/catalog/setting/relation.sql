-- Statistics targets of columns of indexes and materialized views, what else is set on columns of the latter, and sequences of
-- identity columns that are unlogged where their tables are not, or the other way round. The relations of $1 are those that the
-- columns and sequences were found to have something set on: those catalogs are the largest, and once is enough to go through
-- them.
WITH storages (storage, words) AS (
    VALUES ('p'::pg_catalog."char", 'PLAIN'), ('e', 'EXTERNAL'), ('x', 'EXTENDED'), ('m', 'MAIN')
)
SELECT
    0::pg_catalog.oid AS class,
    0::pg_catalog.oid AS oid,
    coalesce(i.indrelid, c.oid) AS relation,
    pg_catalog.format('statistics of %s.%s', c.relname, a.attname) AS key,
    c.tableoid AS on_class,
    c.oid AS on_oid,
    0::pg_catalog.int4 AS on_column,
    0::pg_catalog.oid AS used_class,
    0::pg_catalog.oid AS used_oid,
    pg_catalog.format('ALTER %s %I.%I ALTER COLUMN %s SET STATISTICS %s', w.words, n.nspname, c.relname, w.piece,
        a.attstattarget) AS set,
    pg_catalog.format('ALTER %s %I.%I ALTER COLUMN %s SET STATISTICS -1', w.words, n.nspname, c.relname, w.piece) AS reset,
    false AS unproved
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('i', 'I', 'm')
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
CROSS JOIN LATERAL (
    SELECT
        CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'INDEX' END AS words,
        CASE c.relkind WHEN 'm' THEN pg_catalog.quote_ident(a.attname) ELSE a.attnum::pg_catalog.text END AS piece
) w
WHERE a.attrelid = ANY ($1::pg_catalog.oid[]) AND a.attstattarget >= 0 AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT
    0,
    0,
    c.oid,
    pg_catalog.format('%s of %s.%s', o.key, c.relname, a.attname),
    c.tableoid,
    c.oid,
    0,
    0,
    0,
    pg_catalog.format('ALTER MATERIALIZED VIEW %I.%I ALTER COLUMN %I %s', n.nspname, c.relname, a.attname, o.set),
    pg_catalog.format('ALTER MATERIALIZED VIEW %I.%I ALTER COLUMN %I %s', n.nspname, c.relname, a.attname, o.reset),
    false
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind = 'm'
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
CROSS JOIN LATERAL (
    SELECT 'storage' AS key, 'SET STORAGE ' || own.words AS set, 'SET STORAGE ' || given.words AS reset
    FROM storages own
    JOIN storages given ON given.storage = t.typstorage
    WHERE own.storage = a.attstorage AND a.attstorage <> t.typstorage
    {{since 14: UNION ALL
    SELECT
        'compression',
        'SET COMPRESSION ' || CASE a.attcompression WHEN 'l' THEN 'lz4' ELSE 'pglz' END,
        'SET COMPRESSION DEFAULT'
    WHERE a.attcompression <> ''}}
    UNION ALL
    SELECT
        pg_catalog.split_part(p.option, '=', 1),
        pg_catalog.format('SET (%s)', p.option),
        pg_catalog.format('RESET (%s)', pg_catalog.split_part(p.option, '=', 1))
    FROM pg_catalog.unnest(a.attoptions) p (option)
) o
WHERE a.attrelid = ANY ($1::pg_catalog.oid[]) AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT
    0,
    0,
    d.refobjid,
    'sequence of ' || a.attname,
    d.refclassid,
    d.refobjid,
    d.refobjsubid,
    0,
    0,
    pg_catalog.format('ALTER SEQUENCE %I.%I SET %s', n.nspname, c.relname,
        CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE 'LOGGED' END),
    pg_catalog.format('ALTER SEQUENCE %I.%I SET %s', n.nspname, c.relname,
        CASE c.relpersistence WHEN 'u' THEN 'LOGGED' ELSE 'UNLOGGED' END),
    false
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype = 'i'
JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.relkind = 'S' AND c.oid = ANY ($1::pg_catalog.oid[])
ORDER BY relation, key
