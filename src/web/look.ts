/** How figures look here: the zone and the currency that the program uses. One formatter for page and command line. */
import type { Currency } from "../operations/report/currency.ts";
import { useClient } from "./client.ts";
import { useValue } from "./use_value.ts";

/** In which zone and currency. */
export interface PageLook {
  /** IANA name: of the program's settings, not of the browser. */
  readonly timezone: string;
  /** Handed to moneyText() and costCell() (cells.ts). Undefined: US dollars. */
  readonly currency?: Currency;
  /** Decimals of amounts. */
  readonly digits?: number;
}

/** `const look = useLook(); costCell(cost, look).text; formatTime(at, look.timezone, now.peek())`. */
export function useLook(): PageLook {
  const { timezone, board, digits } = useValue(useClient().live);
  return {
    timezone: timezone ?? board?.overview.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    currency: board?.overview.currency,
    digits,
  };
}

/** The last two parts of a directory; `?` where the log names none. The whole goes into a title. */
export function shortProject(cwd: string | undefined): string {
  if (cwd === undefined || cwd === "") return "?";
  const parts = cwd.split(/[/\\]/).filter((part) => part !== "");
  return parts.length === 0 ? cwd : parts.slice(-2).join("/");
}
