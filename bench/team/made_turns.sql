-- Turns of many people over a year, for DuckDB: `turns` and `people` say how many. The same numbers make the same rows.
-- Sessions of 49 turns, some minutes apart; one pause in thirty outlives the cache. Prices are whole billionths.
CREATE OR REPLACE TABLE made AS
WITH numbered AS (
  SELECT i, i // 49 AS session, i % 49 AS step, hash(i) AS dice, hash(i // 49 + 1000000000) AS session_dice
  FROM range(getvariable('turns')) t(i)
), placed AS (
  SELECT *, session % getvariable('people') AS person_number,
    TIMESTAMPTZ '2025-11-01 00:00:00+00' + to_microseconds(1000 * (session_dice % 31449600000)::BIGINT) AS began,
    step > 0 AND dice % 30 = 0 AS is_miss
  FROM numbered
), timed AS (
  SELECT *, began + to_microseconds(1000 * (step * 120000 + dice % 60000)::BIGINT) AS started_at,
    CASE WHEN step = 0 THEN NULL WHEN is_miss THEN 300000 + (dice % 5000000)::BIGINT ELSE 60000 + (dice % 120000)::BIGINT END AS gap_ms,
    (1000 + step * 1500 + dice % 1000)::INT AS context,
    (person_number // 25) * 10 + session_dice % 10 AS project_number
  FROM placed
)
SELECT
  hash(i + 7)::BIT::BIGINT AS turn_id, 'person' || person_number || '@example.com' AS person, 'laptop' AS host,
  ['pi', 'claude', 'codex'][1 + (session_dice % 3)::INT] AS source,
  CASE WHEN session_dice % 3 = 2 THEN 'openai' ELSE 'anthropic' END AS provider,
  CASE WHEN session_dice % 3 = 2 THEN 'gpt-5.5' WHEN session_dice % 7 < 4 THEN 'claude-opus-4-6' ELSE 'claude-sonnet-4-6' END AS model,
  'acme/service-' || project_number AS project, md5('session' || session) AS session_id, NULL::VARCHAR AS trace_id, 'main' AS chain,
  started_at, started_at + to_microseconds(1000 * (2000 + dice % 30000)::BIGINT) AS ended_at, (started_at AT TIME ZONE 'UTC')::DATE AS day,
  (dice % 400)::INT AS input_tokens, CASE WHEN step = 0 OR is_miss THEN 0 ELSE context END AS cache_read_tokens,
  CASE WHEN step = 0 OR is_miss THEN context + 1500 ELSE 1500 END AS cache_write_tokens, 0 AS cache_write_1h_tokens,
  (50 + dice % 900)::INT AS output_tokens,
  CASE WHEN session_dice % 97 = 0 THEN NULL ELSE ((1000000 + dice % 400000000)::DECIMAL(18, 9) / 1000000000)::DECIMAL(18, 9) END AS usd,
  CASE WHEN session_dice % 97 = 0 THEN 'none' ELSE 'computed' END AS usd_basis,
  CASE WHEN step = 0 THEN 'first' WHEN is_miss THEN 'miss' ELSE 'hit' END AS cache_outcome,
  CASE WHEN is_miss THEN ['expired', 'prefix_changed', 'model_changed'][1 + (dice // 30 % 3)::INT] END AS miss_cause,
  CASE WHEN step = 0 THEN 0 ELSE context END AS expected_tokens, CASE WHEN is_miss THEN context ELSE 0 END AS missed_tokens,
  CASE WHEN is_miss THEN (context * 0.000004)::DECIMAL(18, 9) END AS missed_usd,
  gap_ms, 300000 AS ttl_ms, 5.0::DOUBLE AS input_rate, 0 AS inherited, 1795700000000 AS revision, 0 AS is_total
FROM timed;
