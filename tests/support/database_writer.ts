/** Databases as an agent writes them that runs while somebody looks. */
import { fileURLToPath } from "node:url";

const WRITER = fileURLToPath(new URL("./database_writer_process.ts", import.meta.url));

/** Another process that has the database open until it is disposed of, as an agent that runs. */
export class DatabaseWriter implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  readonly #encoder = new TextEncoder();

  constructor(path: string) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-config", WRITER, path],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#output = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Comes back when it is done; what is not committed stays so. */
  async run(sql: string): Promise<void> {
    await this.#input.write(this.#encoder.encode(`${JSON.stringify(sql)}\n`));
    let said = "";
    while (!said.endsWith("done\n")) {
      const { value, done } = await this.#output.read();
      if (done) throw new Error(`The writer ended at: ${sql.slice(0, 200)}`);
      said += value;
    }
  }

  /** As when it is killed: what is in the `-wal` stays there. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#end();
  }

  async #end(): Promise<void> {
    await this.#process.status;
    await this.#input.close().catch(() => {});
    await this.#output.cancel().catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#process.status;
    await this.#output.cancel().catch(() => {});
  }
}
