-- Only what users can have said: the system's own comments are on objects that initdb made. Schema public is one of
-- those, and keeps the comment it was born with until somebody changes it. Extensions bring theirs along.
WITH comments AS (
    SELECT
        d.classoid AS class,
        d.objoid AS oid,
        d.objsubid AS sub,
        d.description AS text,
        CASE
            WHEN n.nspname = 'public' THEN 'standard public schema'
            WHEN e.extname IS NOT NULL THEN (
                SELECT a.comment FROM pg_catalog.pg_available_extensions a WHERE a.name = e.extname
            )
        END AS by_default
    FROM pg_catalog.pg_description d
    LEFT JOIN pg_catalog.pg_namespace n
        ON n.oid = d.objoid AND d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
    LEFT JOIN pg_catalog.pg_extension e
        ON e.oid = d.objoid AND d.classoid = 'pg_catalog.pg_extension'::pg_catalog.regclass
    WHERE d.objoid >= 16384 OR n.oid IS NOT NULL
)
SELECT c.class AS class, c.oid AS oid, c.sub AS sub, c.text AS text, c.by_default AS by_default, k.conname AS domain_check
FROM comments c
LEFT JOIN pg_catalog.pg_constraint k
    ON k.oid = c.oid AND c.class = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND k.contypid <> 0
WHERE c.text IS DISTINCT FROM c.by_default
ORDER BY c.class, c.oid, c.sub
