-- What PostgreSQL 14 and 15 added.
CREATE TABLE app.newer (
    a int, b int, c text COMPRESSION pglz,
    UNIQUE NULLS NOT DISTINCT (a),
    FOREIGN KEY (a, b) REFERENCES app.orders ON DELETE SET NULL (b)
);
CREATE UNIQUE INDEX newer_c ON app.newer (c) NULLS NOT DISTINCT;
CREATE STATISTICS app.newer_stat ON (a + b), c FROM app.newer;
CREATE PUBLICATION newer FOR TABLE app.newer (a, b) WHERE (a > 0);
CREATE PUBLICATION newer_schema FOR TABLES IN SCHEMA app;

-- Neither is compared, and both are told of.
ALTER SEQUENCE app.order_numbers SET UNLOGGED;
REVOKE EXECUTE ON FUNCTION gbtreekey4_in(cstring) FROM PUBLIC;
