/**
 * A gateway for tests, on the loopback address: a model in the protocols of OpenAI and Anthropic (fake_model.mjs says with
 * which answers), and as much of Opper's own API as is used here. It keeps every request. It checks nothing but the keys of
 * `--refuse` and `--no-credit`. Plain JavaScript, so that any Node runs it.
 *
 *   node fake_gateway.mjs [--refuse KEY]... [--no-credit KEY]... [--no-usage-scope KEY]... [--no-cost] [--models FILE] [--latency MS]
 *
 * Prints `LISTENING <port>` once it is up, and ends with its standard input. Routes are told by how the path ends, so
 * they work below a session URL too:
 *   /chat/completions, /responses,     a model's answer, streamed if asked for; with `X-Opper-Cost`, a millionth of a dollar
 *   /messages                          a token, but for --no-cost
 *   /models                            the catalogue: FILE, or {@link MODELS}
 *   /v3/traces, /v3/traces/<id>        made of the calls that carried X-Opper-Trace-Id. The members of traces and spans are
 *                                      those of the documents; what is in `meta` of a call is assumed (docs/adr/0021-what_opper_says.md)
 *   /v2/analytics/usage?session_id=    made of the calls below that session's URL; a millionth of a dollar a token
 *   /management/v1/usage?from&to       made of all calls of that time by model; 403 for keys of `--no-usage-scope`
 *   any, with ?fault=NAME              what fake_faults.mjs says
 *   /__log, /__reset                   the requests so far; forgets them, and what is cached
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { chat } from "./fake_chat.mjs";
import { sendFault } from "./fake_faults.mjs";
import { messages } from "./fake_messages.mjs";
import { createFakeModel } from "./fake_model.mjs";
import { organizationUsage, tracesOf, usageOf } from "./fake_reports.mjs";
import { responses } from "./fake_responses.mjs";

const PROTOCOLS = [chat, messages, responses];

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
    "no-credit": { type: "string", multiple: true, default: [] },
    "no-usage-scope": { type: "string", multiple: true, default: [] },
    "no-cost": { type: "boolean", default: false },
    models: { type: "string" },
    latency: { type: "string", default: "0" },
  },
});
const catalogue = options.models === undefined ? MODELS : JSON.parse(readFileSync(options.models, "utf8"));
const model = createFakeModel();
const log = [];

const server = createServer(async (request, response) => {
  const { method, url: path, headers } = request;
  const { pathname, searchParams } = new URL(path, "http://loopback");
  const fault = searchParams.get("fault");
  const record = { at: new Date().toISOString(), method, path, headers, body: "", status: 0, aborted: false };
  const isAsked = !pathname.startsWith("/__");
  if (isAsked) log.push(record);
  response.on("close", () => record.aborted = !response.writableFinished);

  const chunks = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      bytes += chunk.length;
      if (fault === null) chunks.push(chunk);
    }
  } catch {
    // Whoever asked has gone before it had said all.
    return;
  }
  const text = Buffer.concat(chunks).toString("utf8");
  record.body = parseJson(text) ?? text;
  if (pathname === "/__log") return sendJson(response, 200, log);
  if (pathname === "/__reset") {
    log.length = 0;
    model.forget();
    return sendJson(response, 200, {});
  }

  const send = (status, body, headers) => {
    record.status = status;
    sendJson(response, status, body, headers);
  };
  const key = (headers.authorization ?? "").replace(/^Bearer /, "");
  if (options.refuse.includes(key)) return send(401, { error: { message: "Invalid API key" } });
  if (fault !== null && await sendFault(fault, bytes, response)) return;
  if (pathname.endsWith("/management/v1/usage") && options["no-usage-scope"].includes(key)) {
    return send(403, { error: "Forbidden", required_scope: "usage:read" });
  }
  const protocol = method === "POST" ? PROTOCOLS.find(({ route }) => pathname.endsWith(route)) : undefined;
  if (protocol !== undefined) {
    if (options["no-credit"].includes(key)) return send(402, { error: { message: "No credit left", code: 402 } });
    return await sendAnswer(protocol, record, response, send);
  }
  const found = method === "GET" ? findRoute(pathname, searchParams) : undefined;
  send(found === undefined ? 404 : 200, found ?? { detail: "Not found" });
});

/** What is read from Opper's own API; undefined for what there is not. */
function findRoute(path, query) {
  if (path.endsWith("/models")) return { object: "list", data: catalogue };
  if (path.endsWith("/v2/analytics/usage")) return usageOf(log, query.get("session_id"));
  if (path.endsWith("/management/v1/usage")) return organizationUsage(log, query.get("from"), query.get("to"));
  const traces = tracesOf(log);
  if (path.endsWith("/v3/traces")) {
    const offset = Number(query.get("offset") ?? 0);
    const page = traces.slice(offset, offset + Number(query.get("limit") ?? 50));
    return { data: page.map(({ spans: _, events: __, ...trace }) => trace), meta: { total_count: traces.length } };
  }
  const trace = traces.find(({ id }) => path.endsWith(`/v3/traces/${id}`));
  return trace === undefined ? undefined : { data: trace };
}

async function sendAnswer(protocol, record, response, send) {
  const { body } = record;
  const asked = typeof body === "object" ? protocol.read(body) : undefined;
  if (asked === undefined) return send(400, { error: { message: "Expected messages" } });
  await delay(Number(options.latency));
  const { error, slowMs, ...answer } = model.answer(asked);
  if (error?.isPage) {
    record.status = error.status;
    response.writeHead(error.status, { "content-type": "text/html" });
    return response.end(`<html><body><h1>${error.message}</h1></body></html>`);
  }
  if (error) return send(error.status, protocol.failure(error), error.status === 429 ? { "retry-after": "1" } : {});
  Object.assign(record, { status: 200, usage: answer.usage });

  const whole = { ...answer, id: String(log.length), body, model: body.model };
  const cost = options["no-cost"] ? {} : { "x-opper-cost": String(answer.usage.total_tokens / 1e6) };
  await delay(slowMs);
  if (!body.stream) return sendJson(response, 200, protocol.whole(whole), cost);
  response.writeHead(200, { "content-type": "text/event-stream", ...cost });
  if (await protocol.stream(response, whole)) return response.end();
  await delay(50);
  response.destroy();
}

function sendJson(response, status, body, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
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
