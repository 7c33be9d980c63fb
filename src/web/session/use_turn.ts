/** The turn that is chosen, in the address: `turn=152`. */
import { useEffect, useState } from "preact/hooks";
import { go, type Route } from "../address.ts";

/** Browsers refuse an address that changes with every repeat of a key: it is written once the keys rest. */
const REST_MS = 250;

export function useTurn(
  { query }: Route,
): readonly [turn: number | undefined, choose: (turn: number | undefined) => void] {
  const written = readNumber(query["turn"]);
  const [turn, setTurn] = useState(written);
  // Back, forward, and a link within the page.
  useEffect(() => setTurn(written), [written]);
  useEffect(() => {
    if (turn === written) return;
    const timer = setTimeout(() => go({ query: { turn: turn === undefined ? "" : String(turn) } }, "replace"), REST_MS);
    return () => clearTimeout(timer);
  }, [turn]);
  return [turn, setTurn];
}

function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}
