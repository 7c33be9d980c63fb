/** Logs of Codex, the slow, obvious way. */
import { join } from "node:path";
import {
  type Json,
  readReferenceLines,
  type ReferenceFound,
  type ReferenceLog,
  type ReferenceResponse,
  type ReferenceSums,
} from "./found.ts";

export function readCodexReference(home: string): ReferenceFound {
  const logs = ["sessions", "archived_sessions"].flatMap((name) => readReferenceLines(join(home, ".codex", name)));
  return { sessions: logs.map(codexSession), responses: readCodex(logs) };
}

function codexHeader({ lines }: ReferenceLog): Json {
  return lines.find(({ type }) => type === "session_meta").payload;
}

function codexParent(header: Json): string | undefined {
  return header.forked_from_id ?? header.source?.subagent?.thread_spawn?.parent_thread_id;
}

/** A sub-agent counts for the session of the thread that started it. */
function codexSession(log: ReferenceLog): string {
  const header = codexHeader(log);
  return header.source?.subagent?.thread_spawn?.parent_thread_id ?? header.id;
}

/** Records where a log has them, else running totals that changed, without those that a parent had first. */
function readCodex(logs: readonly ReferenceLog[]): ReferenceResponse[] {
  const totalsOf = (id: string | undefined) => {
    const log = logs.find((candidate) => codexHeader(candidate).id === id);
    return log === undefined ? [] : codexTotals(log).map(({ key }) => key);
  };
  return logs.flatMap((log) => {
    const header = codexHeader(log);
    const session = codexSession(log);
    const records = log.lines.filter(({ type, payload }) =>
      type === "token_usage_record" && payload.thread_id === header.id
    );
    if (records.length > 0) {
      return records.map(({ payload }, index) => ({
        key: `${header.id} ${index}`,
        session,
        isCopy: false,
        sums: codexSums(payload.usage),
      }));
    }
    const parents = totalsOf(codexParent(header));
    const totals = codexTotals(log);
    let replayed = 0;
    while (replayed < totals.length && totals[replayed]!.key === parents[replayed]) replayed++;
    return totals.slice(replayed).map(({ key, last }) => ({
      key: `${header.id} ${key}`,
      session,
      isCopy: false,
      sums: codexSums(last),
    }));
  });
}

/** Running totals in order, each once, with the counts of the response behind it. */
function codexTotals({ lines }: ReferenceLog): { key: string; last: Json }[] {
  const totals: { key: string; last: Json }[] = [];
  for (const { type, payload } of lines) {
    if (type !== "event_msg" || payload.type !== "token_count" || payload.info === null) continue;
    const key = JSON.stringify(payload.info.total_token_usage);
    if (totals.at(-1)?.key !== key) totals.push({ key, last: payload.info.last_token_usage });
  }
  return totals;
}

/** Cached and cache-written tokens are inside the input. */
function codexSums(usage: Json): ReferenceSums {
  return {
    turns: 1,
    input: usage.input_tokens - usage.cached_input_tokens - usage.cache_write_input_tokens,
    cacheRead: usage.cached_input_tokens,
    cacheWrite: usage.cache_write_input_tokens,
    cacheWrite1h: 0,
    output: usage.output_tokens,
    usd: 0,
  };
}
