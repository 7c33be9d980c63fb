/** What a slow, obvious reader of an agent's logs finds, and the little that several have in common. */
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Tokens of a session; the five counts are disjoint. */
export interface ReferenceSums {
  turns: number;
  input: number;
  cacheRead: number;
  cacheWrite: number;
  cacheWrite1h: number;
  output: number;
  /** As logged; 0 where the tool logs none. */
  usd: number;
}

/** Logs are anything, and the readers are to be plain. */
// deno-lint-ignore no-explicit-any
export type Json = any;

export interface ReferenceLog {
  readonly path: string;
  readonly lines: readonly Json[];
}

/** One response as one log has it. */
export interface ReferenceResponse {
  readonly key: string;
  readonly session: string;
  readonly isCopy: boolean;
  readonly sums: ReferenceSums;
}

/** What an agent's logs hold: every session, and every record of a response. */
export interface ReferenceFound {
  readonly sessions: readonly string[];
  readonly responses: readonly ReferenceResponse[];
}

/** Reads all logs of one agent in a home. There is none of them where it has none. */
export type ReferenceReader = (home: string) => ReferenceFound;

/** None where the directory is not there: not every home has every agent's. */
export function readReferenceLines(directory: string): ReferenceLog[] {
  const logs: ReferenceLog[] = [];
  if (!existsSync(directory)) return logs;
  for (const entry of [...Deno.readDirSync(directory)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) logs.push(...readReferenceLines(path));
    else if (entry.name.endsWith(".jsonl")) {
      const lines = Deno.readTextFileSync(path).split("\n").filter((line) => line !== "").map((line) =>
        JSON.parse(line)
      );
      logs.push({ path, lines });
    }
  }
  return logs;
}

/** Of all kinds. */
export function tokensOf({ input, cacheRead, cacheWrite, cacheWrite1h, output }: ReferenceSums): number {
  return input + cacheRead + cacheWrite + cacheWrite1h + output;
}
