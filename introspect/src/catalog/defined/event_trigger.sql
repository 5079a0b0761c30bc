{{with pg_event_trigger}}SELECT
    e.tableoid AS class,
    e.oid AS oid,
    '' AS schema,
    e.evtname AS name,
    NULL::pg_catalog.text AS part,
    pg_catalog.quote_ident(e.evtname) AS address,
    pg_catalog.format(E'CREATE EVENT TRIGGER %I ON %I\n%s    EXECUTE FUNCTION %s()', e.evtname, e.evtevent,
        (SELECT E'    WHEN TAG IN ('
            || pg_catalog.string_agg(pg_catalog.quote_literal(t.tag), ', ' ORDER BY t.number) || E')\n'
         FROM pg_catalog.unnest(e.evttags) WITH ORDINALITY AS t (tag, number)),
        e.evtfoid::pg_catalog.regproc) AS definition,
    NULL::pg_catalog.text AS fixed,
    s.keys AS keys,
    s.sets AS sets,
    s.changes AS changes,
    s.resets AS resets
FROM pg_catalog.pg_event_trigger e
LEFT JOIN (
    VALUES
        ('D'::pg_catalog."char", ARRAY['enabled'], ARRAY['DISABLE'], ARRAY['DISABLE'], ARRAY['ENABLE']),
        ('R', ARRAY['enabled'], ARRAY['ENABLE REPLICA'], ARRAY['ENABLE REPLICA'], ARRAY['ENABLE']),
        ('A', ARRAY['enabled'], ARRAY['ENABLE ALWAYS'], ARRAY['ENABLE ALWAYS'], ARRAY['ENABLE'])
) s (enabled, keys, sets, changes, resets) ON s.enabled = e.evtenabled
ORDER BY e.oid
