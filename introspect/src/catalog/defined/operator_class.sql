{{with pg_opclass}}-- A class needs at least one item; one without members is given its own type as storage.
SELECT
    c.tableoid AS class,
    c.oid AS oid,
    n.nspname AS schema,
    c.opcname AS name,
    a.amname AS part,
    pg_catalog.format('%I.%I USING %I', n.nspname, c.opcname, a.amname) AS address,
    pg_catalog.format(E'CREATE OPERATOR CLASS %I.%I\n    %sFOR TYPE %s USING %I FAMILY %I.%I AS\n    %s',
        n.nspname, c.opcname, CASE WHEN c.opcdefault THEN 'DEFAULT ' ELSE '' END,
        pg_catalog.format_type(c.opcintype, NULL), a.amname, fn.nspname, f.opfname,
        coalesce(nullif(pg_catalog.concat_ws(E',\n    ',
            CASE WHEN c.opckeytype <> 0 THEN 'STORAGE ' || pg_catalog.format_type(c.opckeytype, NULL) END,
            m.items), ''), 'STORAGE ' || pg_catalog.format_type(c.opcintype, NULL))) AS definition,
    NULL::pg_catalog.text AS fixed,
    NULL::pg_catalog.text[] AS keys,
    NULL::pg_catalog.text[] AS sets,
    NULL::pg_catalog.text[] AS changes,
    NULL::pg_catalog.text[] AS resets
FROM pg_catalog.pg_opclass c
JOIN pg_catalog.pg_namespace n ON n.oid = c.opcnamespace
JOIN pg_catalog.pg_am a ON a.oid = c.opcmethod
JOIN pg_catalog.pg_opfamily f ON f.oid = c.opcfamily
JOIN pg_catalog.pg_namespace fn ON fn.oid = f.opfnamespace
LEFT JOIN (
    SELECT d.refobjid AS opclass, pg_catalog.string_agg(i.item, E',\n    ' ORDER BY i.sort, i.number, i.item) AS items
    FROM (
        SELECT
            o.tableoid AS class,
            o.oid AS oid,
            1 AS sort,
            o.amopstrategy AS number,
            pg_catalog.format('OPERATOR %s %I.%s (%s, %s)', o.amopstrategy, on_.nspname, op.oprname,
                pg_catalog.format_type(o.amoplefttype, NULL), pg_catalog.format_type(o.amoprighttype, NULL))
                || coalesce(' FOR ORDER BY ' || pg_catalog.quote_ident(sn.nspname) || '.' || pg_catalog.quote_ident(sf.opfname), '') AS item
        FROM pg_catalog.pg_amop o
        JOIN pg_catalog.pg_operator op ON op.oid = o.amopopr
        JOIN pg_catalog.pg_namespace on_ ON on_.oid = op.oprnamespace
        LEFT JOIN pg_catalog.pg_opfamily sf ON sf.oid = o.amopsortfamily
        LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid = sf.opfnamespace
        UNION ALL
        SELECT
            p.tableoid,
            p.oid,
            2,
            p.amprocnum,
            pg_catalog.format('FUNCTION %s (%s, %s) %s', p.amprocnum, pg_catalog.format_type(p.amproclefttype, NULL),
                pg_catalog.format_type(p.amprocrighttype, NULL), p.amproc::pg_catalog.regprocedure)
        FROM pg_catalog.pg_amproc p
    ) i
    JOIN pg_catalog.pg_depend d
        ON d.classid = i.class AND d.objid = i.oid
        AND d.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass
    GROUP BY d.refobjid
) m ON m.opclass = c.oid
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.oid
