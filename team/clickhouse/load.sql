-- Fills turns_raw from the directory that everybody exports to. Again and again, the same comes out.
-- For a bucket, write s3('https://BUCKET/month=*/*.parquet', 'Parquet') in place of file(…); for a few days of it,
-- a month in place of the star.
INSERT INTO turns_raw (
  turn_id, person, host, source, provider, model, project, session_id, trace_id, chain, started_at, ended_at, day,
  input_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, output_tokens, usd, usd_basis,
  cache_outcome, miss_cause, expected_tokens, missed_tokens, missed_usd, gap_ms, ttl_ms, input_rate, inherited, revision,
  is_total)
SELECT
  turn_id, person, host, source, provider, model, project, session_id, trace_id, chain, started_at, ended_at, day,
  input_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, output_tokens, usd, usd_basis,
  cache_outcome, miss_cause, expected_tokens, missed_tokens, missed_usd, gap_ms, ttl_ms, input_rate, inherited, revision,
  is_total
FROM file('month=*/*.parquet', 'Parquet');
