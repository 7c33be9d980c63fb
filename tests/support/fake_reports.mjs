/**
 * What Opper's own API says of calls, for the tests' gateway: made of the gateway's log, of the calls that have a `usage`
 * there, in the form of OpenAI's chat completions.
 */

/** Newest first. Each has a root span of the trace's own id, as when both of Opper's headers carry it. */
export function tracesOf(log) {
  const calls = groupBy(log.filter(({ usage }) => usage), ({ headers }) => headers["x-opper-trace-id"]);
  calls.delete(undefined);
  return [...calls].map(([id, calls]) => {
    const span = (id, parent, name, type, start, end, meta = {}) => ({
      id,
      trace_id: calls[0].headers["x-opper-trace-id"],
      parent_id: parent,
      name,
      type,
      start_time: start,
      end_time: end,
      status: "ok",
      error: null,
      meta,
      metadata: {},
      tags: {},
    });
    const [start, end] = [calls[0].at, calls.at(-1).at];
    const spans = [
      span(id, null, "session", "session", start, end),
      ...calls.map(({ at, body, headers, usage }, index) =>
        span(
          `${id.slice(0, -4)}${String(index).padStart(4, "0")}`,
          headers["x-opper-parent-span-id"] ?? null,
          body.model,
          "llm",
          at,
          at,
          metaOf(body.model, usage),
        )
      ),
    ];
    const duration = Date.parse(end) - Date.parse(start);
    const times = { start_time: start, end_time: end, duration_ms: duration };
    return { id, name: "session", status: "ok", ...times, span_count: spans.length, spans, events: [] };
  }).reverse();
}

/** As `meta` of an answer to /v3/call has it, which is documented; that a span has the same is assumed. */
function metaOf(model, usage) {
  const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
  return {
    model,
    provider: "fake",
    cost: usage.total_tokens / 1e6,
    usage: { input_tokens: usage.prompt_tokens, output_tokens: usage.completion_tokens, cache_read_tokens: cached },
    something_new: { a: 1 },
  };
}

/** One row a model, the dearest first. */
export function organizationUsage(log, from, to) {
  const calls = log.filter(({ usage, at }) => usage && at >= from && at < to);
  const rows = [...groupBy(calls, ({ body }) => body.model)].map(([group, calls]) => {
    const sum = (member) => calls.reduce((total, { usage }) => total + usage[member], 0);
    const cost = sum("total_tokens") / 1e6;
    const tokens = {
      prompt_tokens: sum("prompt_tokens"),
      completion_tokens: sum("completion_tokens"),
      total_tokens: sum("total_tokens"),
    };
    const costs = { cost, evals_cost: 0, guards_cost: 0, total_cost: cost, cache_savings: 0 };
    return { group, count: calls.length, ...tokens, ...costs, errors_other: 0, duration_ms_sum: 0 };
  });
  rows.sort((a, b) => b.total_cost - a.total_cost);
  return { data: rows, meta: { bucket: null, currency: "USD", from, to, group_by: "model", total_count: rows.length } };
}

/** One row a model and minute. Numbers as text where Opper may send them so. */
export function usageOf(log, sessionId) {
  const calls = log.filter(({ usage, path }) => usage && path.split("/").includes(sessionId));
  const rows = groupBy(calls, ({ at, body }) => `${at.slice(0, 16)}:00Z ${body.model}`);
  return [...rows].map(([key, calls]) => {
    const [bucket, model] = key.split(" ");
    const tokens = calls.reduce((sum, { usage }) => sum + usage.total_tokens, 0);
    return {
      time_bucket: bucket,
      model,
      cost: String(tokens / 1e6),
      count: calls.length,
      total_tokens: String(tokens),
    };
  });
}

/** What Map.groupBy() does, which Node 20 does not have. */
function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
