{{with pg_foreign_data_wrapper}}-- What is not to be read: options that may hold a secret, and those that the role may not see.
-- Not what extensions brought.
WITH objects AS (
    SELECT 'option of a user mapping' AS kind, 'pg_catalog.pg_user_mapping'::pg_catalog.regclass::pg_catalog.oid AS class,
        m.umid AS oid, 0 AS namespace, m.usename || ' on ' || m.srvname || ': ' || o.option_name AS name
    FROM pg_catalog.pg_user_mappings m
    CROSS JOIN LATERAL pg_catalog.pg_options_to_table(m.umoptions) o
    WHERE {{secret: o.option_name}}
    UNION ALL
    SELECT 'option of a foreign data wrapper', 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass, w.oid, 0,
        w.fdwname || ': ' || o.option_name
    FROM pg_catalog.pg_foreign_data_wrapper w
    CROSS JOIN LATERAL pg_catalog.pg_options_to_table(w.fdwoptions) o
    WHERE {{secret: o.option_name}}
    UNION ALL
    SELECT 'option of a foreign server', 'pg_catalog.pg_foreign_server'::pg_catalog.regclass, v.oid, 0,
        v.srvname || ': ' || o.option_name
    FROM pg_catalog.pg_foreign_server v
    CROSS JOIN LATERAL pg_catalog.pg_options_to_table(v.srvoptions) o
    WHERE {{secret: o.option_name}}
    UNION ALL
    SELECT 'option of a foreign table', c.tableoid, c.oid, c.relnamespace,
        c.relname || ': ' || o.option_name
    FROM pg_catalog.pg_foreign_table f
    JOIN pg_catalog.pg_class c ON c.oid = f.ftrelid
    CROSS JOIN LATERAL pg_catalog.pg_options_to_table(f.ftoptions) o
    WHERE {{secret: o.option_name}}
    UNION ALL
    SELECT 'option of a foreign table', c.tableoid, c.oid, c.relnamespace,
        c.relname || '.' || a.attname || ': ' || o.option_name
    FROM pg_catalog.pg_foreign_table f
    JOIN pg_catalog.pg_class c ON c.oid = f.ftrelid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
    CROSS JOIN LATERAL pg_catalog.pg_options_to_table(a.attfdwoptions) o
    WHERE {{secret: o.option_name}}
    UNION ALL
    SELECT 'user mapping', 'pg_catalog.pg_user_mapping'::pg_catalog.regclass, m.umid, 0, m.usename || ' on ' || m.srvname
    FROM pg_catalog.pg_user_mappings m
    JOIN pg_catalog.pg_foreign_server v ON v.oid = m.srvid
    WHERE NOT (
        (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
        OR m.umuser = 0 AND pg_catalog.pg_has_role(v.srvowner, 'USAGE')
        OR m.usename = current_user AND pg_catalog.has_server_privilege(v.oid, 'USAGE')
    )
)
SELECT
    o.kind AS kind,
    coalesce(n.nspname, '') AS schema,
    o.name AS name,
    CASE o.kind
        WHEN 'user mapping' THEN 'its options are hidden from this role'
        ELSE 'it may be a secret, and is not read'
    END AS reason
FROM objects o
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
WHERE (n.oid IS NULL OR (n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'))
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype IN ('e', 'i')
  )
ORDER BY 1, 2, 3
