/**
 * Requests of Claude Code that were refused because a limit was reached: `quotaLimits` of the answer that it words itself
 * (2.1.332, run 2026-11-26). How much of a limit is used its logs do not say.
 */
import { isRecord } from "../../core/json/is_record.ts";
import { readSaidTime } from "../../core/limits/read_said_time.ts";
import type { LimitRefusal } from "../../core/limits/limit_record.ts";
import { nameIn } from "../formats/prompt_items.ts";
import type { LimitLog } from "../limit_log.ts";
import { directoryOfLog } from "./places.ts";

export const claudeLimitLog: LimitLog = {
  needles: ['"quotaLimits"'],
  accountOf: directoryOfLog,
  start({ path }) {
    const account = directoryOfLog(path);
    return (record) => {
      if (!isRecord(record) || !isRecord(record.quotaLimits)) return undefined;
      const { status, rateLimitType, resetsAt } = record.quotaLimits;
      const at = readSaidTime(record.timestamp);
      const window = nameIn(rateLimitType);
      if (status !== "rejected" || at === undefined || window === undefined) return undefined;
      const refusal: LimitRefusal = { source: "claude", account, at, window };
      const ends = typeof resetsAt === "number" ? resetsAt * 1000 : NaN;
      // What lies further ahead than any window is in other units.
      return { refusal: ends > at && ends < at + MOST_AHEAD_MS ? { ...refusal, resetsAt: ends } : refusal };
    };
  },
};

const MOST_AHEAD_MS = 60 * 24 * 3_600_000;
