SELECT
    k.oid AS oid,
    pg_catalog.pg_get_expr(k.conbin, k.conrelid) AS expression
FROM pg_catalog.unnest($1::pg_catalog.oid[]) a (oid)
JOIN pg_catalog.pg_constraint k ON k.oid = a.oid
