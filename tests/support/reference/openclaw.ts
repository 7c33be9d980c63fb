/**
 * Reads databases of OpenClaw the slow, obvious way, by docs/formats/openclaw.md alone: every row, one after the other. It
 * takes each to be whole and of the newest schema, and shares nothing with the source.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { zstdDecompressSync } from "node:zlib";
import type { Json, ReferenceFound, ReferenceResponse } from "./found.ts";

/** What sub-agents had is their parent's. @param home that `.openclaw` is in; a copy, as SQLite leaves files beside a database */
export function readOpenClaw(home: string): ReferenceFound {
  const agents = join(home, ".openclaw", "agents");
  const responses: ReferenceResponse[] = [];
  const sessions = new Set<string>();
  for (const { name } of existsSync(agents) ? Deno.readDirSync(agents) : []) {
    const path = join(agents, name, "agent", "openclaw-agent.sqlite");
    if (!existsSync(path)) continue;
    const database = new DatabaseSync(path);
    const windows: Json[] = database.prepare("SELECT * FROM session_windows").all();
    for (const window of windows) {
      const parent = windows.find(({ session_key }) => session_key === window.spawned_by);
      const session = parent?.session_id ?? window.session_id;
      sessions.add(session);
      const rows: Json[] = database.prepare("SELECT * FROM transcript_events WHERE session_id = ? ORDER BY seq")
        .all(window.session_id);
      responses.push(...responsesOf(session, rows.map(entryOf)));
    }
    database.close();
  }
  return { sessions: [...sessions], responses };
}

function entryOf({ event_json, event_zstd }: Json): Json {
  return JSON.parse(event_json ?? new TextDecoder().decode(zstdDecompressSync(event_zstd)));
}

function responsesOf(session: string, [header, ...entries]: readonly Json[]): ReferenceResponse[] {
  return entries.flatMap(({ type, timestamp, message }) => {
    if (type !== "message" || message.role !== "assistant" || message.responseId === undefined) return [];
    const { input, cacheRead, cacheWrite, cacheWrite1h = 0, output, cost } = message.usage;
    return [{
      key: `${message.responseId} ${message.timestamp}`,
      session,
      isCopy: Date.parse(timestamp) < Date.parse(header.timestamp),
      sums: {
        turns: 1,
        ...{ input, cacheRead, cacheWrite: cacheWrite - cacheWrite1h, cacheWrite1h, output },
        usd: cost.total,
      },
    }];
  });
}
