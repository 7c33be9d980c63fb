/** Headers of what passes the relay: what is of one connection stays on it, and no credential but ours goes on. */

/** Of one connection (RFC 9110 section 7.6.1), or worked out anew for the next. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** The user's own keys for other vendors, which clients send beside what they were told to (launchers.md, 3.1 and 3.2). */
const CREDENTIALS = ["authorization", "x-api-key", "api-key", "x-goog-api-key", "chatgpt-account-id", "cookie"];

/** Both name the trace of a call to the gateway. */
export const TRACE_HEADERS = ["x-opper-trace-id", "x-opper-parent-span-id"] as const;

/**
 * What the gateway gets.
 *
 * @param traceId undefined: what is there already stays
 */
export function forwardHeaders(given: Headers, apiKey: string, traceId: string | undefined): Headers {
  const headers = new Headers(given);
  for (const name of [...connectionOptions(given), ...HOP_BY_HOP, ...CREDENTIALS, "host", "content-length"]) {
    headers.delete(name);
  }
  headers.set("authorization", `Bearer ${apiKey}`);
  // With anything else Deno's fetch (2.9.6) unpacks the body, and leaves the headers that say how it is packed and how long.
  headers.set("accept-encoding", "identity");
  if (traceId !== undefined) { for (const name of TRACE_HEADERS) headers.set(name, traceId); }
  return headers;
}

/** What the agent gets: all that the gateway said, but for what is of the connection. */
export function answerHeaders(given: Headers): Headers {
  const headers = new Headers(given);
  for (const name of [...connectionOptions(given), ...HOP_BY_HOP]) headers.delete(name);
  return headers;
}

function connectionOptions(headers: Headers): readonly string[] {
  return (headers.get("connection") ?? "").split(",").map((name) => name.trim()).filter((name) =>
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)
  );
}
