-- The columns of tables, views and composite types; of indexes only those with parameters of an operator class or a
-- statistics target. These are the most rows of all, and the reader orders them at a tenth of what the server would need.
-- The schemas are a list made once, as a join with them for every row would cost a third of the query. A foreign table may
-- have the compression of a parent, which means nothing and cannot be changed.
SELECT
    a.attrelid AS relation,
    a.attnum AS number,
    a.attname AS name,
    a.atttypid AS type_oid,
    a.atttypmod AS modifier,
    a.attnotnull AS not_null,
    a.attcollation AS collation,
    a.attidentity AS identity,
    a.attgenerated AS generated,
    CASE WHEN a.attgenerated <> '' THEN (
        SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid)
        FROM pg_catalog.pg_attrdef d
        WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum
    ) END AS expression,
    a.attstorage AS storage,
    {{since 14: CASE WHEN c.relkind <> 'f' THEN a.attcompression ELSE '' END}}{{before 14: ''::pg_catalog."char"}} AS compression,
    nullif(a.attstattarget::pg_catalog.int4, -1) AS statistics,
    a.attoptions AS options,
    CASE WHEN a.attfdwoptions IS NOT NULL THEN ARRAY(
        SELECT o.option
        FROM pg_catalog.unnest(a.attfdwoptions) WITH ORDINALITY o (option, place)
        WHERE NOT {{secret: pg_catalog.split_part(o.option, '=', 1)}}
        ORDER BY o.place
    ) END AS foreign_options,
    a.attislocal AS is_local,
    a.attinhcount::pg_catalog.int4 AS parents
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
WHERE a.attnum > 0
  AND NOT a.attisdropped
  AND (c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') OR a.attoptions IS NOT NULL OR a.attstattarget >= 0)
  AND c.relnamespace <> ALL (ARRAY(
      SELECT n.oid
      FROM pg_catalog.pg_namespace n
      WHERE n.nspname ~ '^pg_' OR n.nspname = 'information_schema'
  ))
