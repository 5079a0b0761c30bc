-- The catalogs in which there is anything that initdb did not put there (FirstNormalObjectId of access/transam.h). Most
-- databases have nothing in most of them, and the queries for those cost the server more to plan than this one altogether.
SELECT c.catalog
FROM (VALUES
    ('pg_aggregate', EXISTS (SELECT FROM pg_catalog.pg_aggregate c WHERE c.aggfnoid::pg_catalog.oid >= 16384)),
    ('pg_am', EXISTS (SELECT FROM pg_catalog.pg_am c WHERE c.oid >= 16384)),
    ('pg_cast', EXISTS (SELECT FROM pg_catalog.pg_cast c WHERE c.oid >= 16384)),
    ('pg_conversion', EXISTS (SELECT FROM pg_catalog.pg_conversion c WHERE c.oid >= 16384)),
    ('pg_event_trigger', EXISTS (SELECT FROM pg_catalog.pg_event_trigger c WHERE c.oid >= 16384)),
    ('pg_foreign_data_wrapper', EXISTS (SELECT FROM pg_catalog.pg_foreign_data_wrapper c WHERE c.oid >= 16384)),
    ('pg_foreign_server', EXISTS (SELECT FROM pg_catalog.pg_foreign_server c WHERE c.oid >= 16384)),
    -- A table is clustered on it.
    ('pg_index', EXISTS (SELECT FROM pg_catalog.pg_index c WHERE c.indisclustered)),
    ('pg_language', EXISTS (SELECT FROM pg_catalog.pg_language c WHERE c.oid >= 16384)),
    ('pg_opclass', EXISTS (SELECT FROM pg_catalog.pg_opclass c WHERE c.oid >= 16384)),
    ('pg_operator', EXISTS (SELECT FROM pg_catalog.pg_operator c WHERE c.oid >= 16384)),
    ('pg_opfamily', EXISTS (SELECT FROM pg_catalog.pg_opfamily c WHERE c.oid >= 16384)),
    ('pg_policy', EXISTS (SELECT FROM pg_catalog.pg_policy c WHERE c.oid >= 16384)),
    ('pg_proc', EXISTS (SELECT FROM pg_catalog.pg_proc c WHERE c.oid >= 16384)),
    ('pg_publication', EXISTS (SELECT FROM pg_catalog.pg_publication c WHERE c.oid >= 16384)),
    ('pg_range', EXISTS (SELECT FROM pg_catalog.pg_range c WHERE c.rngtypid >= 16384)),
    ('pg_rewrite', EXISTS (SELECT FROM pg_catalog.pg_rewrite c WHERE c.oid >= 16384)),
    ('pg_statistic_ext', EXISTS (SELECT FROM pg_catalog.pg_statistic_ext c WHERE c.oid >= 16384)),
    ('pg_transform', EXISTS (SELECT FROM pg_catalog.pg_transform c WHERE c.oid >= 16384)),
    -- The arrays of all other types are base types too.
    ('pg_type', EXISTS (
        SELECT FROM pg_catalog.pg_type c
        WHERE c.oid >= 16384 AND c.typtype IN ('b', 'p') AND c.typoutput <> 'pg_catalog.array_out'::pg_catalog.regproc
    )),
    -- It is a partition's copy.
    ('pg_trigger', EXISTS (SELECT FROM pg_catalog.pg_trigger c WHERE c.tgparentid <> 0)),
    ('pg_ts_config', EXISTS (SELECT FROM pg_catalog.pg_ts_config c WHERE c.oid >= 16384)),
    ('pg_ts_dict', EXISTS (SELECT FROM pg_catalog.pg_ts_dict c WHERE c.oid >= 16384)),
    ('pg_ts_parser', EXISTS (SELECT FROM pg_catalog.pg_ts_parser c WHERE c.oid >= 16384)),
    ('pg_ts_template', EXISTS (SELECT FROM pg_catalog.pg_ts_template c WHERE c.oid >= 16384))
) c (catalog, is_used)
WHERE c.is_used
