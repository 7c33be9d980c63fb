/** A table of the card. */
import { formatCount } from "../../operations/report/format.ts";
import { type Child, element, soft } from "./element.ts";

/** What a column is called, and its class: of numbers, and of what is left out where there is no room. */
export type Heading = readonly [title: string, name?: "number" | "wide" | "number wide"];

/** The first cell of a row is its name. */
export interface Row {
  /** All of what the name is short for. */
  readonly title: string | undefined;
  readonly cells: readonly (readonly Child[])[];
}

/** Nothing where there are no rows. */
export function drawTable(headings: readonly Heading[], rows: readonly Row[]): Child {
  if (rows.length === 0) return undefined;
  const head = headings.map(([title, name]) => element("th", { scope: "col", class: name }, title));
  const body = rows.map(({ title, cells }) =>
    element(
      "tr",
      {},
      ...cells.map((cell, place) =>
        place === 0
          ? element("th", { scope: "row", title }, ...cell)
          : element("td", { class: headings[place]![1] }, ...cell)
      ),
    )
  );
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
}

/** A bar of a part of a whole, from 0 to 1. */
export function drawBar(): readonly [bar: HTMLElement, set: (share: number) => void] {
  const part = element("i");
  return [
    element("span", { class: "bar", "aria-hidden": "true" }, part),
    (share) => part.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`,
  ];
}

/** `12 more`; nothing where all is shown. */
export function moreText(count: number): Child {
  return count > 0 && soft(`${formatCount(count)} more`);
}
