{{with pg_rewrite}}SELECT
    c.oid AS oid,
    pg_catalog.pg_get_viewdef(c.oid) AS definition,
    c.reloptions AS options,
    nullif(m.amname, 'heap') AS access_method,
    s.spcname AS tablespace,
    c.relispopulated AS populated
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
WHERE c.relkind = 'm'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.oid
