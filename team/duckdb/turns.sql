-- For DuckDB (tried with 1.5.6): nothing to run, nothing to load.
-- `lake` is the directory that everybody exports to, or a bucket such as s3://acme-turns. The default is where you are.
SET VARIABLE lake = coalesce(getvariable('lake'), '.');
-- The days of all rows are UTC's.
SET TimeZone = 'UTC';
-- Each turn once: its original before a copy, then what was exported later.
CREATE OR REPLACE VIEW turns AS
  SELECT * FROM read_parquet(getvariable('lake') || '/month=*/*.parquet', hive_partitioning = true, union_by_name = true)
  QUALIFY row_number() OVER (PARTITION BY turn_id ORDER BY inherited, revision DESC) = 1;
