#!/usr/bin/env node
// Fake of OpenRouter's read-only API, for tests of the enrichment. Node >= 20, no dependencies, 127.0.0.1 only.
//
// usage: node fake_openrouter.mjs [PORT|0] [--seed FILE.json] [--log FILE.jsonl] [--portfile FILE] [--latency MS]
//   PORT 0 (the default) takes a free port. "LISTENING <port>" goes to stdout, and the bare number to --portfile.
//   --log gets one JSON line per request: {n, t, method, path, id, key, status, concurrent, scenario}. `key` is the
//   name of the key in the seed, "none" or "unknown": the key itself is written nowhere.
//   --latency MS before every answer (default 0): without it answers are so fast that requests hardly overlap.
//   Without --seed the built-in seed at the end of this file is served (node fake_openrouter.mjs --print-seed).
//
// Everything that is answered comes from the seed: same seed and same order of requests, same answers. No clock, no
// randomness (but for `slow` and `hang`, which wait). Counters ("the third time this id is asked for") start at zero
// and are set back by POST /__reset.
//
// Endpoints, all below /api/v1, as the public OpenAPI file of 2026-08-22 and the SDK of 2026-09-23 describe them:
//   GET /generation?id=ID     {data:{...}}, 45 members; the seed's entry over DEFAULTS (all members are always there)
//   GET /key                  the key that asks: usage and limits; also the way to try a key
//   GET /credits              management key only (403 otherwise)
//   GET /activity?date=DAY    management key only; rows {date, model, model_permaslug, endpoint_id, provider_name, usage,
//                             byok_usage_inference, requests, prompt_tokens, completion_tokens, reasoning_tokens}, made by
//                             adding up the seed's generations by UTC day, model and provider (tokens are native ones)
//   GET /analytics/meta, POST /analytics/query   management key only; supports metrics [request_count, total_usage,
//                             credits_usage, byok_usage, tokens_prompt, tokens_completion, cached_tokens] and dimensions
//                             [generation_id | model | provider], filters eq/in on these, time_range, limit (default 1000,
//                             at most 10000, metadata.truncated says whether it cut). More than 31 days with generation_id or
//                             provider: 400
//   GET /models, GET /models/AUTHOR/SLUG/endpoints   no key needed; the seed's `models`, prices as strings per token
//   GET /generation/content   always 403, and `contentAsked` in /__state goes up: an enrichment must never ask for it
// For tests: GET /__state {requests, byId, maxConcurrent, contentAsked, keys}, GET /__log (the lines as an array),
//   POST /__reset, GET /__health.
//
// Errors have OpenRouter's shape {error:{code, message, metadata?}, user_id?}. Without a bearer key 401 "Missing
// Authentication header"; with one that the seed does not list 401 "User not found."; a generation of another account
// is 404 for an ordinary key (as an unknown id is), so that nothing can be learned from it.
//
// SEED FILE: {"keys": {NAME: {"key": "sk-or-...", "account": "A", "management": false, ...members of GET /key}},
//             "generations": [{"id": "gen-...", "account": "A", "scenario": S?, ...members of the answer}],
//             "models": [{"id", "pricing", ..., "endpoints": [...]}],
//             "limits": {"maxConcurrent": N?, "afterRequests": N?, "burst": N?, "retryAfterS": N?}}
// scenario, by id (default "ok"):
//   "ok"                 answered at once
//   "late:N"             404 the first N times, then answered: OpenRouter's records lag behind the response
//   "missing"            404 for ever: expired, or never there
//   "forbidden"          403: one document says so of a generation of another user, where the OpenAPI file has 404 only
//   "429:N[:S]"          429 the first N times, with Retry-After: S (default 1) and X-RateLimit-* headers; S may be "none"
//   "500:N" "502:N" "524:N" "529:N"   that status the first N times
//   "slow:MS"            waits MS before the first byte
//   "hang"               accepts, sends headers, never ends the body (until the client goes, or 60 s)
//   "truncated:N"        the first N answers break off in the middle of the JSON and the socket is destroyed
//   "html:N"             200 with a page of HTML the first N times (a captive portal, Cloudflare)
//   "nulls"              every nullable member is null
//   "strings"            numbers come as strings, and there is a member that nobody knows
//   "wrong_id"           the answer is about another id
//   "redirect"           302 to another origin: a key must not follow it
//   "revoked:N"          from the Nth request for it on, every key is refused with 401: a key revoked in mid-run
// limits, for all requests together: `afterRequests` N answers the (N+1)th request and `burst` more with 429 (Retry-After
//   retryAfterS); `maxConcurrent` N answers 429 whenever more than N requests are under way.
import http from "node:http";
import fs from "node:fs";

const argv = process.argv.slice(2);
const option = (name) => {
  const at = argv.indexOf(name);
  return at < 0 ? undefined : argv.splice(at, 2)[1];
};
const flag = (name) => {
  const at = argv.indexOf(name);
  return at >= 0 && argv.splice(at, 1).length === 1;
};
const seedFile = option("--seed"), logFile = option("--log"), portFile = option("--portfile");
const latency = Number(option("--latency") ?? 0), printSeed = flag("--print-seed");

/** Every member of a generation that the API documents, at its plainest. */
const DEFAULTS = {
  api_type: "completions", app_id: null, cache_discount: null, cancelled: false, created_at: "2026-11-20T10:00:00.000000+00:00",
  data_region: "global", external_user: null, finish_reason: "stop", generation_time: 1200, http_referer: null, id: "",
  is_byok: false, latency: 1250, model: "", moderation_latency: null, native_finish_reason: "stop", native_tokens_cached: 0,
  native_tokens_completion: 0, native_tokens_completion_images: 0, native_tokens_prompt: 0, native_tokens_reasoning: 0,
  num_fetches: 0, num_input_audio_prompt: 0, num_media_completion: 0, num_media_prompt: 0, num_search_results: 0, origin: "",
  preset_id: null, provider_name: null, provider_responses: null, request_id: null, response_cache_source_id: null,
  router: null, service_tier: null, session_id: null, streamed: true, tokens_completion: 0, tokens_prompt: 0, total_cost: 0,
  upstream_id: null, upstream_inference_cost: 0, usage: 0, user_agent: null, web_search_engine: null, workspace_id: null,
};
/** Members that are never null (SDK of 2026-09-23). */
const NEVER_NULL = new Set(["created_at", "data_region", "id", "is_byok", "model", "origin", "total_cost", "usage"]);

const KEY_DEFAULTS = {
  byok_usage: 0, byok_usage_daily: 0, byok_usage_monthly: 0, byok_usage_weekly: 0, creator_user_id: "user_fake", expires_at: null,
  include_byok_in_limit: false, is_free_tier: false, is_management_key: false, is_provisioning_key: false,
  label: "sk-or-v1-fak...key", limit: null, limit_remaining: null, limit_reset: null,
  rate_limit: { interval: "10s", note: "This field is deprecated and safe to ignore.", requests: -1 },
  usage: 0, usage_daily: 0, usage_monthly: 0, usage_weekly: 0,
};

const seed = seedFile === undefined ? builtInSeed() : JSON.parse(fs.readFileSync(seedFile, "utf8"));
if (printSeed) {
  console.log(JSON.stringify(seed, null, 1));
  process.exit(0);
}
const generations = new Map((seed.generations ?? []).map((entry) => [entry.id, entry]));
const keys = Object.entries(seed.keys ?? {}).map(([name, entry]) => ({ name, ...entry }));
const limits = seed.limits ?? {};

let state;
function reset() {
  state = { requests: 0, byId: new Map(), concurrent: 0, maxConcurrent: 0, contentAsked: 0, keys: new Map(), log: [], revoked: false };
}
reset();

const server = http.createServer((request, response) => {
  const url = new URL(request.url, "http://127.0.0.1");
  if (url.pathname.startsWith("/__")) return control(url, response);
  // Kept, so that a reset in the middle of a request is not told of it.
  const counted = state;
  counted.requests++;
  counted.concurrent++;
  counted.maxConcurrent = Math.max(counted.maxConcurrent, counted.concurrent);
  const entry = { n: counted.requests, t: Math.round(performance.now()), method: request.method, path: url.pathname, id: url.searchParams.get("id") ?? undefined, concurrent: counted.concurrent };
  let over = false;
  const done = () => {
    if (over) return;
    over = true;
    counted.concurrent--;
    entry.status = entry.status ?? response.statusCode;
    counted.log.push(entry);
    if (logFile !== undefined) fs.appendFileSync(logFile, JSON.stringify(entry) + "\n");
  };
  response.on("close", done);
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    const reply = () => answer(request, url, body, response, entry);
    if (latency > 0) setTimeout(reply, latency);
    else reply();
  });
});

function control(url, response) {
  if (url.pathname === "/__reset") reset();
  const byId = Object.fromEntries(state.byId);
  const answers = {
    "/__health": { ok: true }, "/__reset": { ok: true }, "/__log": state.log,
    "/__state": { requests: state.requests, byId, maxConcurrent: state.maxConcurrent, contentAsked: state.contentAsked, keys: Object.fromEntries(state.keys) },
  };
  const found = answers[url.pathname];
  send(response, found === undefined ? 404 : 200, found ?? { error: "no such control" });
}

function answer(request, url, body, response, entry) {
  const path = url.pathname.replace(/\/+$/, "");
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  const key = keys.find((one) => one.key === bearer);
  entry.key = bearer === undefined ? "none" : key?.name ?? "unknown";
  state.keys.set(entry.key, (state.keys.get(entry.key) ?? 0) + 1);

  if (limits.maxConcurrent !== undefined && state.concurrent > limits.maxConcurrent) return tooMany(response, entry, limits.retryAfterS);
  if (limits.afterRequests !== undefined && state.requests > limits.afterRequests && state.requests <= limits.afterRequests + (limits.burst ?? 1)) {
    return tooMany(response, entry, limits.retryAfterS);
  }
  const models = /^\/api\/v1\/models(?:\/([^/]+)\/([^/]+)\/endpoints)?$/.exec(path);
  if (models !== null && request.method === "GET") return listModels(response, models);
  if (!path.startsWith("/api/v1/")) return error(response, 404, "Not Found");
  if (bearer === undefined) return error(response, 401, "Missing Authentication header");
  if (key === undefined || state.revoked) return error(response, 401, "User not found.");

  switch (`${request.method} ${path.slice("/api/v1".length)}`) {
    case "GET /generation":
      return generation(url, key, response, entry);
    case "GET /generation/content":
      state.contentAsked++;
      return error(response, 403, "Only management keys can perform this operation");
    case "GET /key":
      return send(response, 200, { data: keyData(key) });
    case "GET /credits":
      if (!key.management) return error(response, 403, "Only management keys can perform this operation");
      return send(response, 200, { data: { total_credits: key.total_credits ?? 100, total_usage: sum(ownOf(key), "usage") } });
    case "GET /activity":
      if (!key.management) return error(response, 403, "Only management keys can perform this operation");
      return send(response, 200, { data: activity(key, url.searchParams.get("date")) });
    case "GET /analytics/meta":
      if (!key.management) return error(response, 403, "Only management keys can perform this operation");
      return send(response, 200, { data: META });
    case "POST /analytics/query":
      if (!key.management) return error(response, 403, "Only management keys can perform this operation");
      return query(key, body, response);
    default:
      return error(response, 404, "Not Found");
  }
}

function generation(url, key, response, entry) {
  const id = url.searchParams.get("id");
  if (id === null || id === "") return error(response, 400, "Invalid request parameters");
  const asked = (state.byId.get(id) ?? 0) + 1;
  state.byId.set(id, asked);
  const found = generations.get(id);
  if (found === undefined || (found.account ?? key.account) !== key.account) return error(response, 404, `Generation ${id} not found`);
  const [kind, first, second] = (found.scenario ?? "ok").split(":");
  entry.scenario = found.scenario ?? "ok";
  const count = Number(first ?? 1);
  const plain = () => send(response, 200, { data: dataOf(found) });
  switch (kind) {
    case "ok":
      return plain();
    case "late":
      return asked <= count ? error(response, 404, `Generation ${id} not found`) : plain();
    case "forbidden":
      return error(response, 403, "You do not have access to this generation");
    case "missing":
      return error(response, 404, `Generation ${id} not found`);
    case "429":
      return asked <= count ? tooMany(response, entry, second) : plain();
    case "500":
    case "502":
    case "524":
    case "529":
      return asked <= count ? error(response, Number(kind), kind === "500" ? "Internal Server Error" : "Provider returned error") : plain();
    case "slow":
      return void setTimeout(plain, count);
    case "hang": {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"data":{"id":');
      const timer = setTimeout(() => response.destroy(), 60_000);
      return void response.on("close", () => clearTimeout(timer));
    }
    case "truncated": {
      if (asked > count) return plain();
      const text = JSON.stringify({ data: dataOf(found) });
      response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
      response.write(text.slice(0, Math.floor(text.length / 2)));
      return void setTimeout(() => response.destroy(), 20);
    }
    case "html":
      if (asked > count) return plain();
      response.writeHead(200, { "content-type": "text/html" });
      return void response.end("<!doctype html><title>Just a moment...</title>");
    case "nulls":
      return send(response, 200, { data: Object.fromEntries(Object.entries(dataOf(found)).map(([name, value]) => [name, NEVER_NULL.has(name) ? value : null])) });
    case "strings":
      return send(response, 200, { data: { ...Object.fromEntries(Object.entries(dataOf(found)).map(([name, value]) => [name, typeof value === "number" ? String(value) : value])), something_new: { a: 1 } } });
    case "wrong_id":
      return send(response, 200, { data: { ...dataOf(found), id: `${id}-other` } });
    case "redirect":
      response.writeHead(302, { location: "http://localhost:9/elsewhere" });
      return void response.end();
    case "revoked":
      if (asked >= count) state.revoked = true;
      return state.revoked ? error(response, 401, "User not found.") : plain();
    default:
      return error(response, 500, `unknown scenario ${found.scenario}`);
  }
}

function dataOf(found) {
  const { account: _account, scenario: _scenario, ...members } = found;
  return { ...DEFAULTS, ...members };
}

function ownOf(key) {
  return [...generations.values()].filter((one) => (one.account ?? key.account) === key.account && one.scenario !== "missing").map(dataOf);
}

function sum(rows, member) {
  return round(rows.reduce((total, row) => total + (row[member] ?? 0), 0));
}

function round(value) {
  return Math.round(value * 1e12) / 1e12;
}

function keyData({ name: _name, key: _key, account: _account, management, total_credits: _credits, ...own }) {
  return { ...KEY_DEFAULTS, is_management_key: management === true, is_provisioning_key: management === true, ...own };
}

/** The last 30 completed days count, as the newest generation of the seed tells the time. */
function activity(key, date) {
  const rows = new Map();
  for (const row of ownOf(key)) {
    const day = row.created_at.slice(0, 10);
    if (date !== null && day !== date) continue;
    const id = `${day}\n${row.model}\n${row.provider_name}`;
    const into = rows.get(id) ?? {
      byok_usage_inference: 0, completion_tokens: 0, date: day, endpoint_id: `ep-${row.model}-${row.provider_name}`, model: row.model.replace(/-\d{8}$/, ""),
      model_permaslug: row.model, prompt_tokens: 0, provider_name: row.provider_name, reasoning_tokens: 0, requests: 0, usage: 0,
    };
    into.usage = round(into.usage + row.usage);
    into.byok_usage_inference = round(into.byok_usage_inference + (row.is_byok ? row.upstream_inference_cost ?? 0 : 0));
    into.requests++;
    into.prompt_tokens += row.native_tokens_prompt ?? 0;
    into.completion_tokens += row.native_tokens_completion ?? 0;
    into.reasoning_tokens += row.native_tokens_reasoning ?? 0;
    rows.set(id, into);
  }
  return [...rows.values()].sort((a, b) => (a.date + a.model_permaslug < b.date + b.model_permaslug ? 1 : -1));
}

const METRICS = {
  request_count: () => 1,
  total_usage: (row) => row.usage + (row.is_byok ? row.upstream_inference_cost ?? 0 : 0),
  credits_usage: (row) => row.usage,
  byok_usage: (row) => (row.is_byok ? row.upstream_inference_cost ?? 0 : 0),
  tokens_prompt: (row) => row.native_tokens_prompt ?? 0,
  tokens_completion: (row) => row.native_tokens_completion ?? 0,
  cached_tokens: (row) => row.native_tokens_cached ?? 0,
};
const DIMENSIONS = { generation_id: (row) => row.id, model: (row) => row.model, provider: (row) => row.provider_name };
const META = {
  metrics: Object.keys(METRICS).map((name) => ({ name, display_label: name, is_rate: false, display_format: /usage/.test(name) ? "currency" : "number" })),
  dimensions: Object.keys(DIMENSIONS).map((name) => ({ name, display_label: name })),
  operators: [{ name: "eq", value_type: "scalar" }, { name: "in", value_type: "array" }],
  granularities: ["minute", "hour", "day", "week", "month"].map((name) => ({ name, display_label: name })),
};

function query(key, body, response) {
  let asked;
  try {
    asked = JSON.parse(body);
  } catch {
    return error(response, 400, "Invalid request parameters");
  }
  const { metrics = [], dimensions = [], filters = [], limit = 1000 } = asked;
  const start = Date.parse(asked.time_range?.start ?? "1970-01-01"), end = Date.parse(asked.time_range?.end ?? "2999-01-01");
  const bad = metrics.length === 0 || metrics.some((name) => METRICS[name] === undefined) || dimensions.length > 2 ||
    dimensions.some((name) => DIMENSIONS[name] === undefined) || filters.some(({ field }) => DIMENSIONS[field] === undefined) ||
    !(limit >= 1 && limit <= 10_000) || (asked.time_range !== undefined && end - start > 31 * 86_400_000 && dimensions.some((name) => name !== "model"));
  if (bad) return error(response, 400, "Invalid request parameters");
  const rows = new Map();
  for (const row of ownOf(key)) {
    const at = Date.parse(row.created_at);
    if (!(at >= start && at < end)) continue;
    const passes = filters.every(({ field, operator, value }) => {
      const own = DIMENSIONS[field](row);
      return operator === "in" ? value.includes(own) : own === value;
    });
    if (!passes) continue;
    const names = dimensions.map((name) => [name, DIMENSIONS[name](row)]);
    const id = JSON.stringify(names);
    const into = rows.get(id) ?? Object.fromEntries([...names, ...metrics.map((name) => [name, 0])]);
    for (const name of metrics) into[name] = round(into[name] + METRICS[name](row));
    rows.set(id, into);
  }
  const all = [...rows.values()];
  send(response, 200, { data: { data: all.slice(0, limit), metadata: { query_time_ms: 1, row_count: Math.min(all.length, limit), truncated: all.length > limit } } });
}

function listModels(response, [, author, slug]) {
  if (author === undefined) return send(response, 200, { data: (seed.models ?? []).map(({ endpoints: _endpoints, ...model }) => model) });
  const model = (seed.models ?? []).find(({ id }) => id === `${author}/${slug}`);
  return model === undefined ? error(response, 404, "Resource not found") : send(response, 200, { data: model });
}

function tooMany(response, entry, retryAfter = 1) {
  entry.status = 429;
  if (String(retryAfter) !== "none") response.setHeader("retry-after", String(retryAfter));
  response.setHeader("x-ratelimit-limit", "20");
  response.setHeader("x-ratelimit-remaining", "0");
  response.setHeader("x-ratelimit-reset", "1795000000000");
  error(response, 429, "Rate limit exceeded", { error_type: "rate_limit_exceeded" });
}

function error(response, code, message, metadata) {
  send(response, code, { error: { code, message, ...(metadata === undefined ? {} : { metadata }) } });
}

function send(response, status, body) {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

server.listen(Number(argv[0] ?? 0), "127.0.0.1", () => {
  const { port } = server.address();
  if (portFile !== undefined) fs.writeFileSync(portFile, String(port));
  console.log(`LISTENING ${port}`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));

/**
 * One conversation of six turns on Claude through OpenRouter: Anthropic, Anthropic, then a re-route to Google (cold, and
 * written again), Google, back to Anthropic (cold), Anthropic; and one generation for each scenario. Session ids are as
 * Pi sends them (x-session-id), costs are those of Claude Sonnet 4.6's list: 3 / 15 / 0.3 / 3.75 dollars a million.
 */
function builtInSeed() {
  const turn = (n, minute, provider, cached, written, fresh, output, more = {}) => {
    const prompt = cached + written + fresh;
    const cost = round((fresh * 3 + cached * 0.3 + written * 3.75 + output * 15) / 1e6);
    return {
      id: `gen-1763632800-turn${n}`, account: "me", model: "anthropic/claude-4.6-sonnet-20260217", provider_name: provider,
      created_at: `2026-11-20T10:${String(minute).padStart(2, "0")}:00.000000+00:00`, session_id: "01a1fb65-f104-7c22-9d11-000000000001",
      native_tokens_prompt: prompt, native_tokens_cached: cached, native_tokens_completion: output, native_tokens_reasoning: 0,
      tokens_prompt: Math.round(prompt * 0.82), tokens_completion: Math.round(output * 0.83), usage: cost, total_cost: cost,
      cache_discount: round((cached * 2.7 - written * 0.75) / 1e6), latency: 900 + n, generation_time: 2000 + n * 10,
      upstream_id: `msg_01fake${n}`, http_referer: "https://pi.dev", user_agent: "pi/1.5.2 (linux; node/v24.21.0; x64)",
      provider_responses: [{ endpoint_id: `ep-${provider}`, id: `msg_01fake${n}`, is_byok: false, latency: 880 + n, model_permaslug: "anthropic/claude-4.6-sonnet-20260217", provider_name: provider, status: 200 }],
      ...more,
    };
  };
  const other = (name, scenario, more = {}) => ({ ...turn(90, 30, "Anthropic", 0, 0, 1000, 100), id: `gen-1763634600-${name}`, scenario, session_id: null, ...more });
  const failover = [
    { endpoint_id: "ep-Anthropic", is_byok: false, latency: 310, model_permaslug: "anthropic/claude-4.6-sonnet-20260217", provider_name: "Anthropic", status: 529 },
    { endpoint_id: "ep-Google", id: "msg_vrtx_01", is_byok: false, latency: 1210, model_permaslug: "anthropic/claude-4.6-sonnet-20260217", provider_name: "Google", status: 200 },
  ];
  return {
    keys: {
      ordinary: { key: "sk-or-v1-ordinary", account: "me", usage: 25.5, usage_daily: 1.25, usage_weekly: 6, usage_monthly: 20.75, limit: 100, limit_remaining: 74.5, limit_reset: "monthly" },
      management: { key: "sk-or-v1-management", account: "me", management: true, total_credits: 100 },
      stranger: { key: "sk-or-v1-stranger", account: "other" },
    },
    generations: [
      turn(1, 0, "Anthropic", 0, 12_000, 40, 300),
      turn(2, 2, "Anthropic", 12_000, 900, 30, 250),
      turn(3, 4, "Google", 0, 13_400, 35, 280, { provider_responses: failover }),
      turn(4, 5, "Google", 13_400, 700, 30, 200),
      turn(5, 17, "Anthropic", 0, 14_500, 30, 220),
      turn(6, 18, "Anthropic", 14_500, 600, 30, 210),
      other("byok", "ok", { is_byok: true, usage: 0.000225, total_cost: 0.000225, upstream_inference_cost: 0.0045 }),
      other("free", "ok", { model: "qwen/qwen3-coder:free", provider_name: "Chutes", usage: 0, total_cost: 0, cache_discount: null }),
      other("auto", "ok", { router: "openrouter/auto", model: "openai/gpt-5.5-20260514", provider_name: "OpenAI" }),
      other("reasoning", "ok", { model: "moonshotai/kimi-k3-20260701", provider_name: "Moonshot AI", native_tokens_reasoning: 80 }),
      other("cancelled", "ok", { cancelled: true, finish_reason: null, native_finish_reason: null }),
      other("replayed", "ok", { response_cache_source_id: "gen-1763632800-turn1", usage: 0, total_cost: 0, provider_name: null, provider_responses: null }),
      other("late", "late:2"), other("missing", "missing"), other("forbidden", "forbidden"), other("limited", "429:2:1"), other("limited-silent", "429:1:none"),
      other("broken", "500:1"), other("bad-gateway", "502:2"), other("overloaded", "529:1"), other("slow", "slow:1500"), other("hang", "hang"),
      other("truncated", "truncated:1"), other("html", "html:1"), other("nulls", "nulls"), other("strings", "strings"),
      other("wrong-id", "wrong_id"), other("redirect", "redirect"), other("revoked", "revoked:1"),
      { ...other("strangers", "ok"), account: "other" },
    ],
    models: [
      {
        id: "anthropic/claude-sonnet-4.6", canonical_slug: "anthropic/claude-4.6-sonnet-20260217", name: "Anthropic: Claude Sonnet 4.6", created: 1771200000, context_length: 1000000,
        pricing: { prompt: "0.000003", completion: "0.000015", input_cache_read: "0.0000003", input_cache_write: "0.00000375", input_cache_write_1h: "0.000006" },
        endpoints: ["Anthropic", "Google", "Amazon Bedrock"].map((provider_name) => ({ name: `${provider_name} | anthropic/claude-4.6-sonnet-20260217`, model_id: "anthropic/claude-4.6-sonnet-20260217", provider_name, tag: provider_name.toLowerCase().replace(/ /g, "-"), status: 0, supports_implicit_caching: false, pricing: { prompt: "0.000003", completion: "0.000015", input_cache_read: "0.0000003", input_cache_write: "0.00000375", input_cache_write_1h: "0.000006" } })),
      },
      {
        id: "moonshotai/kimi-k3", canonical_slug: "moonshotai/kimi-k3-20260701", name: "MoonshotAI: Kimi K3", created: 1782864000, context_length: 262144, pricing: { prompt: "0.000003", completion: "0.000015", input_cache_read: "0.0000003" },
        endpoints: [
          { name: "Moonshot AI | moonshotai/kimi-k3-20260701", model_id: "moonshotai/kimi-k3-20260701", provider_name: "Moonshot AI", tag: "moonshotai", status: 0, supports_implicit_caching: true, pricing: { prompt: "0.000003", completion: "0.000015", input_cache_read: "0.0000003" } },
          { name: "Chutes | moonshotai/kimi-k3-20260701", model_id: "moonshotai/kimi-k3-20260701", provider_name: "Chutes", tag: "chutes", status: 0, supports_implicit_caching: false, pricing: { prompt: "0.0000009", completion: "0.000004", discount: 0.1 } },
        ],
      },
    ],
  };
}
