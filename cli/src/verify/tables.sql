-- The tables of the user, as one JSON document: what rows must be like, and who is who, so that renames are known for
-- certain.
SELECT q.all_of_them AS value FROM (
SELECT coalesce(pg_catalog.json_agg(t.one ORDER BY t.schema, t.name), '[]')::text AS all_of_them
FROM (
    SELECT n.nspname AS schema, c.relname AS name, pg_catalog.json_build_object(
        'oid', c.oid::bigint,
        'schema', n.nspname,
        'name', c.relname,
        'sql', pg_catalog.format('%I.%I', n.nspname, c.relname),
        'kind', c.relkind::text,
        'partition_of', (
            SELECT h.inhparent::bigint FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid AND c.relispartition
        ),
        'has_triggers', EXISTS (
            SELECT FROM pg_catalog.pg_trigger g
            WHERE g.tgrelid = c.oid AND NOT g.tgisinternal AND g.tgenabled <> 'D'
        ),
        'columns', (
            SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
                'number', a.attnum,
                'name', a.attname,
                'sql', pg_catalog.quote_ident(a.attname),
                'type', a.atttypid::bigint,
                'typmod', a.atttypmod,
                'spelling', pg_catalog.format_type(a.atttypid, a.atttypmod),
                'not_null', a.attnotnull,
                'generated', a.attgenerated <> '',
                'default', (
                    SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d
                    WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated = ''
                ),
                'counts', a.attidentity <> '' OR EXISTS (
                    SELECT FROM pg_catalog.pg_attrdef d
                    JOIN pg_catalog.pg_depend p ON p.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
                        AND p.objid = d.oid AND p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                    JOIN pg_catalog.pg_class s ON s.oid = p.refobjid AND s.relkind = 'S'
                    WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum
                )
            ) ORDER BY a.attnum), '[]')
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        ),
        'foreign_keys', (
            SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
                'name', f.conname,
                'columns', f.conkey,
                'parent', f.confrelid::bigint,
                'parent_columns', f.confkey,
                'deferrable', f.condeferrable
            ) ORDER BY f.conname), '[]')
            FROM pg_catalog.pg_constraint f
            WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.conparentid = 0
        ),
        'unique', (
            SELECT coalesce(pg_catalog.json_agg((i.indkey::int2[])[0:i.indnkeyatts - 1] ORDER BY i.indexrelid), '[]')
            FROM pg_catalog.pg_index i
            WHERE i.indrelid = c.oid AND i.indisunique
        ),
        'checks', (
            SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
                'columns', coalesce(k.conkey, '{}'),
                'sql', pg_catalog.pg_get_expr(k.conbin, k.conrelid)
            ) ORDER BY k.conname), '[]')
            FROM pg_catalog.pg_constraint k
            WHERE k.conrelid = c.oid AND k.contype = 'c'
        ),
        'partitions', (
            SELECT coalesce(pg_catalog.json_agg(pg_catalog.pg_get_partition_constraintdef(p.relid) ORDER BY p.relid::text), '[]')
            FROM pg_catalog.pg_partition_tree(c.oid) p
            WHERE p.isleaf AND p.relid <> c.oid AND c.relkind = 'p'
        ),
        'bound', CASE WHEN c.relispartition THEN pg_catalog.pg_get_partition_constraintdef(c.oid) END
    ) AS one
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'
        AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
        AND c.relname NOT IN ('__diesel_schema_migrations', '__autogen_migration_progress')
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend e
            WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e'
        )
) t
) q
