/** What of the limits that a client says with each line is kept, and how old it is then said to be. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { type ClientLimits, lineToKeep, readKeptLimits, timeOfSaid } from "./keep_limits.ts";

const NOW = Date.parse("2026-11-25T10:00:00Z");
const MINUTE = 60_000;
const RESET = NOW / 1000 + 7200;
const ROOT = "/home/u/.claude";

const five = (used_percentage: unknown, resets_at: unknown = RESET) => ({ five_hour: { used_percentage, resets_at } });
const client = (said: Record<string, unknown>, more: Partial<ClientLimits> = {}): ClientLimits => ({
  source: "claude",
  root: ROOT,
  said,
  turn: "a",
  ...more,
});

/** A line of so many minutes ago. */
function line(minutesAgo: number, limits: Record<string, unknown>, turn = "a", root = ROOT): string {
  return JSON.stringify({
    at: new Date(NOW - minutesAgo * MINUTE).toISOString(),
    source: "claude",
    root,
    limits,
    turn,
  });
}

const keptOf = (...lines: readonly string[]) =>
  readKeptLimits(lines.map((line) => `${line}\n`).join(""), { source: "claude", root: ROOT });

Deno.test("a line holds percentages, times, the directory and the turn", () => {
  const budget = { used_percentage: 120, resets_at: RESET, used_usd: 12, limit_usd: 10, period: "daily" };
  const said = { ...five(42.4), seven_day: { used_percentage: 0, resets_at: RESET, note: "x" }, spend_limit: budget };
  deepStrictEqual(JSON.parse(lineToKeep(client({ ...said, else: five(1) }), [], NOW)!), {
    at: "2026-11-25T10:00:00.000Z",
    source: "claude",
    root: ROOT,
    limits: {
      ...five(42.4),
      seven_day: { used_percentage: 0, resets_at: RESET },
      spend_limit: { used_percentage: 120, resets_at: RESET, period: "daily" },
    },
    turn: "a",
  });
});

Deno.test("what is kept", async (t) => {
  const rows: [name: string, said: ClientLimits, kept: readonly string[], isKept: boolean][] = [
    ["the first", client(five(40)), [], true],
    ["the same again", client(five(40)), [line(1, five(40))], false],
    ["the same of another directory", client(five(40)), [line(1, five(40), "a", "/other")], true],
    ["a higher one", client(five(41)), [line(1, five(40))], true],
    ["a lower one", client(five(39)), [line(1, five(40))], true],
    ["one as it was two readings ago", client(five(40)), [line(3, five(40)), line(1, five(41))], true],
    ["a reset that moved", client(five(40, RESET + 3600)), [line(1, five(40))], true],
    ["one that is rounded otherwise", client(five(40, RESET + 1)), [line(1, five(40))], false],
    ["a window that was not there", client({ ...five(40), seven_day: five(3).five_hour }), [line(1, five(40))], true],
    ["one that is missing now", client(five(40)), [line(1, { ...five(40), seven_day: five(3).five_hour })], false],
    [
      "one that was missing for a while",
      client({ ...five(40), seven_day: five(3).five_hour }),
      [line(2, { ...five(40), seven_day: five(3).five_hour }), line(1, five(40))],
      false,
    ],
    ["nothing", client({}), [], false],
    ["text", client(five("40")), [], false],
    ["none", client(five(null)), [], false],
    ["less than nothing", client(five(-1)), [], false],
    ["far too much", client(five(4240)), [], false],
    ["milliseconds", client(five(40, RESET * 1000)), [], false],
    ["a reset that is text", client(five(40, String(RESET))), [], false],
    ["a window that has ended", client(five(40, RESET - 7200)), [], false],
    ["no object", client({ five_hour: [40, RESET] }), [], false],
    // A quarter of an hour.
    ["the same, of a new turn, soon", client(five(40), { turn: "b" }), [line(14, five(40))], false],
    ["the same, of a new turn, later", client(five(40), { turn: "b" }), [line(15, five(40))], true],
    ["the same turn, later", client(five(40)), [line(600, five(40))], false],
    ["later, without anything that tells a turn", client(five(40), { turn: undefined }), [line(15, five(40))], false],
    [
      "the same, of a turn that was asked and not yet answered",
      client(five(40), { turn: "b", answeredAt: NOW - 16 * MINUTE }),
      [line(15, five(40))],
      false,
    ],
    ["the clock was set back by a day", client(five(40), { turn: "b" }), [line(-24 * 60, five(40))], true],
    // Two terminals: each repeats what it was told last.
    ["another terminal's own", client(five(54)), [line(3, five(54)), line(1, five(58), "b")], false],
    ["and again the other's", client(five(58), { turn: "b" }), [line(3, five(54)), line(1, five(58), "b")], false],
    ["and what is new in one of them", client(five(55)), [line(3, five(54)), line(1, five(58), "b")], true],
    [
      "a terminal that was answered before the others",
      client(five(20), { turn: "c", answeredAt: NOW - 60 * MINUTE }),
      [line(30, five(60))],
      false,
    ],
    [
      "one whose transcript says so",
      client(five(20), { turn: "c", writtenAt: NOW - 60 * MINUTE }),
      [line(30, five(60))],
      false,
    ],
    ["one that was answered since", client(five(20), { turn: "c", answeredAt: NOW }), [line(30, five(60))], true],
    [
      "what is said of a cache of another year",
      client(five(20), { turn: "c", answeredAt: NOW - 400 * 24 * 60 * MINUTE }),
      [line(30, five(60))],
      true,
    ],
    ["after lines that are broken", client(five(40)), [line(1, five(40)), `{"root":${JSON.stringify(ROOT)},`], false],
  ];
  for (const [name, said, kept, isKept] of rows) {
    await t.step(name, () => strictEqual(lineToKeep(said, keptOf(...kept), NOW) !== undefined, isKept));
  }
});

Deno.test("how old it is", async (t) => {
  const rows: [name: string, said: ClientLimits, kept: readonly string[], minutesAgo: number | undefined][] = [
    ["new", client(five(41)), [line(1, five(40))], 0],
    ["the first that is kept", client(five(41)), [], 0],
    ["the first, of a session that is idle", client(five(41), { writtenAt: NOW - 60 * MINUTE }), [], 60],
    ["kept before", client(five(40)), [line(20, five(40))], 20],
    ["kept before, and answered since", client(five(40), { answeredAt: NOW - 2 * MINUTE }), [line(20, five(40))], 2],
    ["kept before others", client(five(54)), [line(20, five(54)), line(1, five(58), "b")], 20],
    ["older than what is kept", client(five(20), { turn: "c", writtenAt: 0 }), [line(30, five(60))], undefined],
  ];
  for (const [name, said, kept, minutesAgo] of rows) {
    await t.step(name, () => {
      const at = timeOfSaid(said, keptOf(...kept), NOW);
      strictEqual(at === undefined ? undefined : (NOW - at) / MINUTE, minutesAgo);
    });
  }
});
