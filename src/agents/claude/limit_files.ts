/**
 * What Claude Code was told of its limits when somebody last opened `/usage`: the member `cachedUsageUtilization` of the file
 * that also has its servers. The file holds an address and ids as well: of those nothing is looked at.
 *
 * It is the only place with limits of single models. Source: 2.1.332, read 2026-11-26; it could not be filled without a
 * service.
 */
import { checkWindow } from "../../core/limits/check_window.ts";
import type { LimitRecord, WindowReading } from "../../core/limits/limit_record.ts";
import { readSaidTime } from "../../core/limits/read_said_time.ts";
import { FIVE_HOURS, WEEK } from "../../core/limits/window_length.ts";
import { isRecord, type JsonRecord } from "../../core/json/is_record.ts";
import { parseJson } from "../../core/json/parse_json.ts";
import type { Machine } from "../../core/machine.ts";
import type { EpochMs } from "../../core/model.ts";
import { listIn, nameIn, recordIn } from "../formats/prompt_items.ts";
import type { LimitFile, LimitFinding } from "../limit_log.ts";
import { stateFiles } from "./places.ts";

const MEMBER = "cachedUsageUtilization";

/** One for each directory that it may use. */
export function claudeLimitFiles(machine: Machine): readonly LimitFile[] {
  return stateFiles(machine).map(({ path, directory }) => ({
    path,
    needle: `"${MEMBER}"`,
    read: (text, readAt) => {
      const state = parseJson(text);
      const said = isRecord(state) ? state[MEMBER] : undefined;
      return isRecord(said) ? readUsage(said, directory, readAt) : {};
    },
  }));
}

/** One window that is named there, of the plan or of one model. */
interface SaidWindow {
  readonly limit: string;
  readonly name?: string;
  readonly minutes: number;
  readonly said: unknown;
}

function readUsage({ fetchedAtMs: at, utilization }: JsonRecord, account: string, readAt: EpochMs): LimitFinding {
  if (typeof at !== "number" || !(at > 0 && at <= readAt) || !isRecord(utilization)) return {};
  const faults: string[] = [];
  const found = new Map<string, { name?: string; windows: WindowReading[] }>();
  for (const { limit, name, minutes, said } of [...namedWindows(utilization), ...listedWindows(utilization.limits)]) {
    if (!isRecord(said)) continue;
    const { utilization: used, percent, resets_at: resetsAt } = said;
    const checked = checkWindow({
      minutes,
      usedPercent: percent ?? used,
      resetsAt: typeof resetsAt === "string" ? readSaidTime(resetsAt) ?? NaN : resetsAt,
    }, at);
    if ("fault" in checked) faults.push(checked.fault);
    if (!("window" in checked)) continue;
    let known = found.get(limit);
    if (known === undefined) found.set(limit, known = { ...name === undefined ? {} : { name }, windows: [] });
    // Of two that say the same the one by name comes first.
    if (!known.windows.some(({ windowMinutes }) => windowMinutes === minutes)) known.windows.push(checked.window);
  }
  const records = [...found].map(([limit, { name, windows }]): LimitRecord => {
    const record = { source: "claude", account, limit, at, via: "settings", windows, isWhole: false } as const;
    return name === undefined ? record : { ...record, name };
  });
  return { records, faults };
}

/** Those that nobody has are null. */
function namedWindows(utilization: JsonRecord): readonly SaidWindow[] {
  const { five_hour, seven_day, seven_day_sonnet, seven_day_opus } = utilization;
  const all: readonly SaidWindow[] = [
    { limit: "plan", minutes: FIVE_HOURS, said: five_hour },
    { limit: "plan", minutes: WEEK, said: seven_day },
    { limit: "sonnet", name: "Sonnet", minutes: WEEK, said: seven_day_sonnet },
    { limit: "opus", name: "Opus", minutes: WEEK, said: seven_day_opus },
  ];
  // One without a reset has not begun.
  return all.filter(({ said }) => isRecord(said) && recordIn(said).resets_at !== null);
}

/** Newer ones, each with the model that it is for. The plan's own are named as well. */
function listedWindows(limits: unknown): readonly SaidWindow[] {
  return listIn(limits).map(recordIn).flatMap((said) => {
    const name = nameIn(recordIn(recordIn(said.scope).model).display_name);
    const words = `${nameIn(said.kind) ?? ""} ${nameIn(said.group) ?? ""}`;
    const minutes = /week|seven_day/.test(words) ? WEEK : /session|five_hour/.test(words) ? FIVE_HOURS : undefined;
    if (name === undefined || minutes === undefined || said.resets_at === null) return [];
    return [{ limit: name.toLowerCase(), name, minutes, said }];
  });
}
