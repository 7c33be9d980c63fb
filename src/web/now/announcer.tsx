/** Says what a countdown comes to, for those who hear the page: at one minute and at the end, and never in between. */
import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import { type Money, moneyText } from "../../operations/report/cells.ts";
import { shortProject } from "../look.ts";
import type { BoardRow } from "./board_rows.ts";

export function Announcer({ rows, money }: { readonly rows: readonly BoardRow[]; readonly money: Money }): VNode {
  const states = useRef(new Map<string, BoardRow["state"]>());
  const said = useRef("");
  const changes = rows.filter(({ key, state }) => {
    const before = states.current.get(key);
    return before !== undefined && before !== state && state !== "warm";
  });
  states.current = new Map(rows.map(({ key, state }) => [key, state]));
  if (changes.length > 0) {
    said.current = changes.map(({ entry, state }) =>
      state === "soon"
        ? `${shortProject(entry.cwd)} goes cold in a minute, ${moneyText(entry.lossUsd, money)} at stake.`
        : `${shortProject(entry.cwd)} went cold, ${moneyText(entry.lossUsd, money)} lost.`
    ).join(" ");
  }
  return <p class="hidden-text" aria-live="polite">{said.current}</p>;
}
