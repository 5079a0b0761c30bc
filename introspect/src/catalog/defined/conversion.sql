{{with pg_conversion}}SELECT
    c.tableoid AS class,
    c.oid AS oid,
    n.nspname AS schema,
    c.conname AS name,
    NULL::pg_catalog.text AS part,
    pg_catalog.format('%I.%I', n.nspname, c.conname) AS address,
    pg_catalog.format('CREATE %sCONVERSION %I.%I FOR %L TO %L FROM %s', CASE WHEN c.condefault THEN 'DEFAULT ' ELSE '' END,
        n.nspname, c.conname, pg_catalog.pg_encoding_to_char(c.conforencoding),
        pg_catalog.pg_encoding_to_char(c.contoencoding), c.conproc) AS definition,
    NULL::pg_catalog.text AS fixed,
    NULL::pg_catalog.text[] AS keys,
    NULL::pg_catalog.text[] AS sets,
    NULL::pg_catalog.text[] AS changes,
    NULL::pg_catalog.text[] AS resets
FROM pg_catalog.pg_conversion c
JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.conname
