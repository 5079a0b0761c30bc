-- Not those that constraints made, nor the copies on partitions.
SELECT
    t.oid AS oid,
    t.tgrelid AS relation,
    t.tgname AS name,
    pg_catalog.pg_get_triggerdef(t.oid) AS definition,
    t.tgenabled AS enabled
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal
  AND t.tgparentid = 0
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY t.oid
