/**
 * The MCP server: tools, sessions and a page that draws answers as resources, prompts, over standard input and output until the client goes away or the
 * process is told to end.
 *
 * No logging, sampling, roots or tasks: the protocol has given them up. Standard output is the protocol's alone.
 */
import type { DurationMs } from "../core/model.ts";
import type { EndingSignal } from "../host/stdio.ts";
import { makeCallContexts } from "./call_contexts.ts";
import { type CacheHint, DualEra, type ServerDescription } from "./dual_era.ts";
import { handleTools } from "./handle_tools.ts";
import { INSTRUCTIONS } from "./instructions.ts";
import { LineTransport } from "./line_transport.ts";
import type { McpHost } from "./mcp_host.ts";
import { readObject, readText, readTextFields, readTextIfAny, refuseCursor } from "./parameters.ts";
import { ProtocolError } from "./protocol_error.ts";
import { ProtocolServer } from "./protocol_server.ts";
import { CARD_ADDRESS, readCard } from "./resources/card_resource.ts";
import { completePrompt, getPrompt, PROMPTS } from "./resources/prompts.ts";
import {
  completeSession,
  listSessionResources,
  readSessionResource,
  SESSION_TEMPLATE,
} from "./resources/session_resources.ts";
import { isOfNewEra, TASKS, UI } from "./envelope.ts";
import type { ToolDefinition } from "./tools/tool_definition.ts";

/** How long an ending server waits for what it started, and for its last words to be read. */
const CLOSE_RUNS_MS: DurationMs = 600;
const FLUSH_MS: DurationMs = 200;

/** What is the same as long as the server lives, and holds nothing of the user. */
const FIXED: CacheHint = { ttlMs: 300_000, cacheScope: "public" };
/** What changes with every log that is written. */
const FRESH: CacheHint = { ttlMs: 0, cacheScope: "private" };
/** The page is part of the program, and has nothing of the user. */
const CARD_HINT: CacheHint = { ttlMs: 86_400_000, cacheScope: "public" };
const CACHE_HINTS: Readonly<Record<string, CacheHint>> = {
  "server/discover": FIXED,
  "tools/list": FIXED,
  "prompts/list": FIXED,
  "resources/templates/list": FIXED,
  "resources/list": FRESH,
  "resources/read": FRESH,
};

const SIGNAL_NUMBERS: Readonly<Record<EndingSignal, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/**
 * Serves until the end of input, or a signal.
 *
 * @returns the exit status: 0, or 128 and the signal's number
 */
export async function serveMcp(host: McpHost): Promise<number> {
  guardStdout();
  const description: ServerDescription = {
    serverInfo: { name: "opper-agent", title: "opper-agent", version: host.version },
    capabilities: { tools: {}, resources: {}, prompts: {}, completions: {} },
    extensions: { [UI]: {}, ...(host.readOnly ? {} : { [TASKS]: {} }) },
    instructions: INSTRUCTIONS,
    cacheHints: CACHE_HINTS,
  };
  const lines = new LineTransport({ input: host.channel.input, write: host.channel.write });
  const transport = new DualEra(lines, description);
  const server = new ProtocolServer(transport, description, (error) => reportBug(error, host));
  registerHandlers(server, host);
  const ended = new Promise<number>((resolve) => {
    server.onclose = () => resolve(0);
    host.onEndingSignal((signal) => resolve(128 + SIGNAL_NUMBERS[signal]));
  });
  host.channel.broken.then(() => transport.close());
  await server.start();
  const status = await ended;
  transport.endSubscriptions();
  await Promise.race([host.closeRuns(), new Promise((resolve) => setTimeout(resolve, CLOSE_RUNS_MS))]);
  await host.channel.flush(FLUSH_MS);
  return status;
}

/** A stray line on standard output would break the protocol: whatever a library prints goes to standard error. */
function guardStdout(): void {
  for (const method of ["log", "info", "debug", "dir", "table", "group", "count"] as const) {
    console[method] = (...values: unknown[]) => console.error(...values);
  }
}

function registerHandlers(server: ProtocolServer, host: McpHost): void {
  let loaded: Promise<ReadonlyMap<string, ToolDefinition>> | undefined;
  const loadTools = () =>
    loaded ??= Promise.all([import("./tools/reading_tools.ts").then((it) => it.readingTools()), host.launchTools()])
      .then((lists) => new Map(lists.flat().map((tool) => [tool.name, tool])));
  const withContext = makeCallContexts(host);
  handleTools(server, { host, loadTools, withContext, reportBug: (error) => reportBug(error, host) });
  server.handle("resources/templates/list", (params) => {
    refuseCursor(params);
    return { resourceTemplates: [SESSION_TEMPLATE] };
  });
  server.handle("resources/list", (params, { signal }) => {
    const cursor = readTextIfAny(params, "cursor");
    return withContext(signal, (context) => listSessionResources(cursor, context));
  });
  server.handle("resources/read", async (params, { signal, meta }) => {
    const uri = readText(params, "uri");
    if (uri === CARD_ADDRESS) {
      const contents = await readCard();
      return isOfNewEra(meta) ? { contents, ...CARD_HINT } : { contents };
    }
    const tool = (await loadTools()).get("session_cost")!;
    return await withContext(signal, (context) => readSessionResource(uri, tool, { signal, context }));
  });

  server.handle("prompts/list", (params) => {
    refuseCursor(params);
    return { prompts: PROMPTS };
  });
  server.handle("prompts/get", (params) => getPrompt(readText(params, "name"), readTextFields(params, "arguments")));

  server.handle("completion/complete", async (params, { signal }) => {
    const [reference, argument] = [readObject(params, "ref"), readObject(params, "argument")];
    const [name, value] = [readText(argument, "name"), readText(argument, "value")];
    const type = readText(reference, "type");
    const completes = type === "ref/resource"
      ? readText(reference, "uri") === SESSION_TEMPLATE.uriTemplate && name === "id"
      : type === "ref/prompt"
      ? completePrompt(readText(reference, "name"), name)
      : undefined;
    if (completes === undefined) {
      throw new ProtocolError("invalid_params", "Expected ref.type to be one that is known.");
    }
    if (!completes) return { completion: { values: [], total: 0, hasMore: false } };
    return { completion: await withContext(signal, (context) => completeSession(value, context)) };
  });
}

/** Details go to standard error: they may hold paths of this machine, which are no business of a model. */
function reportBug(error: unknown, host: McpHost): string {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  host.stderr(`error: this is a bug: ${what.replace(/\s+/g, " ")}\n`);
  return "This is a bug in opper-agent. The client's log of this server says more; trying again will not help.";
}
