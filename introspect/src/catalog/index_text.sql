-- The texts of indexes that have expressions or a predicate.
SELECT
    i.indexrelid AS oid,
    CASE WHEN i.indexprs IS NULL THEN NULL
    -- The common case, without a subquery.
    WHEN i.indnatts = 1 THEN ARRAY[pg_catalog.pg_get_indexdef(i.indexrelid, 1, false)]
    ELSE ARRAY(
        SELECT CASE WHEN i.indkey[p - 1] = 0 THEN pg_catalog.pg_get_indexdef(i.indexrelid, p, false) ELSE '' END
        FROM pg_catalog.generate_series(1, i.indnkeyatts) AS p
        ORDER BY p
    ) END AS expressions,
    CASE WHEN i.indexprs IS NULL THEN NULL
    WHEN i.indnatts = 1 THEN ARRAY[(
        SELECT a.atttypid
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = i.indexrelid AND a.attnum = 1
    )]
    ELSE ARRAY(
        SELECT a.atttypid
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = i.indexrelid AND a.attnum <= i.indnkeyatts
        ORDER BY a.attnum
    ) END AS expression_types,
    CASE WHEN i.indexprs IS NOT NULL AND NOT i.indcollation::pg_catalog.oid[] <@ '{0, 100}'
        THEN pg_catalog.pg_get_indexdef(i.indexrelid) END AS full_definition,
    i.indpred IS NOT NULL AS is_partial,
    pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate
FROM pg_catalog.unnest($1::pg_catalog.oid[]) x (oid)
JOIN pg_catalog.pg_index i ON i.indexrelid = x.oid
