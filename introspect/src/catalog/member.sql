-- What belongs to extensions.
SELECT d.classid AS class, d.objid AS oid
FROM pg_catalog.pg_depend d
WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  AND d.deptype = 'e'
ORDER BY d.classid, d.objid
