/**
 * A gateway for tests, on the loopback address: OpenAI chat completions and responses, Anthropic messages, and as much
 * of Opper's own API as is used here. It keeps every request, and counts prefixes that it has seen as cached.
 * It checks nothing that a real gateway would, except the key of `--refuse`. Plain JavaScript, so that any Node runs it.
 *
 *   node fake_gateway.mjs <port, 0 for any> [--refuse KEY]... [--models FILE] [--latency MS]
 *
 * Prints `LISTENING <port>` once it is up. Routes are told by how the path ends, so they work below a session URL too:
 *   /chat/completions /responses /messages   a model's answer, streamed if asked for
 *   /models                                  the catalogue: FILE, or {@link MODELS}
 *   /v3/traces /v3/traces/<id>               made of the requests that carried X-Opper-Trace-Id
 *   /v2/analytics/usage?session_id=          made of the requests below that session's URL; one millionth USD a token
 *   /__log /__reset /__health                the requests so far; forget them; 200
 *
 * What the last message of the user says decides the answer; a directive runs to the end of its line:
 *   SAY: <text>           answer exactly that
 *   BIG: <n>              answer n characters
 *   RUN: <command>        call the tool `bash`; once it has answered, answer text
 *   RUN2: <a> ;; <b>      two calls of `bash` at once
 *   LOOP: <n> <command>   n calls of `bash`, one a turn
 *   TOOL: <name> <json>   call any tool
 *   ERROR: <status> [msg] fail
 *   ERRONCE: <status>     fail the first time that this conversation is seen
 *   SLOW: <ms>            wait before the first byte
 *   DROP:                 cut the connection in mid-stream
 *   LENGTH:               stop for length
 *   PAD: <n>              count n more tokens of context, for as long as the message is in it
 *   NOUSAGE:              say no usage
 *   NOCACHE:              say that nothing was cached
 */
import http from "node:http";
import { readFileSync } from "node:fs";
import { createHash, randomUUID } from "node:crypto";
import process from "node:process";

/** Two that an agent can use, and one that calls no tools. */
const MODELS = [
  catalogueModel("anthropic/claude-sonnet-4.6", 200_000, 64_000, ["3", "15", "0.3", "3.75"]),
  catalogueModel("openai/gpt-5.5", 400_000, 128_000, ["1.25", "10", "0.125", null]),
  catalogueModel("acme/no-tools", 32_000, 8_000, ["1", "1", null, null], []),
];

/** Prices are USD per million tokens here, and per token in the answer, as Opper gives them. */
function catalogueModel(
  id,
  contextLength,
  maxOutput,
  [prompt, completion, read, write],
  capabilities = ["tools", "vision"],
) {
  const perToken = (price) => price === null ? undefined : String(Number((Number(price) / 1e6).toPrecision(12)));
  return {
    id,
    object: "model",
    context_length: contextLength,
    pricing: {
      prompt: perToken(prompt),
      completion: perToken(completion),
      input_cache_read: perToken(read),
      input_cache_write: perToken(write),
    },
    opper: {
      type: "llm",
      capabilities,
      max_output_tokens: maxOutput,
      reasoning: { supported: ["none", "low", "medium", "high"] },
    },
  };
}

const argv = process.argv.slice(2);
const opt = (n, d) => {
  const i = argv.indexOf(n);
  if (i < 0) return d;
  const v = argv[i + 1];
  argv.splice(i, 2);
  return v;
};
const latency = Number(opt("--latency", "0"));
const modelsFile = opt("--models");
const models = modelsFile === undefined ? MODELS : JSON.parse(readFileSync(modelsFile, "utf8"));
const refused = new Set();
for (let key; (key = opt("--refuse")) !== undefined;) refused.add(key);
const port = Number(argv[0] ?? 0);
const log = [];
let seq = 0;
const erronce = new Set();
const cacheSeen = new Map(); // cacheKey(prefix hash) -> tokens ; simulates prefix caching
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const tok = (s) => Math.ceil(s.length / 4);

function textOf(c) {
  if (c == null) return "";
  if (typeof c === "string") return c;
  if (Array.isArray(c)) {
    return c.map((b) =>
      typeof b === "string"
        ? b
        : b.text ?? b.input_text ?? (b.type === "tool_result" || b.type === "function_call_output" ? "" : "")
    ).join("\n");
  }
  return "";
}
// Normalise to [{role:user|assistant|tool|system, text, calls, raw}]
function normalise(kind, body) {
  const out = [];
  if (kind === "anthropic") {
    if (body.system) out.push({ role: "system", text: textOf(body.system), raw: body.system });
    for (const m of body.messages ?? []) {
      const isTool = Array.isArray(m.content) && m.content.some((b) => b.type === "tool_result");
      const onlyTool = isTool && !m.content.some((b) => b.type === "text" && b.text?.trim());
      out.push({ role: m.role === "user" ? (onlyTool ? "tool" : "user") : m.role, text: textOf(m.content), raw: m });
    }
  } else if (kind === "responses") {
    if (body.instructions) out.push({ role: "system", text: body.instructions, raw: body.instructions });
    const inp = typeof body.input === "string" ? [{ role: "user", content: body.input }] : body.input ?? [];
    for (const m of inp) {
      if (m.type === "function_call_output" || m.type === "custom_tool_call_output") {
        out.push({ role: "tool", text: "", raw: m });
      } else if (m.type === "function_call" || m.type === "reasoning" || m.type === "custom_tool_call") {
        out.push({ role: "assistant", text: "", raw: m });
      } else out.push({ role: m.role === "developer" ? "system" : m.role, text: textOf(m.content), raw: m });
    }
  } else {
    for (const m of body.messages ?? []) {
      out.push({ role: m.role === "developer" ? "system" : m.role, text: textOf(m.content), raw: m });
    }
  }
  return out;
}
function script(msgs) {
  let li = -1;
  for (let i = msgs.length - 1; i >= 0; i--) {
    if (msgs[i].role === "user") {
      li = i;
      break;
    }
  }
  const u = li >= 0 ? msgs[li].text : "";
  const toolRounds = msgs.slice(li + 1).filter((m) => m.role === "tool").length;
  const isSummary =
    /<conversation>|^\s*# Conversation|context checkpoint|structured summary|summari[sz]e the (conversation|branch)/i
      .test(u);
  const g = (re) => {
    const m = u.match(re);
    return m ? m[1].trim() : undefined;
  };
  const plan = {
    text: undefined,
    calls: [],
    error: undefined,
    slow: 0,
    drop: false,
    length: false,
    nousage: /NOUSAGE:/.test(u) && !isSummary,
    nocache: /NOCACHE:/.test(u) && !isSummary,
    user: u,
    isSummary,
    toolRounds,
  };
  plan.pad = isSummary
    ? 0
    : msgs.filter((m) => m.role === "user").reduce((a, m) => a + Number(m.text.match(/PAD:\s*(\d+)/)?.[1] ?? 0), 0);
  if (isSummary) {
    plan.text = "## Goal\nFake summary of the conversation.\n## Progress\n### Done\n- [x] things";
    return plan;
  }
  let v;
  if ((v = g(/ERROR:\s*([^\n]+)/))) {
    const [s, ...r] = v.split(" ");
    plan.error = { status: Number(s), message: r.join(" ") || `scripted ${s}` };
    return plan;
  }
  v = g(/ERRONCE:\s*([^\n]+)/);
  if (v) {
    const k = createHash("sha1").update(JSON.stringify(msgs.map((m) => m.text))).digest("hex");
    if (!erronce.has(k)) {
      erronce.add(k);
      plan.error = { status: Number(v.split(" ")[0]), message: "scripted once" };
      return plan;
    }
  }
  if ((v = g(/SLOW:\s*(\d+)/))) plan.slow = Number(v);
  if (/DROP:/.test(u)) plan.drop = true;
  if (/LENGTH:/.test(u)) plan.length = true;
  if ((v = g(/LOOP:\s*(\d+\s+[^\n]+)/))) {
    const [n, ...c] = v.split(" ");
    if (toolRounds < Number(n)) plan.calls = [{ name: "bash", args: { command: c.join(" ") } }];
  } else if (toolRounds === 0) {
    if ((v = g(/RUN2:\s*([^\n]+)/))) plan.calls = v.split(" ;; ").map((c) => ({ name: "bash", args: { command: c } }));
    else if ((v = g(/RUN:\s*([^\n]+)/))) plan.calls = [{ name: "bash", args: { command: v } }];
    else if ((v = g(/TOOL:\s*([^\n]+)/))) {
      const i = v.indexOf(" ");
      plan.calls = [{ name: i < 0 ? v : v.slice(0, i), args: i < 0 ? {} : JSON.parse(v.slice(i + 1)) }];
    }
  }
  const big = g(/BIG:\s*(\d+)/);
  const plain = toolRounds ? `Done after ${toolRounds} tool result(s).` : `Echo: ${u.slice(0, 80)}`;
  plan.text = g(/SAY:\s*([^\n]+)/) ?? (big ? "x ".repeat(Number(big) / 2) : plain);
  return plan;
}
function usageFor(body, msgs, plan, outText) {
  const pieces = [JSON.stringify(body.tools ?? [])].concat(
    msgs.map((m) => JSON.stringify(m.raw).replace(/,?"cache_control":\{[^}]*\}/g, "")),
  );
  const toks = pieces.map(tok);
  const total = toks.reduce((a, b) => a + b, 0) + plan.pad;
  if (plan.drop) plan.nocache = false;
  let h = createHash("sha1").update(body.model ?? ""), cached = 0, acc = 0;
  const keys = [];
  pieces.forEach((p, i) => {
    h = createHash("sha1").update(h.digest("hex")).update(p);
    const k = h.copy().digest("hex");
    acc += toks[i];
    if (i === pieces.length - 1) acc += 0;
    keys.push([k, acc]);
    if (cacheSeen.has(k)) cached = acc;
  });
  if (cached) cached += plan.pad;
  if (plan.nocache) cached = 0;
  cached = Math.min(cached, total - 1);
  if (plan.error === undefined) { for (const [k, a] of keys) cacheSeen.set(k, a); }
  const output = Math.max(1, tok(outText));
  return { total, cached: Math.max(0, cached), output };
}
/** Undefined for what is no JSON: kept in the log as text, and answered with 400. */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What is read from Opper's own API; undefined for another path. */
function readRoute(path, query) {
  if (path.endsWith("/models")) return { status: 200, body: { object: "list", data: models } };
  if (path.endsWith("/v3/traces")) {
    const all = tracesOf(log);
    const offset = Number(query.get("offset") ?? 0);
    const data = all.slice(offset, offset + Number(query.get("limit") ?? 50)).map(({ spans: _, ...trace }) => trace);
    return { status: 200, body: { data, meta: { total_count: all.length } } };
  }
  const [, id] = path.match(/\/v3\/traces\/([^/]+)$/) ?? [];
  if (id !== undefined) {
    const trace = tracesOf(log).find((trace) => trace.id === id);
    return trace ? { status: 200, body: { data: trace } } : { status: 404, body: { detail: "Trace not found" } };
  }
  if (path.endsWith("/v2/analytics/usage")) return { status: 200, body: usageRows(log, query.get("session_id")) };
  return undefined;
}

/** Model calls that were answered, with the tokens they took. */
function answered(log) {
  return log.filter((entry) => entry.response).map((entry) => {
    const { usage, model } = entry.response;
    const read = (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0);
    return { ...entry, model, tokens: usage.total_tokens ?? usage.input_tokens + usage.output_tokens + read };
  });
}

/** Newest first. The trace's own id is that of its root span, as when both headers are the same. */
function tracesOf(log) {
  const traces = new Map();
  for (const { headers, ts, status, model, seq } of answered(log)) {
    const id = headers["x-opper-trace-id"];
    if (!id) continue;
    const root = { id, trace_id: id, parent_id: null, name: "session", type: "session", start_time: ts };
    const trace = traces.get(id) ?? { id, name: "session", status: "ok", start_time: ts, spans: [root] };
    const parent = headers["x-opper-parent-span-id"] ?? null;
    const span = { id: `span-${seq}`, trace_id: id, parent_id: parent, name: model, type: "llm", start_time: ts };
    trace.spans.push({ ...span, end_time: ts, status: status === 200 ? "ok" : "error", error: null });
    Object.assign(root, { end_time: ts, status: "ok", error: null });
    Object.assign(trace, { end_time: ts, duration_ms: Date.parse(ts) - Date.parse(trace.start_time) });
    trace.span_count = trace.spans.length;
    traces.set(id, trace);
  }
  return [...traces.values()].reverse();
}

/** One row a model and minute, of the requests below one session's URL. Numbers as text, as Opper may send them. */
function usageRows(log, session) {
  const rows = new Map();
  for (const { path, ts, model, tokens } of answered(log)) {
    if (!session || !path.split("/").includes(session)) continue;
    const bucket = `${ts.slice(0, 16)}:00Z`;
    const row = rows.get(`${bucket} ${model}`) ?? { time_bucket: bucket, model, cost: 0, count: 0, total_tokens: 0 };
    row.count += 1;
    row.total_tokens += tokens;
    row.cost = row.total_tokens / 1e6;
    rows.set(`${bucket} ${model}`, row);
  }
  return [...rows.values()].map((row) => ({ ...row, cost: String(row.cost) }));
}

const server = http.createServer(async (req, res) => {
  const chunks = [];
  for await (const c of req) chunks.push(c);
  const raw = Buffer.concat(chunks).toString("utf8");
  const body = parseJson(raw);
  const path = req.url.split("?")[0];
  const json = (code, o, h = {}) => {
    res.writeHead(code, { "content-type": "application/json", ...h });
    res.end(JSON.stringify(o));
  };
  const { searchParams } = new URL(req.url, "http://loopback");
  if (path === "/__health") return json(200, { ok: true });
  if (path === "/__log") return json(200, log);
  if (path === "/__reset") {
    log.length = 0;
    cacheSeen.clear();
    erronce.clear();
    return json(200, {});
  }
  const rec = {
    seq: ++seq,
    ts: new Date().toISOString(),
    method: req.method,
    path: req.url,
    headers: req.headers,
    rawHeaders: req.rawHeaders,
    body: body ?? raw,
  };
  const finish = (extra) => {
    Object.assign(rec, extra);
    log.push(rec);
  };
  const key = (req.headers.authorization ?? "").replace(/^Bearer /, "");
  if (refused.has(key) || refused.has(req.headers["x-api-key"])) {
    finish({ status: 401 });
    return json(401, { error: { message: "Invalid API key" } });
  }
  const read = req.method === "GET" ? readRoute(path, searchParams) : undefined;
  if (read) {
    finish({ status: read.status });
    return json(read.status, read.body);
  }
  const kind = path.endsWith("/chat/completions")
    ? "openai"
    : path.endsWith("/messages")
    ? "anthropic"
    : path.endsWith("/responses")
    ? "responses"
    : undefined;
  if (path.endsWith("/messages/count_tokens")) {
    finish({ status: 200 });
    return json(200, { input_tokens: tok(raw) });
  }
  if (!kind || req.method !== "POST" || !body) {
    finish({ status: kind ? 400 : 200 });
    return json(kind ? 400 : 200, kind ? { error: { message: "bad json" } } : {});
  }
  const msgs = normalise(kind, body), plan = script(msgs);
  const outText = plan.calls.length ? JSON.stringify(plan.calls) : plan.text ?? "";
  const u = usageFor(body, msgs, plan, outText);
  const model = body.model ?? "fake";
  const id = `${kind === "anthropic" ? "msg" : kind === "openai" ? "chatcmpl" : "resp"}_${
    randomUUID().replace(/-/g, "").slice(0, 20)
  }`;
  if (latency) await sleep(latency);
  if (plan.error) {
    finish({ status: plan.error.status, kind, user: plan.user });
    return json(
      plan.error.status,
      kind === "anthropic"
        ? { type: "error", error: { type: "api_error", message: plan.error.message } }
        : { error: { message: plan.error.message, type: "fake_error", code: plan.error.status } },
      plan.error.status === 429 ? { "retry-after": "1" } : {},
    );
  }
  const fresh = u.total - u.cached;
  const oaUsage = {
    prompt_tokens: u.total,
    completion_tokens: u.output,
    total_tokens: u.total + u.output,
    prompt_tokens_details: { cached_tokens: u.cached, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
  // OpenRouter-like paths: billed cost + cache writes; OpenAI never reports writes.
  if (/openrouter/i.test(path)) {
    const w = /anthropic/.test(model) ? Math.max(0, fresh - 20) : 0;
    oaUsage.prompt_tokens_details.cache_write_tokens = w;
    oaUsage.cost = Number(((fresh * 3 + u.cached * 0.3 + u.output * 15) / 1e6).toFixed(8));
    oaUsage.is_byok = false;
    oaUsage.cost_details = { upstream_inference_cost: null };
  }
  // Reasoning split (subset of output) when the request asks for reasoning.
  const reasoning = body.reasoning_effort && body.reasoning_effort !== "none" || body.reasoning
    ? Math.min(u.output, 3)
    : 0;
  oaUsage.completion_tokens_details.reasoning_tokens = reasoning;
  const rUsage = {
    input_tokens: u.total,
    input_tokens_details: { cached_tokens: u.cached },
    output_tokens: u.output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: u.total + u.output,
  };
  const bodyStr = JSON.stringify(body),
    ttl1h = /"cache_control":\{[^}]*"ttl":"1h"/.test(bodyStr),
    hasCC = /"cache_control"/.test(bodyStr);
  const aIn = hasCC ? Math.min(20, fresh) : u.total, aW = hasCC ? fresh - aIn : 0, aR = hasCC ? u.cached : 0;
  const aUsage = {
    input_tokens: aIn,
    cache_creation_input_tokens: aW,
    cache_read_input_tokens: aR,
    cache_creation: { ephemeral_5m_input_tokens: ttl1h ? 0 : aW, ephemeral_1h_input_tokens: ttl1h ? aW : 0 },
    output_tokens: u.output,
    service_tier: "standard",
  };
  finish({
    status: 200,
    kind,
    user: plan.user,
    response: {
      id,
      model,
      calls: plan.calls,
      text: plan.calls.length ? undefined : plan.text?.slice(0, 200),
      usage: kind === "openai" ? oaUsage : kind === "responses" ? rUsage : aUsage,
    },
  });
  const hdr = { "x-request-id": `req_${id}`, "cache-control": "no-store" };
  const callId = (i) => kind === "anthropic" ? `toolu_${id.slice(-8)}${i}` : `call_${id.slice(-8)}${i}`;
  const stream = body.stream === true;
  if (stream) res.writeHead(200, { ...hdr, "content-type": "text/event-stream" });
  if (plan.slow) {
    if (stream) res.write(": hold\n\n");
    await sleep(plan.slow);
  }
  if (res.destroyed) return;
  const pieces = (plan.text ?? "").match(/[\s\S]{1,40}/g) ?? [""];
  const ev = (type, d) => res.write((type ? `event: ${type}\n` : "") + `data: ${JSON.stringify(d)}\n\n`);
  if (kind === "openai") {
    const finishReason = plan.length ? "length" : plan.calls.length ? "tool_calls" : "stop";
    const tcs = plan.calls.map((c, i) => ({
      index: i,
      id: callId(i),
      type: "function",
      function: { name: c.name, arguments: JSON.stringify(c.args) },
    }));
    if (!stream) {
      return json(200, {
        id,
        object: "chat.completion",
        created: Date.now() / 1000 | 0,
        model,
        choices: [{
          index: 0,
          message: {
            role: "assistant",
            content: tcs.length ? null : plan.text,
            ...(tcs.length ? { tool_calls: tcs } : {}),
          },
          finish_reason: finishReason,
        }],
        usage: oaUsage,
      }, hdr);
    }
    const c = (delta, fr = null, extra = {}) =>
      ev(null, {
        id,
        object: "chat.completion.chunk",
        created: Date.now() / 1000 | 0,
        model,
        choices: [{ index: 0, delta, finish_reason: fr }],
        ...extra,
      });
    c({ role: "assistant", content: "" });
    if (tcs.length) {
      for (const t of tcs) {
        const a = t.function.arguments;
        c({ tool_calls: [{ ...t, function: { name: t.function.name, arguments: "" } }] });
        c({ tool_calls: [{ index: t.index, function: { arguments: a } }] });
      }
    } else {for (const p of pieces) {
        c({ content: p });
        if (plan.drop) {
          await sleep(50);
          return res.destroy();
        }
      }}
    c({}, finishReason);
    if (!plan.nousage && body.stream_options?.include_usage !== false) {
      ev(null, {
        id,
        object: "chat.completion.chunk",
        created: Date.now() / 1000 | 0,
        model,
        choices: [],
        usage: oaUsage,
      });
    }
    res.write("data: [DONE]\n\n");
    return res.end();
  }
  if (kind === "anthropic") {
    const stop = plan.length ? "max_tokens" : plan.calls.length ? "tool_use" : "end_turn";
    const content = plan.calls.length
      ? plan.calls.map((c, i) => ({ type: "tool_use", id: callId(i), name: c.name, input: c.args }))
      : [{ type: "text", text: plan.text }];
    if (!stream) {
      return json(200, {
        id,
        type: "message",
        role: "assistant",
        model,
        content,
        stop_reason: stop,
        stop_sequence: null,
        usage: aUsage,
      }, hdr);
    }
    ev("message_start", {
      type: "message_start",
      message: {
        id,
        type: "message",
        role: "assistant",
        model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: plan.nousage ? { input_tokens: 0, output_tokens: 0 } : { ...aUsage, output_tokens: 1 },
      },
    });
    content.forEach((b, i) => {
      if (b.type === "text") {
        ev("content_block_start", { type: "content_block_start", index: i, content_block: { type: "text", text: "" } });
        for (const p of pieces) {
          ev("content_block_delta", { type: "content_block_delta", index: i, delta: { type: "text_delta", text: p } });
        }
      } else {
        ev("content_block_start", {
          type: "content_block_start",
          index: i,
          content_block: { type: "tool_use", id: b.id, name: b.name, input: {} },
        });
        ev("content_block_delta", {
          type: "content_block_delta",
          index: i,
          delta: { type: "input_json_delta", partial_json: JSON.stringify(b.input) },
        });
      }
      ev("content_block_stop", { type: "content_block_stop", index: i });
    });
    if (plan.drop) {
      await sleep(50);
      return res.destroy();
    }
    ev("message_delta", {
      type: "message_delta",
      delta: { stop_reason: stop, stop_sequence: null },
      usage: plan.nousage ? { output_tokens: 0 } : aUsage,
    });
    ev("message_stop", { type: "message_stop" });
    return res.end();
  }
  // responses
  const items = plan.calls.length
    ? plan.calls.map((c, i) => ({
      type: "function_call",
      id: `fc_${id.slice(-8)}${i}`,
      call_id: callId(i),
      name: c.name,
      arguments: JSON.stringify(c.args),
      status: "completed",
    }))
    : [{
      type: "message",
      id: `msg_${id.slice(-8)}`,
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: plan.text, annotations: [] }],
    }];
  const R = (status, output) => ({
    id,
    object: "response",
    created_at: Date.now() / 1000 | 0,
    status,
    model,
    output,
    usage: status === "completed" || status === "incomplete" ? rUsage : null,
    ...(plan.length ? { incomplete_details: { reason: "max_output_tokens" } } : {}),
  });
  if (!stream) return json(200, R("completed", items), hdr);
  let sn = 0;
  const e2 = (type, d) => ev(type, { type, sequence_number: sn++, ...d });
  e2("response.created", { response: R("in_progress", []) });
  items.forEach((it, i) => {
    if (it.type === "message") {
      e2("response.output_item.added", { output_index: i, item: { ...it, status: "in_progress", content: [] } });
      e2("response.content_part.added", {
        item_id: it.id,
        output_index: i,
        content_index: 0,
        part: { type: "output_text", text: "", annotations: [] },
      });
      for (const p of pieces) {
        e2("response.output_text.delta", { item_id: it.id, output_index: i, content_index: 0, delta: p });
      }
      e2("response.output_text.done", { item_id: it.id, output_index: i, content_index: 0, text: plan.text });
      e2("response.content_part.done", { item_id: it.id, output_index: i, content_index: 0, part: it.content[0] });
    } else {
      e2("response.output_item.added", { output_index: i, item: { ...it, arguments: "", status: "in_progress" } });
      e2("response.function_call_arguments.delta", { item_id: it.id, output_index: i, delta: it.arguments });
      e2("response.function_call_arguments.done", { item_id: it.id, output_index: i, arguments: it.arguments });
    }
    e2("response.output_item.done", { output_index: i, item: it });
  });
  if (plan.drop) {
    await sleep(50);
    return res.destroy();
  }
  e2(plan.length ? "response.incomplete" : "response.completed", {
    response: R(plan.length ? "incomplete" : "completed", items),
  });
  res.write("data: [DONE]\n\n");
  res.end();
});
server.on("clientError", (_error, socket) => socket.destroy());
server.listen(port, "127.0.0.1", () => console.log(`LISTENING ${server.address().port}`));
// Ends with the test that started it, however that ends.
process.stdin.on("end", () => process.exit(0)).resume();
