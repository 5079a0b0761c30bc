-- Defaults of views' columns, statistics targets of columns of indexes and materialized views, what else is set on columns of
-- the latter, the index that a table is clustered on, copies of triggers on partitions that do not fire when the original does,
-- sequences of identity columns that are unlogged where their tables are not, or the other way round, and NOT NULL that is NOT
-- VALID. The relations of $1 are those that the columns and sequences were found to have something set on: those catalogs are
-- the largest, and once is enough to go through them.
WITH RECURSIVE clones AS (
    SELECT t.oid AS oid, t.tgparentid AS origin
    FROM pg_catalog.pg_trigger t
    WHERE t.tgparentid <> 0
    UNION ALL
    SELECT c.oid, t.tgparentid
    FROM clones c
    JOIN pg_catalog.pg_trigger t ON t.oid = c.origin
    WHERE t.tgparentid <> 0
),
words (storage, words) AS (
    VALUES ('p'::pg_catalog."char", 'PLAIN'), ('e', 'EXTERNAL'), ('x', 'EXTENDED'), ('m', 'MAIN')
),
settings AS (
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
    UNION ALL
    SELECT
        0,
        0,
        coalesce(i.indrelid, c.oid),
        pg_catalog.format('statistics of %s.%s', c.relname, a.attname),
        c.tableoid,
        c.oid,
        0,
        0,
        0,
        pg_catalog.format('ALTER %s %I.%I ALTER COLUMN %s SET STATISTICS %s', w.words, n.nspname, c.relname, w.piece,
            a.attstattarget),
        pg_catalog.format('ALTER %s %I.%I ALTER COLUMN %s SET STATISTICS -1', w.words, n.nspname, c.relname, w.piece),
        false
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
        FROM words own
        JOIN words given ON given.storage = t.typstorage
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
        c.oid,
        'cluster',
        c.tableoid,
        i.indexrelid,
        0,
        0,
        0,
        pg_catalog.format('ALTER %s %I.%I CLUSTER ON %I', w.words, n.nspname, c.relname, x.relname),
        pg_catalog.format('ALTER %s %I.%I SET WITHOUT CLUSTER', w.words, n.nspname, c.relname),
        false
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
    JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (SELECT CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END AS words) w
    WHERE i.indisclustered
    UNION ALL
    SELECT
        0,
        0,
        c.oid,
        'trigger ' || t.tgname,
        c.tableoid,
        c.oid,
        0,
        o.tableoid,
        o.oid,
        pg_catalog.format('ALTER TABLE %I.%I %s TRIGGER %I', n.nspname, c.relname, own.words, t.tgname),
        pg_catalog.format('ALTER TABLE %I.%I %s TRIGGER %I', n.nspname, c.relname, origin.words, t.tgname),
        false
    FROM clones l
    JOIN pg_catalog.pg_trigger t ON t.oid = l.oid
    JOIN pg_catalog.pg_trigger o ON o.oid = l.origin AND o.tgparentid = 0 AND NOT o.tgisinternal AND o.tgenabled <> t.tgenabled
    JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN (
        VALUES ('O'::pg_catalog."char", 'ENABLE'), ('D', 'DISABLE'), ('R', 'ENABLE REPLICA'), ('A', 'ENABLE ALWAYS')
    ) own (enabled, words) ON own.enabled = t.tgenabled
    JOIN (
        VALUES ('O'::pg_catalog."char", 'ENABLE'), ('D', 'DISABLE'), ('R', 'ENABLE REPLICA'), ('A', 'ENABLE ALWAYS')
    ) origin (enabled, words) ON origin.enabled = o.tgenabled
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
    -- NOT NULL that is not proved. Who has it from a parent gets it with that.
    {{since 18: UNION ALL
    SELECT
        0,
        0,
        c.oid,
        'NOT NULL of ' || a.attname,
        c.tableoid,
        c.oid,
        a.attnum,
        0,
        0,
        CASE WHEN k.coninhcount = 0 THEN
            pg_catalog.format('ALTER TABLE %I.%I ADD CONSTRAINT %I NOT NULL %I%s NOT VALID', n.nspname, c.relname, k.conname, a.attname,
                CASE WHEN k.connoinherit THEN ' NO INHERIT' ELSE '' END)
        ELSE ''
        END,
        pg_catalog.format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, k.conname),
        true
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    WHERE k.contype = 'n' AND NOT k.convalidated}}
)
SELECT s.class, s.oid, s.relation, s.key, s.on_class, s.on_oid, s.on_column, s.used_class, s.used_oid, s.set, s.reset, s.unproved
FROM settings s
ORDER BY s.relation, s.key
