-- A default refers to no column, so it is deparsed without its relation, which would cost the opening of every table.
-- Generated columns are listed for what depends on their expression.
SELECT
    d.oid AS oid,
    d.adrelid AS relation,
    d.adnum AS number,
    a.attgenerated <> '' AS is_generated,
    CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, 0) END AS expression
FROM pg_catalog.pg_attrdef d
JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
JOIN pg_catalog.pg_class c ON c.oid = d.adrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY d.adrelid, d.adnum
