-- What NOT NULL can be from 18 on.
CREATE TABLE app.lax (a int, b int CONSTRAINT "b is there" NOT NULL NO INHERIT, c int CONSTRAINT "c is there" NOT NULL);
ALTER TABLE app.lax ADD CONSTRAINT "a is there" NOT NULL a NOT VALID;
COMMENT ON CONSTRAINT "c is there" ON app.lax IS 'nobody reads this';
