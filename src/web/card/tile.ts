/** A figure with its name, and what belongs to it. */
import type { Usd } from "../../core/model.ts";
import { usdCell } from "../../operations/report/cells.ts";
import { missesText } from "../misses_text.ts";
import { type Child, element } from "./element.ts";

/** @param notes Each in a line of its own */
export function tile(name: string, figure: Child, ...notes: readonly Child[]): HTMLElement {
  return element(
    "div",
    {},
    element("dt", {}, name),
    element("dd", { class: "figure" }, figure),
    ...notes.map((note) => note && element("dd", {}, note)),
  );
}

/** Side by side, as many as there is room for. */
export function tiles(...list: readonly Child[]): HTMLElement {
  return element("dl", { class: "tiles" }, ...list);
}

/** What turns that missed the cache cost more than hits. Undefined is not known, and no zero. */
export function missTile({ misses, missUsd }: { readonly misses?: number; readonly missUsd?: Usd }): HTMLElement {
  const lost = misses === 0 ? 0 : missUsd;
  return tile("Lost in misses", usdCell(lost).text, misses === undefined ? "not known" : missesText(misses));
}
