/**
 * Sends bytes to an address that the user named, and waits until it is said that they arrived. Whatever else happens, they
 * count as not sent: who sends keeps them, and sends the same again.
 */
import { AgentError } from "../../core/errors.ts";
import type { DurationMs } from "../../core/model.ts";
import { plainText } from "../../core/plain_text.ts";
import { CertificateError } from "../../host/certificate_error.ts";

/** Who gets something, and what goes along. */
export interface Receiver {
  readonly url: URL;
  /** Shown to nobody. */
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
}

/** What is sent at once. */
export interface SentBody {
  readonly method: "POST" | "PUT";
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** Whether the bytes are compressed so. @default they are as they are */
  readonly encoding?: "gzip";
}

const TIMEOUT_MS: DurationMs = 60_000;

/** Of an answer no more is read. */
const MOST_ANSWER_BYTES = 1 << 16;

/** How many bytes of what a server says are passed on. */
const MOST_SAID = 200;

const KEPT = "Nothing is lost: what it has not confirmed is sent again by the next export.";

/**
 * @returns what was answered
 * @throws {AgentError} failed, unless it was confirmed; interrupted
 */
export async function sendBody(receiver: Receiver, body: SentBody, signal?: AbortSignal): Promise<string> {
  const { url, headers, fetch } = receiver;
  const where = addressOf(url);
  let response: Response | undefined;
  let text: string;
  try {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    response = await fetch(url, {
      method: body.method,
      headers: {
        ...headers,
        "content-type": body.contentType,
        ...(body.encoding === undefined ? {} : { "content-encoding": body.encoding }),
      },
      body: body.bytes as Uint8Array<ArrayBuffer>,
      // A key goes to no other address.
      redirect: "manual",
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    text = await readSome(response);
  } catch (error) {
    if (error instanceof AgentError || !(error instanceof Error)) throw error;
    throw failureOf(error, response !== undefined, where, signal);
  }
  if (response.ok) return text;
  throw refusalOf(response, text, receiver, where);
}

/** Without what may be a secret. */
function addressOf({ origin, pathname }: URL): string {
  return `${origin}${pathname === "/" ? "" : pathname}`;
}

function failureOf(error: Error, isAnswered: boolean, where: string, signal: AbortSignal | undefined): AgentError {
  if (signal?.aborted) {
    return new AgentError("interrupted", `The export was stopped while ${where} was sent rows.`, { hint: KEPT });
  }
  if (error instanceof CertificateError) {
    return new AgentError("failed", `${where} ${error.problem}.`, { hint: error.hint, cause: error });
  }
  const what = error.name === "TimeoutError"
    ? `did not answer within ${TIMEOUT_MS / 1000} s`
    : isAnswered
    ? "broke off its answer"
    : "cannot be reached, or ended the connection";
  return new AgentError("failed", `${where} ${what}.`, { hint: KEPT, cause: error });
}

function refusalOf({ status }: Response, text: string, receiver: Receiver, where: string): AgentError {
  const said = plainText(text.replace(/\s+/g, " ").trim(), MOST_SAID, secretsOf(receiver)).text;
  const because = said === "" ? "." : `: ${/[.!?…]$/.test(said) ? said : `${said}.`}`;
  return new AgentError("failed", `${where} answered with status ${status}${because}`, { hint: hintFor(status) });
}

/** A server may repeat a key, with or without the `Bearer` before it, or the signature of the address. Longest first. */
function secretsOf({ url, headers }: Receiver): readonly string[] {
  const values = [...Object.values(headers), ...url.searchParams.values()];
  return values.flatMap((value) => [value, ...value.split(/\s+/)]).filter(({ length }) => length > 5)
    .sort((a, b) => b.length - a.length);
}

function hintFor(status: number): string {
  if (status >= 300 && status < 400) return `It leads elsewhere: name that address instead. ${KEPT}`;
  if (status === 401 || status === 403) return `Check the headers (--headers-file), or the signed address. ${KEPT}`;
  if (status === 404 || status === 405) return `Check the address. ${KEPT}`;
  return status === 429 || status >= 500 ? `Try again later. ${KEPT}` : KEPT;
}

/** To the end, so that half an answer shows. */
async function readSome(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of response.body ?? []) {
    if (text.length < MOST_ANSWER_BYTES) text += decoder.decode(piece, { stream: true });
  }
  return text;
}

/** The bytes, compressed. */
export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
