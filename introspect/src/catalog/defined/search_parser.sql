{{with pg_ts_parser}}SELECT
    p.tableoid AS class,
    p.oid AS oid,
    n.nspname AS schema,
    p.prsname AS name,
    NULL::pg_catalog.text AS part,
    pg_catalog.format('%I.%I', n.nspname, p.prsname) AS address,
    pg_catalog.format(E'CREATE TEXT SEARCH PARSER %I.%I (\n    %s\n)', n.nspname, p.prsname, pg_catalog.concat_ws(E',\n    ',
        'START = ' || p.prsstart,
        'GETTOKEN = ' || p.prstoken,
        'END = ' || p.prsend,
        CASE WHEN p.prsheadline <> 0 THEN 'HEADLINE = ' || p.prsheadline END,
        'LEXTYPES = ' || p.prslextype)) AS definition,
    NULL::pg_catalog.text AS fixed,
    NULL::pg_catalog.text[] AS keys,
    NULL::pg_catalog.text[] AS sets,
    NULL::pg_catalog.text[] AS changes,
    NULL::pg_catalog.text[] AS resets
FROM pg_catalog.pg_ts_parser p
JOIN pg_catalog.pg_namespace n ON n.oid = p.prsnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY p.oid
