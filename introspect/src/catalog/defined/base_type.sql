{{with pg_type}}-- Base types, which come after their functions. What is fixed is said of the shell that they fill.
WITH types AS (
    SELECT
        t.tableoid,
        t.oid,
        n.nspname,
        t.typname,
        pg_catalog.format('%I.%I', n.nspname, t.typname) AS own_name,
        pg_catalog.concat_ws(E',\n    ',
            'INTERNALLENGTH = ' || CASE WHEN t.typlen = -1 THEN 'variable' ELSE t.typlen::pg_catalog.text END,
            'INPUT = ' || t.typinput,
            'OUTPUT = ' || t.typoutput,
            CASE WHEN t.typbyval THEN 'PASSEDBYVALUE' END,
            'ALIGNMENT = ' || CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'i' THEN 'int4' ELSE 'double' END,
            'STORAGE = ' || CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' ELSE 'main' END,
            CASE WHEN t.typcategory <> 'U' THEN 'CATEGORY = ' || pg_catalog.quote_literal(t.typcategory::pg_catalog.text) END,
            CASE WHEN t.typispreferred THEN 'PREFERRED = true' END,
            'DEFAULT = ' || pg_catalog.quote_literal(t.typdefault),
            CASE WHEN t.typelem <> 0 THEN 'ELEMENT = ' || pg_catalog.format_type(t.typelem, NULL) END,
            CASE WHEN t.typdelim <> ',' THEN 'DELIMITER = ' || pg_catalog.quote_literal(t.typdelim::pg_catalog.text) END,
            CASE WHEN t.typcollation <> 0 THEN 'COLLATABLE = true' END
        ) AS clauses,
        t.typreceive,
        t.typsend,
        t.typmodin,
        t.typmodout,
        t.typanalyze,
        {{since 14: t.typsubscript}}{{before 14: 0::pg_catalog.regproc}} AS typsubscript
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype = 'b'
      AND t.typoutput <> 'pg_catalog.array_out'::pg_catalog.regproc
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend d
          WHERE d.classid = t.tableoid AND d.objid = t.oid AND d.deptype = 'e'
      )
)
SELECT
    t.tableoid AS class,
    t.oid AS oid,
    t.nspname AS schema,
    t.typname AS name,
    NULL::pg_catalog.text AS part,
    t.own_name AS address,
    pg_catalog.format(E'CREATE TYPE %s (\n    %s\n)', t.own_name, pg_catalog.concat_ws(E',\n    ', t.clauses, s.clauses))
        AS definition,
    '' AS fixed,
    s.keys AS keys,
    s.sets AS sets,
    s.changes AS changes,
    s.resets AS resets
FROM types t
CROSS JOIN LATERAL (
    SELECT
        pg_catalog.string_agg(e.key || ' = ' || e.value, E',\n    ' ORDER BY e.key) AS clauses,
        pg_catalog.array_agg(e.key ORDER BY e.key) AS keys,
        pg_catalog.array_agg(pg_catalog.format('SET (%s = %s)', e.key, e.value) ORDER BY e.key) AS sets,
        pg_catalog.array_agg(pg_catalog.format('SET (%s = %s)', e.key, e.value) ORDER BY e.key) AS changes,
        pg_catalog.array_agg(pg_catalog.format('SET (%s = NONE)', e.key) ORDER BY e.key) AS resets
    FROM (VALUES
        ('RECEIVE', nullif(t.typreceive::pg_catalog.oid, 0)::pg_catalog.regproc::pg_catalog.text),
        ('SEND', nullif(t.typsend::pg_catalog.oid, 0)::pg_catalog.regproc::pg_catalog.text),
        ('TYPMOD_IN', nullif(t.typmodin::pg_catalog.oid, 0)::pg_catalog.regproc::pg_catalog.text),
        ('TYPMOD_OUT', nullif(t.typmodout::pg_catalog.oid, 0)::pg_catalog.regproc::pg_catalog.text),
        ('ANALYZE', nullif(t.typanalyze::pg_catalog.oid, 0)::pg_catalog.regproc::pg_catalog.text),
        ('SUBSCRIPT', nullif(t.typsubscript::pg_catalog.oid, 0)::pg_catalog.regproc::pg_catalog.text)
    ) e (key, value)
    WHERE e.value IS NOT NULL
) s
ORDER BY t.oid
