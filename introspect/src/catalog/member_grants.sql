-- What was granted on, or revoked from, the objects of an extension after it was created (pg_init_privs has what its scripts
-- granted). They are the extension's, and nothing of theirs is compared.
SELECT
    'privilege' AS kind,
    n.nspname AS schema,
    o.name AS name,
    pg_catalog.format('it is on an object of the extension %s, and what extensions own is not compared', e.extname) AS reason
FROM (
    SELECT c.tableoid AS class, c.oid AS oid, c.relnamespace AS namespace, c.relname AS name, c.relacl AS acl
    FROM pg_catalog.pg_class c
    WHERE c.relacl IS NOT NULL
    UNION ALL
    SELECT p.tableoid, p.oid, p.pronamespace, p.proname, p.proacl
    FROM pg_catalog.pg_proc p
    WHERE p.proacl IS NOT NULL
    UNION ALL
    SELECT t.tableoid, t.oid, t.typnamespace, t.typname, t.typacl
    FROM pg_catalog.pg_type t
    WHERE t.typacl IS NOT NULL
) o
JOIN pg_catalog.pg_depend d ON d.classid = o.class AND d.objid = o.oid AND d.objsubid = 0 AND d.deptype = 'e'
JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = o.class AND i.objoid = o.oid AND i.objsubid = 0
WHERE o.oid >= 16384 AND o.acl IS DISTINCT FROM i.initprivs
ORDER BY 2, 3
