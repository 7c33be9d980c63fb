/**
 * One call of the gateway: sends the key, reads JSON, and turns every failure into a sentence.
 *
 * The key goes to the host it was given for and nowhere else: not into an error, and not along with a redirect. Whatever
 * answers, it can neither fill memory nor keep us longer than the call may take. Knows no endpoint, retries and remembers
 * nothing.
 */
import { AgentError, type ErrorCode } from "../core/errors.ts";
import type { DurationMs } from "../core/model.ts";
import { CertificateError } from "../host/certificate_error.ts";
import { isRecord } from "../core/json/is_record.ts";

/**
 * Why a call failed. `refused`: the key (401); `certificate`: whoever is there cannot be trusted, and was sent nothing;
 * `answer`: what came was no answer to the question.
 */
export type GatewayFailure = "refused" | "not_found" | "status" | "unreachable" | "timeout" | "certificate" | "answer";

/** What every call to a gateway throws, so that "nobody answered" is told from "no". */
export class GatewayError extends AgentError {
  readonly failure: GatewayFailure;
  /** HTTP status, where there was one. */
  readonly status?: number;
  /** How long it asked to be left alone (`Retry-After`), where it did. */
  readonly retryAfterMs?: DurationMs;

  constructor(
    code: ErrorCode,
    failure: GatewayFailure,
    message: string,
    options: {
      readonly hint?: string;
      readonly cause?: unknown;
      readonly status?: number;
      readonly retryAfterMs?: DurationMs;
    } = {},
  ) {
    super(code, message, options);
    this.failure = failure;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** All that somebody needs who is told of it in passing: of a certificate also what to set, which nobody would guess. */
  get summary(): string {
    return this.failure === "certificate" && this.hint !== undefined ? `${this.message} ${this.hint}` : this.message;
  }
}

/** An answer that says why it is none says it in less. Of a longer one only the status is told. */
const MAX_ERROR_BYTES = 64_000;

/** Redirects that are followed, on the same host. */
const MAX_REDIRECTS = 3;

/** What to do about a host or a key that is wrong, in the words of one gateway. */
export interface GatewayHints {
  readonly host: string;
  readonly key: string;
}

const OPPER_HINTS: GatewayHints = {
  host: "Check the base URL: --base-url, OPPER_BASE_URL, or the one stored with the key.",
  key: "Run `opper-agent login` with a valid key, or set OPPER_API_KEY.",
};

/** For JSON that is no answer to the question. @param wanted `a list of models` @param hints @default Opper's */
export function noAnswer(wanted: string, host: string, code: ErrorCode, hints = OPPER_HINTS): GatewayError {
  return new GatewayError(code, "answer", `${host} did not answer with ${wanted}.`, { hint: hints.host });
}

/** Whom to ask, as whom, and how much of an answer is taken. */
export interface RequestOptions {
  /** As from `hostOf`: `https://api.opper.ai`. */
  readonly host: string;
  readonly apiKey: string;
  /** @default the global `fetch` */
  readonly fetch?: typeof fetch;
  /** For the call, its redirects and its answer included. */
  readonly timeoutMs: DurationMs;
  /** A longer answer is given up. Of an answer that came packed, what it unpacks to counts. In MB: 1,000,000 bytes. */
  readonly maximumMegabytes: number;
  /** Code of every error. */
  readonly code: ErrorCode;
  /** Sent as JSON by POST. @default it is asked by GET */
  readonly body?: unknown;
  /** Whether redirects within the host are followed; others never are. @default true */
  readonly followsRedirects?: boolean;
  /** @default Opper's */
  readonly hints?: GatewayHints;
}

/**
 * Asks for a path below the host.
 *
 * @param path with its query
 * @returns whatever the JSON holds
 * @throws {GatewayError} for anything but an answer in JSON
 */
export async function requestJson(path: string, options: RequestOptions): Promise<unknown> {
  const { host, code, hints = OPPER_HINTS } = options;
  let response: Response | undefined;
  let text: string | undefined;
  try {
    response = await follow(host + path, options);
    text = await readUpTo(response, response.ok ? options.maximumMegabytes * 1e6 : MAX_ERROR_BYTES);
  } catch (error) {
    if (error instanceof AgentError || !(error instanceof Error)) throw error;
    throw failureOf(error, response !== undefined, options);
  }
  if (!response.ok) throw statusError(response, text ?? "", options);
  if (text === undefined) {
    throw new GatewayError(code, "answer", `${host} answered with more than ${options.maximumMegabytes} MB.`, {
      hint: hints.host,
      status: response.status,
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The parser quotes what it read, which may repeat the key: neither its words nor the error itself are passed on.
    throw new GatewayError(code, "answer", `${host} did not answer with JSON.`, {
      hint: hints.host,
      status: response.status,
    });
  }
}

/** @param isAnswered whether it had begun to answer */
function failureOf(error: Error, isAnswered: boolean, options: RequestOptions): GatewayError {
  const { host, code, timeoutMs, hints = OPPER_HINTS } = options;
  const fail = (failure: GatewayFailure, message: string, hint: string) =>
    new GatewayError(code, failure, `${host} ${message}.`, { hint, cause: error });
  if (error instanceof CertificateError) return fail("certificate", error.problem, error.hint);
  if (error.name === "TimeoutError") {
    return fail("timeout", `did not answer within ${timeoutMs / 1000} s`, "Check the network, or try again.");
  }
  const said = `${error.message} ${error.cause instanceof Error ? error.cause.message : ""}`;
  if (said.includes("message head is too large")) return fail("answer", "answered with too many headers", hints.host);
  // As Deno says that a connection was made.
  if (!isAnswered && !said.includes("client error (SendRequest)")) {
    return fail("unreachable", "cannot be reached", `Check the network. ${hints.host}`);
  }
  return fail("answer", "broke off its answer, or gave none in HTTP", `Try again. ${hints.host}`);
}

/**
 * Reads piece by piece, each unpacked only when it is asked for, so that no more is ever held than may be.
 *
 * @returns undefined when there is more
 */
async function readUpTo(response: Response, maximumBytes: number): Promise<string | undefined> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  // Leaving the loop gives up the rest.
  for await (const piece of response.body) {
    bytes += piece.length;
    if (bytes > maximumBytes) return undefined;
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

/** Follows redirects within the host: only there may the key go. */
async function follow(start: string, options: RequestOptions): Promise<Response> {
  const { host, apiKey, code, timeoutMs, body, followsRedirects = true, hints = OPPER_HINTS } = options;
  const send = options.fetch ?? fetch;
  const signal = AbortSignal.timeout(timeoutMs);
  let url = new URL(start);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await send(url, {
      headers: {
        accept: "application/json",
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      redirect: "manual",
      signal,
    });
    if (response.status < 300 || response.status > 399) return response;
    await response.body?.cancel();
    const location = response.headers.get("location");
    const next = location === null ? null : URL.parse(location, url);
    if (next === null || next.origin !== url.origin || !followsRedirects) {
      const where = next === null ? "" : `, to ${next.origin}`;
      throw new GatewayError(code, "answer", `${host} answered with a redirect${where}, which was not followed.`, {
        hint: hints.host,
        status: response.status,
      });
    }
    url = next;
  }
  throw new GatewayError(code, "answer", `${host} redirected more than ${MAX_REDIRECTS} times.`, { hint: hints.host });
}

function statusError({ status, headers }: Response, text: string, options: RequestOptions): GatewayError {
  const { host, apiKey, code, hints = OPPER_HINTS } = options;
  // Before it is cut: half a key is still too much of it.
  const said = messageOf(text.replaceAll(apiKey, "…"));
  const because = said === undefined ? "." : `: ${/[.!?…]$/.test(said) ? said : `${said}.`}`;
  switch (status) {
    case 401:
      return new GatewayError(code, "refused", `${host} refused the key (401)${because}`, {
        hint: hints.key,
        status,
      });
    case 404:
      return new GatewayError(code, "not_found", `${host} does not know what was asked for (404)${because}`, {
        status,
      });
    default:
      return new GatewayError(code, "status", `${host} answered with status ${status}${because}`, {
        status,
        retryAfterMs: retryAfter(headers),
      });
  }
}

/** In seconds, or as a date (RFC 9110, 10.2.3); undefined where it says neither. */
function retryAfter(headers: Headers): DurationMs | undefined {
  const said = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}(\.\d+)?$/.test(said)) return Number(said) * 1000;
  const [until, now] = [Date.parse(said), Date.parse(headers.get("date") ?? "")];
  return Number.isNaN(until - now) ? undefined : Math.max(0, until - now);
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
