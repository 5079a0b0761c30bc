{{with pg_foreign_data_wrapper}}SELECT
    w.tableoid AS class,
    w.oid AS oid,
    '' AS schema,
    w.fdwname AS name,
    NULL::pg_catalog.text AS part,
    pg_catalog.quote_ident(w.fdwname) AS address,
    pg_catalog.concat_ws(' ',
        'CREATE FOREIGN DATA WRAPPER ' || pg_catalog.quote_ident(w.fdwname),
        CASE WHEN w.fdwhandler <> 0 THEN 'HANDLER ' || w.fdwhandler::pg_catalog.regproc END,
        CASE WHEN w.fdwvalidator <> 0 THEN 'VALIDATOR ' || w.fdwvalidator::pg_catalog.regproc END,
        'OPTIONS (' || s.options || ')'
    ) AS definition,
    '' AS fixed,
    s.keys AS keys,
    s.sets AS sets,
    s.changes AS changes,
    s.resets AS resets
FROM pg_catalog.pg_foreign_data_wrapper w
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
        FROM pg_catalog.pg_options_to_table(w.fdwoptions) o
        WHERE NOT {{secret: o.option_name}}
        UNION ALL
        SELECT 'handler', NULL, f.text, f.text, 'NO HANDLER'
        FROM (SELECT 'HANDLER ' || w.fdwhandler::pg_catalog.regproc AS text WHERE w.fdwhandler <> 0) f
        UNION ALL
        SELECT 'validator', NULL, f.text, f.text, 'NO VALIDATOR'
        FROM (SELECT 'VALIDATOR ' || w.fdwvalidator::pg_catalog.regproc AS text WHERE w.fdwvalidator <> 0) f
    ) e
) s
WHERE w.oid >= 16384
ORDER BY w.oid
