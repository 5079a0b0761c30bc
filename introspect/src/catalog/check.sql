SELECT
    k.oid AS oid,
    k.conname AS name,
    k.conrelid AS relation,
    k.conbin::pg_catalog.text AS tree,
    coalesce(k.conkey, '{}') AS columns,
    k.connoinherit AS no_inherit,
    k.convalidated AS validated,
    {{since 18: k.conenforced}}{{before 18: true}} AS enforced,
    k.conislocal AS is_local,
    k.coninhcount::pg_catalog.int4 AS parents
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
WHERE k.contype = 'c'
  AND k.conrelid <> 0
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY k.oid
