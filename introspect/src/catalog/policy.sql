{{with pg_policy}}SELECT
    p.oid AS oid,
    p.polrelid AS relation,
    p.polname AS name,
    p.polpermissive AS permissive,
    p.polcmd AS command,
    ARRAY(
        SELECT r.rolname::pg_catalog.text
        FROM pg_catalog.pg_roles r
        WHERE r.oid = ANY (p.polroles)
        ORDER BY r.rolname
    ) AS roles,
    pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS using_text,
    pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS check_text
FROM pg_catalog.pg_policy p
JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY p.oid
