/** All that a scan can say, in a form in which the answers of two homes, or of two indexes, can be compared. */
import { join, relative } from "node:path";
import type { ExtraRoot } from "../../src/core/extra_root.ts";
import { plainReport } from "../../src/scan/index/ask/lazy_report.ts";
import { openIndex } from "../../src/scan/index/open_index.ts";
import { FIXTURE_NOW } from "./run_agent.ts";
import { makeMachine } from "../../src/host/environment.ts";

export interface Log {
  /** Below the home. */
  readonly relativePath: string;
  readonly bytes: Uint8Array;
}

/** Every file of a home. */
export async function readLogs(home: string, directory = home): Promise<Log[]> {
  const logs: Log[] = [];
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) logs.push(...await readLogs(home, path));
    else logs.push({ relativePath: relative(home, path), bytes: await Deno.readFile(path) });
  }
  return logs;
}

export interface AnswerOptions {
  /** False for a scan in memory. @default true */
  readonly useIndex?: boolean;
  readonly onWarning?: (message: string) => void;
  /** When logs are looked for: what was written shortly before may be written again unseen, and is read again. @default now */
  readonly now?: () => number;
  /** @default none */
  readonly extraRoots?: readonly ExtraRoot[];
}

/** Everything a scan can say, with paths made relative. */
export async function readAnswers(home: string, opperHome: string, options: AnswerOptions = {}): Promise<unknown> {
  const machine = makeMachine({ home });
  const scan = await openIndex({ machine, stateDirectory: join(opperHome, "agent"), ...options });
  try {
    const now = Date.parse(FIXTURE_NOW);
    const sessions = await scan.sessions({ now, isPast: false });
    const turns: unknown[] = [];
    for (const { id, sessionId } of sessions) {
      turns.push([sessionId, await scan.explainedTurns(id, { now, isPast: false })]);
    }
    const buckets = (await scan.usageBuckets({})).map(({ session: _, ...bucket }) => bucket);
    const misses = (await scan.misses({})).map(({ session: _, ...miss }) => miss);
    const text = JSON.stringify({
      // A trace is named by the log's path, which differs between the homes that are compared.
      sessions: byText(
        sessions.map((session) => {
          const { traceId, ...plain } = plainReport(session);
          return { ...plain, id: undefined, traced: traceId !== undefined };
        }),
      ),
      turns: byText(turns),
      buckets: byText(buckets),
      misses: byText(misses),
      lifetimes: await scan.lifetimes({ now, isPast: false }),
      problems: await scan.readProblems(),
    });
    return JSON.parse(text.replaceAll(home, "~"));
  } finally {
    scan.close();
  }
}

/** Rows come in the order of the index; what counts is what they are. */
function byText(values: readonly unknown[]): unknown[] {
  return values.toSorted((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
}
