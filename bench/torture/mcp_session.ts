/** One conversation with the server over its pipes, in bytes: what comes back is kept as it is, and judged later. */
import type { AgentProgram, RunPlace } from "./agent_program.ts";
import { tryKill } from "./agent_program.ts";

export class McpSession {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  /** Lines of standard output without their ends, as bytes. */
  readonly lines: Uint8Array[] = [];
  stderr = "";
  readonly #reading: Promise<unknown>;
  #wake = () => {};

  constructor(agent: AgentProgram, place: RunPlace, args: readonly string[]) {
    this.#child = agent.start(["mcp", ...args], place);
    this.#writer = this.#child.stdin.getWriter();
    this.#reading = Promise.all([this.#readLines(), this.#readErrors()]);
  }

  /** A server that has ended reads no more. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#writer.write(bytes);
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe || error instanceof TypeError)) throw error;
    }
  }

  /** @returns whether such a line came in time */
  async waitFor(isIt: (line: Uint8Array) => boolean, ms: number): Promise<boolean> {
    const until = performance.now() + ms;
    for (let seen = 0;;) {
      for (; seen < this.lines.length; seen++) if (isIt(this.lines[seen]!)) return true;
      const left = until - performance.now();
      if (left <= 0) return false;
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        timer = setTimeout(resolve, left);
      });
      clearTimeout(timer);
    }
  }

  /** Goes away, as a client does. @returns the status, undefined when it had to be killed */
  async end(ms: number): Promise<number | undefined> {
    await this.#writer.close().catch((error: unknown) => {
      if (!(error instanceof Deno.errors.BrokenPipe || error instanceof TypeError)) throw error;
    });
    const timer = setTimeout(() => tryKill(this.#child), ms);
    const { code, signal } = await this.#child.status;
    clearTimeout(timer);
    await this.#reading;
    return signal === null ? code : undefined;
  }

  async #readLines(): Promise<void> {
    let rest = new Uint8Array(0);
    for await (const bytes of this.#child.stdout) {
      const joined = new Uint8Array(rest.length + bytes.length);
      joined.set(rest);
      joined.set(bytes, rest.length);
      let from = 0;
      for (let end = joined.indexOf(10); end >= 0; end = joined.indexOf(10, from)) {
        this.lines.push(joined.slice(from, end));
        from = end + 1;
      }
      rest = joined.slice(from);
      this.#wake();
    }
    if (rest.length > 0) this.lines.push(rest);
  }

  async #readErrors(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) this.stderr += text;
  }
}
