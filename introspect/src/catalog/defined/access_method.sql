{{with pg_am}}SELECT
    a.tableoid AS class,
    a.oid AS oid,
    '' AS schema,
    a.amname AS name,
    NULL::pg_catalog.text AS part,
    pg_catalog.quote_ident(a.amname) AS address,
    pg_catalog.format('CREATE ACCESS METHOD %I TYPE %s HANDLER %s', a.amname,
        CASE a.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END, a.amhandler) AS definition,
    NULL::pg_catalog.text AS fixed,
    NULL::pg_catalog.text[] AS keys,
    NULL::pg_catalog.text[] AS sets,
    NULL::pg_catalog.text[] AS changes,
    NULL::pg_catalog.text[] AS resets
FROM pg_catalog.pg_am a
WHERE a.oid >= 16384
ORDER BY a.oid
