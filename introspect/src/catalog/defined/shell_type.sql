{{with pg_type}}-- What a base type is before it has its functions, and all that there is of one which never got any. What of the whole
-- type nothing can change is said here, so that it goes with its functions where it differs; the storage too, which could
-- change, but not that of the columns that are there.
SELECT
    t.tableoid AS class,
    t.oid AS oid,
    n.nspname AS schema,
    t.typname AS name,
    NULL::pg_catalog.text AS part,
    pg_catalog.format('%I.%I', n.nspname, t.typname) AS address,
    pg_catalog.format('CREATE TYPE %I.%I', n.nspname, t.typname) AS definition,
    CASE WHEN t.typisdefined THEN pg_catalog.concat_ws(' ',
        t.typlen, t.typinput, t.typoutput, t.typcollation, t.typcategory, t.typispreferred, t.typdelim, t.typalign, t.typbyval,
        t.typstorage,
        CASE WHEN t.typelem <> 0 THEN pg_catalog.format_type(t.typelem, NULL) END,
        'default ' || t.typdefault
    ) ELSE '' END AS fixed,
    NULL::pg_catalog.text[] AS keys,
    NULL::pg_catalog.text[] AS sets,
    NULL::pg_catalog.text[] AS changes,
    NULL::pg_catalog.text[] AS resets
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype IN ('b', 'p')
  AND t.typoutput <> 'pg_catalog.array_out'::pg_catalog.regproc
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = t.tableoid AND d.objid = t.oid AND d.deptype = 'e'
  )
ORDER BY t.oid
