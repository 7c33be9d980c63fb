/**
 * A server inside a launch that stands between the agent and the gateway: the agent has its address and a token that is
 * worth nothing elsewhere, the key stays here. Each request gets the trace of the session that its headers name; bodies
 * pass in both directions as they are, and are never held.
 *
 * It has no time limit of its own: who waits is the agent. An agent that gives up ends the call at the gateway as well.
 */
import type { DurationMs } from "../../core/model.ts";
import { serveHere } from "../../host/http_server.ts";
import { type BilledTrace, BilledTraces } from "./billed_traces.ts";
import { refuseRelayed, relayFailure } from "./relay_guard.ts";
import { answerHeaders, forwardHeaders } from "./relayed_headers.ts";
import { makeRelayToken } from "./relay_token.ts";
import { RequestTraces, type RequestTracesOptions } from "./request_traces.ts";

/** What a relay stands in front of, and whom it tells. */
export interface RelayOptions extends RequestTracesOptions {
  /** Of the gateway: `https://api.opper.ai`. */
  readonly host: string;
  readonly apiKey: string;
  /** Proxies and authorities of this machine are its affair. */
  readonly fetch: typeof fetch;
  /** Called now and then, and at the end, with what traces have cost so far. */
  onBilled(traces: readonly BilledTrace[]): void;
}

export interface Relay {
  /** `http://127.0.0.1:<port>`, in place of the gateway's host. */
  readonly url: string;
  /** What the agent has in place of the key. */
  readonly token: string;
  /** Ends it, with the requests that are still on their way after a moment. */
  close(): Promise<void>;
}

/** How often costs are told while there are new ones. */
const BILLED_EVERY_MS: DurationMs = 10_000;

/** @throws {AgentError} failed, when no port is to be had */
export function startRelay(options: RelayOptions): Relay {
  const { host, apiKey, onBilled } = options;
  const token = makeRelayToken();
  const traces = new RequestTraces(options);
  const billed = new BilledTraces();
  let own = "";

  const answer = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const refused = refuseRelayed({ method: request.method, headers: request.headers, path: pathname }, {
      host: own,
      token,
    });
    if (refused !== undefined) return refused;
    const { traceId, isGiven } = traces.traceOf(request.headers, request.method, pathname);
    try {
      const answered = await options.fetch(`${host}${pathname}${search}`, {
        method: request.method,
        headers: forwardHeaders(request.headers, apiKey, isGiven ? undefined : traceId),
        body: request.body,
        // Where the gateway sends somebody else, the key does not go along.
        redirect: "manual",
        signal: request.signal,
      });
      if (request.method === "POST" && answered.ok) billed.add(traceId, answered.headers);
      return new Response(answered.body, {
        status: answered.status,
        statusText: answered.statusText,
        headers: answerHeaders(answered.headers),
      });
    } catch (error) {
      // Nobody reads it: the agent has gone.
      if (request.signal.aborted) return new Response(null, { status: 499 });
      return relayFailure(502, `${host} cannot be reached: ${reasonOf(error)}`);
    }
  };

  const server = serveHere(0, answer, (error) => relayFailure(500, `The relay failed: ${reasonOf(error)}`));
  own = `127.0.0.1:${server.port}`;
  const tell = () => {
    const changes = billed.takeChanges();
    if (changes.length > 0) onBilled(changes);
  };
  const timer = setInterval(tell, BILLED_EVERY_MS);
  return {
    url: `http://${own}`,
    token,
    async close() {
      clearInterval(timer);
      await server.close();
      tell();
    },
  };
}

/** Without what repeats the address. */
function reasonOf(error: unknown): string {
  const messages: string[] = [];
  for (let cause = error; cause instanceof Error && messages.length < 3; cause = cause.cause) {
    messages.push(cause.message);
  }
  return (messages.at(-1) ?? String(error)).replace(/\s+/g, " ").replace(/\.?$/, ".");
}
