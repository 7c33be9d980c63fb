/**
 * Starts a real Pi with nothing of the developer's machine but its programs, for one answer or for a conversation over
 * its RPC mode. Says nothing about Opper: what a test wants Pi to see stands in its environment.
 */
import type { RealPi } from "./real_pi.ts";
import { PATIENCE_MS } from "./wait_until.ts";

export interface PiRunOptions {
  readonly home: string;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface PiRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Pi to its end, with nothing to read. */
export async function runPi(pi: RealPi, args: readonly string[], options: PiRunOptions): Promise<PiRun> {
  const [program, ...first] = pi.command;
  const output = await new Deno.Command(program, {
    args: [...first, ...args],
    cwd: options.cwd,
    clearEnv: true,
    env: piEnvironment(pi, options),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

/** All that Pi gets to see of the machine; this Pi and its Node come first in PATH. */
export function piEnvironment(pi: RealPi, options: PiRunOptions): Record<string, string> {
  return {
    HOME: options.home,
    PATH: `${pi.binDirectory}:${Deno.env.get("PATH") ?? ""}`,
    PI_OFFLINE: "1",
    TZ: "UTC",
    ...options.env,
  };
}

/** A record of Pi's RPC protocol (docs/rpc.md of each version). */
export interface RpcRecord {
  readonly type: string;
  readonly id?: string;
  readonly success?: boolean;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly messages?: readonly { readonly stopReason?: string }[];
}

/** A conversation with one Pi process over its RPC mode, which changes sessions as its full screen does. */
export class PiConversation implements AsyncDisposable {
  readonly #pi: RealPi;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #records: AsyncIterator<RpcRecord>;
  readonly #stderr: Promise<string>;
  #commands = 0;
  #closing?: Promise<string>;

  constructor(pi: RealPi, args: readonly string[], options: PiRunOptions) {
    const [program, ...first] = pi.command;
    this.#pi = pi;
    this.#child = new Deno.Command(program, {
      args: [...first, ...args, "--mode", "rpc"],
      cwd: options.cwd,
      clearEnv: true,
      env: piEnvironment(pi, options),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(5 * PATIENCE_MS),
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#records = readRecords(this.#child.stdout);
    this.#stderr = new Response(this.#child.stderr).text();
  }

  /** Sends one command. @returns the data of Pi's answer. @throws {Error} when Pi refuses it */
  async send(type: string, fields: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = String(++this.#commands);
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify({ id, type, ...fields })}\n`));
    const answer = await this.#waitFor((record) => record.type === "response" && record.id === id);
    if (answer.success !== true) throw new Error(`Pi refused "${type}": ${JSON.stringify(answer)}`);
    return answer.data ?? {};
  }

  /** Says something, and waits until Pi has done all that follows from it: it must end in an answer. */
  async prompt(message: string): Promise<void> {
    await this.send("prompt", { message });
    await this.#waitFor(({ type, messages }) => {
      if (this.#pi.version !== "0.74.2") return type === "agent_settled";
      // Here every run says that it ended, also one that failed and is about to be tried again.
      return type === "agent_end" && messages?.at(-1)?.stopReason !== "error";
    });
  }

  /** Ends Pi as closing its input does. @returns what it wrote on standard error */
  close(): Promise<string> {
    return this.#closing ??= this.#end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #end(): Promise<string> {
    await this.#input.close();
    while (!(await this.#records.next()).done);
    await this.#child.status;
    return await this.#stderr;
  }

  async #waitFor(isWanted: (record: RpcRecord) => boolean): Promise<RpcRecord> {
    while (true) {
      const { value, done } = await this.#records.next();
      if (done) throw new Error(`Pi ended before it answered; it said: ${await this.#stderr}`);
      if (isWanted(value)) return value;
    }
  }
}

async function* readRecords(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<RpcRecord> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) if (line.trim() !== "") yield JSON.parse(line) as RpcRecord;
  }
}
