/**
 * Reads databases of OpenClaw the slow, obvious way, by docs/formats/openclaw.md alone: every row, one after the other. It
 * takes each to be whole and of the newest schema, and shares nothing with the source.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { zstdDecompressSync } from "node:zlib";

// deno-lint-ignore no-explicit-any -- rows are anything, and this reader is to be plain
type Json = any;

/** One response as one session has it; the five counts are disjoint. */
export interface OpenClawReferenceResponse {
  readonly key: string;
  /** That of the sub-agent, where one had it. */
  readonly session: string;
  readonly isCopy: boolean;
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
  readonly output: number;
  /** As recorded; 0 where no price was known. */
  readonly usd: number;
}

/** @param home that `.openclaw` is in; a copy, as SQLite leaves files beside a database */
export function readOpenClaw(home: string): {
  readonly responses: readonly OpenClawReferenceResponse[];
  /** Who started a session, by the session's id. */
  readonly parents: Readonly<Record<string, string>>;
} {
  const agents = join(home, ".openclaw", "agents");
  const responses: OpenClawReferenceResponse[] = [];
  const parents: Record<string, string> = {};
  for (const { name } of existsSync(agents) ? Deno.readDirSync(agents) : []) {
    const path = join(agents, name, "agent", "openclaw-agent.sqlite");
    if (!existsSync(path)) continue;
    const database = new DatabaseSync(path);
    const windows: Json[] = database.prepare("SELECT * FROM session_windows").all();
    for (const window of windows) {
      const parent = windows.find(({ session_key }) => session_key === window.spawned_by);
      if (parent !== undefined) parents[window.session_id] = parent.session_id;
      const rows: Json[] = database.prepare("SELECT * FROM transcript_events WHERE session_id = ? ORDER BY seq")
        .all(window.session_id);
      responses.push(...responsesOf(window.session_id, rows.map(entryOf)));
    }
    database.close();
  }
  return { responses, parents };
}

function entryOf({ event_json, event_zstd }: Json): Json {
  return JSON.parse(event_json ?? new TextDecoder().decode(zstdDecompressSync(event_zstd)));
}

function responsesOf(session: string, [header, ...entries]: readonly Json[]): OpenClawReferenceResponse[] {
  return entries.flatMap(({ type, timestamp, message }) => {
    if (type !== "message" || message.role !== "assistant" || message.responseId === undefined) return [];
    const { input, cacheRead, cacheWrite, cacheWrite1h = 0, output, cost } = message.usage;
    return [{
      key: `${message.responseId} ${message.timestamp}`,
      session,
      isCopy: Date.parse(timestamp) < Date.parse(header.timestamp),
      ...{ input, cacheRead, cacheWrite: cacheWrite - cacheWrite1h, cacheWrite1h, output },
      usd: cost.total,
    }];
  });
}
