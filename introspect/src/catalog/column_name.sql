-- The names that columns have at this moment, which is later than the snapshot: like the texts of expressions they come from
-- the server's cache and not from the table pg_attribute.
SELECT
    a.relation AS relation,
    a.number AS number,
    (pg_catalog.pg_identify_object_as_address(
        'pg_catalog.pg_class'::pg_catalog.regclass, a.relation, a.number
    )).object_names[3] AS name
FROM ROWS FROM (
    pg_catalog.unnest($1::pg_catalog.oid[]),
    pg_catalog.unnest($2::pg_catalog.int4[])
) AS a (relation, number)
