-- The least that any tool has to ask to compare schemas: the raw columns of the catalogs, deparsed only where there is an
-- expression, in bulk, without a thought. What psql and the server need for this is the floor that `check` is held against.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL search_path = '';
COPY (
    SELECT n.oid, n.nspname, n.nspowner, n.nspacl
    FROM pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
) TO STDOUT;
COPY (
    SELECT c.oid, c.relname, c.relnamespace, c.relkind, c.relpersistence, c.relowner, c.relacl, c.reloptions,
        c.relrowsecurity, c.relforcerowsecurity, c.relispartition, c.relreplident, c.reloftype, c.relam, c.reltablespace
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
) TO STDOUT;
COPY (
    SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.atthasdef, a.attidentity,
        a.attgenerated, a.attcollation, a.attstorage, a.attstattarget, a.attndims, a.attislocal, a.attinhcount, a.attacl,
        a.attoptions
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND a.attnum > 0 AND NOT a.attisdropped
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
) TO STDOUT;
COPY (
    SELECT t.oid, t.typname, t.typnamespace, t.typtype, t.typbasetype, t.typtypmod, t.typnotnull, t.typdefault
    FROM pg_type t
    JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype IN ('e', 'd', 'r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
) TO STDOUT;
COPY (SELECT e.enumtypid, e.enumsortorder, e.enumlabel FROM pg_enum e ORDER BY 1, 2) TO STDOUT;
COPY (SELECT s.* FROM pg_sequence s) TO STDOUT;
COPY (
    SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
    FROM pg_depend d
    WHERE d.objid >= 16384 AND d.refobjid >= 16384 AND d.deptype IN ('n', 'e')
) TO STDOUT;
COPY (SELECT d.objoid, d.classoid, d.objsubid, d.description FROM pg_description d WHERE d.objoid >= 16384) TO STDOUT;
COPY (SELECT t.oid, t.tgrelid, t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE NOT t.tgisinternal) TO STDOUT;
COPY (
    SELECT p.oid, p.proname, pg_get_functiondef(p.oid)
    FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prokind <> 'a' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
) TO STDOUT;
COPY (
    SELECT d.adrelid, d.adnum, pg_get_expr(d.adbin, CASE WHEN a.attgenerated = '' THEN 0 ELSE d.adrelid END)
    FROM pg_attrdef d
    JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    JOIN pg_class c ON c.oid = d.adrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
) TO STDOUT;
COPY (
    SELECT k.oid, k.conname, k.conrelid, k.contype, k.condeferrable, k.condeferred, k.convalidated, k.conindid,
        k.confrelid, k.confupdtype, k.confdeltype, k.confmatchtype, k.conkey, k.confkey, k.conislocal, k.coninhcount,
        k.connoinherit, CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END
    FROM pg_constraint k
    JOIN pg_namespace n ON n.oid = k.connamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
) TO STDOUT;
COPY (
    SELECT i.indexrelid, i.indrelid, i.indisunique, i.indisprimary, i.indisexclusion, i.indimmediate, i.indisclustered,
        i.indisvalid, i.indisreplident, i.indkey, i.indcollation, i.indclass, i.indoption, i.indnkeyatts,
        pg_get_expr(i.indexprs, i.indrelid), pg_get_expr(i.indpred, i.indrelid)
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
) TO STDOUT;
COMMIT;
