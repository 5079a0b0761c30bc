-- What belongs to extensions. The array type of a member is none by itself.
SELECT d.classid AS class, d.objid AS oid, e.extname AS extension
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  AND d.deptype = 'e'
UNION ALL
SELECT d.classid, t.typarray, e.extname
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
JOIN pg_catalog.pg_type t ON t.oid = d.objid
WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  AND d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
  AND d.deptype = 'e'
  AND t.typarray <> 0
ORDER BY class, oid
