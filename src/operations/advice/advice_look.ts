/** What the answer of `advise` is drawn for. */
import type { Money } from "../report/cells.ts";

/** Home is written `~`. */
export interface AdviceLook extends Money {
  readonly home: string;
}
