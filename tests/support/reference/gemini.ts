/**
 * Reads sessions of Gemini CLI the slow, obvious way: whole files, all in memory, each response once by its id. Written from
 * docs/formats/gemini.md alone, and sharing nothing with src, so that a mistake in the one is not repeated in the other. It
 * takes every log to be whole and every total to be that of the counts.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Json, ReferenceFound, ReferenceResponse } from "./found.ts";

/** Sub-agents are in their session. */
export function readGeminiReference(home: string): ReferenceFound {
  const sessions = new Set<string>();
  const responses: ReferenceResponse[] = [];
  for (const path of filesBelow(join(home, ".gemini/tmp"))) {
    const directory = basename(dirname(path));
    const isSubagent = basename(dirname(dirname(path))) === "chats";
    if (!/\.jsonl?$/.test(path) || !(isSubagent || directory === "chats")) continue;
    const text = readFileSync(path, "utf8");
    const records: Json[] = path.endsWith(".json")
      ? [JSON.parse(text), ...JSON.parse(text).messages]
      : text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
    const session: string = isSubagent ? directory : records.find(({ sessionId }) => sessionId !== undefined).sessionId;
    sessions.add(session);
    const importedAt = records.find(({ id }) => String(id).startsWith("import-"))?.timestamp ?? "";
    for (const { id, type, timestamp, tokens } of records) {
      if (type !== "gemini" || !tokens) continue;
      responses.push({ key: id, session, isCopy: timestamp < importedAt, sums: sumsOf(tokens) });
    }
  }
  return { sessions: [...sessions], responses };
}

function sumsOf({ input, cached, tool, output, thoughts }: Json): ReferenceResponse["sums"] {
  return {
    turns: 1,
    input: input - cached + tool,
    cacheRead: cached,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: output + thoughts,
    usd: 0,
  };
}

function filesBelow(directory: string): string[] {
  return !existsSync(directory) ? [] : readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
