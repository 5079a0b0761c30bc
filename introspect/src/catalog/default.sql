-- A default refers to no column, so it is deparsed without its relation, which would cost the opening of every table.
-- That fails for generated columns, which are $1 and $2; they are listed for what depends on their expression. Other
-- schemas have no defaults, but for temporary tables, which the reader passes over.
SELECT
    d.oid AS oid,
    d.adrelid AS relation,
    d.adnum AS number,
    g.number IS NOT NULL AS is_generated,
    CASE WHEN g.number IS NULL THEN pg_catalog.pg_get_expr(d.adbin, 0) END AS expression
FROM pg_catalog.pg_attrdef d
LEFT JOIN ROWS FROM (
    pg_catalog.unnest($1::pg_catalog.oid[]),
    pg_catalog.unnest($2::pg_catalog.int4[])
) AS g (relation, number) ON g.relation = d.adrelid AND g.number = d.adnum
ORDER BY d.adrelid, d.adnum
