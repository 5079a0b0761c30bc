-- Names of NOT NULL constraints that the server has not chosen, or not as it mostly does, and those that are not handed down.
SELECT
    k.conrelid AS relation,
    k.conkey[1] AS number,
    k.conname AS name,
    k.connoinherit AS no_inherit
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
WHERE k.contype = 'n'
  AND k.convalidated
  AND (k.connoinherit OR k.conname <> c.relname || '_' || a.attname || '_not_null')
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY k.conrelid, k.conkey[1]
