{{with pg_range}}SELECT
    t.oid AS oid,
    t.typarray AS array_oid,
    {{since 14: r.rngmultitypid}}{{before 14: 0::pg_catalog.oid}} AS multirange_oid,
    {{since 14: coalesce(m.typarray, 0)}}{{before 14: 0::pg_catalog.oid}} AS multirange_array_oid,
    n.nspname AS schema,
    t.typname AS name,
    sn.nspname AS subtype_schema,
    coalesce(se.typname, s.typname) AS subtype_name,
    pg_catalog.format_type(s.oid, NULL) AS subtype_text,
    se.oid IS NOT NULL AS subtype_is_array,
    CASE WHEN NOT o.opcdefault THEN opn.nspname END AS opclass_schema,
    CASE WHEN NOT o.opcdefault THEN o.opcname END AS opclass_name,
    CASE WHEN r.rngcollation <> s.typcollation THEN r.rngcollation ELSE 0 END AS collation,
    cn.nspname AS canonical_schema,
    c.proname AS canonical_name,
    dn.nspname AS diff_schema,
    d.proname AS diff_name,
    {{since 14: mn.nspname}}{{before 14: NULL::pg_catalog.name}} AS multirange_schema,
    {{since 14: m.typname}}{{before 14: NULL::pg_catalog.name}} AS multirange
FROM pg_catalog.pg_range r
JOIN pg_catalog.pg_type t ON t.oid = r.rngtypid
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_type s ON s.oid = r.rngsubtype
LEFT JOIN pg_catalog.pg_type se ON se.oid = s.typelem AND se.typarray = s.oid
JOIN pg_catalog.pg_namespace sn ON sn.oid = coalesce(se.typnamespace, s.typnamespace)
JOIN pg_catalog.pg_opclass o ON o.oid = r.rngsubopc
JOIN pg_catalog.pg_namespace opn ON opn.oid = o.opcnamespace
LEFT JOIN pg_catalog.pg_proc c ON c.oid = r.rngcanonical
LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = c.pronamespace
LEFT JOIN pg_catalog.pg_proc d ON d.oid = r.rngsubdiff
LEFT JOIN pg_catalog.pg_namespace dn ON dn.oid = d.pronamespace
{{since 14: LEFT JOIN pg_catalog.pg_type m ON m.oid = r.rngmultitypid
LEFT JOIN pg_catalog.pg_namespace mn ON mn.oid = m.typnamespace}}
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, t.typname
