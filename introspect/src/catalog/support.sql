{{with pg_type}}-- The functions that read and write the values of base types: they name their type, which is only a shell when they come.
SELECT f.oid AS function, n.nspname AS schema, t.typname AS name
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
CROSS JOIN LATERAL (VALUES (t.typinput), (t.typoutput), (t.typreceive), (t.typsend)) f (oid)
WHERE t.typtype = 'b'
  AND t.typoutput <> 'pg_catalog.array_out'::pg_catalog.regproc
  AND f.oid::pg_catalog.oid >= 16384
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1
