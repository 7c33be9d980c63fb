/** What the header calls a span of time. Pure. */
import { MONTHS } from "../operations/report/format.ts";
import { PERIODS } from "./address.ts";

/** `7 days` for `7d`, `Nov 13 to Nov 19` for `2026-11-13..2026-11-19`; what is typed otherwise stands as it is. */
export function periodText(since: string): string {
  const [first = "", last] = since.split("..");
  if (last === undefined) return PERIODS.find(([name]) => name === since)?.[1] ?? since;
  const [from, to] = [dateText(first), dateText(last)];
  if (from === to) return from;
  return from === "" ? `until ${to}` : to === "" ? `from ${from}` : `${from} to ${to}`;
}

function dateText(text: string): string {
  const [, month, day, clock] = /^\d{4}-(\d\d)-(\d\d)(?:T(\d\d:\d\d))?/.exec(text) ?? [];
  if (day === undefined) return text;
  return `${MONTHS[Number(month) - 1] ?? month} ${Number(day)}${clock === undefined ? "" : ` ${clock}`}`;
}
