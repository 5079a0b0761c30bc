{{with pg_opfamily}}-- With the members that are loose, which means in no class.
SELECT
    f.tableoid AS class,
    f.oid AS oid,
    n.nspname AS schema,
    f.opfname AS name,
    a.amname AS part,
    pg_catalog.format('%I.%I USING %I', n.nspname, f.opfname, a.amname) AS address,
    pg_catalog.format('CREATE OPERATOR FAMILY %I.%I USING %I', n.nspname, f.opfname, a.amname) AS definition,
    NULL::pg_catalog.text AS fixed,
    s.keys AS keys,
    s.sets AS sets,
    s.changes AS changes,
    s.resets AS resets
FROM pg_catalog.pg_opfamily f
JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace
JOIN pg_catalog.pg_am a ON a.oid = f.opfmethod
LEFT JOIN (
    SELECT
        m.family,
        pg_catalog.array_agg(m.key || m.types ORDER BY m.key, m.types) AS keys,
        pg_catalog.array_agg('ADD ' || m.key || m.value ORDER BY m.key, m.types) AS sets,
        pg_catalog.array_agg(''::pg_catalog.text ORDER BY m.key, m.types) AS changes,
        pg_catalog.array_agg('DROP ' || m.key || m.types ORDER BY m.key, m.types) AS resets
    FROM (
        SELECT
            o.tableoid AS class,
            o.oid AS oid,
            o.amopfamily AS family,
            pg_catalog.format('OPERATOR %s ', o.amopstrategy) AS key,
            pg_catalog.format('(%s, %s)', pg_catalog.format_type(o.amoplefttype, NULL),
                pg_catalog.format_type(o.amoprighttype, NULL)) AS types,
            pg_catalog.format('%I.%s (%s, %s)', on_.nspname, op.oprname, pg_catalog.format_type(o.amoplefttype, NULL),
                pg_catalog.format_type(o.amoprighttype, NULL))
                || coalesce(' FOR ORDER BY ' || pg_catalog.quote_ident(sn.nspname) || '.' || pg_catalog.quote_ident(sf.opfname), '') AS value
        FROM pg_catalog.pg_amop o
        JOIN pg_catalog.pg_operator op ON op.oid = o.amopopr
        JOIN pg_catalog.pg_namespace on_ ON on_.oid = op.oprnamespace
        LEFT JOIN pg_catalog.pg_opfamily sf ON sf.oid = o.amopsortfamily
        LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid = sf.opfnamespace
        UNION ALL
        SELECT
            p.tableoid,
            p.oid,
            p.amprocfamily,
            pg_catalog.format('FUNCTION %s ', p.amprocnum),
            pg_catalog.format('(%s, %s)', pg_catalog.format_type(p.amproclefttype, NULL),
                pg_catalog.format_type(p.amprocrighttype, NULL)),
            pg_catalog.format('(%s, %s) %s', pg_catalog.format_type(p.amproclefttype, NULL),
                pg_catalog.format_type(p.amprocrighttype, NULL), p.amproc::pg_catalog.regprocedure)
        FROM pg_catalog.pg_amproc p
    ) m
    JOIN pg_catalog.pg_depend d
        ON d.classid = m.class AND d.objid = m.oid AND d.deptype IN ('a', 'i')
        AND d.refclassid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass AND d.refobjid = m.family
    GROUP BY m.family
) s ON s.family = f.oid
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY f.oid
