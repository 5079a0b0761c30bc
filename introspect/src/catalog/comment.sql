-- Only what users can have said: the system's own comments are on objects that initdb made. Schema public is one of
-- those, and keeps the comment it was born with until somebody changes it. Extensions bring theirs along. Where somebody took
-- such a comment off, that is said as an empty one.
WITH born AS (
    SELECT n.tableoid AS class, n.oid AS oid, 'standard public schema' AS text
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname = 'public'
    UNION ALL
    SELECT e.tableoid, e.oid, a.comment
    FROM pg_catalog.pg_extension e
    JOIN pg_catalog.pg_available_extensions a ON a.name = e.extname
    WHERE a.comment IS NOT NULL AND e.oid >= 16384
      -- The server reads a folder to list what is available.
      AND EXISTS (SELECT FROM pg_catalog.pg_extension any_of WHERE any_of.oid >= 16384)
),
comments AS (
    SELECT
        coalesce(d.classoid, b.class) AS class,
        coalesce(d.objoid, b.oid) AS oid,
        coalesce(d.objsubid, 0) AS sub,
        coalesce(d.description, '') AS text,
        b.text AS by_default
    FROM pg_catalog.pg_description d
    FULL JOIN born b ON b.class = d.classoid AND b.oid = d.objoid
    WHERE b.oid IS NOT NULL OR d.objoid >= 16384
)
SELECT c.class AS class, c.oid AS oid, c.sub AS sub, c.text AS text, c.by_default AS by_default, k.conname AS domain_check
FROM comments c
LEFT JOIN pg_catalog.pg_constraint k
    ON k.oid = c.oid AND c.class = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND k.contypid <> 0
WHERE c.text IS DISTINCT FROM c.by_default
ORDER BY c.class, c.oid, c.sub
