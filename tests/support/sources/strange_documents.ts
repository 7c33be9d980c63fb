/** Documents of real agents with something in them that no agent writes. */
import { relative } from "node:path";
import { HOSTILE_VALUES, memberPaths, replaceMember } from "../hostile_values.ts";
import { readWholeLogs } from "../real_logs.ts";
import { renamed } from "./renamed.ts";
import { writeHomeFile } from "./source_homes.ts";

/** Writes one more log of an agent, with something strange in it. */
export interface StrangeLogs {
  readonly source: string;
  /** @param index From 1: each is another one */
  write(home: string, index: number, random: () => number): void;
  /** How many there are to write. */
  readonly count: number;
}

/** The shortest log of documents that somebody was billed for, of each agent that has such. */
export async function strangeDocuments(count: number): Promise<readonly StrangeLogs[]> {
  const logs = (await readWholeLogs()).filter(({ form, isBilled }) => form === "documents" && isBilled)
    .toSorted((a, b) => a.log.size - b.log.size);
  const sources = [...new Set(logs.map(({ source }) => source))];
  return sources.map((source) => {
    const { log, home, sessionId } = logs.find((log) => log.source === source)!;
    const files = (log.documents ?? [log]).map(({ path }) => ({
      path: relative(home, path),
      values: parseAll(Deno.readTextFileSync(path)),
    }));
    const names = sessionId === undefined ? [] : [sessionId];
    return {
      source,
      count,
      write(home, index, random) {
        const strange = Math.floor(random() * files.length);
        for (const [place, { path, values }] of files.entries()) {
          const at = place === strange ? Math.floor(random() * values.length) : -1;
          const lines = values.map((value, line) => {
            const own = renamed(JSON.stringify(value), names, index);
            return line === at ? withHostileMember(JSON.parse(own), random) : own;
          });
          const relativePath = renamed(path, names, index);
          writeHomeFile(home, { relativePath, bytes: new TextEncoder().encode(`${lines.join("\n")}\n`) });
        }
      },
    };
  });
}

/** A document, or the lines of a file that a log has beside one. */
function parseAll(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  }
}

/** @returns JSON */
export function withHostileMember(value: unknown, random: () => number): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const paths = memberPaths(value);
  return paths.length === 0 ? pick(HOSTILE_VALUES) : replaceMember(value, pick(paths), pick(HOSTILE_VALUES));
}
