-- For psql, as one transaction: takes the rows that `opper-agent export --format csv` writes, from standard input.
--   opper-agent export --format csv | psql -v ON_ERROR_STOP=1 --single-transaction -f merge.sql
-- The same rows again change nothing. An original wins over an inherited copy, then what was exported later.
CREATE TEMPORARY TABLE stage (LIKE turns) ON COMMIT DROP;
\copy stage FROM pstdin WITH (FORMAT csv, HEADER match)

INSERT INTO turns
SELECT DISTINCT ON (turn_id) * FROM stage ORDER BY turn_id, inherited, revision DESC
ON CONFLICT (turn_id) DO UPDATE SET
  (person, host, source, provider, model, project, session_id, trace_id, chain, started_at, ended_at, day,
   input_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, output_tokens,
   usd, usd_basis, cache_outcome, miss_cause, expected_tokens, missed_tokens, missed_usd,
   gap_ms, ttl_ms, input_rate, inherited, revision, is_total) =
  (excluded.person, excluded.host, excluded.source, excluded.provider, excluded.model, excluded.project,
   excluded.session_id, excluded.trace_id, excluded.chain, excluded.started_at, excluded.ended_at, excluded.day,
   excluded.input_tokens, excluded.cache_read_tokens, excluded.cache_write_tokens, excluded.cache_write_1h_tokens,
   excluded.output_tokens, excluded.usd, excluded.usd_basis, excluded.cache_outcome, excluded.miss_cause,
   excluded.expected_tokens, excluded.missed_tokens, excluded.missed_usd, excluded.gap_ms, excluded.ttl_ms,
   excluded.input_rate, excluded.inherited, excluded.revision,
   excluded.is_total)
WHERE (1 - excluded.inherited, excluded.revision) > (1 - turns.inherited, turns.revision);
