{{with pg_opclass pg_opfamily pg_publication}}-- Members of operator classes and families, and what a publication publishes, with the object they are part of.
SELECT d.classid AS class, d.objid AS oid, d.refclassid AS whole_class, d.refobjid AS whole
FROM pg_catalog.pg_depend d
WHERE d.deptype IN ('a', 'i')
  AND d.objid >= 16384
  AND d.classid IN (
      'pg_catalog.pg_amop'::pg_catalog.regclass,
      'pg_catalog.pg_amproc'::pg_catalog.regclass,
      'pg_catalog.pg_publication_rel'::pg_catalog.regclass{{since 15: ,
      'pg_catalog.pg_publication_namespace'::pg_catalog.regclass}}
  )
  AND d.refclassid IN (
      'pg_catalog.pg_opclass'::pg_catalog.regclass,
      'pg_catalog.pg_opfamily'::pg_catalog.regclass,
      'pg_catalog.pg_publication'::pg_catalog.regclass
  )
ORDER BY d.classid, d.objid, d.refclassid
