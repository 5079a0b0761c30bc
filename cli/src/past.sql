-- The columns of the tables that are named.
SELECT n.nspname::text AS schema, c.relname::text AS relation, a.attname::text AS name
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
JOIN ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) AS wanted (schema, relation)
  ON n.nspname OPERATOR(pg_catalog.=) wanted.schema AND c.relname OPERATOR(pg_catalog.=) wanted.relation
WHERE a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p')
ORDER BY 1, 2, a.attnum
