-- Indexes but for those behind constraints. Keys come as the raw columns of pg_index; only expressions are deparsed.
SELECT
    i.indexrelid AS oid,
    n.nspname AS schema,
    c.relname AS name,
    i.indrelid AS relation,
    i.indisunique AS is_unique,
    {{since 15: i.indnullsnotdistinct}}{{before 15: false}} AS nulls_not_distinct,
    i.indisvalid AS valid,
    h.inhparent AS parent,
    m.amname AS method,
    i.indkey AS keys,
    i.indnkeyatts AS key_count,
    i.indoption AS flags,
    i.indclass AS opclasses,
    i.indcollation AS collations,
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
    pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate,
    c.reloptions AS options,
    s.spcname AS tablespace
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_am m ON m.oid = c.relam
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_inherits h ON h.inhrelid = i.indexrelid
WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint k
        WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
    )
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY i.indexrelid
