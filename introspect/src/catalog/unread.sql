-- What is there but of no kind that autogen models; not what extensions brought, nor what came with another object.
WITH objects AS (
    SELECT 'security label' AS kind, l.classoid AS class, l.objoid AS oid, 0 AS namespace,
        l.provider || ' on ' || pg_catalog.pg_describe_object(l.classoid, l.objoid, l.objsubid) AS name
    FROM pg_catalog.pg_seclabel l
    -- Before 14 only superusers may look at subscriptions.
    {{since 14: UNION ALL
    SELECT 'subscription', 'pg_catalog.pg_subscription'::pg_catalog.regclass, s.oid, 0, s.subname
    FROM pg_catalog.pg_subscription s
    WHERE s.subdbid = (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database())}}
    {{since 18: UNION ALL
    SELECT 'comment', c.tableoid, c.oid, r.relnamespace, 'NOT NULL constraint ' || c.conname || ' of ' || r.relname
    FROM pg_catalog.pg_constraint c
    JOIN pg_catalog.pg_class r ON r.oid = c.conrelid
    JOIN pg_catalog.pg_description m ON m.classoid = c.tableoid AND m.objoid = c.oid
    WHERE c.contype = 'n'
    UNION ALL
    SELECT 'NOT NULL constraint', c.tableoid, c.oid, r.relnamespace, r.relname || '.' || c.conname
    FROM pg_catalog.pg_constraint c
    JOIN pg_catalog.pg_class r ON r.oid = c.conrelid
    WHERE c.contype = 'n' AND c.connoinherit AND EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.conrelid)}}
)
SELECT
    o.kind AS kind,
    coalesce(n.nspname, '') AS schema,
    o.name AS name,
    CASE o.kind
        WHEN 'NOT NULL constraint' THEN 'it is NO INHERIT, which is not compared in a table that inherits'
        ELSE 'autogen does not model this kind'
    END AS reason
FROM objects o
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
WHERE (n.oid IS NULL OR (n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'))
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype IN ('e', 'i')
  )
ORDER BY 1, 2, 3
