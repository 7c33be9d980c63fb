/**
 * Which of the eight colours a part of a chart has. A part keeps its colour as long as the page is open, in all charts and
 * whatever is filtered: colours are given out by rank, the first time that a part is seen.
 */

/** Parts with a colour of their own; the eighth colour is that of all others together. */
export const MOST_PARTS = 7;

/** Key of the part that holds all others. */
export const OTHER = "other";

const given = new Map<string, Map<string, number>>();

/**
 * The class of a part, which sets `--part`: fill with `class={partClass("model", key)}`, and use `fill: var(--part)`.
 *
 * @param kind What the parts are: `model`, `provider` and so on, each with colours of its own
 */
export function partClass(kind: string, key: string): string {
  if (key === OTHER) return "part part-other";
  return `part part-${placeOf(kind, key) % MOST_PARTS}`;
}

/** Gives colours to keys in order, largest first, before any of them is drawn. */
export function rankParts(kind: string, keys: readonly string[]): void {
  // Those that are shown together have different colours while there are enough: taken ones are avoided.
  const taken = new Set(keys.flatMap((key) => given.get(kind)?.get(key) ?? []).map((place) => place % MOST_PARTS));
  const places = given.get(kind) ?? new Map<string, number>();
  given.set(kind, places);
  for (const key of keys.slice(0, MOST_PARTS)) {
    if (key === OTHER || places.has(key)) continue;
    let place = 0;
    while (place < MOST_PARTS - 1 && taken.has(place)) place++;
    taken.add(place);
    places.set(key, place);
  }
}

function placeOf(kind: string, key: string): number {
  rankParts(kind, [key]);
  return given.get(kind)!.get(key)!;
}
