{{with pg_foreign_server}}-- Only where this role may see the options (unread.sql has the others), and without those that are called like a secret.
SELECT
    'pg_catalog.pg_user_mapping'::pg_catalog.regclass::pg_catalog.oid AS class,
    m.umid AS oid,
    '' AS schema,
    m.usename || ' on ' || m.srvname AS name,
    NULL::pg_catalog.text AS part,
    pg_catalog.format('FOR %s SERVER %I', r.role, m.srvname) AS address,
    pg_catalog.concat_ws(' ',
        pg_catalog.format('CREATE USER MAPPING FOR %s SERVER %I', r.role, m.srvname),
        'OPTIONS (' || s.options || ')'
    ) AS definition,
    '' AS fixed,
    s.keys AS keys,
    s.sets AS sets,
    s.changes AS changes,
    s.resets AS resets
FROM pg_catalog.pg_user_mappings m
JOIN pg_catalog.pg_foreign_server v ON v.oid = m.srvid
CROSS JOIN LATERAL (
    SELECT CASE WHEN m.umuser = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(m.usename) END AS role
) r
CROSS JOIN LATERAL (
    SELECT
        pg_catalog.string_agg(pg_catalog.format('%I %L', o.option_name, o.option_value), ', ' ORDER BY o.option_name) AS options,
        pg_catalog.array_agg(o.option_name ORDER BY o.option_name) AS keys,
        pg_catalog.array_agg(pg_catalog.format('OPTIONS (ADD %I %L)', o.option_name, o.option_value) ORDER BY o.option_name)
            AS sets,
        pg_catalog.array_agg(pg_catalog.format('OPTIONS (SET %I %L)', o.option_name, o.option_value) ORDER BY o.option_name)
            AS changes,
        pg_catalog.array_agg(pg_catalog.format('OPTIONS (DROP %I)', o.option_name) ORDER BY o.option_name) AS resets
    FROM pg_catalog.pg_options_to_table(m.umoptions) o
    WHERE NOT {{secret: o.option_name}}
) s
WHERE (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
    OR m.umuser = 0 AND pg_catalog.pg_has_role(v.srvowner, 'USAGE')
    OR m.usename = current_user AND pg_catalog.has_server_privilege(v.oid, 'USAGE')
ORDER BY m.umid
