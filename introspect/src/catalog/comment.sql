-- Only what users can have said: the system's own comments are on objects that initdb made. Schema public is one of
-- those, and keeps the comment it was born with until somebody changes it. Extensions bring theirs along.
SELECT d.classoid AS class, d.objoid AS oid, d.objsubid AS sub, d.description AS text
FROM pg_catalog.pg_description d
WHERE (d.objoid >= 16384 OR d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass)
  AND d.classoid <> 'pg_catalog.pg_extension'::pg_catalog.regclass
  AND d.description <> 'standard public schema'
ORDER BY d.classoid, d.objoid, d.objsubid
