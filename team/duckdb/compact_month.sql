-- One month of the lake as one file, each turn of it once. compact.sh sets `month_files` and `file` before.
-- Sorted, since that makes the file less than half as large.
SET TimeZone = 'UTC';
COPY (
  SELECT * FROM read_parquet(getvariable('month_files'), hive_partitioning = false, union_by_name = true)
  QUALIFY row_number() OVER (PARTITION BY turn_id ORDER BY inherited, revision DESC) = 1
  ORDER BY person, started_at, turn_id
) TO (getvariable('file')) (FORMAT parquet, COMPRESSION zstd);
