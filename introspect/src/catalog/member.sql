-- What belongs to extensions.
SELECT d.classid AS class, d.objid AS oid, e.extname AS extension
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  AND d.deptype = 'e'
ORDER BY d.classid, d.objid
