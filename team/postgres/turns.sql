-- For PostgreSQL 15 or later: merge.sql needs that, and fills it.
CREATE TABLE IF NOT EXISTS turns (
  turn_id bigint PRIMARY KEY,
  person text NOT NULL, host text NOT NULL, source text NOT NULL,
  provider text NOT NULL, model text NOT NULL, project text NOT NULL,
  session_id text NOT NULL, trace_id text, chain text NOT NULL,
  started_at timestamptz NOT NULL, ended_at timestamptz, day date NOT NULL,
  input_tokens int NOT NULL, cache_read_tokens int NOT NULL, cache_write_tokens int NOT NULL,
  cache_write_1h_tokens int NOT NULL, output_tokens int NOT NULL,
  usd numeric(18, 9), usd_basis text NOT NULL,
  cache_outcome text NOT NULL, miss_cause text,
  expected_tokens int NOT NULL, missed_tokens int NOT NULL, missed_usd numeric(18, 9),
  gap_ms bigint, ttl_ms int, input_rate double precision,
  inherited int NOT NULL, revision bigint NOT NULL, is_total int
);
CREATE INDEX IF NOT EXISTS turns_by_day ON turns USING brin (day);
