-- For ClickHouse (tried with 26.7). `rank`: an original before an inherited copy, then what was exported later.
-- Sorted by the turn alone: the same turn may come from two people, one of whom has a copy, and must count once.
CREATE TABLE IF NOT EXISTS turns_raw (
  turn_id Int64,
  person LowCardinality(String), host LowCardinality(String), source LowCardinality(String),
  provider LowCardinality(String), model LowCardinality(String), project LowCardinality(String),
  session_id String, trace_id Nullable(String), chain String,
  started_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD), ended_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD), day Date,
  input_tokens Int32, cache_read_tokens Int32, cache_write_tokens Int32, cache_write_1h_tokens Int32, output_tokens Int32,
  usd Nullable(Decimal(18, 9)), usd_basis LowCardinality(String),
  cache_outcome LowCardinality(String), miss_cause LowCardinality(Nullable(String)),
  expected_tokens Int32, missed_tokens Int32, missed_usd Nullable(Decimal(18, 9)),
  gap_ms Nullable(Int64), ttl_ms Nullable(Int32), input_rate Nullable(Float64),
  inherited Int32, revision Int64, is_total Nullable(Int32),
  rank UInt64 DEFAULT toUInt64(inherited = 0) * 4611686018427387904 + toUInt64(revision)
) ENGINE = ReplacingMergeTree(rank) PARTITION BY toYYYYMM(day) ORDER BY turn_id;

CREATE VIEW IF NOT EXISTS turns AS SELECT * FROM turns_raw FINAL;
