{{with pg_opclass pg_opfamily pg_publication pg_type}}-- Members of operator classes and families, what a publication publishes, and the arrays of base types, with the object they
-- are part of.
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
UNION ALL
SELECT t.tableoid, t.typarray, t.tableoid, t.oid
FROM pg_catalog.pg_type t
WHERE t.typtype = 'b' AND t.typarray <> 0 AND t.oid >= 16384
ORDER BY 1, 2, 3
