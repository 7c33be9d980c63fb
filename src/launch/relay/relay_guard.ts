/**
 * Who may use a launch's relay, looked at before anything is passed on: the agent, which has the token. Listening on
 * 127.0.0.1 keeps no web page out: a name that somebody else resolves to it (DNS rebinding) is told by the host, a page's
 * request by its origin.
 */
import { isSameSecret } from "../../core/secret.ts";

/** Of a request all that is looked at. */
export interface RelayedRequest {
  readonly method: string;
  readonly headers: Headers;
  /** As the URL parser has it: without dots to climb by. */
  readonly path: string;
}

/** Paths of the gateway that are passed on: its compatible APIs and session URLs, and what it says of usage and traces. */
const ROUTES = /^\/v[23]\//;

/**
 * @param own `127.0.0.1:<port>`, and the token of this launch
 * @returns the answer of who may not; undefined: it may
 */
export function refuseRelayed(
  { method, headers, path }: RelayedRequest,
  own: { readonly host: string; readonly token: string },
): Response | undefined {
  // No CORS headers on any of these: a page cannot even read that it was refused.
  if (headers.get("host")?.toLowerCase() !== own.host) return relayFailure(403, "This address is not the relay's own.");
  if (headers.has("origin")) return relayFailure(403, "Web pages may not ask the relay of a launch.");
  // Claude Code looks so, without a token, whether anybody is there.
  if (method === "HEAD") return new Response(null, { status: 200 });
  if (!hasToken(headers, own.token)) {
    return relayFailure(
      401,
      "This relay serves one launch only, and this is not its token: it may be of an earlier launch.",
    );
  }
  // Codex goes on without a websocket at once after this status, and after seven attempts after any other.
  if (headers.has("upgrade")) return relayFailure(426, "There are no websockets here.");
  if (!ROUTES.test(path)) return relayFailure(404, `The gateway has no route "${path}" for agents.`);
  return undefined;
}

/** In the form that both OpenAI's and Anthropic's clients read. */
export function relayFailure(status: number, message: string): Response {
  return Response.json({ type: "error", error: { type: "opper_agent_relay_error", code: null, message } }, { status });
}

/** Claude Code sends a key of its own beside the token, in the other of these headers. */
function hasToken(headers: Headers, token: string): boolean {
  const [, bearer] = /^Bearer (\S+)$/i.exec(headers.get("authorization") ?? "") ?? [];
  return [bearer, headers.get("x-api-key")].some((given) => given && isSameSecret(given, token));
}
