/** A home whose logs change, and an index that is kept from one question to the next. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
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
    readonly isDeleted?: true;
  }[];
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  readonly turns: readonly (readonly [sessionId: string, turns: readonly { readonly key: string }[] | null])[];
  readonly buckets: readonly { readonly sessionId: string }[];
  readonly misses: readonly { readonly sessionId: string }[];
  readonly lifetimes: unknown;
}

/** What is known without reading a log. */
export interface Look {
  /** By session. */
  readonly turns: Readonly<Record<string, number>>;
  /** The same in tokens of all kinds: there are sessions without turns that have some. */
  readonly tokens: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
  /** Ids of those that were deleted from their database. */
  readonly deleted: readonly string[];
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
  /** All sessions that were ever seen in a database, by their logs, as they were when they were last there. */
  readonly #seen = new Map<string, { readonly session: A["sessions"][number]; readonly keys: readonly string[] }>();

  /** @param root An empty directory */
  constructor(readonly root: string) {
    Deno.mkdirSync(this.home);
  }

  get home(): string {
    return join(this.root, "home");
  }

  /** Of the kept index. */
  async answers(): Promise<A> {
    const answers = await readAnswers(this.home, join(this.root, "kept"), SETTLED) as A;
    const turns = new Map(answers.turns);
    for (const session of answers.sessions) {
      if (session.isDeleted || !session.file.includes("#")) continue;
      this.#seen.set(session.file, { session, keys: keysOf(turns.get(session.sessionId)) });
    }
    return answers;
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
      const problems = isChecked ? await scan.verifyLogs(now) : await scan.readProblems();
      return {
        turns: Object.fromEntries(sessions.map(({ sessionId, turns }) => [sessionId, turns]).sort()),
        tokens: Object.fromEntries(sessions.map(({ sessionId, usage }) => [sessionId, totalTokens(usage)]).sort()),
        deleted: sessions.filter(({ isDeleted }) => isDeleted).map(({ sessionId }) => sessionId).sort(),
        problems: problems.map(({ path, message }) => `${path.replace(this.home, "~")}: ${message}`),
      };
    } finally {
      scan.close();
    }
  }

  /**
   * Asks the kept index twice, a fresh one and none. It has the sessions that were deleted from a database as they were, and
   * all others as they are, but for responses that it knows to be of the deleted ones: the others know nothing of those.
   */
  async agreedAnswers(what: string): Promise<A> {
    const kept = await this.answers();
    const fresh = join(this.root, `fresh-${++this.#looks}`);
    const found = await readAnswers(this.home, fresh, SETTLED) as A;
    deepStrictEqual(await readAnswers(this.home, fresh, { ...SETTLED, useIndex: false }), found, `${what}: no index`);
    const deleted = this.#checkDeleted(kept, found, what);
    const some = new Set([
      ...deleted,
      ...this.#checkHeirs(kept, found, deleted, what),
      ...checkParts(kept, found, what),
    ]);
    const others = (answers: A) => leaveOut(answers, some);
    deepStrictEqual(others(kept), others(found), `${what}: a fresh index`);
    deepStrictEqual(await this.answers(), kept, `${what}: asked again`);
    return kept;
  }

  /** @returns the ids of those that were deleted */
  #checkDeleted(kept: A, found: A, what: string): readonly string[] {
    const there = new Set(found.sessions.flatMap(({ files }) => files));
    const missing: string[] = [];
    for (const [file, { session }] of this.#seen) {
      const database = file.slice(0, file.indexOf("#")).replace("~", this.home);
      if (!existsSync(database)) this.#seen.delete(file);
      else if (!there.has(file) && totalTokens(session.usage) > 0) missing.push(file);
    }
    const deleted = kept.sessions.filter(({ isDeleted }) => isDeleted);
    deepStrictEqual(deleted.map(({ file }) => file).sort(), missing.sort(), `${what}: which were deleted`);
    for (const session of deleted) {
      const before = this.#seen.get(session.file)!.session;
      deepStrictEqual(timelessOf(session), timelessOf(before), `${what}: ${session.file} as it was`);
    }
    return deleted.map(({ sessionId }) => sessionId);
  }

  /** @returns the ids of those that would count responses of deleted ones, if nothing was known of these */
  #checkHeirs(kept: A, found: A, deleted: readonly string[], what: string): readonly string[] {
    const owned = new Set(
      [...this.#seen.values()].filter(({ session }) => deleted.includes(session.sessionId))
        .flatMap(({ keys }) => keys),
    );
    const keptTurns = new Map(kept.turns);
    return found.turns.flatMap(([id, turns]) => {
      if (!keysOf(turns).some((key) => owned.has(key))) return [];
      deepStrictEqual(keysOf(keptTurns.get(id)), keysOf(turns).filter((key) => !owned.has(key)), `${what}: ${id}`);
      return [id];
    });
  }

  /** The same. @returns how many turns there are by session, of which some may be deleted */
  async agreed(what: string): Promise<Readonly<Record<string, number>>> {
    const { sessions } = await this.agreedAnswers(what);
    return Object.fromEntries(sessions.map(({ sessionId, turns }) => [sessionId, turns]).sort());
  }
}

/** What does not follow from the clock, or from other sessions. */
function timelessOf(session: object): object {
  return Object.fromEntries(Object.entries(session).filter(([name]) => name !== "cache" && name !== "isDeleted"));
}

function keysOf(turns: readonly { readonly key: string }[] | null | undefined): readonly string[] {
  return turns?.map(({ key }) => key) ?? [];
}

/** @returns the ids of those of which logs were deleted, and not all: of sub-agents, such as Goose has */
function checkParts(kept: Answers, found: Answers, what: string): readonly string[] {
  const now = new Map(found.sessions.map((session) => [session.sessionId, session]));
  return kept.sessions.flatMap(({ sessionId, files, isDeleted, usage }) => {
    const session = now.get(sessionId);
    if (isDeleted || session === undefined || files.every((file) => session.files.includes(file))) return [];
    ok(totalTokens(usage) > totalTokens(session.usage), `${what}: ${sessionId} lost what its sub-agents spent`);
    return [sessionId];
  });
}

/** @param ids Of sessions that are not compared: pauses of those that were deleted are still known */
function leaveOut<A extends Answers>(answers: A, ids: ReadonlySet<string>): A {
  return {
    ...answers,
    sessions: answers.sessions.filter(({ sessionId }) => !ids.has(sessionId)),
    turns: answers.turns.filter(([id]) => !ids.has(id)),
    buckets: answers.buckets.filter(({ sessionId }) => !ids.has(sessionId)),
    misses: answers.misses.filter(({ sessionId }) => !ids.has(sessionId)),
    ...ids.size > 0 ? { lifetimes: undefined } : {},
  };
}
