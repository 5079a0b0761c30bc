-- What belongs to extensions. The array type of a member is none by itself.
SELECT d.classid AS class, o.oid AS oid, e.extname AS extension
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
LEFT JOIN pg_catalog.pg_type t
    ON t.oid = d.objid AND d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
CROSS JOIN LATERAL (VALUES (d.objid), (nullif(t.typarray, 0))) o (oid)
WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  AND d.deptype = 'e'
  AND o.oid IS NOT NULL
ORDER BY class, oid
