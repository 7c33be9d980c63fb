/** A home with logs in every form of store, and an index that is kept while they change. */
import { deepStrictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { makeMachine } from "../../src/host/environment.ts";
import { openIndex } from "../../src/scan/index/open_index.ts";
import { FIXTURE_NOW, withTemporaryDirectory } from "./run_agent.ts";
import { readAnswers } from "./scan_answers.ts";

export interface Answers {
  readonly sessions: readonly {
    readonly sessionId: string;
    readonly cwd?: string;
    readonly turns: number;
    readonly file: string;
    readonly files: readonly string[];
  }[];
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

/** What is known without reading a log. */
export interface Look {
  /** By session. */
  readonly turns: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

/** So long after all that was written that every change shows by its time. */
const SETTLED = { now: () => Date.now() + 60_000 };

/** A home, and an index that is kept from one look to the next. */
export class Stage {
  #looks = 0;
  constructor(readonly root: string) {
    Deno.mkdirSync(this.home);
    Deno.mkdirSync(dirname(this.database), { recursive: true });
  }

  get home(): string {
    return join(this.root, "home");
  }

  get database(): string {
    return join(this.home, ".local", "share", "stash", "stash.db");
  }

  write(path: string, content: unknown): void {
    const file = join(this.home, ".scroll", path);
    Deno.mkdirSync(dirname(file), { recursive: true });
    Deno.writeTextFileSync(file, typeof content === "string" ? content : JSON.stringify(content, undefined, 2));
  }

  /** Of the kept index. */
  async answers(): Promise<Answers> {
    return await readAnswers(this.home, join(this.root, "kept"), SETTLED) as Answers;
  }

  /** Of the kept index, without reading what it knows. @param useIndex False asks none. @default true */
  async look({ useIndex = true, isChecked = false } = {}): Promise<Look> {
    const scan = await openIndex({
      machine: makeMachine({ home: this.home }),
      stateDirectory: join(this.root, "kept", "agent"),
      useIndex,
      ...SETTLED,
    });
    try {
      const now = Date.parse(FIXTURE_NOW);
      const sessions = await scan.sessions({ now, isPast: false });
      const problems = isChecked ? await scan.verifyLogs(now) : scan.readProblems();
      return {
        turns: Object.fromEntries(sessions.map(({ sessionId, turns }) => [sessionId, turns]).sort()),
        problems: problems.map(({ path, message }) => `${path.replace(this.home, "~")}: ${message}`),
      };
    } finally {
      scan.close();
    }
  }

  /** Asks the kept index twice, a fresh one and none. @returns how many turns there are by session */
  async agreed(what: string): Promise<Readonly<Record<string, number>>> {
    const kept = await this.answers();
    const fresh = join(this.root, `fresh-${++this.#looks}`);
    deepStrictEqual(kept, await readAnswers(this.home, fresh, SETTLED), `${what}: a fresh index`);
    deepStrictEqual(kept, await readAnswers(this.home, fresh, { ...SETTLED, useIndex: false }), `${what}: no index`);
    deepStrictEqual(kept, await this.answers(), `${what}: asked again`);
    return Object.fromEntries(kept.sessions.map(({ sessionId, turns }) => [sessionId, turns]).sort());
  }
}

export async function onStage(test: (stage: Stage) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (root) => await test(new Stage(root)));
}
