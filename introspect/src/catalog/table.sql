SELECT
    c.oid AS oid,
    c.relpersistence AS persistence,
    CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_key,
    c.relispartition AS is_partition,
    CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END AS partition_bound,
    h.parents AS parents,
    c.reloftype AS of_type,
    c.reloptions AS options,
    x.reloptions AS toast_options,
    -- Foreign tables have nothing else.
    CASE c.relkind WHEN 'f' THEN 'd' ELSE c.relreplident END AS replica_identity,
    CASE WHEN c.relreplident = 'i' THEN (
        SELECT ic.relname
        FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
        WHERE i.indrelid = c.oid AND i.indisreplident
    ) END AS replica_index,
    c.relrowsecurity AS row_security,
    c.relforcerowsecurity AS force_row_security,
    nullif(m.amname, 'heap') AS access_method,
    s.spcname AS tablespace,
    v.srvname AS server,
    CASE WHEN f.ftoptions IS NOT NULL THEN ARRAY(
        SELECT o.option
        FROM pg_catalog.unnest(f.ftoptions) WITH ORDINALITY o (option, place)
        WHERE NOT {{secret: pg_catalog.split_part(o.option, '=', 1)}}
        ORDER BY o.place
    ) END AS server_options
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN (
    SELECT i.inhrelid, pg_catalog.array_agg(i.inhparent ORDER BY i.inhseqno) AS parents
    FROM pg_catalog.pg_inherits i
    GROUP BY i.inhrelid
) h ON h.inhrelid = c.oid
-- Few have any; the condition keeps the others out of the join.
LEFT JOIN pg_catalog.pg_class x ON x.oid = c.reltoastrelid AND x.relkind = 't' AND x.reloptions IS NOT NULL
LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_foreign_table f ON f.ftrelid = c.oid
LEFT JOIN pg_catalog.pg_foreign_server v ON v.oid = f.ftserver
WHERE c.relkind IN ('r', 'p', 'f')
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.oid
