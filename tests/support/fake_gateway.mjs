/**
 * A gateway for tests, on the loopback address: OpenAI chat completions (fake_model.mjs says with which answers), and
 * as much of Opper's own API as is used here. It keeps every request. It checks nothing but the keys of `--refuse`.
 * Plain JavaScript, so that any Node runs it.
 *
 *   node fake_gateway.mjs [--refuse KEY]... [--no-usage-scope KEY]... [--models FILE] [--latency MS]
 *
 * Prints `LISTENING <port>` once it is up, and ends with its standard input. Routes are told by how the path ends, so
 * they work below a session URL too:
 *   /chat/completions                  a model's answer, streamed if asked for
 *   /models                            the catalogue: FILE, or {@link MODELS}
 *   /v3/traces, /v3/traces/<id>        made of the calls that carried X-Opper-Trace-Id. The members of traces and spans are
 *                                      those of the documents; what is in `meta` of a call is assumed (docs/adr/0021-what_opper_says.md)
 *   /v2/analytics/usage?session_id=    made of the calls below that session's URL; a millionth of a dollar a token
 *   /management/v1/usage?from&to       made of all calls of that time by model; 403 for keys of `--no-usage-scope`
 *   /__log, /__reset                   the requests so far; forgets them, and what is cached
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createFakeModel } from "./fake_model.mjs";

/** Two that an agent can use, and one that calls no tools. Prices in US dollars a token, as Opper gives them. */
const MODELS = [
  {
    id: "anthropic/claude-sonnet-4.6",
    context_length: 200_000,
    pricing: {
      prompt: "0.000003",
      completion: "0.000015",
      input_cache_read: "0.0000003",
      input_cache_write: "0.00000375",
    },
    opper: {
      type: "llm",
      capabilities: ["tools", "vision"],
      max_output_tokens: 64_000,
      reasoning: { supported: ["none", "low", "medium", "high"] },
    },
  },
  {
    id: "openai/gpt-5.5",
    context_length: 400_000,
    pricing: { prompt: "0.00000125", completion: "0.00001", input_cache_read: "0.000000125" },
    opper: {
      type: "llm",
      capabilities: ["tools"],
      max_output_tokens: 128_000,
      reasoning: { supported: ["minimal", "low", "medium", "high"] },
    },
  },
  {
    id: "acme/no-tools",
    context_length: 32_000,
    pricing: { prompt: "0.000001", completion: "0.000001" },
    opper: { type: "llm", capabilities: [], max_output_tokens: 8_000, reasoning: { supported: [] } },
  },
];

const { values: options } = parseArgs({
  options: {
    refuse: { type: "string", multiple: true, default: [] },
    "no-usage-scope": { type: "string", multiple: true, default: [] },
    models: { type: "string" },
    latency: { type: "string", default: "0" },
  },
});
const catalogue = options.models === undefined ? MODELS : JSON.parse(readFileSync(options.models, "utf8"));
const model = createFakeModel();
const log = [];

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  const { pathname, searchParams } = new URL(request.url, "http://loopback");
  if (pathname === "/__log") return sendJson(response, 200, log);
  if (pathname === "/__reset") {
    log.length = 0;
    model.forget();
    return sendJson(response, 200, {});
  }

  const { method, url: path, headers } = request;
  const record = { at: new Date().toISOString(), method, path, headers, body: parseJson(text) ?? text, status: 0 };
  log.push(record);
  const send = (status, body) => {
    record.status = status;
    sendJson(response, status, body);
  };
  const key = (headers.authorization ?? "").replace(/^Bearer /, "");
  if (options.refuse.includes(key)) return send(401, { error: { message: "Invalid API key" } });
  if (pathname.endsWith("/management/v1/usage") && options["no-usage-scope"].includes(key)) {
    return send(403, { error: "Forbidden", required_scope: "usage:read" });
  }
  if (method === "POST" && pathname.endsWith("/chat/completions")) return await sendAnswer(record, response, send);
  const found = method === "GET" ? findRoute(pathname, searchParams) : undefined;
  send(found === undefined ? 404 : 200, found ?? { detail: "Not found" });
});

/** What is read from Opper's own API; undefined for what there is not. */
function findRoute(path, query) {
  if (path.endsWith("/models")) return { object: "list", data: catalogue };
  if (path.endsWith("/v2/analytics/usage")) return usageOf(query.get("session_id"));
  if (path.endsWith("/management/v1/usage")) return organizationUsage(query.get("from"), query.get("to"));
  const traces = tracesOf();
  if (path.endsWith("/v3/traces")) {
    const offset = Number(query.get("offset") ?? 0);
    const page = traces.slice(offset, offset + Number(query.get("limit") ?? 50));
    return { data: page.map(({ spans: _, events: __, ...trace }) => trace), meta: { total_count: traces.length } };
  }
  const trace = traces.find(({ id }) => path.endsWith(`/v3/traces/${id}`));
  return trace === undefined ? undefined : { data: trace };
}

/** Newest first. Each has a root span of the trace's own id, as when both of Opper's headers carry it. */
function tracesOf() {
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
function organizationUsage(from, to) {
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
function usageOf(sessionId) {
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

async function sendAnswer(record, response, send) {
  const { body } = record;
  if (!Array.isArray(body?.messages)) return send(400, { error: { message: "Expected messages" } });
  await delay(Number(options.latency));
  const { error, text, calls, usage, slowMs, drops } = model.answer(body);
  if (error) return send(error.status, { error: { message: error.message, code: error.status } });
  Object.assign(record, { status: 200, usage });

  const id = `chatcmpl-${log.length}`;
  const toolCalls = calls.map(({ name, args }, index) => ({
    index,
    id: `call_${log.length}_${index}`,
    type: "function",
    function: { name, arguments: JSON.stringify(args) },
  }));
  const finishReason = calls.length > 0 ? "tool_calls" : "stop";
  await delay(slowMs);
  if (!body.stream) {
    const message = { role: "assistant", content: text, ...(calls.length > 0 ? { tool_calls: toolCalls } : {}) };
    const choices = [{ index: 0, message, finish_reason: finishReason }];
    return sendJson(response, 200, { id, object: "chat.completion", model: body.model, choices, usage });
  }

  response.writeHead(200, { "content-type": "text/event-stream" });
  const sendChunk = (fields) =>
    response.write(
      `data: ${JSON.stringify({ id, object: "chat.completion.chunk", model: body.model, choices: [], ...fields })}\n\n`,
    );
  const sendDelta = (delta, reason = null) => sendChunk({ choices: [{ index: 0, delta, finish_reason: reason }] });
  sendDelta({ role: "assistant", content: "" });
  if (calls.length > 0) sendDelta({ tool_calls: toolCalls });
  else for (const piece of text.match(/[\s\S]{1,40}/g) ?? []) sendDelta({ content: piece });
  if (drops) {
    await delay(50);
    return response.destroy();
  }
  sendDelta({}, finishReason);
  sendChunk({ usage });
  response.end("data: [DONE]\n\n");
}

/** What Map.groupBy() does, which Node 20 does not have. */
function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function sendJson(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

/** Undefined for what is no JSON. */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

server.listen(0, "127.0.0.1", () => console.log(`LISTENING ${server.address().port}`));
process.stdin.on("end", () => process.exit(0)).resume();
