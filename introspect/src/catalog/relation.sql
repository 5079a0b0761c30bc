-- The names of all relations that have columns, and of sequences, with their row types.
SELECT
    c.oid AS oid,
    n.nspname AS schema,
    c.relname AS name,
    c.relkind AS kind,
    c.reltype AS row_type,
    coalesce(t.typarray, 0) AS row_array
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_type t ON t.oid = c.reltype
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'c', 'f')
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.oid
