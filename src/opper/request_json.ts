/**
 * One call of the gateway: sends the key, reads JSON, and turns every failure into a sentence.
 *
 * The key goes to the host it was given for and nowhere else: not into an error, and not along with a redirect. Knows no
 * endpoint, retries and remembers nothing.
 */
import { AgentError, type ErrorCode } from "../core/errors.ts";
import type { DurationMs } from "../core/model.ts";
import { isRecord } from "./json_fields.ts";

/** Why a call failed. `refused`: the key (401); `answer`: what came was no answer to the question. */
export type GatewayFailure = "refused" | "not_found" | "status" | "unreachable" | "timeout" | "answer";

export class GatewayError extends AgentError {
  readonly failure: GatewayFailure;
  /** HTTP status, where there was one. */
  readonly status?: number;

  constructor(
    code: ErrorCode,
    failure: GatewayFailure,
    message: string,
    options: { readonly hint?: string; readonly cause?: unknown; readonly status?: number } = {},
  ) {
    super(code, message, options);
    this.failure = failure;
    this.status = options.status;
  }
}

/** Redirects that are followed, on the same host. */
const MAX_REDIRECTS = 3;

const HOST_HINT = "Check the base URL: --base-url, OPPER_BASE_URL, or the one stored with the key.";

/** For JSON that is no answer to the question. @param wanted `a list of models` */
export function noAnswer(wanted: string, host: string, code: ErrorCode): GatewayError {
  return new GatewayError(code, "answer", `${host} did not answer with ${wanted}.`, { hint: HOST_HINT });
}

export interface RequestOptions {
  /** As from `hostOf`: `https://api.opper.ai`. */
  readonly host: string;
  readonly apiKey: string;
  /** @default the global `fetch` */
  readonly fetch?: typeof fetch;
  /** For the call, its answer included. */
  readonly timeoutMs: DurationMs;
  /** Code of every error. */
  readonly code: ErrorCode;
}

/**
 * Asks for a path below the host.
 *
 * @param path with its query
 * @returns whatever the JSON holds
 * @throws {GatewayError} for anything but an answer in JSON
 */
export async function requestJson(path: string, options: RequestOptions): Promise<unknown> {
  const { host, code, timeoutMs } = options;
  let response: Response;
  let text: string;
  try {
    response = await follow(host + path, options);
    text = await response.text();
  } catch (error) {
    if (error instanceof AgentError) throw error;
    if (error instanceof DOMException && error.name === "TimeoutError") {
      throw new GatewayError(code, "timeout", `${host} did not answer within ${timeoutMs / 1000} s.`, {
        hint: "Check the network, or try again.",
      });
    }
    if (!(error instanceof Error)) throw error;
    throw new GatewayError(code, "unreachable", `${host} cannot be reached.`, {
      hint: `Check the network. ${HOST_HINT}`,
      cause: error,
    });
  }
  if (!response.ok) throw statusError(response.status, text, options);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The parser quotes what it read, which may repeat the key: neither its words nor the error itself are passed on.
    throw new GatewayError(code, "answer", `${host} did not answer with JSON.`, {
      hint: HOST_HINT,
      status: response.status,
    });
  }
}

/** Follows redirects within the host: only there may the key go. */
async function follow(start: string, options: RequestOptions): Promise<Response> {
  const { host, apiKey, code, timeoutMs } = options;
  const send = options.fetch ?? fetch;
  const signal = AbortSignal.timeout(timeoutMs);
  let url = new URL(start);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await send(url, {
      headers: { accept: "application/json", authorization: `Bearer ${apiKey}` },
      redirect: "manual",
      signal,
    });
    if (response.status < 300 || response.status > 399) return response;
    await response.body?.cancel();
    const location = response.headers.get("location");
    const next = location === null ? null : URL.parse(location, url);
    if (next === null || next.origin !== url.origin) {
      const where = next === null ? "" : `, to ${next.origin}`;
      throw new GatewayError(code, "answer", `${host} answered with a redirect${where}, which was not followed.`, {
        hint: HOST_HINT,
        status: response.status,
      });
    }
    url = next;
  }
  throw new GatewayError(code, "answer", `${host} redirected more than ${MAX_REDIRECTS} times.`, { hint: HOST_HINT });
}

function statusError(status: number, text: string, { host, apiKey, code }: RequestOptions): GatewayError {
  // Before it is cut: half a key is still too much of it.
  const said = messageOf(text.replaceAll(apiKey, "…"));
  const because = said === undefined ? "." : `: ${/[.!?…]$/.test(said) ? said : `${said}.`}`;
  switch (status) {
    case 401:
      return new GatewayError(code, "refused", `${host} refused the key (401)${because}`, {
        hint: "Run `opper-agent login` with a valid key, or set OPPER_API_KEY.",
        status,
      });
    case 404:
      return new GatewayError(code, "not_found", `${host} does not know what was asked for (404)${because}`, {
        status,
      });
    default:
      return new GatewayError(code, "status", `${host} answered with status ${status}${because}`, { status });
  }
}

/** The three shapes of the gateway's errors: `{error: {message}}`, `{detail}` and `{message}`. */
function messageOf(text: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!isRecord(body)) return undefined;
  const { error, detail, message } = body;
  const said = [isRecord(error) ? error["message"] : error, detail, message].find((one) => typeof one === "string");
  if (typeof said !== "string" || said.trim() === "") return undefined;
  const line = said.replace(/\s+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
