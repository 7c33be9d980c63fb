/** What `doctor` says of the limits that the status line was told. */
import { isoTime } from "../../core/iso_time.ts";
import type { OperationContext } from "../contract/context.ts";
import type { Cell } from "../contract/view.ts";
import { shortenPath } from "../report/cells.ts";
import { countOf } from "../report/notes.ts";
import { readLimitsFile } from "./gather_limits.ts";

/** The file, and what is in it. */
interface KeptReadings {
  readonly path: string;
  readonly readings: number;
  readonly lastAt?: string;
}

/** Where there is no such file there are no readings. */
export function countKeptLimits(context: Pick<OperationContext, "account" | "stateDirectory">): KeptReadings {
  const { path, records } = readLimitsFile(context.account.machine, context.stateDirectory);
  const lastAt = isoTime(records.map(({ at }) => at).sort((a, b) => a - b).at(-1));
  return { path, readings: records.length, ...lastAt === undefined ? {} : { lastAt } };
}

/** In a line. */
export function keptLimitsText({ path, readings, lastAt }: KeptReadings, home: string): Cell {
  const file = shortenPath(path, home);
  if (lastAt === undefined) return { text: `none kept; statusline keeps what it is told in ${file}` };
  return { text: `${file}: ${countOf(readings, "reading")} kept, last ${lastAt.slice(0, 16).replace("T", " ")} UTC` };
}
