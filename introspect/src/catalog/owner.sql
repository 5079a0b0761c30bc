-- The owner of everything that has one of its own: indexes and the row types of tables follow theirs. `unsaid` is true
-- where nobody gave the object to a role: it belongs to the one who is asking, or still to the one who made the cluster.
WITH objects AS (
    SELECT c.tableoid AS class, c.oid AS oid, c.relnamespace AS namespace, c.relowner AS owner
    FROM pg_catalog.pg_class c
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
    UNION ALL
    SELECT t.tableoid, t.oid, t.typnamespace, t.typowner
    FROM pg_catalog.pg_type t
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
    WHERE t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')
       OR (t.typtype IN ('b', 'p') AND t.typoutput <> 'pg_catalog.array_out'::pg_catalog.regproc)
    UNION ALL
    SELECT p.tableoid, p.oid, p.pronamespace, p.proowner
    FROM pg_catalog.pg_proc p
    UNION ALL
    SELECT n.tableoid, n.oid, n.oid, n.nspowner
    FROM pg_catalog.pg_namespace n
    UNION ALL
    SELECT l.tableoid, l.oid, l.collnamespace, l.collowner
    FROM pg_catalog.pg_collation l
    UNION ALL
    SELECT s.tableoid, s.oid, s.stxnamespace, s.stxowner
    FROM pg_catalog.pg_statistic_ext s
    UNION ALL
    SELECT o.tableoid, o.oid, o.oprnamespace, o.oprowner
    FROM pg_catalog.pg_operator o
    UNION ALL
    SELECT o.tableoid, o.oid, o.opcnamespace, o.opcowner
    FROM pg_catalog.pg_opclass o
    UNION ALL
    SELECT o.tableoid, o.oid, o.opfnamespace, o.opfowner
    FROM pg_catalog.pg_opfamily o
    UNION ALL
    SELECT v.tableoid, v.oid, v.connamespace, v.conowner
    FROM pg_catalog.pg_conversion v
    UNION ALL
    SELECT d.tableoid, d.oid, d.dictnamespace, d.dictowner
    FROM pg_catalog.pg_ts_dict d
    UNION ALL
    SELECT d.tableoid, d.oid, d.cfgnamespace, d.cfgowner
    FROM pg_catalog.pg_ts_config d
    UNION ALL
    SELECT w.tableoid, w.oid, 0, w.fdwowner
    FROM pg_catalog.pg_foreign_data_wrapper w
    UNION ALL
    SELECT v.tableoid, v.oid, 0, v.srvowner
    FROM pg_catalog.pg_foreign_server v
    UNION ALL
    SELECT l.tableoid, l.oid, 0, l.lanowner
    FROM pg_catalog.pg_language l
    WHERE l.oid >= 16384
    UNION ALL
    SELECT e.tableoid, e.oid, 0, e.evtowner
    FROM pg_catalog.pg_event_trigger e
    UNION ALL
    SELECT b.tableoid, b.oid, 0, b.pubowner
    FROM pg_catalog.pg_publication b
)
SELECT
    o.class AS class,
    o.oid AS oid,
    pg_catalog.pg_get_userbyid(o.owner)::pg_catalog.text AS role,
    r.rolname IS NOT NULL OR o.oid < 16384 AND o.owner = 10 AS unsaid
FROM objects o
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
LEFT JOIN pg_catalog.pg_roles r ON r.oid = o.owner AND r.rolname = current_user
WHERE n.oid IS NULL OR (n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
ORDER BY 1, 2
