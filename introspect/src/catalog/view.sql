{{with pg_rewrite}}SELECT c.oid AS oid, pg_catalog.pg_get_viewdef(c.oid) AS definition, c.reloptions AS options
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'v'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.oid
