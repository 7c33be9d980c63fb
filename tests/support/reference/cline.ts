/**
 * Reads sessions and tasks of Cline the slow, obvious way: by docs/formats/cline.md alone, every document at once. It takes
 * all of them to be whole, and shares nothing with the source.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { Json, ReferenceFound, ReferenceResponse } from "./found.ts";

/** A sub-agent is in the session that it works for. @param home that `.cline` is in */
export function readClineReference(home: string): ReferenceFound {
  const sessions: string[] = [];
  const responses: ReferenceResponse[] = [];
  for (const directory of listDirectories(join(home, ".cline/data/sessions"))) {
    readSession(directory, sessions, responses);
  }
  for (const directory of listDirectories(join(home, ".cline/data/tasks"))) readTask(directory, sessions, responses);
  return { sessions, responses };
}

function readSession(directory: string, sessions: string[], responses: ReferenceResponse[]): void {
  const session = basename(directory);
  sessions.push(session);
  for (const { name } of Deno.readDirSync(directory)) {
    if (!name.endsWith(".messages.json")) continue;
    for (const { id, ts, role, metrics, modelInfo } of parseFile(join(directory, name)).messages) {
      if (role !== "assistant" || metrics === undefined || modelInfo?.provider === "unknown") continue;
      const { inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0, cost = 0 } = metrics;
      responses.push({
        key: id,
        session,
        isCopy: ts < Number(session.slice(0, 13)),
        sums: {
          turns: 1,
          input: inputTokens - cacheReadTokens - cacheWriteTokens,
          cacheRead: cacheReadTokens,
          cacheWrite: cacheWriteTokens,
          cacheWrite1h: 0,
          output: outputTokens,
          usd: cost,
        },
      });
    }
  }
}

/** Of providers whose input is without cached tokens. */
function readTask(directory: string, sessions: string[], responses: ReferenceResponse[]): void {
  const path = join(directory, "ui_messages.json");
  if (!existsSync(path)) return;
  const session = basename(directory);
  sessions.push(session);
  for (const { ts, say, text } of parseFile(path)) {
    if (say !== "api_req_started") continue;
    const { tokensIn = 0, tokensOut = 0, cacheReads = 0, cacheWrites = 0, cost = 0 } = JSON.parse(text);
    if (tokensIn + tokensOut + cacheReads + cacheWrites === 0) continue;
    responses.push({
      key: `${session} ${ts}`,
      session,
      isCopy: false,
      sums: {
        turns: 1,
        input: tokensIn,
        cacheRead: cacheReads,
        cacheWrite: cacheWrites,
        cacheWrite1h: 0,
        output: tokensOut,
        usd: cost,
      },
    });
  }
}

function listDirectories(path: string): string[] {
  return existsSync(path) ? [...Deno.readDirSync(path)].map(({ name }) => join(path, name)) : [];
}

function parseFile(path: string): Json {
  return JSON.parse(Deno.readTextFileSync(path));
}
