/** How the keys of sums are written on the page: models and projects short, in full where one asks. Pure. */
import { causeText } from "../operations/report/cause_text.ts";
import { cellForms } from "../operations/report/cell_forms.ts";
import { keyCells } from "../operations/report/key_cells.ts";
import type { MissKey } from "../operations/usage/miss_keys.ts";
import { OTHER } from "./charts/colours.ts";

/** How a key is written. */
export interface KeyName {
  readonly text: string;
  /** There where `text` is shorter. */
  readonly full?: string;
}

/** Answers do not say where home is, and no directory is called that: paths stay as they are. */
export const NO_HOME = "?";

/** Of a model without provider and date, of a project its last two directories: the second step of their forms. */
const STEP = 2;

/**
 * The names of all keys of one list: no two look alike.
 *
 * @param times Of the answer, which the titles of times are told from
 */
export function keyNames(
  by: MissKey,
  keys: readonly string[],
  times: { readonly asOf: string; readonly timezone: string },
): ReadonlyMap<string, KeyName> {
  const cellOf = by === "cause" ? (key: string) => ({ text: causeText(key) }) : keyCells(by, keys, times, NO_HOME);
  const cells = keys.map((key) => key === OTHER ? { text: OTHER } : cellOf(key));
  const forms = cellForms(cells);
  const texts = forms[Math.min(STEP, forms.length - 1)]!;
  return new Map(keys.map((key, index) => {
    const [text, full] = [texts[index]!, cells[index]!.text];
    return [key, text === full ? { text } : { text, full }];
  }));
}
