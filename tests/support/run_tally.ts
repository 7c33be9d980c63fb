/** Homes with logs of the agent that there is not (tally_agent.ts), and the program that knows it. */
import { strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { agentEnvironment, withTemporaryDirectory } from "./run_agent.ts";
import { readAnswers } from "./scan_answers.ts";
import { writeLog } from "./logs.ts";

const PROGRAM = fileURLToPath(new URL("./store_program.ts", import.meta.url));

/** So long after all that was written that every change shows by its time. */
const SETTLED = { now: () => Date.now() + 60_000 };

/** A home, and an index that is kept from one question to the next. */
export class TallyHome {
  #looks = 0;
  constructor(readonly root: string) {}

  get home(): string {
    return join(this.root, "home");
  }

  /** @param path Below the directory of its logs */
  async write(path: string, lines: readonly object[]): Promise<void> {
    await writeLog(join(this.home, ".tally", path), lines);
  }

  async append(path: string, line: object): Promise<void> {
    await Deno.writeTextFile(join(this.home, ".tally", path), `${JSON.stringify(line)}\n`, { append: true });
  }

  async remove(path: string): Promise<void> {
    await Deno.remove(join(this.home, ".tally", path));
  }

  /** What the program prints. */
  async print(args: readonly string[]): Promise<string> {
    await Deno.mkdir(dirname(this.home), { recursive: true });
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-prompt", "--cached-only", "--frozen", PROGRAM, ...args],
      cwd: this.home,
      clearEnv: true,
      env: { ...agentEnvironment({ home: this.home, opperHome: join(this.root, "printed") }), COLUMNS: "100" },
      stdin: "null",
    }).output();
    const text = new TextDecoder();
    strictEqual(code, 0, text.decode(stderr));
    return text.decode(stdout);
  }

  // deno-lint-ignore no-explicit-any
  async ask(args: readonly string[]): Promise<any> {
    return JSON.parse(await this.print([...args, "--json"]));
  }

  /** Answers of the kept index, of a fresh one and of none, in this order. */
  async answers(): Promise<readonly unknown[]> {
    const kept = await readAnswers(this.home, join(this.root, "kept"), SETTLED);
    const fresh = join(this.root, `fresh-${++this.#looks}`);
    return [
      kept,
      await readAnswers(this.home, fresh, SETTLED),
      await readAnswers(this.home, fresh, { ...SETTLED, useIndex: false }),
    ];
  }
}

export async function withTallyHome(body: (home: TallyHome) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (root) => {
    const home = new TallyHome(root);
    await Deno.mkdir(home.home);
    await body(home);
  });
}
