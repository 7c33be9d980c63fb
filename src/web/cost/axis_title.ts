/** What stands below a bar: as short as it can be told from its neighbours. Pure. */
import { MONTHS } from "../../operations/report/format.ts";

/** `14:00`, and of midnight the day; `Nov 25`; `W47`; `Nov`, and of January the year. The key itself of anything else. */
export function axisTitle(by: string, key: string): string {
  const [, year, month, day, clock] = /^(\d{4,})-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d))?)?/.exec(key) ?? [];
  const name = MONTHS[Number(month) - 1];
  switch (by) {
    case "hour":
      return clock === undefined ? key : clock === "00:00" ? `${name} ${Number(day)}` : clock;
    case "day":
      return day === undefined ? key : `${name} ${Number(day)}`;
    case "week":
      return /W\d\d$/.exec(key)?.[0] ?? key;
    case "month":
      return name === undefined ? key : name === "Jan" ? year! : name;
    default:
      return key;
  }
}
