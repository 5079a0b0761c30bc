-- What expressions and definitions use. Left out is what the objects themselves say: schemas (but for what a
-- publication publishes, and for those that an expression names as a constant of type regnamespace), the columns of
-- constraints, defaults and plain indexes, those of its own table that a check uses, the types of columns but for those of
-- extensions. (Before 15, a generated column's expression is its column's dependency, 'a'.)
-- Everything goes into a set, so that the server need not sort. NOT IN makes one small list of what extensions own, where
-- NOT EXISTS would look into the index for every column.
SELECT
    d.classid AS class,
    d.objid AS oid,
    d.objsubid AS sub,
    d.refclassid AS used_class,
    d.refobjid AS used_oid,
    d.refobjsubid AS used_sub
FROM pg_catalog.pg_depend d
WHERE d.deptype IN ('n', 'a')
  AND d.objid >= 16384
  AND d.refobjid >= 16384
  AND (d.refclassid <> 'pg_catalog.pg_namespace'::pg_catalog.regclass
    OR d.classid IN ('pg_catalog.pg_rewrite'::pg_catalog.regclass, 'pg_catalog.pg_attrdef'::pg_catalog.regclass)
    {{since 15: OR d.classid = 'pg_catalog.pg_publication_namespace'::pg_catalog.regclass}})
  AND NOT (d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.deptype = 'a')
  AND NOT (d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.deptype = 'a')
  AND NOT (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid > 0 AND d.deptype = 'n'
    AND (d.refclassid, d.refobjid) NOT IN (
        SELECT m.classid, o.oid
        FROM pg_catalog.pg_depend m
        LEFT JOIN pg_catalog.pg_type t
            ON t.oid = m.objid AND m.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
        CROSS JOIN LATERAL (VALUES (m.objid), (nullif(t.typarray, 0))) o (oid)
        WHERE m.deptype = 'e' AND o.oid IS NOT NULL
    ))
  AND NOT (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'a' AND d.objsubid = 0 AND d.objid IN (
    SELECT i.indexrelid
    FROM pg_catalog.pg_index i
    WHERE i.indexprs IS NULL AND i.indpred IS NULL
  ))
  AND NOT (d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.refobjsubid > 0 AND d.objid IN (
    SELECT k.oid
    FROM pg_catalog.pg_constraint k
    WHERE k.contype = 'f'
  ))
  AND NOT (d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.refobjsubid > 0 AND (d.objid, d.refobjid) IN (
    SELECT k.oid, k.conrelid
    FROM pg_catalog.pg_constraint k
    WHERE k.contype = 'c'
  ))
