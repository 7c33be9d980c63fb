-- The five questions of a team. They are the same text in DuckDB, ClickHouse and PostgreSQL.
-- `turns` shows each turn once: duckdb/turns.sql, clickhouse/turns.sql or postgres/turns.sql makes it.
-- `usd` is null where no price is known: such turns count, and their cost is in no sum. A row with `is_total` is a sum of
-- responses that an agent keeps no records of: it is in all sums of dollars and tokens, and is no turn.

-- name: people
-- What did each person cost in the last 30 days, and how well do their caches work?
SELECT person, SUM(usd) AS cost,
  SUM(CASE WHEN is_total = 1 THEN 0 ELSE 1 END) AS turns, COUNT(DISTINCT session_id) AS sessions,
  SUM(cache_read_tokens) * 1e0 / NULLIF(SUM(input_tokens + cache_read_tokens + cache_write_tokens + cache_write_1h_tokens), 0) AS hit,
  SUM(CASE WHEN usd IS NULL AND is_total = 0 THEN 1 ELSE 0 END) AS unpriced_turns
FROM turns WHERE day > CURRENT_DATE - 30 GROUP BY person ORDER BY 2 DESC NULLS LAST, 1 LIMIT 20;

-- name: projects
-- What does each project cost by month and model?
SELECT project, DATE_TRUNC('month', day) AS month, provider, model, SUM(usd) AS cost,
  SUM(CASE WHEN is_total = 1 THEN 0 ELSE 1 END) AS turns
FROM turns GROUP BY project, DATE_TRUNC('month', day), provider, model ORDER BY 5 DESC NULLS LAST, 1, 2, 3, 4 LIMIT 50;

-- name: misses
-- Where do caches get lost, and what did that cost?
SELECT provider, model, miss_cause, COUNT(*) AS misses, SUM(missed_tokens) AS tokens, SUM(missed_usd) AS lost
FROM turns WHERE cache_outcome = 'miss' GROUP BY provider, model, miss_cause ORDER BY 6 DESC NULLS LAST, 4 DESC, 1, 2, 3;

-- name: savings
-- How much would a cache of one hour save, by project? Writes would cost 2 instead of 1.25 times the input.
SELECT project, SUM(saved) AS gained, SUM(extra) AS paid, SUM(saved) - SUM(extra) AS net FROM (
  SELECT project,
    CASE WHEN miss_cause = 'expired' AND gap_ms BETWEEN 300000 AND 3600000 THEN missed_usd ELSE 0 END AS saved,
    CASE WHEN miss_cause = 'expired' AND gap_ms BETWEEN 300000 AND 3600000 THEN 0
      ELSE input_rate * 1e0 * cache_write_tokens * 0.75 / 1000000 END AS extra
  FROM turns WHERE provider = 'anthropic' AND ttl_ms = 300000) t
GROUP BY project ORDER BY 4 DESC NULLS LAST, 1 LIMIT 20;

-- name: sessions
-- Which sessions of the last quarter were the most expensive, and how much of that was lost caches?
SELECT person, session_id, MIN(project) AS what, SUM(CASE WHEN is_total = 1 THEN 0 ELSE 1 END) AS turns,
  SUM(usd) AS cost, SUM(missed_usd) AS lost
FROM turns WHERE day > CURRENT_DATE - 91 GROUP BY person, session_id ORDER BY 5 DESC NULLS LAST, 1, 2 LIMIT 20;
