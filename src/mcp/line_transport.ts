/**
 * JSON-RPC over lines. The SDK's own transport goes deaf after a line over 10 MiB, says nothing to broken JSON, and does
 * not end with its input while a call runs (seen in 1.32.2 and 2.4.0); this one answers and ends.
 *
 * Knows no tool and no process: bytes come from a stream and go to a function.
 */
import { isRecord } from "../core/json/is_record.ts";
import { toSafeJson } from "../core/json/safe_json.ts";

/** A JSON-RPC message, as far as framing looks at it. */
export interface RpcMessage {
  readonly jsonrpc: "2.0";
  readonly id?: string | number | null;
  readonly method?: string;
  readonly [field: string]: unknown;
}

/** Where messages come from and go to, and what is refused. */
export interface LineTransportOptions {
  readonly input: ReadableStream<Uint8Array>;
  /** @returns false when nobody reads any more */
  write(text: string): boolean;
  /** A longer line is answered with an error and skipped. @default 4 MiB */
  readonly maximumLineBytes?: number;
  /** How long calls may go on after the input ended. @default 200 */
  readonly graceMs?: number;
}

const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const NEWLINE = 10;

export class LineTransport {
  onmessage?: (message: RpcMessage) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  /** When all input was read, and answers that came in time were sent: the moment for last words. */
  onending?: () => void;

  readonly #options: LineTransportOptions;
  readonly #maximumLineBytes: number;
  /** Requests that were handed on and not answered yet. */
  readonly #pending = new Set<string | number>();
  #settled: (() => void) | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #closed = false;

  constructor(options: LineTransportOptions) {
    this.#options = options;
    this.#maximumLineBytes = options.maximumLineBytes ?? 4 << 20;
  }

  start(): Promise<void> {
    this.#reader = this.#options.input.getReader();
    // Not awaited: messages are handled while the caller goes on.
    this.#readLines(this.#reader).catch((error) => this.onerror?.(error)).finally(() => this.close());
    return Promise.resolve();
  }

  send(message: RpcMessage): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const written = this.#options.write(`${toSafeJson(message)}\n`);
    if (message.method === undefined && message.id !== undefined && message.id !== null) {
      this.forget(message.id);
    }
    return written ? Promise.resolve() : this.close();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#settled?.();
    this.onclose?.();
    await this.#reader?.cancel().catch((error) => this.onerror?.(error));
  }

  /** Frames in linear time: each byte is looked at once, and parts of a line are joined when it is whole. */
  async #readLines(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    let parts: Uint8Array[] = [];
    let length = 0;
    let skipping = false;
    const add = (part: Uint8Array) => {
      if (skipping || part.length === 0) return;
      length += part.length;
      if (length > this.#maximumLineBytes) {
        parts = [];
        skipping = true;
      } else parts.push(part);
    };
    for (;;) {
      const { value, done } = await reader.read();
      if (done || this.#closed) break;
      let start = 0;
      for (let end = value.indexOf(NEWLINE); end >= 0; end = value.indexOf(NEWLINE, start)) {
        add(value.subarray(start, end));
        if (skipping) this.#refuseLength();
        else this.#receive(join(parts, length));
        [parts, length, skipping, start] = [[], 0, false, end + 1];
      }
      // The stream may reuse its buffer.
      add(value.slice(start));
    }
    if (skipping) this.#refuseLength();
    else if (length > 0) this.#receive(join(parts, length));
    await this.#settle();
    if (!this.#closed) this.onending?.();
  }

  #refuseLength(): void {
    this.#fail(INVALID_REQUEST, `The message is longer than ${this.#maximumLineBytes} bytes.`);
  }

  #receive(bytes: Uint8Array): void {
    if (bytes.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09)) return;
    let message: unknown;
    try {
      message = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
      this.#fail(PARSE_ERROR, "The message is not JSON.");
      return;
    }
    message = withoutNulls(message);
    if (!isRpcMessage(message)) {
      this.#fail(INVALID_REQUEST, "The message is not JSON-RPC 2.0; batches are not supported.", idOf(message));
      return;
    }
    if (message.method !== undefined && message.id !== undefined && message.id !== null) this.#pending.add(message.id);
    this.onmessage?.(message);
    // Is never answered, and would be waited for at the end.
    if (message.method === "notifications/cancelled" && isRecord(message["params"])) {
      this.forget(message["params"]["requestId"]);
    }
  }

  /** The end of the input does not wait for the answer to this request. */
  forget(id: unknown): void {
    if (typeof id === "string" || typeof id === "number") this.#pending.delete(id);
    if (this.#pending.size === 0) this.#settled?.();
  }

  #fail(code: number, message: string, id: string | number | null = null): void {
    if (!this.#options.write(`${toSafeJson({ jsonrpc: "2.0", id, error: { code, message } })}\n`)) this.close();
  }

  /** Quick calls may finish after the input ended; the rest is aborted by closing. */
  async #settle(): Promise<void> {
    if (this.#pending.size === 0 || this.#closed) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#settled = resolve;
      timer = setTimeout(resolve, this.#options.graceMs ?? 200);
    });
    clearTimeout(timer);
  }
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * A message whose parameters that are null are left out, as if they had not been sent: many clients write all that they
 * know of, and the protocol has no parameter for which null would say anything.
 */
function withoutNulls(message: unknown): unknown {
  if (!isRecord(message) || message["params"] === undefined) return message;
  const { params, ...rest } = message;
  if (params === null) return rest;
  if (!isRecord(params) || !Object.values(params).includes(null)) return message;
  return { ...rest, params: Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null)) };
}

function isRpcMessage(value: unknown): value is RpcMessage {
  if (!isRecord(value) || value["jsonrpc"] !== "2.0") return false;
  const { id, method, params } = value;
  if (id !== undefined && id !== null && typeof id !== "string" && !Number.isSafeInteger(id)) return false;
  if (method === undefined) return id !== undefined && ("result" in value || "error" in value);
  return typeof method === "string" && id !== null && (params === undefined || isRecord(params));
}

/** The id of a request that is otherwise wrong, so that its sender learns which one. */
function idOf(value: unknown): string | number | null {
  if (!isRecord(value)) return null;
  const { id } = value;
  // A number beyond these is not read as it was sent: it would be answered under another.
  return typeof id === "string" || (typeof id === "number" && Number.isSafeInteger(id)) ? id : null;
}
