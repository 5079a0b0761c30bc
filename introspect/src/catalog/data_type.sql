-- The types of columns: each pair of type and modifier once.
SELECT
    p.type_oid AS type_oid,
    p.modifier AS modifier,
    n.nspname AS schema,
    coalesce(e.typname, t.typname) AS name,
    pg_catalog.format_type(p.type_oid, p.modifier) AS text,
    e.oid IS NOT NULL AS is_array,
    t.typcollation AS collation,
    t.typstorage AS storage
FROM ROWS FROM (
    pg_catalog.unnest($1::pg_catalog.oid[]),
    pg_catalog.unnest($2::pg_catalog.int4[])
) AS p (type_oid, modifier)
JOIN pg_catalog.pg_type t ON t.oid = p.type_oid
LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND e.typarray = t.oid
JOIN pg_catalog.pg_namespace n ON n.oid = coalesce(e.typnamespace, t.typnamespace)
ORDER BY p.type_oid, p.modifier
