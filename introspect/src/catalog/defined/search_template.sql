{{with pg_ts_template}}SELECT
    t.tableoid AS class,
    t.oid AS oid,
    n.nspname AS schema,
    t.tmplname AS name,
    NULL::pg_catalog.text AS part,
    pg_catalog.format('%I.%I', n.nspname, t.tmplname) AS address,
    pg_catalog.format('CREATE TEXT SEARCH TEMPLATE %I.%I (%s)', n.nspname, t.tmplname, pg_catalog.concat_ws(', ',
        CASE WHEN t.tmplinit <> 0 THEN 'INIT = ' || t.tmplinit END,
        'LEXIZE = ' || t.tmpllexize)) AS definition,
    NULL::pg_catalog.text AS fixed,
    NULL::pg_catalog.text[] AS keys,
    NULL::pg_catalog.text[] AS sets,
    NULL::pg_catalog.text[] AS changes,
    NULL::pg_catalog.text[] AS resets
FROM pg_catalog.pg_ts_template t
JOIN pg_catalog.pg_namespace n ON n.oid = t.tmplnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY t.oid
