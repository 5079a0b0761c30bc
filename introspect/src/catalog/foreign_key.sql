SELECT
    k.oid AS oid,
    k.conname AS name,
    k.conrelid AS relation,
    k.conkey AS columns,
    k.confrelid AS parent,
    k.confkey AS parent_columns,
    k.confupdtype AS on_update,
    k.confdeltype AS on_delete,
    {{since 15: coalesce(k.confdelsetcols, '{}')}}{{before 15: '{}'::pg_catalog.int2[]}} AS set_columns,
    k.confmatchtype AS match_type,
    k.condeferrable AS deferrable,
    k.condeferred AS deferred,
    k.convalidated AS validated,
    {{since 18: k.conenforced}}{{before 18: true}} AS enforced,
    {{since 18: k.conperiod}}{{before 18: false}} AS period,
    k.conparentid AS parent_constraint,
    k.conparentid <> 0 OR (k.coninhcount > 0 AND NOT k.conislocal) AS inherited
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
WHERE k.contype = 'f'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY k.oid
