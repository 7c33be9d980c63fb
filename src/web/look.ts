/** How figures look here: the zone and the currency that the program uses. One formatter for page and command line. */
import { useContext } from "preact/hooks";
import { createContext } from "preact";
import type { Currency } from "../operations/report/currency.ts";
import { useClient } from "./client.ts";

export interface Look {
  /** IANA name: of the program's settings, not of the browser. */
  readonly timezone: string;
  /** Handed to moneyText() and costCell() (cells.ts). */
  readonly currency?: Currency;
}

/** What settings say of the look beyond the zone. Set by main.tsx. */
export const CurrencyContext = createContext<Currency | undefined>(undefined);

/** `const look = useLook(); costCell(cost, look).text; formatTime(at, look.timezone, now.value)`. */
export function useLook(): Look {
  const { timezone } = useClient().live.value;
  const currency = useContext(CurrencyContext);
  return { timezone: timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone, currency };
}

/** The last two parts of a directory; `?` where the log names none. The whole goes into a title. */
export function shortProject(cwd: string | undefined): string {
  if (cwd === undefined || cwd === "") return "?";
  const parts = cwd.split(/[/\\]/).filter((part) => part !== "");
  return parts.length === 0 ? cwd : parts.slice(-2).join("/");
}
