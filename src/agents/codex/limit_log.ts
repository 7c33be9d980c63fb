/**
 * How near the limits of an account are, as Codex logs it with each answer: `rate_limits` of a `token_count` (0.169.0, run
 * 2026-11-26). Each answer names one limit, and not every answer all of its windows.
 *
 * A log that begins with the history of another thread shows what that one read long ago, with times rewritten: only what is
 * known to be the thread's own counts.
 */
import { folderName } from "../../core/folder.ts";
import { readSaidTime } from "../../core/limits/read_said_time.ts";
import { checkWindow, millisecondsOf } from "../../core/limits/check_window.ts";
import type { WindowReading } from "../../core/limits/limit_record.ts";
import { isRecord, type JsonRecord } from "../../core/json/is_record.ts";
import type { EpochMs } from "../../core/model.ts";
import { utcTimeOf } from "../formats/utc_time.ts";
import { nameIn, recordIn } from "../formats/prompt_items.ts";
import type { LimitFinding, LimitLog } from "../limit_log.ts";
import { type CodexState, ownerOfTurn } from "./state.ts";
import { type CodexThread, readThread, type ThreadHeader } from "./thread.ts";

export const codexLimitLog: LimitLog = {
  needles: ['"rate_limits"', '"session_meta"', '"turn_context"', '"task_started"'],
  accountOf,
  start({ path }) {
    const account = accountOf(path);
    const owner = new Owner();
    return (record) => {
      if (!isRecord(record)) return undefined;
      const payload = recordIn(record.payload);
      owner.note(record, payload);
      const { rate_limits: limits } = payload;
      if (record.type !== "event_msg" || !isRecord(limits) || !owner.isOwn) return undefined;
      const at = timeOf(record.timestamp);
      return at === undefined ? undefined : readLimits(limits, at, account);
    };
  },
};

/** Logs lie in `sessions` or `archived_sessions` of it. */
function accountOf(path: string): string {
  const directory = /^(.+)[/\\](?:archived_)?sessions[/\\](?:\d{4}[/\\]|rollout-)/.exec(path)?.[1];
  return folderName(directory ?? path.replace(/[/\\][^/\\]*$/, ""));
}

/** The name of the limit in versions that had one alone. */
const MAIN = "codex";

function readLimits(limits: JsonRecord, at: EpochMs, account: string): LimitFinding | undefined {
  const slots = [limits.primary, limits.secondary];
  const found = slots.filter((slot) => slot !== undefined && slot !== null);
  const windows: WindowReading[] = [];
  const faults: string[] = [];
  for (const slot of found.map(recordIn)) {
    const checked = checkWindow({
      minutes: slot.window_minutes,
      usedPercent: slot.used_percent,
      resetsAt: slot.resets_at === undefined || slot.resets_at === null
        ? leftFrom(slot.resets_in_seconds, at)
        : millisecondsOf(slot.resets_at),
    }, at);
    if ("window" in checked) windows.push(checked.window);
    if ("fault" in checked) faults.push(checked.fault);
  }
  const limit = nameIn(limits.limit_id) ?? MAIN;
  const name = nameIn(limits.limit_name);
  // Of two that have one length, which can be none of the agent's, neither is known.
  const isTwice = windows.length === 2 && windows[0]!.windowMinutes === windows[1]!.windowMinutes;
  if (windows.length === 0 || isTwice) return faults.length === 0 ? undefined : { faults };
  const isWhole = windows.length === found.length && slots.every((slot) => slot !== undefined);
  const record = { source: MAIN, account, limit, at, via: "log", windows, isWhole } as const;
  return { records: [name === undefined ? record : { ...record, name }], faults };
}

/** What versions wrote that named no time. */
function leftFrom(seconds: unknown, at: EpochMs): unknown {
  return typeof seconds === "number" ? at + seconds * 1000 : seconds;
}

/** There may be a hundred thousand, nearly all of one form. */
function timeOf(said: unknown): EpochMs | undefined {
  return (typeof said === "string" ? utcTimeOf(said) : undefined) ?? readSaidTime(said);
}

/** Whose records a log is showing, see codex/state.ts. */
class Owner {
  #thread: CodexThread | undefined;
  #owner: CodexState["owner"] = "own";

  get isOwn(): boolean {
    return this.#owner === "own";
  }

  note(record: JsonRecord, payload: JsonRecord): void {
    // The first header is the log's own.
    if (record.type === "session_meta" && this.#thread === undefined) {
      this.#thread = readThread(headerOf(record, payload));
      if (this.#thread?.history === "replayed") this.#owner = "unclear";
    }
    const thread = this.#thread;
    if (thread === undefined || this.#owner === "own") return;
    if (thread.ownFromOrdinal !== undefined && typeof record.ordinal === "number") {
      this.#owner = record.ordinal >= thread.ownFromOrdinal ? "own" : "replay";
    }
    if (this.#owner !== "own" && (record.type === "turn_context" || payload.type === "task_started")) {
      const turn = { at: timeOf(record.timestamp), turnId: nameIn(payload.turn_id) };
      this.#owner = ownerOfTurn(this.#owner, thread, turn);
    }
  }
}

function headerOf(record: JsonRecord, payload: JsonRecord): ThreadHeader {
  const { subagent } = recordIn(payload.source);
  return {
    at: timeOf(record.timestamp),
    id: nameIn(payload.id),
    sessionId: nameIn(payload.session_id),
    startedAt: timeOf(payload.timestamp),
    provider: nameIn(payload.model_provider),
    threadSource: nameIn(payload.thread_source),
    parentThreadId: nameIn(payload.parent_thread_id),
    subagent: subagent === undefined || subagent === null ? undefined : true,
    spawnedBy: nameIn(recordIn(recordIn(subagent).thread_spawn).parent_thread_id),
    forkedFrom: nameIn(payload.forked_from_id),
    forkedFromOrdinal: numberIn(payload.forked_from_ordinal_exclusive),
    historyBase: isRecord(payload.history_base) ? true : undefined,
    ownFromOrdinal: numberIn(payload.subagent_history_start_ordinal),
    cwd: undefined,
  };
}

function numberIn(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
