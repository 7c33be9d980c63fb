-- For DuckDB, after duckdb/turns.sql: every turn as the CSV that merge.sql takes.
COPY (SELECT * EXCLUDE (month) FROM turns) TO '/dev/stdout' (FORMAT csv, HEADER);
