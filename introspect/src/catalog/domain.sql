SELECT
    t.oid AS oid,
    t.typarray AS array_oid,
    n.nspname AS schema,
    t.typname AS name,
    b.oid AS base_oid,
    bn.nspname AS base_schema,
    coalesce(be.typname, b.typname) AS base_name,
    pg_catalog.format_type(t.typbasetype, t.typtypmod) AS base_text,
    be.oid IS NOT NULL AS base_is_array,
    CASE WHEN t.typcollation <> b.typcollation THEN t.typcollation ELSE 0 END AS collation,
    t.typnotnull AS not_null,
    {{since 17: (SELECT k.conname FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'n')}}{{before 17: NULL::pg_catalog.name}} AS not_null_name,
    pg_catalog.pg_get_expr(t.typdefaultbin, 0) AS default_text,
    ARRAY(SELECT k.oid FROM pg_catalog.pg_constraint k
          WHERE k.contypid = t.oid ORDER BY k.oid) AS constraint_oids,
    ARRAY(SELECT k.conname::pg_catalog.text FROM pg_catalog.pg_constraint k
          WHERE k.contypid = t.oid AND k.contype = 'c' ORDER BY k.oid) AS check_names,
    ARRAY(SELECT pg_catalog.pg_get_expr(k.conbin, 0) FROM pg_catalog.pg_constraint k
          WHERE k.contypid = t.oid AND k.contype = 'c' ORDER BY k.oid) AS check_texts,
    ARRAY(SELECT k.convalidated FROM pg_catalog.pg_constraint k
          WHERE k.contypid = t.oid AND k.contype = 'c' ORDER BY k.oid) AS check_validated
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_type be ON be.oid = b.typelem AND be.typarray = b.oid
JOIN pg_catalog.pg_namespace bn ON bn.oid = coalesce(be.typnamespace, b.typnamespace)
WHERE t.typtype = 'd'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, t.typname
