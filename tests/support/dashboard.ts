/** The real program serving its page, and somebody who asks it: as the page does, or byte by byte as nobody should. */
import { ok } from "node:assert/strict";
import { killChild } from "./kill_child.ts";
import { agentCommand, agentEnvironment, type RunOptions } from "./run_agent.ts";
import { waitUntil } from "./wait_until.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export class Dashboard implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  stdout = "";
  stderr = "";
  key = "";
  readonly #reading: Promise<unknown>;

  private constructor(child: Deno.ChildProcess) {
    this.child = child;
    const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>, add: (text: string) => void) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) add(text);
    };
    this.#reading = Promise.all([
      read(child.stdout, (text) => this.stdout += text),
      read(child.stderr, (text) => this.stderr += text),
    ]);
  }

  /** With a key, unless `opens` is false. Flags are for the program run from source. */
  static async start(
    args: readonly string[],
    options: RunOptions,
    { opens = true, denoFlags = [] }: { readonly opens?: boolean; readonly denoFlags?: readonly string[] } = {},
  ): Promise<Dashboard> {
    const [program, ...own] = agentCommand();
    const before = [...own.slice(0, -1), ...denoFlags, ...own.slice(-1)];
    const child = new Deno.Command(program, {
      args: [...before, "dashboard", ...(args.includes("--port") ? [] : ["--port", "0"]), ...args],
      cwd: options.cwd ?? options.home,
      clearEnv: true,
      env: agentEnvironment(options),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const dashboard = new Dashboard(child);
    await waitUntil("the page to be served", () => dashboard.#tickets().length > 0, {
      state: () => dashboard.stdout + dashboard.stderr,
    });
    if (opens) {
      const { text } = await dashboard.open(dashboard.ticket);
      dashboard.key = JSON.parse(text).key;
      ok(dashboard.key, text);
    }
    return dashboard;
  }

  get port(): number {
    return Number(/127\.0\.0\.1:(\d+)/.exec(this.stdout)![1]);
  }

  get base(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The last one that was printed. */
  get ticket(): string {
    return this.#tickets().at(-1)!;
  }

  #tickets(): readonly string[] {
    return [...this.stdout.matchAll(/#ticket=([\w-]+)\n/g)].map(([, ticket]) => ticket!);
  }

  open(ticket: string): Promise<HttpAnswer> {
    return this.get("/api/v1/open", {
      method: "POST",
      body: JSON.stringify({ ticket }),
      headers: { "content-type": "application/json" },
    });
  }

  async get(path: string, options: RequestInit = {}): Promise<HttpAnswer> {
    const response = await fetch(`${this.base}${path}`, options);
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** As the page asks. */
  ask(path: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return this.get(`/api/v1/${path}`, { headers: { authorization: `Bearer ${this.key}`, ...headers } });
  }

  /** What a request gets that is written byte by byte: its status, and all that comes until the server closes. */
  async raw(request: string): Promise<{ readonly status: number; readonly text: string }> {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    const writer = connection.writable.getWriter();
    // The server may close before it has read all.
    const written = writer.write(new TextEncoder().encode(request)).catch(() => {});
    let text = "";
    try {
      for await (const part of connection.readable.pipeThrough(new TextDecoderStream())) text += part;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
    await written;
    return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), text };
  }

  /** Events of the live stream, as they come. */
  async *live(
    headers: Readonly<Record<string, string>> = {},
  ): AsyncGenerator<{ readonly event: string; readonly id?: string; readonly data: Record<string, unknown> }> {
    const response = await fetch(`${this.base}/api/v1/live`, {
      headers: { authorization: `Bearer ${this.key}`, ...headers },
    });
    let rest = "";
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + part).split("\n\n");
      rest = blocks.pop()!;
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)));
        if (fields["event"] !== undefined) {
          yield { event: fields["event"], id: fields["id"], data: JSON.parse(fields["data"]) };
        }
      }
    }
  }

  /** @returns the exit status */
  async end(signal: Deno.Signal = "SIGTERM"): Promise<number> {
    this.child.kill(signal);
    const { code } = await this.child.status;
    await this.#reading;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await killChild(this.child);
    await this.#reading;
  }
}
