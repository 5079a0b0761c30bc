SELECT
    k.oid AS oid,
    k.conname AS name,
    k.conrelid AS relation,
    k.condeferrable AS deferrable,
    k.condeferred AS deferred,
    k.conindid AS index_oid,
    ARRAY(
        SELECT CASE WHEN opn.nspname = 'pg_catalog' THEN o.oprname::pg_catalog.text
            ELSE 'OPERATOR(' || pg_catalog.quote_ident(opn.nspname) || '.' || o.oprname || ')' END
        FROM pg_catalog.unnest(k.conexclop) WITH ORDINALITY AS x (oid, place)
        JOIN pg_catalog.pg_operator o ON o.oid = x.oid
        JOIN pg_catalog.pg_namespace opn ON opn.oid = o.oprnamespace
        ORDER BY x.place
    ) AS operators,
    m.amname AS method,
    i.indkey AS keys,
    i.indnkeyatts AS key_count,
    i.indoption AS flags,
    i.indclass AS opclasses,
    i.indcollation AS collations,
    i.indexprs IS NOT NULL OR i.indpred IS NOT NULL AS has_text,
    c.reloptions AS options,
    s.spcname AS tablespace
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid
JOIN pg_catalog.pg_class c ON c.oid = k.conindid
JOIN pg_catalog.pg_am m ON m.oid = c.relam
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
WHERE k.contype = 'x'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY k.oid
