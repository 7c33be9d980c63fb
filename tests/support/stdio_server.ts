/**
 * A server over standard input and output that several clients share without knowing of each other: each request gets an
 * id of its own on the way in, and what comes back for it, notifications included, gets the client's id again.
 */
import { isRecord } from "../../src/core/json/is_record.ts";
import { killChild } from "./kill_child.ts";
import type { Json } from "./mcp_client.ts";
import { waitUntil } from "./wait_until.ts";

const SUBSCRIPTION_KEY = "io.modelcontextprotocol/subscriptionId";

/** What comes back for one request, in the client's words. The last is its answer. */
export type Receive = (message: Json, isAnswer: boolean) => void;

interface Exchange {
  readonly id: unknown;
  readonly progressToken: unknown;
  readonly receive: Receive;
}

export interface StdioServerOptions {
  readonly command: readonly [program: string, ...args: string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export class StdioServer implements AsyncDisposable {
  /** What the server said that belongs to no open request: there must be none. */
  readonly strays: string[] = [];
  stderr = "";
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #exchanges = new Map<number, Exchange>();
  /** Requests that were ended early, the answers of which may have been on their way. */
  readonly #cancelled = new Set<number>();
  readonly #reading: Promise<unknown>;
  #lastId = 0;
  #closing: Promise<number> | undefined;

  constructor({ command: [program, ...args], cwd, env }: StdioServerOptions) {
    const io = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    this.#child = new Deno.Command(program, { args, cwd, clearEnv: true, env, ...io }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#reading = Promise.all([this.#readMessages(), this.#readErrors()]);
  }

  /** Sends a request. @returns what ends it early: nothing more is received then, and the server is told */
  ask(request: Json, receive: Receive): () => void {
    const id = ++this.#lastId;
    const params = isRecord(request["params"]) ? request["params"] : undefined;
    const meta = isRecord(params?.["_meta"]) ? params["_meta"] : undefined;
    const progressToken = meta?.["progressToken"];
    this.#exchanges.set(id, { id: request["id"], progressToken, receive });
    const sent = progressToken === undefined
      ? request
      : { ...request, params: { ...params, _meta: { ...meta, progressToken: id } } };
    this.#write({ ...sent, id });
    return () => {
      if (!this.#exchanges.delete(id)) return;
      this.#cancelled.add(id);
      this.#writeCancellation(id);
    };
  }

  /** Sends what has no answer. A cancellation names the request as the client did. */
  tell(notification: Json): void {
    if (notification["method"] !== "notifications/cancelled") {
      this.#write(notification);
      return;
    }
    const params = notification["params"];
    const named = isRecord(params) ? params["requestId"] : undefined;
    // It stays open: an answer that was on its way already is one.
    for (const [id, exchange] of this.#exchanges) if (exchange.id === named) this.#writeCancellation(id);
  }

  /** Ends the input, and waits for the end of the process. @returns its exit status */
  close(): Promise<number> {
    return this.#closing ??= this.#end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await killChild(this.#child);
    await this.#reading;
  }

  async #end(): Promise<number> {
    await this.#input.close().catch((error: unknown) => {
      if (!(error instanceof TypeError || error instanceof Deno.errors.BrokenPipe)) throw error;
    });
    let ended: Deno.CommandStatus | undefined;
    void this.#child.status.then((status) => ended = status);
    const { code } = await waitUntil("the server to end", () => ended, { state: () => this.stderr });
    await this.#reading;
    return code;
  }

  #writeCancellation(requestId: number): void {
    this.#write({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } });
  }

  #write(message: unknown): void {
    // A server that has ended answers nothing, which is what its clients then see.
    this.#input.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`)).catch(() => {});
  }

  #receive(line: string): void {
    const message = parseMessage(line);
    const id = message === undefined ? undefined : requestIdOf(message);
    if (id !== undefined && this.#cancelled.has(id)) return;
    const exchange = id === undefined ? undefined : this.#exchanges.get(id);
    if (message === undefined || id === undefined || exchange === undefined) {
      this.strays.push(line);
      return;
    }
    const isAnswer = message["method"] === undefined;
    if (isAnswer) this.#exchanges.delete(id);
    exchange.receive(inWordsOf(exchange, message, isAnswer), isAnswer);
  }

  async #readMessages(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.#receive(line);
    }
    if (rest !== "") this.strays.push(rest);
  }

  async #readErrors(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) this.stderr += text;
  }
}

/** Of an answer, or of a notification that belongs to a request. A request of the server has none. */
function requestIdOf({ id, method, params }: Json): number | undefined {
  if (method === undefined) return typeof id === "number" ? id : undefined;
  if (id !== undefined || !isRecord(params)) return undefined;
  const named = params["progressToken"] ?? subscriptionOf(params);
  return typeof named === "number" ? named : undefined;
}

/** Puts the client's own id and token into all places that name the request. */
function inWordsOf({ id, progressToken }: Exchange, message: Json, isAnswer: boolean): Json {
  const part = isAnswer ? "result" : "params";
  const said = message[part];
  let fields = isRecord(said) ? said : undefined;
  if (fields !== undefined && subscriptionOf(fields) !== undefined) {
    fields = { ...fields, _meta: { ...fields["_meta"] as Json, [SUBSCRIPTION_KEY]: id } };
  }
  if (fields !== undefined && !isAnswer && "progressToken" in fields) fields = { ...fields, progressToken };
  return { ...message, ...(isAnswer ? { id } : {}), ...(fields === undefined ? {} : { [part]: fields }) };
}

function subscriptionOf({ _meta: meta }: Json): unknown {
  return isRecord(meta) ? meta[SUBSCRIPTION_KEY] : undefined;
}

function parseMessage(line: string): Json | undefined {
  try {
    const message = JSON.parse(line) as unknown;
    return isRecord(message) && message["jsonrpc"] === "2.0" ? message : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
