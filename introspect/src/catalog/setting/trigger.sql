{{with pg_trigger}}-- Copies of triggers on partitions that do not fire when the original does.
WITH RECURSIVE clones AS (
    SELECT t.oid AS oid, t.tgparentid AS origin
    FROM pg_catalog.pg_trigger t
    WHERE t.tgparentid <> 0
    UNION ALL
    SELECT c.oid, t.tgparentid
    FROM clones c
    JOIN pg_catalog.pg_trigger t ON t.oid = c.origin
    WHERE t.tgparentid <> 0
)
SELECT
    0::pg_catalog.oid AS class,
    0::pg_catalog.oid AS oid,
    c.oid AS relation,
    'trigger ' || t.tgname AS key,
    c.tableoid AS on_class,
    c.oid AS on_oid,
    0::pg_catalog.int4 AS on_column,
    o.tableoid AS used_class,
    o.oid AS used_oid,
    pg_catalog.format('ALTER TABLE %I.%I %s TRIGGER %I', n.nspname, c.relname, own.words, t.tgname) AS set,
    pg_catalog.format('ALTER TABLE %I.%I %s TRIGGER %I', n.nspname, c.relname, origin.words, t.tgname) AS reset,
    false AS unproved
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
ORDER BY relation, key
