{{with pg_publication}}-- Row filters, column lists and whole schemas are there from 15 on. ONLY, because the children that a table had when it was
-- added are listed themselves. Columns by name: their order in the table means nothing.
WITH members AS (
    SELECT
        r.prpubid AS publication,
        pg_catalog.format('TABLE ONLY %I.%I', n.nspname, c.relname) AS key,
        {{since 15: coalesce((
            SELECT ' (' || pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attname) || ')'
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)
        ), '') || coalesce(' WHERE (' || pg_catalog.pg_get_expr(r.prqual, r.prrelid) || ')', '')}}{{before 15: ''}} AS rest
    FROM pg_catalog.pg_publication_rel r
    JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    {{since 15: UNION ALL
    SELECT s.pnpubid, pg_catalog.format('TABLES IN SCHEMA %I', n.nspname), ''
    FROM pg_catalog.pg_publication_namespace s
    JOIN pg_catalog.pg_namespace n ON n.oid = s.pnnspid}}
),
options AS (
    SELECT p.oid AS publication, o.key AS key, o.value AS value, o.usual AS usual
    FROM pg_catalog.pg_publication p
    CROSS JOIN LATERAL (
        VALUES
            ('publish',
                pg_catalog.quote_literal(pg_catalog.concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END,
                    CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN p.pubdelete THEN 'delete' END,
                    CASE WHEN p.pubtruncate THEN 'truncate' END)),
                '''insert, update, delete, truncate'''),
            ('publish_via_partition_root', p.pubviaroot::pg_catalog.text, 'false')
            {{since 18: , ('publish_generated_columns', CASE p.pubgencols WHEN 's' THEN 'stored' ELSE 'none' END, 'none')}}
    ) o (key, value, usual)
    WHERE o.value <> o.usual
)
SELECT
    p.tableoid AS class,
    p.oid AS oid,
    '' AS schema,
    p.pubname AS name,
    NULL::pg_catalog.text AS part,
    pg_catalog.quote_ident(p.pubname) AS address,
    'CREATE PUBLICATION ' || pg_catalog.quote_ident(p.pubname)
        || CASE WHEN p.puballtables THEN ' FOR ALL TABLES' ELSE '' END
        || coalesce(E'\n    FOR ' || (
            SELECT pg_catalog.concat_ws(E',\n    ',
                'TABLE ' || pg_catalog.string_agg(pg_catalog.substr(m.key, 7) || m.rest, ', ' ORDER BY m.key)
                    FILTER (WHERE m.key ^@ 'TABLE '),
                pg_catalog.string_agg(m.key, ', ' ORDER BY m.key) FILTER (WHERE NOT m.key ^@ 'TABLE '))
            FROM members m WHERE m.publication = p.oid HAVING count(*) > 0
        ), '')
        || coalesce(E'\n    WITH (' || (
            SELECT pg_catalog.string_agg(o.key || ' = ' || o.value, ', ' ORDER BY o.key)
            FROM options o WHERE o.publication = p.oid
        ) || ')', '') AS definition,
    CASE WHEN p.puballtables THEN 'FOR ALL TABLES' ELSE '' END AS fixed,
    s.keys AS keys,
    s.sets AS sets,
    s.changes AS changes,
    s.resets AS resets
FROM pg_catalog.pg_publication p
LEFT JOIN (
    SELECT
        e.publication,
        pg_catalog.array_agg(e.key ORDER BY e.key) AS keys,
        pg_catalog.array_agg(e.set ORDER BY e.key) AS sets,
        pg_catalog.array_agg(e.change ORDER BY e.key) AS changes,
        pg_catalog.array_agg(e.reset ORDER BY e.key) AS resets
    FROM (
        SELECT m.publication, m.key AS key, 'ADD ' || m.key || m.rest AS set, '' AS change, 'DROP ' || m.key AS reset
        FROM members m
        UNION ALL
        SELECT
            o.publication,
            o.key,
            pg_catalog.format('SET (%s = %s)', o.key, o.value),
            pg_catalog.format('SET (%s = %s)', o.key, o.value),
            pg_catalog.format('SET (%s = %s)', o.key, o.usual)
        FROM options o
    ) e
    GROUP BY e.publication
) s ON s.publication = p.oid
ORDER BY p.oid
