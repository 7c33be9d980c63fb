/** Values that no tool writes and a file may hold all the same, as JSON texts: some of them no object of ours could hold. */

const DEEP = 10_000;

export const HOSTILE_VALUES: readonly string[] = [
  // What cannot be made a text or a number of.
  '{"toString":1,"valueOf":1}',
  '{"toJSON":1,"then":1,"length":1e9}',
  '{"__proto__":{"input_tokens":5},"constructor":1,"hasOwnProperty":1}',
  "[".repeat(DEEP) + "]".repeat(DEEP),
  '{"a":'.repeat(DEEP) + "1" + "}".repeat(DEEP),
  "[]",
  "[null]",
  '[{"type":"text","text":1},[],"x"]',
  "{}",
  "null",
  "true",
  "false",
  "0",
  "-0",
  "-1",
  "1.5",
  "1e-300",
  "1e9",
  "1e300",
  "1e308",
  "1e400",
  "-1e400",
  "9007199254740993",
  '""',
  '" "',
  '"NaN"',
  '"0.5"',
  // What every object has a member of, and what we have a meaning for.
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"hasOwnProperty"',
  '"latest"',
  '"current"',
  '"*"',
  // What is no text to some.
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"claude-sonnet-4-6\\u0000"',
  '"a\\u0000b"',
  '"a\\nb\\r\\nc\\u2028d"',
  '"\\u001b[2J\\u009b31m\\u202e"',
  '"../../../etc/passwd"',
  '"//server/share"',
  '"C:\\\\Users\\\\Kim"',
  `"${"x".repeat(100_000)}"`,
  `"/${"a/".repeat(5_000)}"`,
  // Times.
  '"0000-01-01T00:00:00.000Z"',
  '"0001-01-01T00:00:00Z"',
  '"9999-12-31T23:59:59.999Z"',
  '"+275760-09-13T00:00:00.000Z"',
  '"+275760-09-13T00:00:00.001Z"',
  '"-271821-04-20T00:00:00.000Z"',
  '"2026-02-30T25:61:61.999Z"',
  '"2026-11-20T10:00:00+99:99"',
  '"Fri, 20 Nov 2026"',
  "1763632800",
  "1763632800000000",
  "8640000000000000",
  "8640000000000001",
  "-8640000000000000",
  "-62135596800000",
];

/** Where a value stands in a record. */
export type MemberPath = readonly (string | number)[];

/** Every member of a record, within others too; of a list the first one. */
export function memberPaths(value: unknown, depth = 6): readonly MemberPath[] {
  if (typeof value !== "object" || value === null || depth === 0) return [];
  const members = Array.isArray(value) ? value.slice(0, 1).entries() : Object.entries(value);
  return [...members].flatMap((
    [key, member],
  ) => [[key], ...memberPaths(member, depth - 1).map((path) => [key, ...path])]);
}

/** @param json What stands there instead */
export function replaceMember(record: unknown, path: MemberPath, json: string): string {
  const copy = structuredClone(record);
  let parent = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>;
  parent[path.at(-1)!] = "\u0001";
  const text = JSON.stringify(copy);
  const mark = JSON.stringify("\u0001");
  return text.replace(mark, () => json);
}
