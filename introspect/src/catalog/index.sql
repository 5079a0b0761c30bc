-- Indexes but for those behind constraints. Keys come as the raw columns of pg_index, expressions as trees.
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
    i.indexprs::pg_catalog.text AS expressions_tree,
    i.indpred::pg_catalog.text AS predicate_tree,
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
