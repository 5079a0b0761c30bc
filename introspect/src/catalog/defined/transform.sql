{{with pg_transform}}SELECT
    t.tableoid AS class,
    t.oid AS oid,
    '' AS schema,
    pg_catalog.format_type(t.trftype, NULL) || ' for ' || l.lanname AS name,
    NULL::pg_catalog.text AS part,
    pg_catalog.format('FOR %s LANGUAGE %I', pg_catalog.format_type(t.trftype, NULL), l.lanname) AS address,
    pg_catalog.format('CREATE TRANSFORM FOR %s LANGUAGE %I (', pg_catalog.format_type(t.trftype, NULL), l.lanname)
        || pg_catalog.concat_ws(', ',
            CASE WHEN t.trffromsql <> 0 THEN 'FROM SQL WITH FUNCTION ' || t.trffromsql::pg_catalog.regprocedure END,
            CASE WHEN t.trftosql <> 0 THEN 'TO SQL WITH FUNCTION ' || t.trftosql::pg_catalog.regprocedure END
        ) || ')' AS definition,
    NULL::pg_catalog.text AS fixed,
    NULL::pg_catalog.text[] AS keys,
    NULL::pg_catalog.text[] AS sets,
    NULL::pg_catalog.text[] AS changes,
    NULL::pg_catalog.text[] AS resets
FROM pg_catalog.pg_transform t
JOIN pg_catalog.pg_language l ON l.oid = t.trflang
WHERE t.oid >= 16384
ORDER BY t.oid
