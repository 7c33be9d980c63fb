/** A price that an agent keeps in a file of its own. */
import type { PriceTable } from "./price_table.ts";

/** A model that a file has a price of; `*` stands for all that a provider serves. Names are in lower case. */
export interface DiskPrice {
  readonly provider: string;
  readonly model: string;
  /** Absent: the provider is somewhere on the internet, so that it is not free, whatever its name says. */
  readonly table?: PriceTable;
}
