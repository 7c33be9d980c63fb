/**
 * The way that an agent's calls take to the gateway: through a relay of the launch's own, which keeps the key and gives
 * each session its trace, or straight there with the key, as one trace.
 */
import { BASE_URL_VARIABLE, CHILD_KEY_VARIABLE, type LaunchPlan, type LaunchRequest } from "../agents/launcher.ts";
import { AGENTS } from "../agents/agents.ts";
import type { WireSessionReader } from "../agents/wire_session.ts";
import { traceIdOfLaunch } from "../core/trace_id.ts";
import type { EpochMs } from "../core/model.ts";
import { ownPid } from "../host/child.ts";
import { appendRecord, ledgerPath } from "./ledger/ledger.ts";
import { type SessionRecord, WHOLE_LAUNCH } from "./ledger/records.ts";
import { startRelay } from "./relay/relay.ts";
import { TRACE_HEADERS } from "./relay/relayed_headers.ts";
import type { SeenSession } from "./relay/request_traces.ts";
import { sessionUrl } from "./routing.ts";

/** What a route is opened for. */
export interface RouteRequest {
  readonly launchId: string;
  /** Id of the agent. */
  readonly agent: string;
  readonly host: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly apiKey: string;
  readonly cwd: string;
  /** Absolute path of our own state directory. */
  readonly stateDirectory: string;
  readonly fetch: typeof fetch;
  now(): EpochMs;
  /** Of what cannot be recorded, once. */
  onProblem(message: string): void;
}

export interface LaunchRoute extends Pick<LaunchRequest, "sessionUrl" | "apiKey" | "headers"> {
  /** Whether the agent depends on this process. */
  readonly isRelayed: boolean;
  /** Told before the agent starts: the session of what names none in its requests. */
  follow(session: LaunchPlan["session"]): void;
  /** To be called when the agent has ended. */
  close(): Promise<void>;
}

/** Straight to the gateway. */
export function directRoute({ launchId, host, tags, apiKey }: RouteRequest): LaunchRoute {
  const traceId = traceIdOfLaunch(launchId);
  return {
    sessionUrl: sessionUrl(host, launchId, tags),
    apiKey,
    headers: Object.fromEntries(TRACE_HEADERS.map((name) => [name, traceId])),
    isRelayed: false,
    follow() {},
    close: () => Promise.resolve(),
  };
}

/** What a relay would be, for a plan that is only shown. */
export function shownRoute({ launchId, tags }: RouteRequest): LaunchRoute {
  return {
    sessionUrl: sessionUrl("http://127.0.0.1:PORT", launchId, tags),
    apiKey: "TOKEN-OF-THE-LAUNCH",
    headers: {},
    isRelayed: true,
    follow() {},
    close: () => Promise.resolve(),
  };
}

/** @throws {AgentError} failed, when no port is to be had */
export async function relayedRoute(request: RouteRequest): Promise<LaunchRoute> {
  const { launchId, agent, host, tags, apiKey, cwd, stateDirectory, now, onProblem } = request;
  const ledger = ledgerPath(stateDirectory, launchId);
  const record = recorder(ledger, onProblem);
  let followed: LaunchPlan["session"];
  const relay = startRelay({
    launchId,
    host,
    apiKey,
    fetch: request.fetch,
    sessionsOf: await sessionReaders(agent),
    session: () => followed === undefined ? undefined : { source: agent, ...followed },
    onSession: (session) => record(recordOf(session, { at: now(), cwd })),
    onBilled: (traces) => traces.forEach((trace) => record({ type: "billed", at: now(), ...trace })),
  });
  return {
    sessionUrl: sessionUrl(relay.url, launchId, tags),
    apiKey: relay.token,
    headers: {},
    isRelayed: true,
    follow(session) {
      followed = session;
    },
    close: () => relay.close(),
  };
}

/** A session as the ledger has it. What names none is all that the launch did. */
function recordOf(session: SeenSession, { at, cwd }: Pick<SessionRecord, "at" | "cwd">): SessionRecord {
  const reason = session.source === undefined ? WHOLE_LAUNCH : "request";
  return { type: "session", at, pid: ownPid(), reason, cwd, ...session };
}

/** The one trace of a launch whose agent sends what it was told to, and reports no sessions. */
export function wholeLaunch(launchId: string, when: Pick<SessionRecord, "at" | "cwd">): SessionRecord {
  return recordOf({ traceId: traceIdOfLaunch(launchId), sessionId: launchId }, when);
}

/** A full disk costs the record, and not the answer that the agent waits for. */
function recorder(
  path: string,
  onProblem: (message: string) => void,
): (record: Parameters<typeof appendRecord>[1]) => void {
  let isTold = false;
  return (record) => {
    try {
      appendRecord(path, record);
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      if (isTold) return;
      isTold = true;
      onProblem(`A session of this launch could not be recorded: ${error.message.replace(/\s+/g, " ")}`);
    }
  };
}

/** The launched agent's first; then those of all others, which it may start. Not with what starts them, which is more. */
async function sessionReaders(agent: string): Promise<readonly WireSessionReader[]> {
  const ordered = [...AGENTS].sort((a, b) => Number(b.id === agent) - Number(a.id === agent));
  const readers = await Promise.all(ordered.map(({ wireSession }) => wireSession?.()));
  return readers.filter((reader) => reader !== undefined);
}

/** Variables that every agent of a launch gets, so that what is launched within it takes the same way. */
export function routeVariables(route: LaunchRoute, env: Readonly<Record<string, string | undefined>>) {
  return {
    [CHILD_KEY_VARIABLE]: route.apiKey,
    [BASE_URL_VARIABLE]: route.sessionUrl,
    ...(route.isRelayed ? withoutProxy(env) : {}),
  };
}

/**
 * With a proxy and nothing else, clients ask it for 127.0.0.1 as well (Claude Code, 8 attempts; run 2026-11-26). Always, as
 * a client's own settings may name a proxy.
 */
function withoutProxy(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const said = (env["NO_PROXY"] || env["no_proxy"] || "").split(",").map((name) => name.trim()).filter((name) => name);
  const all = [...new Set([...said, ...LOOPBACK])].join(",");
  return { NO_PROXY: all, no_proxy: all };
}

const LOOPBACK = ["127.0.0.1", "localhost"];
