-- Those of a schema are added to the ones for all schemas, so that by default it has none.
SELECT
    pg_catalog.pg_get_userbyid(d.defaclrole) AS role,
    coalesce(n.nspname, '') AS schema,
    d.defaclobjtype AS class,
    CASE WHEN x.grantee = 0 THEN '' ELSE coalesce(r.rolname::pg_catalog.text, x.grantee::pg_catalog.text) END AS grantee,
    x.privilege AS privilege,
    x.grantable AS grantable,
    x.granted AS granted
FROM pg_catalog.pg_default_acl d
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
CROSS JOIN LATERAL (
    SELECT e.grantee, e.privilege_type AS privilege, pg_catalog.bool_or(e.is_grantable) AS grantable, true AS granted
    FROM pg_catalog.aclexplode(d.defaclacl) e
    GROUP BY e.grantee, e.privilege_type
    UNION ALL
    SELECT e.grantee, e.privilege_type, e.is_grantable, false
    FROM pg_catalog.aclexplode(
        pg_catalog.acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole)
    ) e
    WHERE d.defaclnamespace = 0
) x
LEFT JOIN pg_catalog.pg_roles r ON r.oid = x.grantee
ORDER BY 1, 2, 3, 4, 5, 7
