{{with pg_ts_dict}}-- The server keeps the options as one text, as they were written; a dictionary with others is made anew.
SELECT
    d.tableoid AS class,
    d.oid AS oid,
    n.nspname AS schema,
    d.dictname AS name,
    NULL::pg_catalog.text AS part,
    pg_catalog.format('%I.%I', n.nspname, d.dictname) AS address,
    pg_catalog.format(E'CREATE TEXT SEARCH DICTIONARY %I.%I (\n    %s\n)', n.nspname, d.dictname,
        pg_catalog.concat_ws(E',\n    ', pg_catalog.format('TEMPLATE = %I.%I', tn.nspname, t.tmplname), d.dictinitoption))
        AS definition,
    NULL::pg_catalog.text AS fixed,
    NULL::pg_catalog.text[] AS keys,
    NULL::pg_catalog.text[] AS sets,
    NULL::pg_catalog.text[] AS changes,
    NULL::pg_catalog.text[] AS resets
FROM pg_catalog.pg_ts_dict d
JOIN pg_catalog.pg_namespace n ON n.oid = d.dictnamespace
JOIN pg_catalog.pg_ts_template t ON t.oid = d.dicttemplate
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.tmplnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY d.oid
