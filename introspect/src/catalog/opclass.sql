-- Operator classes of the system too: an index names one only where it is not the default for the key's type.
SELECT o.oid AS oid, n.nspname AS schema, o.opcname AS name, o.opcmethod AS method, o.opcintype AS input,
    o.opckeytype AS stored, o.opcdefault AS is_default
FROM pg_catalog.pg_opclass o
JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace
ORDER BY o.oid
