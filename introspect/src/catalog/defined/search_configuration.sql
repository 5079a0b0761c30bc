{{with pg_ts_config}}-- Each kind of token has its mapping.
SELECT
    c.tableoid AS class,
    c.oid AS oid,
    n.nspname AS schema,
    c.cfgname AS name,
    NULL::pg_catalog.text AS part,
    pg_catalog.format('%I.%I', n.nspname, c.cfgname) AS address,
    pg_catalog.format('CREATE TEXT SEARCH CONFIGURATION %I.%I (PARSER = %I.%I)', n.nspname, c.cfgname, pn.nspname,
        p.prsname) AS definition,
    NULL::pg_catalog.text AS fixed,
    s.keys AS keys,
    s.sets AS sets,
    s.changes AS changes,
    s.resets AS resets
FROM pg_catalog.pg_ts_config c
JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace
JOIN pg_catalog.pg_ts_parser p ON p.oid = c.cfgparser
JOIN pg_catalog.pg_namespace pn ON pn.oid = p.prsnamespace
CROSS JOIN LATERAL (
    SELECT
        pg_catalog.array_agg(m.token ORDER BY m.token) AS keys,
        pg_catalog.array_agg('ADD MAPPING FOR ' || m.token || ' WITH ' || m.dictionaries ORDER BY m.token) AS sets,
        pg_catalog.array_agg('ALTER MAPPING FOR ' || m.token || ' WITH ' || m.dictionaries ORDER BY m.token) AS changes,
        pg_catalog.array_agg('DROP MAPPING FOR ' || m.token ORDER BY m.token) AS resets
    FROM (
        SELECT
            pg_catalog.quote_ident(t.alias) AS token,
            pg_catalog.string_agg(pg_catalog.format('%I.%I', dn.nspname, d.dictname), ', ' ORDER BY m.mapseqno) AS dictionaries
        FROM pg_catalog.pg_ts_config_map m
        JOIN pg_catalog.ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype
        JOIN pg_catalog.pg_ts_dict d ON d.oid = m.mapdict
        JOIN pg_catalog.pg_namespace dn ON dn.oid = d.dictnamespace
        WHERE m.mapcfg = c.oid
        GROUP BY t.alias
    ) m
) s
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.oid
