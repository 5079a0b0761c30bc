-- Primary keys and unique constraints, with what their indexes say.
SELECT
    k.oid AS oid,
    k.conname AS name,
    k.conrelid AS relation,
    k.contype AS kind,
    k.condeferrable AS deferrable,
    k.condeferred AS deferred,
    k.conparentid <> 0 OR (k.coninhcount > 0 AND NOT k.conislocal) AS inherited,
    k.conindid AS index_oid,
    i.indkey AS keys,
    i.indnkeyatts AS key_count,
    {{since 15: i.indnullsnotdistinct}}{{before 15: false}} AS nulls_not_distinct,
    {{since 18: k.conperiod}}{{before 18: false}} AS without_overlaps,
    ic.reloptions AS options,
    s.spcname AS tablespace,
    h.inhparent AS parent,
    i.indisvalid AS valid
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid
JOIN pg_catalog.pg_class ic ON ic.oid = k.conindid
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = ic.reltablespace
-- A partition's own constraint, whose index is attached to one without.
LEFT JOIN pg_catalog.pg_inherits h ON h.inhrelid = k.conindid AND k.conparentid = 0
WHERE k.contype IN ('p', 'u')
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY k.oid
