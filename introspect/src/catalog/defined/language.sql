{{with pg_language}}SELECT
    l.tableoid AS class,
    l.oid AS oid,
    '' AS schema,
    l.lanname AS name,
    NULL::pg_catalog.text AS part,
    pg_catalog.quote_ident(l.lanname) AS address,
    pg_catalog.concat_ws(' ',
        CASE WHEN l.lanpltrusted THEN 'CREATE TRUSTED LANGUAGE' ELSE 'CREATE LANGUAGE' END,
        pg_catalog.quote_ident(l.lanname),
        'HANDLER ' || l.lanplcallfoid::pg_catalog.regproc,
        CASE WHEN l.laninline <> 0 THEN 'INLINE ' || l.laninline::pg_catalog.regproc END,
        CASE WHEN l.lanvalidator <> 0 THEN 'VALIDATOR ' || l.lanvalidator::pg_catalog.regproc END
    ) AS definition,
    NULL::pg_catalog.text AS fixed,
    NULL::pg_catalog.text[] AS keys,
    NULL::pg_catalog.text[] AS sets,
    NULL::pg_catalog.text[] AS changes,
    NULL::pg_catalog.text[] AS resets
FROM pg_catalog.pg_language l
WHERE l.lanispl AND l.oid >= 16384
ORDER BY l.oid
