/** Values that no reader expects, as they stand in JSON, and putting one into a record. Pure. */
import type { Draws } from "../corpus_generator/draws.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** As text: some are more than JSON.stringify would ever write. */
export const HOSTILE_VALUES: readonly ((draws: Draws) => string)[] = [
  ..."null true false 0 -0 -1 1 1.5 -2.5e-9 1e999 -1e999 1e308 1e-320 9007199254740993 123456789012345678901234567890"
    .split(" ").map((text) => () => text),
  ...["", " ", "0", "-1", "1e5", "NaN", "constructor", "__proto__", "../../../etc/passwd", "C:\\x", "/", "opper"]
    .map((text) => () => JSON.stringify(text)),
  // Sources look at the first of them.
  ...["<synthetic>", "claude-opus-4-6", "gpt-5.2", "anthropic/claude-sonnet-4.6", "a/b/c/d"]
    .map((text) => () => JSON.stringify(text)),
  ...["2026-11-20T10:00:00Z", "2026-13-45T99:99:99Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z", "2026-11-20"]
    .map((text) => () => JSON.stringify(text)),
  ...["+275760-09-13T00:00:00.001Z", "-000001-01-01T00:00:00Z", "20 November 2026"].map((text) => () =>
    JSON.stringify(text)
  ),
  // Steers terminals, turns text around, is half a character, is larger than it looks.
  ...["\\u001b[31mred", "\\u009b31m", "\\u202eabc", "\\ud800", "\\udc00x", "\\u0000", "\\u2028", "\\ufeff", "a\\nb"]
    .map((text) => () => `"${text}"`),
  () => `"${"👩‍👩‍👧‍👦".repeat(20)}"`,
  (draws) => `"${"x".repeat(draws.logUniform(100, 200_000))}"`,
  (draws) => "9".repeat(draws.logUniform(10, 400)),
  (draws) => String(draws.logUniform(1, 1e15)),
  (draws) => `-${draws.logUniform(1, 1e12)}`,
  () => "[]",
  () => "{}",
  () => "[null]",
  () => '{"toString":1,"valueOf":1}',
  () => '{"__proto__":{"turns":5},"constructor":1,"length":-1}',
  () => '{"toJSON":"x","then":"y"}',
  (draws) => {
    const depth = draws.logUniform(10, 20_000);
    return "[".repeat(depth) + "]".repeat(depth);
  },
  (draws) => {
    const depth = draws.logUniform(10, 20_000);
    return `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
  },
  (draws) => `[${Array.from({ length: draws.logUniform(10, 20_000) }, (_, index) => index)}]`,
];

/** Keys that figures, times and names come from are replaced most. */
const OF_INTEREST =
  /usage|token|input|output|cache|cost|total|time|at$|id$|model|provider|cwd|type|role|speed|tier|iter|name|title/i;

/** Puts a hostile value in the place of one of a line's, or a hostile key in; a line that is no JSON stays. */
export function replaceValue(line: Bytes, draws: Draws): Bytes {
  let record: unknown;
  try {
    record = JSON.parse(new TextDecoder().decode(line));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return line;
  }
  const places = placesIn(record);
  if (places.length === 0) return line;
  const known = places.filter(({ key }) => OF_INTEREST.test(key));
  const { holder, key } = draws.pick(known.length > 0 && draws.chance(0.8) ? known : places);
  const text = draws.pick(HOSTILE_VALUES)(draws);
  if (draws.chance(0.1)) delete holder[key];
  else holder[key] = MARK;
  // A function: `$&` in what is put in would be replaced, too.
  return new TextEncoder().encode(JSON.stringify(record).replace(`"${MARK}"`, () => text));
}

const MARK = "the hostile value";

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** Not below what is nested deeply by itself: mutations may follow each other. */
function placesIn(value: unknown, depth = 0): readonly Place[] {
  if (typeof value !== "object" || value === null || depth > 20) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).slice(0, 100).flatMap((key) => [{ holder, key }, ...placesIn(holder[key], depth + 1)]);
}
