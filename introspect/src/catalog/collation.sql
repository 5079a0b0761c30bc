-- Those of pg_catalog too: their names are needed where columns use them.
SELECT
    c.oid AS oid,
    n.nspname AS schema,
    c.collname AS name,
    n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AS is_user,
    c.collprovider AS provider,
    c.collisdeterministic AS is_deterministic,
    c.collcollate::pg_catalog.text AS lc_collate,
    c.collctype::pg_catalog.text AS lc_ctype,
    -- The locale of icu has had a column of its own since 15; before, it stood in collcollate.
    {{before 15: NULL::pg_catalog.text}}{{since 15 before 17: c.colliculocale}}{{since 17: c.colllocale}} AS locale
FROM pg_catalog.pg_collation c
JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
ORDER BY n.nspname, c.collname, c.oid
