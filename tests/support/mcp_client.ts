/** A client that sends what it is told, right or wrong, to the real server process, and keeps all that comes back. */
import { ok, strictEqual } from "node:assert/strict";
import { killChild } from "./kill_child.ts";
import { cpuMsOfProcess } from "./cpu_time.ts";
import { agentCommand, agentEnvironment, type RunOptions } from "./run_agent.ts";
import { PATIENCE_MS, waitUntil } from "./wait_until.ts";

export type Json = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly jsonrpc: string;
  readonly id: string | number | null;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface ToolResult {
  readonly content: readonly { readonly type: string; readonly text: string }[];
  readonly structuredContent?: Json;
  readonly isError?: boolean;
}

export interface McpClientOptions extends RunOptions {
  /** Behind `mcp`. */
  readonly args?: readonly string[];
  /** False starts without the handshake. @default true */
  readonly initialize?: boolean;
  /** True starts with what clients pass on at least, and the place of the packages of a program that is not compiled. */
  readonly onlyHomeAndPath?: boolean;
  /** False leaves standard output unread. @default true */
  readonly read?: boolean;
}

export class McpClient implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  /** Every line of standard output that was no JSON-RPC message: there must be none. */
  readonly noise: string[] = [];
  /** Notifications and answers without an id. */
  readonly unasked: (Answer & { readonly method?: string; readonly params?: Json })[] = [];
  stderr = "";
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers = new Map<string | number, Answer>();
  readonly #waiting = new Map<string | number, (answer: Answer) => void>();
  readonly #reading: Promise<unknown>;
  #lastId = 0;
  #wake: (() => void) | undefined;

  /** Use {@linkcode startMcp}. */
  constructor(child: Deno.ChildProcess, read: boolean) {
    this.child = child;
    this.#stdin = child.stdin.getWriter();
    this.#reading = Promise.all([read ? this.#readAnswers() : undefined, this.#readErrors()]);
  }

  /** Writes bytes as they are. A closed pipe is no failure: the server may have ended, which is what tests look at. */
  async write(bytes: Uint8Array | string): Promise<void> {
    try {
      await this.#stdin.write(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe || error instanceof TypeError)) throw error;
    }
  }

  send(message: unknown): Promise<void> {
    return this.write(`${JSON.stringify(message)}\n`);
  }

  nextId(): number {
    return ++this.#lastId;
  }

  /** Sends a request and waits for its answer. @throws {Error} when none comes */
  async request(method: string, params?: Json): Promise<Answer> {
    const id = this.nextId();
    const answer = this.answer(id);
    await this.send({ jsonrpc: "2.0", id, method, params });
    return await answer;
  }

  async call(name: string, args: Json = {}): Promise<ToolResult> {
    const { result, error } = await this.request("tools/call", { name, arguments: args });
    ok(result !== undefined, `${name} was answered with an error: ${error?.message}`);
    return result as ToolResult;
  }

  /** What a tool that works says; the same must be there as text. */
  async structured(name: string, args: Json = {}): Promise<Json> {
    const result = await this.call(name, args);
    ok(result.isError !== true && result.structuredContent !== undefined, result.content[0]?.text);
    strictEqual(result.content.length, 1);
    strictEqual(JSON.stringify(JSON.parse(result.content[0]!.text)), JSON.stringify(result.structuredContent));
    return result.structuredContent;
  }

  /** @throws {Error} when none comes */
  answer(id: string | number): Promise<Answer> {
    const known = this.#answers.get(id);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No answer to ${id}. ${this.stderr}`)), PATIENCE_MS);
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  }

  hasAnswer(id: string | number): boolean {
    return this.#answers.has(id);
  }

  /** The next message that answers nothing. */
  async nextUnasked(): Promise<(typeof this.unasked)[number]> {
    while (this.unasked.length === 0) await new Promise<void>((resolve) => this.#wake = resolve);
    return this.unasked.shift()!;
  }

  async closeInput(): Promise<void> {
    await this.#stdin.close().catch((error: unknown) => {
      if (!(error instanceof Deno.errors.BrokenPipe || error instanceof TypeError)) throw error;
    });
  }

  /**
   * Waits until the server has ended. `workedMs` is for how long it still worked: processor time, as far as the system
   * says it.
   *
   * @throws {Error} when the server stays
   */
  async ended(): Promise<Deno.CommandStatus & { readonly workedMs: number }> {
    const before = cpuMsOfProcess(this.child.pid) ?? 0;
    let last = before;
    let status: Deno.CommandStatus | undefined;
    void this.child.status.then((it) => status = it);
    const found = await waitUntil("the server to end", () => {
      last = cpuMsOfProcess(this.child.pid) ?? last;
      return status;
    }, { state: () => this.stderr });
    return { ...found, workedMs: last - before };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeInput();
    await killChild(this.child);
    await this.#reading;
    if (!this.child.stdout.locked) await this.child.stdout.cancel();
  }

  async #readAnswers(): Promise<void> {
    let rest = "";
    for await (const text of this.child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.#receive(line);
    }
    if (rest !== "") this.noise.push(rest);
  }

  #receive(line: string): void {
    let message: Answer | undefined;
    try {
      message = JSON.parse(line) as Answer;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    if (message?.jsonrpc !== "2.0") {
      this.noise.push(line);
      return;
    }
    if (message.id === undefined || message.id === null) {
      this.unasked.push(message);
      this.#wake?.();
      return;
    }
    this.#answers.set(message.id, message);
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }

  async #readErrors(): Promise<void> {
    for await (const text of this.child.stderr.pipeThrough(new TextDecoderStream())) this.stderr += text;
  }
}

export const INITIALIZE = {
  protocolVersion: "2025-11-25",
  capabilities: {},
  clientInfo: { name: "test", version: "0" },
} as const;

export async function startMcp(options: McpClientOptions): Promise<McpClient> {
  const [program, ...first] = agentCommand();
  const { HOME = "", PATH = "", DENO_DIR = "" } = agentEnvironment(options);
  return await connectMcp([program, ...first, "mcp", ...options.args ?? []], {
    ...options,
    cwd: options.cwd ?? options.home,
    env: options.onlyHomeAndPath ? { HOME, PATH, DENO_DIR } : agentEnvironment(options),
  });
}

/** Any server that speaks over standard input and output. */
export async function connectMcp(
  [program, ...args]: readonly [program: string, ...args: string[]],
  options: Pick<McpClientOptions, "initialize" | "read"> & {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
  },
): Promise<McpClient> {
  const child = new Deno.Command(program, {
    args,
    cwd: options.cwd,
    clearEnv: true,
    env: options.env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const client = new McpClient(child, options.read ?? true);
  if (options.initialize ?? true) {
    strictEqual((await client.request("initialize", INITIALIZE)).error, undefined);
    await client.send({ jsonrpc: "2.0", method: "notifications/initialized" });
  }
  return client;
}
