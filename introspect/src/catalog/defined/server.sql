{{with pg_foreign_server}}SELECT
    v.tableoid AS class,
    v.oid AS oid,
    '' AS schema,
    v.srvname AS name,
    NULL::pg_catalog.text AS part,
    pg_catalog.quote_ident(v.srvname) AS address,
    pg_catalog.concat_ws(' ',
        'CREATE SERVER ' || pg_catalog.quote_ident(v.srvname),
        'TYPE ' || pg_catalog.quote_literal(v.srvtype),
        'VERSION ' || pg_catalog.quote_literal(v.srvversion),
        'FOREIGN DATA WRAPPER ' || pg_catalog.quote_ident(w.fdwname),
        'OPTIONS (' || s.options || ')'
    ) AS definition,
    pg_catalog.concat_ws(' ',
        'TYPE ' || pg_catalog.quote_literal(v.srvtype),
        'FOREIGN DATA WRAPPER ' || pg_catalog.quote_ident(w.fdwname)
    ) AS fixed,
    s.keys AS keys,
    s.sets AS sets,
    s.changes AS changes,
    s.resets AS resets
FROM pg_catalog.pg_foreign_server v
JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = v.srvfdw
CROSS JOIN LATERAL (
    SELECT
        pg_catalog.string_agg(e.option, ', ' ORDER BY e.key) AS options,
        pg_catalog.array_agg(e.key ORDER BY e.key) AS keys,
        pg_catalog.array_agg(e.set ORDER BY e.key) AS sets,
        pg_catalog.array_agg(e.change ORDER BY e.key) AS changes,
        pg_catalog.array_agg(e.reset ORDER BY e.key) AS resets
    FROM (
        SELECT
            'option ' || o.option_name AS key,
            pg_catalog.format('%I %L', o.option_name, o.option_value) AS option,
            pg_catalog.format('OPTIONS (ADD %I %L)', o.option_name, o.option_value) AS set,
            pg_catalog.format('OPTIONS (SET %I %L)', o.option_name, o.option_value) AS change,
            pg_catalog.format('OPTIONS (DROP %I)', o.option_name) AS reset
        FROM pg_catalog.pg_options_to_table(v.srvoptions) o
        WHERE NOT {{secret: o.option_name}}
        UNION ALL
        SELECT 'version', NULL, f.text, f.text, 'VERSION NULL'
        FROM (SELECT 'VERSION ' || pg_catalog.quote_literal(v.srvversion) AS text WHERE v.srvversion IS NOT NULL) f
    ) e
) s
WHERE v.oid >= 16384
ORDER BY v.oid
