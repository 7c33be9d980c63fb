/**
 * The file in which `statusline` keeps what it is told of limits, one JSON object a line:
 * `{"at":"2026-11-25T09:46:40.000Z","source":"claude","root":"/home/u/.claude","limits":{"five_hour":{…}},"turn":"…"}`.
 */
import { folderName } from "../folder.ts";
import { isRecord } from "../json/is_record.ts";
import { parseJson } from "../json/parse_json.ts";
import type { LimitRecord } from "./limit_record.ts";
import { readSaidTime } from "./read_said_time.ts";
import { readStatusLimits } from "./status_limits.ts";

/** Below our own state directory. */
export const KEPT_LIMITS_FILE = "limits.jsonl";

/** What could not be used of the file, and on which line, counted from 1. */
export interface KeptProblem {
  readonly line: number;
  readonly message: string;
}

export interface KeptRecords {
  readonly records: readonly LimitRecord[];
  readonly problems: readonly KeptProblem[];
}

const NOT_A_READING = "This is no reading of limits: left out.";

/**
 * Never throws. A last line that has not ended may still be written: nothing is said of it where it is broken.
 *
 * @param accountOf The default configuration directory of a source, for lines that name none; undefined for a source that
 * hands nothing to a status line
 */
export function parseKeptRecords(text: string, accountOf: (source: string) => string | undefined): KeptRecords {
  const records: LimitRecord[] = [];
  const problems: KeptProblem[] = [];
  // An editor may have put a mark in front.
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  lines.forEach((written, index) => {
    if (written.trim() === "") return;
    const line = index + 1;
    const said = parseJson(written);
    const { at: time, source, root, limits: kept, turn } = isRecord(said) ? said : {} as Record<string, unknown>;
    const at = typeof time === "string" ? readSaidTime(time) : undefined;
    const account = typeof source !== "string"
      ? undefined
      : typeof root === "string" && root !== "" && accountOf(source) !== undefined
      ? folderName(root)
      : accountOf(source);
    if (typeof source !== "string" || at === undefined || account === undefined || !isRecord(kept)) {
      if (line < lines.length) problems.push({ line, message: NOT_A_READING });
      return;
    }
    const { limits, faults } = readStatusLimits(kept, at);
    problems.push(...faults.map((message) => ({ line, message })));
    const named = typeof turn === "string" && turn !== "" ? { turn } : {};
    for (const { limit, windows } of limits) {
      records.push({ source, account, limit, at, via: "statusline", windows, isWhole: false, ...named });
    }
  });
  return { records, problems };
}
