-- What is granted (as it is, or by default where nobody said anything), beside what the default is.
WITH objects AS (
    SELECT
        'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS class,
        c.oid AS oid,
        0 AS sub,
        c.relnamespace AS namespace,
        c.relacl AS acl,
        pg_catalog.acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::pg_catalog."char", c.relowner) AS by_default,
        c.relowner AS owner
    FROM pg_catalog.pg_class c
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
    UNION ALL
    SELECT
        'pg_catalog.pg_class'::pg_catalog.regclass,
        a.attrelid,
        a.attnum,
        c.relnamespace,
        a.attacl,
        NULL,
        c.relowner
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    WHERE a.attacl IS NOT NULL AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT
        'pg_catalog.pg_proc'::pg_catalog.regclass,
        p.oid,
        0,
        p.pronamespace,
        p.proacl,
        pg_catalog.acldefault('f', p.proowner),
        p.proowner
    FROM pg_catalog.pg_proc p
    UNION ALL
    SELECT
        'pg_catalog.pg_type'::pg_catalog.regclass,
        t.oid,
        0,
        t.typnamespace,
        t.typacl,
        pg_catalog.acldefault('T', t.typowner),
        t.typowner
    FROM pg_catalog.pg_type t
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
    WHERE t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')
       OR (t.typtype IN ('b', 'p') AND t.typoutput <> 'pg_catalog.array_out'::pg_catalog.regproc)
    UNION ALL
    SELECT
        'pg_catalog.pg_namespace'::pg_catalog.regclass,
        n.oid,
        0,
        n.oid,
        n.nspacl,
        pg_catalog.acldefault('n', n.nspowner),
        n.nspowner
    FROM pg_catalog.pg_namespace n
    UNION ALL
    SELECT l.tableoid, l.oid, 0, NULL, l.lanacl, pg_catalog.acldefault('l', l.lanowner), l.lanowner
    FROM pg_catalog.pg_language l
    WHERE l.oid >= 16384
    UNION ALL
    SELECT w.tableoid, w.oid, 0, NULL, w.fdwacl, pg_catalog.acldefault('F', w.fdwowner), w.fdwowner
    FROM pg_catalog.pg_foreign_data_wrapper w
    UNION ALL
    SELECT v.tableoid, v.oid, 0, NULL, v.srvacl, pg_catalog.acldefault('S', v.srvowner), v.srvowner
    FROM pg_catalog.pg_foreign_server v
)
SELECT
    o.class AS class,
    o.oid AS oid,
    o.sub::pg_catalog.int4 AS sub,
    CASE WHEN x.grantee = 0 THEN '' ELSE coalesce(r.rolname::pg_catalog.text, x.grantee::pg_catalog.text) END AS grantee,
    x.grantee = o.owner AS is_owner,
    CASE WHEN x.grantor <> o.owner THEN pg_catalog.pg_get_userbyid(x.grantor)::pg_catalog.text END AS grantor,
    x.privilege AS privilege,
    x.grantable AS grantable,
    x.granted AS granted
FROM objects o
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
CROSS JOIN LATERAL (
    SELECT e.grantee, e.grantor, e.privilege_type AS privilege, pg_catalog.bool_or(e.is_grantable) AS grantable, true AS granted
    FROM pg_catalog.aclexplode(coalesce(o.acl, o.by_default)) e
    GROUP BY e.grantee, e.grantor, e.privilege_type
    UNION ALL
    SELECT e.grantee, e.grantor, e.privilege_type, e.is_grantable, false
    FROM pg_catalog.aclexplode(o.by_default) e
) x
LEFT JOIN pg_catalog.pg_roles r ON r.oid = x.grantee
WHERE n.oid IS NULL OR (n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
ORDER BY 1, 2, 3, 4, 6 NULLS FIRST, 7, 9
