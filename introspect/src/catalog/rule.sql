{{with pg_rewrite}}-- The rules that make views are listed for what the views depend on, without a definition.
SELECT
    r.oid AS oid,
    r.ev_class AS relation,
    r.rulename AS name,
    CASE WHEN r.rulename <> '_RETURN' THEN pg_catalog.pg_get_ruledef(r.oid) END AS definition,
    r.ev_enabled AS enabled
FROM pg_catalog.pg_rewrite r
JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY r.oid
