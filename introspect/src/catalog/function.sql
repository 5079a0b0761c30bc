{{with pg_proc}}-- Constructors of range types are listed for what depends on them, without a definition.
SELECT
    p.oid AS oid,
    n.nspname AS schema,
    p.proname AS name,
    p.prokind AS kind,
    pg_catalog.oidvectortypes(p.proargtypes) AS argument_types,
    pg_catalog.pg_get_function_identity_arguments(p.oid) AS identity_arguments,
    pg_catalog.pg_get_function_result(p.oid) AS result,
    p.pronargdefaults AS defaults,
    CASE WHEN p.prokind <> 'a' AND d.deptype IS NULL THEN pg_catalog.pg_get_functiondef(p.oid) END AS definition,
    CASE WHEN d.deptype = 'i' THEN d.refobjid END AS constructs
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
LEFT JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
    AND d.objid = p.oid
    AND d.deptype IN ('e', 'i')
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY p.oid
