/** The turn that is chosen, in the address: `turn=152`, or by when it was sent, as misses are linked: `at=2026-11-26T04:27:00.000Z`. */
import { useEffect, useState } from "preact/hooks";
import { go, type Route } from "../address.ts";
import type { DrawnTurn } from "./read_turns.ts";

/** Browsers refuse an address that changes with every repeat of a key: it is written once the keys rest. */
const REST_MS = 250;

export function useTurn(
  { query }: Route,
  turns: readonly DrawnTurn[],
): readonly [turn: number | undefined, choose: (turn: number | undefined) => void] {
  const written = readNumber(query["turn"]) ?? turnAt(query["at"], turns);
  const [turn, setTurn] = useState(written);
  // Back, forward, and a link within the page.
  useEffect(() => setTurn(written), [written]);
  useEffect(() => {
    if (turn === written) return;
    const timer = setTimeout(
      () => go({ query: { turn: turn === undefined ? "" : String(turn), at: "" } }, "replace"),
      REST_MS,
    );
    return () => clearTimeout(timer);
  }, [turn]);
  return [turn, setTurn];
}

function turnAt(text: string | undefined, turns: readonly DrawnTurn[]): number | undefined {
  const wanted = text === undefined ? NaN : Date.parse(text);
  return turns.find(({ at }) => at === wanted)?.turn;
}

function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}
