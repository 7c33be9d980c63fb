/** What is answered, before it becomes a Response: a status, headers and a body; and the headers that all answers have. */
import { AgentError, type ErrorCode } from "../core/errors.ts";
import { toSafeJson } from "../core/json/safe_json.ts";

/** Not a Response yet: what belongs to all of them is added to it. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;
}

/**
 * No inline script, no sheet but one, no `data:`, no other host, and nothing but text made of what comes from logs.
 *
 * @param sheet The sum of the sheet within the page. @default it has none
 */
export function contentPolicy(sheet = "'none'"): string {
  return POLICY.replace("SHEET", sheet);
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src SHEET",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const ALL_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": contentPolicy(),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  // Some versions of Deno compress on their own what is not, and make another ETag of it, unless told not to.
  "cache-control": "no-store, no-transform",
};

/** With the headers that every answer has. HEAD gets all but the body. */
export function toResponse({ status, headers, body }: HttpAnswer, method: string): Response {
  return new Response(method === "HEAD" ? null : body ?? null, { status, headers: { ...ALL_HEADERS, ...headers } });
}

/** JSON as the command line prints it, in parts. */
export function jsonAnswer(texts: readonly string[], headers: HttpAnswer["headers"] = {}): HttpAnswer {
  return {
    status: 200,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: texts.join(""),
  };
}

/** `{error: {code, message, hint}}`. @param code lower case, for programs */
export function failure(
  status: number,
  code: string,
  message: string,
  { hint }: { readonly hint?: string } = {},
): HttpAnswer {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: `${toSafeJson({ error: { code, message, hint } })}\n`,
  };
}

/** What can be mended by asking otherwise is 400, what the machine is not ready for 409. */
const STATUS: Partial<Record<ErrorCode, number>> = { usage: 400, failed: 409 };

/** @returns undefined for a bug */
export function expectedFailure(error: unknown): HttpAnswer | undefined {
  if (!(error instanceof AgentError)) return undefined;
  const status = error.isMissing ? 404 : STATUS[error.code] ?? 500;
  return failure(status, error.isMissing ? "not_found" : error.code, error.message, error);
}
