/** A home whose logs change, and an index that is kept from one question to the next. */
import { deepStrictEqual } from "node:assert/strict";
import { join } from "node:path";
import { type TokenUsage, totalTokens } from "../../src/core/model.ts";
import { makeMachine } from "../../src/host/environment.ts";
import { openIndex } from "../../src/scan/index/open_index.ts";
import { FIXTURE_NOW } from "./run_agent.ts";
import { readAnswers } from "./scan_answers.ts";

/** What `readAnswers` of scan_answers.ts gives, as far as tests of stores look at it. */
export interface Answers {
  readonly sessions: readonly {
    readonly source: string;
    readonly sessionId: string;
    readonly cwd?: string;
    readonly turns: number;
    readonly usage: TokenUsage;
    readonly file: string;
    readonly files: readonly string[];
  }[];
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

/** What is known without reading a log. */
export interface Look {
  /** By session. */
  readonly turns: Readonly<Record<string, number>>;
  /** The same in tokens of all kinds: there are sessions without turns that have some. */
  readonly tokens: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

interface LookOptions {
  readonly useIndex?: boolean;
  readonly isChecked?: boolean;
  readonly onProgress?: () => void;
}

/** So long after all that was written that every change shows by its time. */
export const SETTLED = { now: () => Date.now() + 60_000 };

export class KeptHome<A extends Answers = Answers> {
  #looks = 0;

  /** @param root An empty directory */
  constructor(readonly root: string) {
    Deno.mkdirSync(this.home);
  }

  get home(): string {
    return join(this.root, "home");
  }

  /** Of the kept index. */
  async answers(): Promise<A> {
    return await readAnswers(this.home, join(this.root, "kept"), SETTLED) as A;
  }

  /**
   * Of the kept index, without reading what it knows.
   *
   * @param options `useIndex` false asks none; `isChecked` reads all that can be read, as doctor does; `onProgress` is called
   *   when a log is read
   */
  async look(options: LookOptions = {}): Promise<Look> {
    const { useIndex = true, isChecked = false, onProgress } = options;
    const scan = await openIndex({
      machine: makeMachine({ home: this.home }),
      stateDirectory: join(this.root, "kept", "agent"),
      useIndex,
      onProgress,
      ...SETTLED,
    });
    try {
      const now = Date.parse(FIXTURE_NOW);
      const sessions = await scan.sessions({ now, isPast: false });
      const problems = isChecked ? await scan.verifyLogs(now) : scan.readProblems();
      return {
        turns: Object.fromEntries(sessions.map(({ sessionId, turns }) => [sessionId, turns]).sort()),
        tokens: Object.fromEntries(sessions.map(({ sessionId, usage }) => [sessionId, totalTokens(usage)]).sort()),
        problems: problems.map(({ path, message }) => `${path.replace(this.home, "~")}: ${message}`),
      };
    } finally {
      scan.close();
    }
  }

  /** Asks the kept index twice, a fresh one and none. */
  async agreedAnswers(what: string): Promise<A> {
    const kept = await this.answers();
    const fresh = join(this.root, `fresh-${++this.#looks}`);
    deepStrictEqual(kept, await readAnswers(this.home, fresh, SETTLED), `${what}: a fresh index`);
    deepStrictEqual(kept, await readAnswers(this.home, fresh, { ...SETTLED, useIndex: false }), `${what}: no index`);
    deepStrictEqual(kept, await this.answers(), `${what}: asked again`);
    return kept;
  }

  /** The same. @returns how many turns there are by session */
  async agreed(what: string): Promise<Readonly<Record<string, number>>> {
    const { sessions } = await this.agreedAnswers(what);
    return Object.fromEntries(sessions.map(({ sessionId, turns }) => [sessionId, turns]).sort());
  }
}
