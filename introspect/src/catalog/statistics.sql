{{with pg_statistic_ext}}SELECT
    s.oid AS oid,
    n.nspname AS schema,
    s.stxname AS name,
    s.stxrelid AS relation,
    pg_catalog.pg_get_statisticsobjdef(s.oid) AS definition,
    nullif(s.stxstattarget::pg_catalog.int4, -1) AS target
FROM pg_catalog.pg_statistic_ext s
JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, s.stxname
