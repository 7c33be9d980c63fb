/**
 * Who may ask at all: looked at before a route is. Listening on 127.0.0.1 alone keeps no web page out: a name that somebody
 * else resolves to it (DNS rebinding) is told by the host, another site's request by where it comes from.
 */
import { isSameSecret } from "../core/secret.ts";
import { failure, type HttpAnswer } from "./answer.ts";

/** Of a request all that is looked at. */
export interface GuardedRequest {
  readonly method: string;
  readonly headers: Headers;
  /** As the URL parser has it. */
  readonly path: string;
  /** That of the address which was asked for: a request line may name another than the header. */
  readonly host: string;
}

/** The routes that can be asked for, by what they need. */
const API = /^\/api(?:\/|$)/;
/** The one that writes: it makes a key out of a ticket. */
export const OPEN_PATH = "/api/v1/open";

const MAXIMUM_HEADER_BYTES = 8 * 1024;

/**
 * @param server where it listens, and the key that its page has
 * @returns why nothing is answered; undefined: it may be
 */
export function refuse(
  { method, headers, path, host: addressed }: GuardedRequest,
  { port, key }: { readonly port: number; readonly key: string },
): HttpAnswer | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const host = headers.get("host")?.toLowerCase();
  if (host === undefined || !hosts.includes(host) || !hosts.includes(addressed)) {
    return failure(421, "misdirected", "This is not the host that was asked for.");
  }
  const origin = headers.get("origin");
  if (origin !== null && origin !== `http://${host}`) {
    return failure(403, "forbidden", "Another site's page may not ask this.");
  }
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") {
    return failure(403, "forbidden", "Another site's page may not ask this.");
  }
  if (headerBytes(headers) > MAXIMUM_HEADER_BYTES) {
    return failure(431, "too_large", `The header is longer than ${MAXIMUM_HEADER_BYTES} bytes.`);
  }
  const allowed = path === OPEN_PATH ? ["POST"] : ["GET", "HEAD"];
  if (!allowed.includes(method)) {
    const answer = failure(405, "method", `Expected ${allowed.join(" or ")}.`);
    return { ...answer, headers: { ...answer.headers, allow: allowed.join(", ") } };
  }
  if (API.test(path) && path !== OPEN_PATH && !hasKey(headers, key)) {
    return failure(401, "unauthorized", "This page belongs to an earlier start, or has no key.", {
      hint: "Type `opper-agent dashboard`, or press o where it runs for a new link.",
    });
  }
  return undefined;
}

function hasKey(headers: Headers, key: string): boolean {
  const [, given] = /^Bearer (\S+)$/i.exec(headers.get("authorization") ?? "") ?? [];
  return given !== undefined && isSameSecret(given, key);
}

function headerBytes(headers: Headers): number {
  return [...headers].reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
}
