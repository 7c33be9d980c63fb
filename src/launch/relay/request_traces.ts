/**
 * Which trace a request belongs to, by the session that its headers name; and the sessions that were seen in a launch,
 * each said once, at its first request.
 */
import type { HeaderReader, WireSession, WireSessionReader } from "../../agents/wire_session.ts";
import { traceIdOfLaunch, traceIdOfSession } from "../../core/trace_id.ts";
import type { SessionRecord } from "../ledger/records.ts";
import { TRACE_HEADERS } from "./relayed_headers.ts";

/** What is recorded of a session when it is first seen. */
export type SeenSession = Pick<
  SessionRecord,
  "traceId" | "sessionId" | "source" | "subagentId" | "parentSessionId" | "parentTraceId"
>;

/** By what requests are told apart, and who hears of sessions. */
export interface RequestTracesOptions {
  readonly launchId: string;
  /** Of every agent that can be launched: an agent may start another. */
  readonly sessionsOf: readonly WireSessionReader[];
  /** What requests that name no session are of; undefined: the launch itself. */
  session(): Pick<WireSession, "source" | "sessionId"> | undefined;
  onSession(session: SeenSession): void;
}

/** The trace of a request, and whether it has to be told to the gateway. */
export interface RequestTrace {
  readonly traceId: string;
  /** Set by whoever sent it: Pi's extension, or the relay of a launch within this one. */
  readonly isGiven: boolean;
}

/**
 * Where a model is asked. What names no session is looked at closer: Hermes asks every address by `POST /api/show`, before
 * any session is, whether it is an Ollama (0.16.0, run 2026-11-27).
 */
const MODEL_ROUTE = /\/(?:chat\/completions|completions|responses|messages|interactions|embeddings)$/;

export class RequestTraces {
  readonly #options: RequestTracesOptions;
  readonly #seen = new Set<string>();
  /** Of each agent the session that it named last. */
  readonly #latest = new Map<string, WireSession>();

  constructor(options: RequestTracesOptions) {
    this.#options = options;
  }

  /** @param method Only what may ask a model makes a session known: a list of models is asked for before any is */
  traceOf(headers: Headers, method: string, path: string): RequestTrace {
    const given = TRACE_HEADERS.map((name) => headers.get(name)).find((value) => value !== null && value !== "");
    if (given) return { traceId: given, isGiven: true };
    const named = this.#sessionOf((name) => headers.get(name) ?? undefined);
    if (named === undefined) return this.#unnamed(method, path);
    const session = this.#aboutWhich(named);
    const { source, sessionId, subagentId, parentSessionId } = session;
    const traceId = traceIdOfSession(source, sessionId, subagentId);
    const parent = subagentId === undefined ? parentSessionId : sessionId;
    const parentTraceId = parent === undefined ? undefined : traceIdOfSession(source, parent);
    if (method === "POST") {
      this.#note({ traceId, sessionId, source, subagentId, parentSessionId: parent, parentTraceId });
    }
    return { traceId, isGiven: false };
  }

  #sessionOf(header: HeaderReader): WireSession | undefined {
    for (const sessionOf of this.#options.sessionsOf) {
      const session = sessionOf(header);
      if (session !== undefined) return session;
    }
    return undefined;
  }

  /** A request for a title comes after the first turn that it is about (seen in 5 of 5 of Codex, 2026-11-26). */
  #aboutWhich(named: WireSession): WireSession {
    if (named.isAside) return this.#latest.get(named.source) ?? named;
    // What a sub-agent does is no conversation that somebody would want a title of.
    if (named.subagentId === undefined) this.#latest.set(named.source, named);
    return named;
  }

  #unnamed(method: string, path: string): RequestTrace {
    const { launchId } = this.#options;
    const session = this.#options.session();
    const traceId = session === undefined
      ? traceIdOfLaunch(launchId)
      : traceIdOfSession(session.source, session.sessionId);
    if (method === "POST" && MODEL_ROUTE.test(path)) this.#note({ traceId, sessionId: launchId, ...session });
    return { traceId, isGiven: false };
  }

  #note(session: SeenSession): void {
    if (this.#seen.has(session.traceId)) return;
    this.#seen.add(session.traceId);
    this.#options.onSession(session);
  }
}
