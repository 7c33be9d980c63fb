// opper-agent: extension for Pi, version 1
/**
 * What a launched Pi loads: it registers the provider `opper`, sends each session's trace id with that provider's calls
 * alone, and reports each session to the launch's ledger. Without the launch's environment it does nothing at all.
 *
 * Shipped as text and compiled by Pi itself, so it imports nothing but Node's own modules. It writes no configuration
 * and keeps the key out of every file. Checked against Pi 0.74.2, 0.87.1 and 1.5.2 (2026-11-21).
 *
 * Environment, all set by the launch:
 * - `OPPER_AGENT_LAUNCH`: id of the launch. Absent: this process was not started by a launch.
 * - `OPPER_BASE_URL`, `OPPER_API_KEY`: where calls go, and with which key.
 * - `OPPER_AGENT_MODELS`: absolute path of a JSON file: an array of the models as Pi's `registerProvider` takes them,
 *   handed on as it is. Each needs `id`, `name`, `reasoning`, `input`, `cost` (`input`, `output`, `cacheRead`,
 *   `cacheWrite`: US dollars per million tokens, all four), `contextWindow` and `maxTokens`: Pi 0.74.2 has no defaults
 *   for them. `thinkingLevelMap` and `compat` may be left out; a Claude model gets no cache markers from Pi unless its
 *   `compat` says `"cacheControlFormat": "anthropic"`.
 * - `OPPER_AGENT_LEDGER`: absolute path of the file that gets one line a session start.
 * - `OPPER_AGENT_MCP`: JSON `{command, args}` of an MCP server to bring along. Absent: none.
 * - `OPPER_AGENT_STARTED`: programs on the way to this one. Removed, so that what Pi starts does not see it.
 * - `OPPER_AGENT_DEPTH`: how many launches this process lies within; the MCP server is told.
 * - `PI_SESSION_ID`, `PI_SESSION_FILE`: set by Pi in the shells it opens: they name the session that started this one.
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";

/** Provider that the user's models are chosen from: `--provider opper`. */
const PROVIDER = "opper";
const MCP_SERVER = "opper-agent";
/** Type of the entry that marks a session as traced; its data is `{traceId, launchId}`. */
const TRACE_ENTRY = "opper-agent.trace";
/** The same as in core/trace_id.ts, which this file cannot import; a test holds the two together. */
const TRACE_NAMESPACE = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
/** What this process knows of us, kept where every copy of this file finds it. */
const SHARED = Symbol.for("opper-agent.pi-extension");

/** As much of Pi's extension API as is used here: Pi's own types cannot be imported where this is checked. */
export interface PiApi {
  on(event: "session_start", handler: (event: { readonly reason?: string }, context: PiContext) => void): unknown;
  on(event: "before_agent_start" | "session_shutdown", handler: (event: unknown, context: PiContext) => void): unknown;
  registerProvider(name: string, config: ProviderConfig): void;
  appendEntry(customType: string, data: unknown): void;
  /** Since Pi 1.0. */
  registerMcpServer?(name: string, config: McpServerConfig): void;
}

/** What Pi hands to a handler of an event: the session it is in, and a way to say something. */
export interface PiContext {
  readonly cwd: string;
  readonly hasUI: boolean;
  /** The model that the session is set to. */
  readonly model?: { readonly provider: string };
  readonly ui: { notify(message: string, kind: "warning"): void };
  readonly sessionManager: {
    /** Undefined for a session that is kept in no file; relative after `--session-dir` with a relative path. */
    getSessionFile(): string | undefined;
    getSessionId(): string;
    getEntries(): readonly { readonly type: string; readonly customType?: string; readonly data?: unknown }[];
  };
}

/** A provider as Pi takes it. One that is registered again takes the place of the earlier one. */
export interface ProviderConfig {
  readonly name: string;
  readonly api: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly models?: readonly unknown[];
}

/** An MCP server as Pi takes it. */
export interface McpServerConfig {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly exposure: "direct";
}

interface Shared {
  /** Address of the copy of this file that acts; undefined when none does. */
  owner?: string;
  hasReported?: boolean;
}

type Environment = Record<string, string | undefined>;

/** Where Pi starts. It takes whatever is thrown here as fatal, so nothing is. */
export default function startInPi(pi: PiApi): void {
  startExtension(pi, process.env, import.meta.url);
}

/**
 * Does all of the above, given what the process was started with. Never throws.
 *
 * Pi runs this again for every session of a process. A second copy of the file, found in another place, does nothing.
 *
 * @param self address of this copy
 */
export function startExtension(pi: PiApi, env: Environment, self: string): void {
  const launchId = env["OPPER_AGENT_LAUNCH"];
  if (!launchId) return;
  const shared = sharedState();
  if (shared.owner !== undefined && shared.owner !== self) return;
  shared.owner = self;
  // Pi is there: what it starts was not started by a script on the way to it.
  delete env["OPPER_AGENT_STARTED"];
  guard(undefined, () => {
    const baseUrl = env["OPPER_BASE_URL"];
    const apiKey = env["OPPER_API_KEY"];
    if (!baseUrl || !apiKey) throw new Error("OPPER_BASE_URL or OPPER_API_KEY is missing: calls are not routed");
    const provider: ProviderConfig = {
      name: "Opper",
      api: "openai-completions",
      baseUrl,
      apiKey: keyText(apiKey, env),
    };
    const models = readModels(env["OPPER_AGENT_MODELS"]);
    const parent = { id: env["PI_SESSION_ID"], file: env["PI_SESSION_FILE"] };

    // A fresh object each time: Pi 0.74.2 keeps the first one it gets and writes into it.
    const register = (headers: Readonly<Record<string, string>>) =>
      pi.registerProvider(PROVIDER, { ...provider, headers, ...(models === undefined ? {} : { models }) });
    // Already here, so that `--model opper/…` and `--list-models` find it; there is no session yet to name.
    register({});

    let started: string | undefined;
    pi.on("session_start", ({ reason }, context) =>
      guard(context, () => {
        const session = sessionOf(context);
        register({ "X-Opper-Trace-Id": session.traceId, "X-Opper-Parent-Span-Id": session.traceId });
        // Pi's RPC mode announces the start of each session after the first one twice.
        const start = `${reason} ${session.traceId}`;
        if (start === started) return;
        started = start;
        guard(context, () => registerMcpServer(pi, env, session));
        guard(context, () =>
          appendLine(env["OPPER_AGENT_LEDGER"], {
            type: "session",
            at: Date.now(),
            traceId: session.traceId,
            sessionId: session.id,
            sessionFile: session.file,
            pid: process.pid,
            parentSessionId: parent.id,
            parentSessionFile: parent.file === undefined ? undefined : resolve(parent.file),
            reason: reason ?? "startup",
            cwd: context.cwd,
          }));
      }));
    // Not at the start of the session: one that is opened and closed without a word is left as it was, and which
    // provider the user talks to is known only now.
    pi.on("before_agent_start", (_event, context) => guard(context, () => markSession(pi, context, launchId)));
    // Whichever copy Pi loads first for the next session takes over, even when this one is gone by then.
    pi.on("session_shutdown", () => {
      if (shared.owner === self) shared.owner = undefined;
    });
  });
}

/** Version 5 UUID of a name: for the absolute path of a session file, the session's trace id. */
export function nameTrace(name: string): string {
  const hash = createHash("sha1").update(TRACE_NAMESPACE.replaceAll("-", ""), "hex").update(name, "utf8").digest("hex");
  // RFC 9562, section 5.5: 128 bits of the hash, four of them the version and two the variant.
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `5${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join("-");
}

interface TracedSession {
  readonly id: string;
  /** Absolute. */
  readonly file?: string;
  readonly traceId: string;
}

function sessionOf({ sessionManager }: PiContext): TracedSession {
  const id = sessionManager.getSessionId();
  const given = sessionManager.getSessionFile();
  if (given === undefined) return { id, traceId: isUuid(id) ? id.toLowerCase() : nameTrace(id) };
  const file = resolve(given);
  return { id, file, traceId: nameTrace(file) };
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(text);
}

/**
 * Text from which every Pi makes the key. Later ones read a template and put the variable in; before 0.77.0 it is the
 * name of a variable, else the key itself. So a key with no character that a template knows can stand for itself, and
 * any other is found under both readings.
 */
function keyText(key: string, env: Environment): string {
  if (literal(key) === key) return key;
  env["$OPPER_API_KEY"] = key;
  return "$OPPER_API_KEY";
}

/** Writes a value so that Pi takes it as it is where it reads a template. */
function literal(value: string): string {
  return value.replaceAll("$", "$$$$").replace(/^!/, "$$!");
}

/** Undefined when there are none to be had: the models of the user's own `opper` provider, if any, then stay. */
function readModels(path: string | undefined): readonly unknown[] | undefined {
  return guard(undefined, () => {
    if (!path) throw new Error("OPPER_AGENT_MODELS is missing: no models of Opper can be offered");
    const models: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (!Array.isArray(models) || models.length === 0) throw new Error(`"${path}" holds no models`);
    return models;
  });
}

/** Pi hands on all of its environment (1.5.2); what the server cannot do without is there even if one day it does not. */
function registerMcpServer(pi: PiApi, environment: Environment, session: TracedSession): void {
  const text = environment["OPPER_AGENT_MCP"];
  if (!text || pi.registerMcpServer === undefined) return;
  const depth = environment["OPPER_AGENT_DEPTH"];
  const { command, args } = JSON.parse(text) as { readonly command: string; readonly args: readonly string[] };
  pi.registerMcpServer(MCP_SERVER, {
    command,
    args,
    env: {
      OPPER_AGENT_SESSION_ID: literal(session.id),
      ...(session.file === undefined ? {} : { OPPER_AGENT_SESSION_FILE: literal(session.file) }),
      ...(depth === undefined ? {} : { OPPER_AGENT_DEPTH: literal(depth) }),
    },
    exposure: "direct",
  });
}

/**
 * Once a file, and only where calls go to Opper. Forks carry the mark of the session that they come from, which names
 * another trace.
 */
function markSession(pi: PiApi, context: PiContext, launchId: string): void {
  const { file, traceId } = sessionOf(context);
  if (file === undefined || context.model?.provider !== PROVIDER) return;
  const isMarked = context.sessionManager.getEntries().some(({ type, customType, data }) =>
    type === "custom" && customType === TRACE_ENTRY && (data as { traceId?: unknown } | undefined)?.traceId === traceId
  );
  if (!isMarked) pi.appendEntry(TRACE_ENTRY, { traceId, launchId });
}

/** One write to a file opened for appending, so that lines of processes that share it never mix. */
function appendLine(path: string | undefined, record: object): void {
  if (!path) return;
  const file = openSync(path, "a", 0o600);
  try {
    writeSync(file, `${JSON.stringify(record)}\n`);
  } finally {
    closeSync(file);
  }
}

/** Runs one step; what it throws is said once a process, and Pi goes on without that step. */
function guard<T>(context: PiContext | undefined, step: () => T): T | undefined {
  try {
    return step();
  } catch (error) {
    const shared = sharedState();
    if (!shared.hasReported) {
      shared.hasReported = true;
      const what = `opper-agent: ${error instanceof Error ? error.message : String(error)}`.replace(/\s+/g, " ");
      // Lines on standard error would tear Pi's full screen.
      if (context?.hasUI) context.ui.notify(what, "warning");
      else process.stderr.write(`${what}\n`);
    }
    return undefined;
  }
}

function sharedState(): Shared {
  const known = Reflect.get(globalThis, SHARED) as Shared | undefined;
  if (known !== undefined) return known;
  const fresh: Shared = {};
  Reflect.set(globalThis, SHARED, fresh);
  return fresh;
}
