/**
 * The MCP server: tools, sessions as resources, prompts, over standard input and output until the client goes away or the
 * process is told to end.
 *
 * No logging, sampling, roots or tasks: the protocol has given them up. Standard output is the protocol's alone.
 */
import { AgentError } from "../core/errors.ts";
import type { DurationMs } from "../core/model.ts";
import { toSafeJson } from "../core/json/safe_json.ts";
import type { EndingSignal, StdioChannel } from "../host/stdio.ts";
import { askAgain } from "../operations/report/ask_again.ts";
import type { OperationContext } from "../operations/contract/context.ts";
import { onlyReads } from "../operations/contract/need.ts";
import { INSTRUCTIONS } from "./instructions.ts";
import { type CacheHint, DualEra, type ServerDescription } from "./dual_era.ts";
import { lenientObject } from "./tools/lenient_arguments.ts";
import { LineTransport } from "./line_transport.ts";
import { completePrompt, getPrompt, PROMPTS } from "./resources/prompts.ts";
import { ProgressReporter } from "./progress_reporter.ts";
import { readObject, readText, readTextFields, readTextIfAny } from "./parameters.ts";
import { messageOf, ProtocolError } from "./protocol_error.ts";
import { ProtocolServer, type RequestExtra } from "./protocol_server.ts";
import {
  completeSession,
  listSessionResources,
  readSessionResource,
  SESSION_TEMPLATE,
} from "./resources/session_resources.ts";
import { type ReportScan, SharedIndex } from "./shared_index.ts";
import type { JsonObject, ToolDefinition } from "./tools/tool_definition.ts";

type Scan = Awaited<ReturnType<OperationContext["openIndex"]>>;

/** Everything that the server needs of the process it runs in. */
export interface McpHost {
  readonly version: string;
  /** Whether it starts nothing: `--read-only`. */
  readonly readOnly: boolean;
  readonly channel: StdioChannel;
  stderr(text: string): void;
  onEndingSignal(listener: (signal: EndingSignal) => void): void;
  /** Called for every call, so that each has the time it came at. @throws {AgentError} for settings that cannot be read */
  makeContext(): Promise<Omit<OperationContext, "openIndex">>;
  /**
   * @param pause called between steps; throws when nobody waits for the scan any more
   * @param onProgress called as it gets on
   */
  openScan(pause: () => Promise<void>, onProgress: ReportScan): Promise<Scan>;
  /** Tools that start something; none with `--read-only`. */
  launchTools(): Promise<readonly ToolDefinition[]>;
  /** Ends all that the tools started, with everything below it. */
  closeRuns(): Promise<void>;
}

/** How long an ending server waits for what it started, and for its last words to be read. */
const CLOSE_RUNS_MS: DurationMs = 600;
const FLUSH_MS: DurationMs = 200;

/** What is the same as long as the server lives, and holds nothing of the user. */
const FIXED: CacheHint = { ttlMs: 300_000, cacheScope: "public" };
/** What changes with every log that is written. */
const FRESH: CacheHint = { ttlMs: 0, cacheScope: "private" };
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
  const withContext = makeContexts(host);
  handleTools(server, { host, loadTools, withContext });
  server.handle("resources/templates/list", (params) => {
    refuseCursor(params);
    return { resourceTemplates: [SESSION_TEMPLATE] };
  });
  server.handle("resources/list", (params, { signal }) => {
    const cursor = readTextIfAny(params, "cursor");
    return withContext(signal, (context) => listSessionResources(cursor, context));
  });
  server.handle("resources/read", async (params, { signal }) => {
    const uri = readText(params, "uri");
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

/** What handlers of tools need. */
interface ToolParts {
  readonly host: McpHost;
  readonly loadTools: () => Promise<ReadonlyMap<string, ToolDefinition>>;
  readonly withContext: WithContext;
}

function handleTools(server: ProtocolServer, { host, loadTools, withContext }: ToolParts): void {
  server.handle("tools/list", async (params) => {
    refuseCursor(params);
    const { listTools } = await import("./tools/tool_list.ts");
    return { tools: listTools(host) };
  });

  server.handle("tools/call", async (params, extra) => {
    const name = readText(params, "name");
    const args = lenientObject(params["arguments"]);
    if (args === undefined) throw new ProtocolError("invalid_params", "tools/call: arguments: expected an object");
    const tool = (await loadTools()).get(name);
    if (tool === undefined) {
      const known = [...(await loadTools()).keys()].join(", ");
      throw new ProtocolError(
        "invalid_params",
        `Unknown tool ${toSafeJson(name.slice(0, 80))}: expected ${known}.`,
      );
    }
    const progress = reportsOf(extra);
    try {
      const result = await withContext(
        extra.signal,
        (context) => tool.run(args, { signal: extra.signal, context, reportProgress: progress?.report }),
        { mayRepeat: onlyReads(tool.needs), onScan: progress?.reportScan },
      );
      return { content: [{ type: "text", text: toSafeJson(result) }], structuredContent: result };
    } catch (error) {
      if (extra.signal.aborted) throw error;
      const text = error instanceof AgentError ? messageOf(error) : reportBug(error, host);
      return { content: [{ type: "text", text }], isError: true };
    } finally {
      progress?.end();
    }
  });
}

type WithContext = ReturnType<typeof makeContexts>;

/** One scan for all calls that wait for one, and for each call a context that lends it. */
function makeContexts(host: McpHost) {
  const scans = new SharedIndex(host.openScan);
  /** Runs with a context of its own, whose scan is given back at the end, or as soon as nobody waits any more. */
  return async function withContext<T>(
    signal: AbortSignal,
    body: (context: OperationContext) => Promise<T>,
    { mayRepeat = true, onScan }: { readonly mayRepeat?: boolean; readonly onScan?: ReportScan } = {},
  ): Promise<T> {
    let use: ReturnType<typeof scans.acquire> | undefined;
    const release = () => use?.release();
    const context: OperationContext = {
      ...await host.makeContext(),
      openIndex: () => (use ??= scans.acquire(onScan)).scan,
      async distrustIndex() {
        const doubted = await use?.scan.catch(() => undefined);
        if (signal.aborted || !doubted?.distrust()) return false;
        release();
        use = undefined;
        return true;
      },
    };
    const ask = () => body(context);
    signal.addEventListener("abort", release);
    try {
      return await (mayRepeat ? ask().catch((error) => askAgain(error, context, ask)) : ask());
    } finally {
      signal.removeEventListener("abort", release);
      release();
    }
  };
}

/** These lists have one page. */
function refuseCursor(params: JsonObject): void {
  if (params["cursor"] !== undefined) {
    throw new ProtocolError("invalid_params", "The cursor is not one of this list's.");
  }
}

/** Details go to standard error: they may hold paths of this machine, which are no business of a model. */
function reportBug(error: unknown, host: McpHost): string {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  host.stderr(`error: this is a bug: ${what.replace(/\s+/g, " ")}\n`);
  return "This is a bug in opper-agent. The client's log of this server says more; trying again will not help.";
}

/** Only for who asked. */
function reportsOf({ progressToken, notify }: RequestExtra): ProgressReporter | undefined {
  if (progressToken === undefined) return undefined;
  return new ProgressReporter((report) => notify("notifications/progress", { progressToken, ...report }));
}
