/**
 * Reads sessions of Gemini CLI the slow, obvious way: whole files, all in memory, each response once by its id. Written from
 * docs/formats/gemini.md alone, and sharing nothing with src, so that a mistake in the one is not repeated in the other. It
 * takes every log to be whole and every total to be that of the counts.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Tokens of a session; the five counts are disjoint. */
interface Sums {
  turns: number;
  input: number;
  cacheRead: number;
  cacheWrite: number;
  cacheWrite1h: number;
  output: number;
}

// deno-lint-ignore no-explicit-any -- logs are anything, and this reader is to be plain
type Json = any;

/** By session id; sub-agents are in their session, and sessions without a response are there with zeros. */
export function readGeminiReference(home: string): Map<string, Sums> {
  const sessions = new Map<string, Sums>();
  const largest = new Map<string, { readonly session: string; readonly isCopy: boolean; readonly tokens: Json }>();
  for (const path of filesBelow(join(home, ".gemini/tmp"))) {
    const directory = basename(dirname(path));
    const isSubagent = basename(dirname(dirname(path))) === "chats";
    if (!/\.jsonl?$/.test(path) || !(isSubagent || directory === "chats")) continue;
    const text = readFileSync(path, "utf8");
    const records: Json[] = path.endsWith(".json")
      ? [JSON.parse(text), ...JSON.parse(text).messages]
      : text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
    const session: string = isSubagent ? directory : records.find(({ sessionId }) => sessionId !== undefined).sessionId;
    if (!sessions.has(session)) {
      sessions.set(session, { turns: 0, input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 });
    }
    const importedAt = records.find(({ id }) => String(id).startsWith("import-"))?.timestamp ?? "";
    for (const { id, type, timestamp, tokens } of records) {
      if (type !== "gemini" || !tokens) continue;
      const found = { session, isCopy: timestamp < importedAt, tokens };
      const known = largest.get(id);
      if (known === undefined || (known.isCopy && !found.isCopy)) largest.set(id, found);
      else if (known.isCopy === found.isCopy && tokens.total > known.tokens.total) largest.set(id, found);
    }
  }
  for (const { session, tokens } of largest.values()) {
    const sums = sessions.get(session)!;
    sums.turns++;
    sums.input += tokens.input - tokens.cached + tokens.tool;
    sums.cacheRead += tokens.cached;
    sums.output += tokens.output + tokens.thoughts;
  }
  return sessions;
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
