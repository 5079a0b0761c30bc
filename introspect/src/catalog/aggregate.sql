{{with pg_aggregate}}-- The clauses of CREATE AGGREGATE, for which the server has no deparser.
SELECT
    p.oid AS oid,
    pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(p.proname) AS name,
    pg_catalog.pg_get_function_arguments(p.oid) AS arguments,
    a.aggkind AS kind,
    p.proparallel AS parallel,
    a.aggfinalmodify AS final_modify,
    a.aggmfinalmodify AS moving_final_modify,
    a.aggfinalextra AS final_extra,
    a.aggmfinalextra AS moving_final_extra,
    a.aggtransspace AS space,
    a.aggmtransspace AS moving_space,
    nullif(a.aggtransfn::pg_catalog.regproc::pg_catalog.text, '-') AS transition,
    pg_catalog.format_type(a.aggtranstype, NULL) AS state,
    nullif(a.aggfinalfn::pg_catalog.regproc::pg_catalog.text, '-') AS final_function,
    nullif(a.aggcombinefn::pg_catalog.regproc::pg_catalog.text, '-') AS combine,
    nullif(a.aggserialfn::pg_catalog.regproc::pg_catalog.text, '-') AS serial,
    nullif(a.aggdeserialfn::pg_catalog.regproc::pg_catalog.text, '-') AS deserial,
    pg_catalog.quote_literal(a.agginitval) AS initial,
    nullif(a.aggmtransfn::pg_catalog.regproc::pg_catalog.text, '-') AS moving_transition,
    nullif(a.aggminvtransfn::pg_catalog.regproc::pg_catalog.text, '-') AS moving_inverse,
    CASE WHEN a.aggmtranstype <> 0 THEN pg_catalog.format_type(a.aggmtranstype, NULL) END AS moving_state,
    nullif(a.aggmfinalfn::pg_catalog.regproc::pg_catalog.text, '-') AS moving_final,
    pg_catalog.quote_literal(a.aggminitval) AS moving_initial,
    'OPERATOR(' || pg_catalog.quote_ident(so.nspname) || '.' || o.oprname || ')' AS sort_operator
FROM pg_catalog.pg_aggregate a
JOIN pg_catalog.pg_proc p ON p.oid = a.aggfnoid
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
LEFT JOIN pg_catalog.pg_operator o ON o.oid = a.aggsortop
LEFT JOIN pg_catalog.pg_namespace so ON so.oid = o.oprnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY p.oid
