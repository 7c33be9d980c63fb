/**
 * DuckDB and ClickHouse as npm has them, pinned: native code, which Node loads in a process of its own. They are tools of
 * tests and measurements: nothing of them is in the program.
 */
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { killChild } from "../kill_child.ts";
import { npmPackage, realNode } from "../real_pi.ts";
import type { SqlEngine, SqlRow } from "./sql_engine.ts";

/** DuckDB 1.5.6. */
const DUCKDB = ["@duckdb/node-api", "1.5.6-r.1"] as const;
/** ClickHouse 26.7. */
const CLICKHOUSE = ["chdb", "3.4.0"] as const;

/** Counts the processor time of each statement, all threads together. */
export interface NativeEngine extends SqlEngine {
  measure(statement: string): Promise<{ readonly rows: readonly SqlRow[]; readonly cpuMs: number }>;
}

export interface NativeOptions {
  /** Where paths begin that statements name. @default here */
  readonly cwd?: string;
}

/** Files can be read as they lie; nothing is kept. @throws {Error} with npm's own words when it cannot be installed */
export async function startDuckdb({ cwd }: NativeOptions = {}): Promise<NativeEngine> {
  return new EngineProcess("DuckDB", await realNode(), [SCRIPT, "duckdb", await npmPackage(...DUCKDB)], cwd);
}

/**
 * @param data A directory that it makes, for its tables
 * @throws {Error} with npm's own words when it cannot be installed
 */
export async function startClickhouse(data: string, { cwd }: NativeOptions = {}): Promise<NativeEngine> {
  const args = [SCRIPT, "clickhouse", await npmPackage(...CLICKHOUSE), data];
  return new EngineProcess("ClickHouse", await realNode(), args, cwd);
}

/** @param directory Where a program `duckdb` is made that takes SQL from standard input: it goes before others in PATH */
export async function makeDuckdbShell(directory: string): Promise<void> {
  const shell = fileURLToPath(new URL("duckdb_shell.mjs", import.meta.url));
  const command = [await realNode(), shell, await npmPackage(...DUCKDB)].map((word) => `"${word}"`).join(" ");
  await Deno.mkdir(directory, { recursive: true });
  await Deno.writeTextFile(join(directory, "duckdb"), `#!/bin/sh\nexec ${command}\n`, { mode: 0o755 });
}

const SCRIPT = fileURLToPath(new URL("native_engine.mjs", import.meta.url));

class EngineProcess implements NativeEngine {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: AsyncIterator<string>;

  constructor(readonly name: string, node: string, args: readonly string[], cwd: string | undefined) {
    const command = new Deno.Command(node, {
      args: [...args],
      ...(cwd === undefined ? {} : { cwd }),
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    });
    this.#child = command.spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#answers = createInterface({ input: Readable.fromWeb(this.#child.stdout) })[Symbol.asyncIterator]();
  }

  async run(statement: string): Promise<readonly SqlRow[]> {
    return (await this.measure(statement)).rows;
  }

  async measure(statement: string): Promise<{ readonly rows: readonly SqlRow[]; readonly cpuMs: number }> {
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(statement)}\n`));
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`${this.name} ended with ${(await this.#child.status).code}: ${statement}`);
    const answer = JSON.parse(value) as { rows: readonly SqlRow[]; cpuMs: number } | { error: string };
    if ("error" in answer) throw new Error(`${this.name}: ${answer.error}\n${statement}`);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    while (!(await this.#answers.next()).done);
    await killChild(this.#child);
  }
}
