-- All types, as one JSON document: what a value of each is made of.
SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
    'oid', t.oid::bigint,
    'name', t.typname,
    'kind', t.typtype::text,
    'element', CASE WHEN t.typcategory = 'A' THEN t.typelem::bigint ELSE 0 END,
    'base', t.typbasetype::bigint,
    'base_typmod', t.typtypmod,
    'labels', (
        SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(e.oid::bigint::text, e.enumlabel)
            ORDER BY e.enumsortorder), '[]')
        FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid
    ),
    'fields', (
        SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
            'number', a.attnum,
            'name', a.attname,
            'type', a.atttypid::bigint,
            'typmod', a.atttypmod,
            'spelling', pg_catalog.format_type(a.atttypid, a.atttypmod)
        ) ORDER BY a.attnum), '[]')
        FROM pg_catalog.pg_attribute a
        WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    ),
    'subtype', (
        SELECT pg_catalog.min(r.rngsubtype::bigint) FROM pg_catalog.pg_range r
        WHERE r.rngtypid = t.oid OR (pg_catalog.to_jsonb(r) ->> 'rngmultitypid')::bigint = t.oid::bigint
    ),
    'checks', (
        SELECT coalesce(pg_catalog.json_agg(pg_catalog.pg_get_expr(k.conbin, 0) ORDER BY k.conname), '[]')
        FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'
    )
) ORDER BY t.oid), '[]')::text AS value
FROM pg_catalog.pg_type t
WHERE t.typtype <> 'p'
