/** A JSON document as it was while it grew, without knowing what it says. */

/**
 * Its lists of objects grow alike, as those of turns do, and all else is there from the beginning.
 *
 * @param count How many there are at most, the last one being the document itself, to the byte
 */
export function documentVersions(bytes: Uint8Array, count: number): readonly Uint8Array[] {
  const document: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const encoder = new TextEncoder();
  const most = longestList(document);
  const steps = Math.max(1, Math.min(count, most));
  const earlier = Array.from(
    { length: steps - 1 },
    (_, step) => encoder.encode(JSON.stringify(shorten(document, (step + 1) / steps), undefined, 2)),
  );
  return [...earlier, bytes];
}

function longestList(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  if (isListOfObjects(value)) return value.length;
  return Array.isArray(value) ? 0 : Math.max(0, ...Object.values(value).map(longestList));
}

function shorten(value: unknown, share: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isListOfObjects(value)) return value.slice(0, Math.ceil(value.length * share));
  if (Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shorten(member, share)]));
}

function isListOfObjects(value: object): value is object[] {
  return Array.isArray(value) && value.every((item) => typeof item === "object" && item !== null);
}
