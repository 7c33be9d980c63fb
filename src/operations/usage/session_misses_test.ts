import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { renderView } from "../../cli/output/render.ts";
import { NO_USAGE } from "../../core/model.ts";
import type { ExplainedTurn } from "../../scan/index/ask/explain_session.ts";
import type { Clock } from "../report/clock_input.ts";
import { listMisses, missesBlocks, missesCell, sumMisses } from "./session_misses.ts";
import type { SessionOutput } from "./session_output.ts";

const AT = Date.parse("2026-11-20T12:00:00Z");
const CLOCK: Clock = { now: AT + 3_600_000, timezone: "UTC", isPast: false };
const MODEL = { provider: "anthropic", model: "claude-opus-4-6" };

function turn(rest: Partial<ExplainedTurn>): ExplainedTurn {
  return {
    at: AT,
    chain: "main",
    model: MODEL,
    usage: NO_USAGE,
    counted: true,
    expectedTokens: 0,
    missedTokens: 0,
    outcome: "hit",
    ...rest,
  } as ExplainedTurn;
}

const TURNS = [
  turn({ outcome: "first" }),
  turn({
    at: AT + 60_000,
    gapMs: 60_000,
    outcome: "miss",
    cause: "compacted",
    missedTokens: 20_000,
    missedUsd: 0.25,
  }),
  turn({ at: AT + 61_000, gapMs: 1000 }),
  turn({
    at: AT + 900_000,
    gapMs: 839_000,
    outcome: "miss",
    cause: "expired",
    missedTokens: 156_000,
    missedUsd: 1.5,
  }),
  turn({ at: AT + 960_000, outcome: "miss", missedTokens: 5000, chain: "a78e", missedUsd: undefined }),
];

type Misses = SessionOutput["misses"];

function screen(misses: Misses, all = false, width = 80): string {
  const session = { shortId: "01a1e223" } as SessionOutput["session"];
  return renderView(
    missesBlocks({ session, misses }, { all, whyNone: "No turn missed the cache." }, CLOCK, {}),
    { width, color: false },
  );
}

function missesOf(turns: readonly ExplainedTurn[]): Misses {
  const list = listMisses(turns);
  return { ...sumMisses(list, true), list: [...list] };
}

Deno.test("listMisses() numbers each by its place among all turns", () => {
  const list = listMisses(TURNS);
  deepStrictEqual(list.map(({ turn, cause, gapMs }) => [turn, cause, gapMs]), [
    [2, "compacted", 60_000],
    [4, "expired", 839_000],
    [5, "unexplained", undefined],
  ]);
  deepStrictEqual(list[1], {
    turn: 4,
    at: "2026-11-20T12:15:00.000Z",
    chain: "main",
    ...MODEL,
    gapMs: 839_000,
    cause: "expired",
    missedTokens: 156_000,
    missedUsd: 1.5,
  });
});

Deno.test("sumMisses()", async (t) => {
  const unpriced = listMisses([TURNS[4]!]);
  const rows: [name: string, sum: Omit<Misses, "list">, text: string][] = [
    // 0.25 + 1.5; the third has no price.
    [
      "some with a price",
      sumMisses(listMisses(TURNS), true),
      "3 turns, 181k tokens, cost $1.75 (1 compacted, 1 expired, 1 unexplained)",
    ],
    ["none", sumMisses([], true), "none"],
    ["no turn that could be looked at", sumMisses([], false), "?"],
    ["none with a price", sumMisses(unpriced, true), "1 turn, 5,000 tokens, cost unknown (1 unexplained)"],
  ];
  for (const [name, sum, text] of rows) await t.step(name, () => strictEqual(missesCell(sum, {}).text, text));
  strictEqual(sumMisses([], false).usd, undefined);
  strictEqual(sumMisses(unpriced, true).usd, undefined);
});

Deno.test("the list says when, after which pause, why, how many tokens, and which was the dearest", () => {
  const lines = screen(missesOf(TURNS)).trimEnd().split("\n");
  strictEqual(lines[0], "Misses");
  match(lines[1]!, /^Turn +Time +Pause +Chain +Cause +Tokens +Lost/);
  match(lines[2]!, /^ +2 +12:01:00 +1m 00s +main +compacted +20\.0k +\$0\.250$/);
  match(lines[3]!, /^ +4 +12:15:00 +13m 59s +main +expired +156k +\$1\.50 +dearest$/);
  match(lines[4]!, /^ +5 +12:16:00 +\? +a78e +unexplained +5,000 +\?$/);
  for (const line of lines) ok(line.length <= 80, line);
});

Deno.test("of many misses the dearest are listed, in order of time, and how to list all", () => {
  const many = Array.from({ length: 24 }, (_, index) =>
    turn({
      at: AT + index * 1000,
      gapMs: 1000,
      outcome: "miss",
      cause: "expired",
      missedTokens: 9000,
      missedUsd: index % 2,
    }));
  const text = screen(missesOf(many));
  match(text, /^Misses \(the dearest 10 of 24\)$/m);
  match(text, /`opper-agent session 01a1e223 --misses` lists all\./);
  // The first ten that cost a dollar: turns 2, 4, … 20; of equal ones the first is the dearest.
  const numbers = [...text.matchAll(/^ +(\d+) +12:00/gm)].map(([, number]) => Number(number));
  deepStrictEqual(numbers, [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
  match(text, /^ +2 .*dearest$/m);
  const all = screen(missesOf(many), true);
  strictEqual([...all.matchAll(/ expired /g)].length, 24);
  ok(!all.includes("lists all"));
});

Deno.test("where none has a price, those of most tokens are listed, and none is the dearest", () => {
  const many = Array.from(
    { length: 12 },
    (_, index) => turn({ at: AT + index, outcome: "miss", cause: "expired", missedTokens: 2000 + index }),
  );
  const text = screen(missesOf(many));
  match(text, /^Misses \(the largest 10 of 12\)$/m);
  ok(!text.includes("dearest") && !text.includes("2,001 "), text);
});

Deno.test("a page of them says how many there are", () => {
  const misses = missesOf(TURNS);
  const text = screen({ ...misses, list: misses.list!.slice(0, 2) }, true);
  match(text, /^Misses \(2 of 3\)$/m);
  // The dearest of all may be on another page.
  ok(!text.includes("dearest"), text);
});

Deno.test("without misses nothing is listed, but what was asked for is answered", () => {
  strictEqual(screen(missesOf([])), "");
  match(screen(missesOf([]), true), /^No turn missed the cache\.$/m);
});
