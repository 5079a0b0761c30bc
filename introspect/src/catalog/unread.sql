-- What is there but of no kind that autogen models; not what extensions brought, nor
-- what came with another object (the casts of a range type).
WITH objects AS (
    SELECT 'foreign table' AS kind, 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS class, c.oid AS oid,
        c.relnamespace AS namespace, c.relname::pg_catalog.text AS name
    FROM pg_catalog.pg_class c WHERE c.relkind = 'f'
    UNION ALL
    SELECT 'base type', 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, t.typnamespace, t.typname
    FROM pg_catalog.pg_type t
    WHERE t.typtype IN ('b', 'p') AND t.oid >= 16384
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid)
    UNION ALL
    SELECT 'operator', 'pg_catalog.pg_operator'::pg_catalog.regclass, o.oid, o.oprnamespace, o.oprname
    FROM pg_catalog.pg_operator o WHERE o.oid >= 16384
    UNION ALL
    SELECT 'operator class', 'pg_catalog.pg_opclass'::pg_catalog.regclass, o.oid, o.opcnamespace, o.opcname
    FROM pg_catalog.pg_opclass o WHERE o.oid >= 16384
    UNION ALL
    SELECT 'operator family', 'pg_catalog.pg_opfamily'::pg_catalog.regclass, o.oid, o.opfnamespace, o.opfname
    FROM pg_catalog.pg_opfamily o
    WHERE o.oid >= 16384
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_opclass c WHERE c.opcfamily = o.oid AND c.opcname = o.opfname)
    UNION ALL
    SELECT 'text search configuration', 'pg_catalog.pg_ts_config'::pg_catalog.regclass, t.oid, t.cfgnamespace, t.cfgname
    FROM pg_catalog.pg_ts_config t WHERE t.oid >= 16384
    UNION ALL
    SELECT 'text search dictionary', 'pg_catalog.pg_ts_dict'::pg_catalog.regclass, t.oid, t.dictnamespace, t.dictname
    FROM pg_catalog.pg_ts_dict t WHERE t.oid >= 16384
    UNION ALL
    SELECT 'text search parser', 'pg_catalog.pg_ts_parser'::pg_catalog.regclass, t.oid, t.prsnamespace, t.prsname
    FROM pg_catalog.pg_ts_parser t WHERE t.oid >= 16384
    UNION ALL
    SELECT 'text search template', 'pg_catalog.pg_ts_template'::pg_catalog.regclass, t.oid, t.tmplnamespace, t.tmplname
    FROM pg_catalog.pg_ts_template t WHERE t.oid >= 16384
    UNION ALL
    SELECT 'conversion', 'pg_catalog.pg_conversion'::pg_catalog.regclass, c.oid, c.connamespace, c.conname
    FROM pg_catalog.pg_conversion c WHERE c.oid >= 16384
    UNION ALL
    SELECT 'cast', 'pg_catalog.pg_cast'::pg_catalog.regclass, c.oid, 0,
        pg_catalog.format_type(c.castsource, NULL) || ' AS ' || pg_catalog.format_type(c.casttarget, NULL)
    FROM pg_catalog.pg_cast c WHERE c.oid >= 16384
    UNION ALL
    SELECT 'transform', 'pg_catalog.pg_transform'::pg_catalog.regclass, t.oid, 0,
        pg_catalog.format_type(t.trftype, NULL) || ' for ' || l.lanname
    FROM pg_catalog.pg_transform t
    JOIN pg_catalog.pg_language l ON l.oid = t.trflang
    WHERE t.oid >= 16384
    UNION ALL
    SELECT 'language', 'pg_catalog.pg_language'::pg_catalog.regclass, l.oid, 0, l.lanname
    FROM pg_catalog.pg_language l WHERE l.oid >= 16384
    UNION ALL
    SELECT 'access method', 'pg_catalog.pg_am'::pg_catalog.regclass, a.oid, 0, a.amname
    FROM pg_catalog.pg_am a WHERE a.oid >= 16384
    UNION ALL
    SELECT 'event trigger', 'pg_catalog.pg_event_trigger'::pg_catalog.regclass, e.oid, 0, e.evtname
    FROM pg_catalog.pg_event_trigger e
    UNION ALL
    SELECT 'publication', 'pg_catalog.pg_publication'::pg_catalog.regclass, p.oid, 0, p.pubname
    FROM pg_catalog.pg_publication p
    -- Before 14 only superusers may look at subscriptions.
    {{since 14: UNION ALL
    SELECT 'subscription', 'pg_catalog.pg_subscription'::pg_catalog.regclass, s.oid, 0, s.subname
    FROM pg_catalog.pg_subscription s
    WHERE s.subdbid = (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database())}}
    UNION ALL
    SELECT 'foreign data wrapper', 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass, f.oid, 0, f.fdwname
    FROM pg_catalog.pg_foreign_data_wrapper f
    UNION ALL
    SELECT 'foreign server', 'pg_catalog.pg_foreign_server'::pg_catalog.regclass, f.oid, 0, f.srvname
    FROM pg_catalog.pg_foreign_server f
)
SELECT o.kind AS kind, coalesce(n.nspname, '') AS schema, o.name AS name
FROM objects o
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
WHERE (n.oid IS NULL OR (n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'))
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype IN ('e', 'i')
  )
ORDER BY 1, 2, 3
