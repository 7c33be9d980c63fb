import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { MAIN_CHAIN, NO_USAGE, type TokenUsage } from "../model.ts";
import { AdviceLedger, type OptionReplay, type RowReplay } from "./advice_ledger.ts";
import type { ReplayTurn } from "./follow_chain.ts";
import type { AdviceOption } from "./lifetimes.ts";
import type { TurnRates } from "./turn_rates.ts";

const MINUTE = 60_000;
/** $5 a million tokens in, $25 out; a read costs a tenth, a write for five minutes 1.25 times, for an hour twice. */
const OPUS: TurnRates = { input: 5e-6, read: 0.5e-6, write5m: 6.25e-6, write1h: 10e-6, output: 25e-6 };
const MODEL = { provider: "anthropic", model: "claude-opus-4-8" };

function turn(minutes: number, usage: Partial<TokenUsage>, more: Partial<ReplayTurn> = {}): ReplayTurn {
  return {
    key: `${minutes}`,
    at: minutes * MINUTE,
    model: MODEL,
    usage: { ...NO_USAGE, ...usage },
    chain: MAIN_CHAIN,
    rates: OPUS,
    isAsked: true,
    isCopy: false,
    ...more,
  };
}

/** @param sessions Each with its turns. @param end When it is looked at, in minutes. @default a month later */
function replay(sessions: readonly (readonly ReplayTurn[])[], end = 43_200, since = -Infinity): readonly RowReplay[] {
  const ledger = new AdviceLedger({ since, until: end * MINUTE + 1 });
  for (const [session, turns] of sessions.entries()) {
    ledger.add({ session, source: "claude", project: "/p", directory: "/p" }, turns);
  }
  return ledger.replay().rows;
}

function option(row: RowReplay | undefined, id: AdviceOption): OptionReplay {
  return row!.options.find((option) => option.id === id)!;
}

function isUsd(found: number, expected: number, what?: string): void {
  ok(Math.abs(found - expected) < 1e-9, `${what ?? "usd"}: expected ${expected}, found ${found}`);
}

const PREFIX = 100_000;
const WRITES = { cacheWrite: PREFIX };
const READS = { cacheRead: PREFIX };

Deno.test("replay: one prefix, two requests 30 minutes apart", () => {
  const [row] = replay([[turn(0, WRITES), turn(30, WRITES)]]);
  // Two writes at $6.25 a million: 2 * 0.625. For an hour one at $10, and a read at $0.50: 1.00 + 0.05.
  isUsd(row!.recordedUsd, 1.25);
  isUsd(option(row, "cache_5m").usd, 1.25);
  strictEqual(option(row, "cache_5m").isRecorded, true);
  isUsd(option(row, "cache_1h").usd, 1.05);
  strictEqual(option(row, "cache_1h").returns, 1);
  // 21 % of returns after 30 to 45 minutes were gone, and of no turn of less than five minutes nothing is known: (0 + 1) /
  // (0 + 2). Of 100,000 tokens 0.79 * 0.5 are read: 1.00 + 0.0395 * 0.5 + 0.0605 * 10 = 1.00 + 0.01975 + 0.605.
  isUsd(option(row, "cache_1h").highUsd, 1.62475, "high");
  isUsd(option(row, "cache_1h").lowUsd, 1.05, "low");
});

Deno.test("replay: what was written for an hour, under five minutes", () => {
  const [row] = replay([[turn(0, { cacheWrite1h: PREFIX }), turn(30, READS)]]);
  isUsd(row!.recordedUsd, 1.05);
  isUsd(option(row, "cache_1h").usd, 1.05);
  strictEqual(option(row, "cache_1h").isRecorded, true);
  isUsd(option(row, "cache_5m").usd, 1.25);
});

Deno.test("replay: a lifetime holds up to its last millisecond", async (t) => {
  const MS = 1 / MINUTE;
  const cases: readonly [name: string, gap: number, usage: Partial<TokenUsage>, five: number, hour: number][] = [
    // Held: 0.625 + 0.05; for an hour 1.00 + 0.05.
    ["a millisecond less than five minutes", 5 - MS, READS, 0.675, 1.05],
    ["five minutes", 5, WRITES, 1.25, 1.05],
    ["a millisecond less than an hour", 60 - MS, WRITES, 1.25, 1.05],
    // Lost under both: twice 1.00.
    ["an hour", 60, WRITES, 1.25, 2],
  ];
  for (const [name, gap, usage, five, hour] of cases) {
    await t.step(name, () => {
      const [row] = replay([[turn(0, WRITES), turn(gap, usage)]]);
      isUsd(option(row, "cache_5m").usd, five);
      isUsd(option(row, "cache_1h").usd, hour);
    });
  }
});

Deno.test("replay: the two sides of where an hour pays", () => {
  // An hour pays where more than 0.75 / 1.9 = 39.5 % of what is written for five minutes is written again after a pause.
  // 60,000 tokens grow by 60,000 twice within the lifetime; the return after 30 minutes finds 180,000 gone.
  const chain = (returned: number) => [
    turn(0, { cacheWrite: 60_000 }),
    turn(1, { cacheRead: 60_000, cacheWrite: 60_000 }),
    turn(2, { cacheRead: 120_000, cacheWrite: 60_000 }),
    turn(32, { cacheWrite: returned }),
  ];
  // Written 360,000, again 180,000: half. Saved (10 - 0.5) * 0.18 - (10 - 6.25) * 0.36 = 1.71 - 1.35.
  const [above] = replay([chain(180_000)]);
  isUsd(above!.recordedUsd - option(above, "cache_1h").usd, 0.36);
  // A prompt of which 100,000 are left: written 280,000, again 100,000, 35.7 %. 0.95 - 1.05.
  const [below] = replay([chain(100_000)]);
  isUsd(below!.recordedUsd - option(below, "cache_1h").usd, -0.1);
});

Deno.test("replay: pings are paid between requests and after the last", () => {
  const turns = [turn(0, WRITES), turn(30, WRITES)];
  // One costs 0.05, and a token of output: 0.050025. Every 4.5 minutes: six come before the return, at 27 the last.
  const [row] = replay([turns]);
  const { byCount } = option(row, "keep_alive_5m");
  isUsd(byCount![0]!.usd, 1.25, "none");
  // Five keep it for 5 * 4.5 + 5 = 27.5 minutes: in vain. 1.25 + 10 * 0.050025.
  isUsd(byCount![5]!.usd, 1.75025, "five");
  // Six before the return, and six after it: 0.625 + 0.05 + 12 * 0.050025.
  isUsd(byCount![6]!.usd, 1.2753, "six");
  strictEqual(byCount![6]!.pings, 12);
  // Forty: no more than six before the return, forty after it.
  strictEqual(byCount![40]!.pings, 46);
  isUsd(byCount![40]!.usd, 0.675 + 46 * 0.050025, "forty");
  // None pays: the ones after the end take more than what they save.
  strictEqual(option(row, "keep_alive_5m").keepAlive!.count, 0);
  // (6.25 - 0.5) / 0.5 = 11.5, and (10 - 0.5) / 0.5 = 19.
  strictEqual(option(row, "keep_alive_5m").keepAlive!.stopAfter, 11);
  strictEqual(option(row, "keep_alive_1h").keepAlive!.stopAfter, 19);
  // Of a session that ended ten minutes ago two have been due.
  const [young] = replay([turns], 40);
  strictEqual(option(young, "keep_alive_5m").byCount![40]!.pings, 8);
});

Deno.test("replay: a ping that is due with a request is not sent", () => {
  // Nine minutes: due at 4.5 and at 9. One is sent, which keeps it up to 9.5 minutes.
  const [row] = replay([[turn(0, WRITES), turn(9, WRITES)]], 9);
  const [none, one, two] = option(row, "keep_alive_5m").byCount!;
  isUsd(none!.usd, 1.25);
  isUsd(one!.usd, 0.675 + 0.050025);
  isUsd(two!.usd, 0.675 + 0.050025);
  // A millisecond later both are.
  const [later] = replay([[turn(0, WRITES), turn(9 + 1 / MINUTE, WRITES)]], 9 + 1 / MINUTE);
  isUsd(option(later, "keep_alive_5m").byCount![2]!.usd, 0.675 + 2 * 0.050025);
});

Deno.test("replay: a ping at the moment that is looked at was sent", () => {
  const [row] = replay([[turn(0, WRITES)]], 9);
  strictEqual(option(row, "keep_alive_5m").byCount![40]!.pings, 2);
});

Deno.test("replay: what would not have lived longer is not mended", async (t) => {
  const cases: readonly [name: string, turns: readonly ReplayTurn[], hour: number][] = [
    // 1.00 each.
    ["compaction", [turn(0, WRITES), turn(30, WRITES, { afterCompaction: true })], 2],
    ["a change that the provider named", [turn(0, WRITES), turn(30, WRITES, { missReason: "tools_changed" })], 2],
    ["another model", [turn(0, WRITES), turn(30, WRITES, { model: { ...MODEL, model: "claude-sonnet-5" } })], 2],
    // Within five minutes: 2 * 1.00.
    ["a prompt that changed", [turn(0, WRITES), turn(2, WRITES)], 2],
  ];
  for (const [name, turns, hour] of cases) {
    await t.step(name, () => isUsd(option(replay([turns])[0], "cache_1h").usd, hour));
  }
});

Deno.test("replay: a model that a chain comes back to finds what it left", () => {
  const other = { model: { ...MODEL, model: "claude-sonnet-5" } };
  const [row] = replay([[turn(0, WRITES), turn(10, { cacheWrite: 50_000 }, other), turn(20, WRITES)]]);
  // Both rates the same here: for an hour 1.00, 0.50, and 0.05 read.
  isUsd(option(row, "cache_1h").usd, 1.55);
  // Pings of the first end with the request to the second, ten minutes later: they do not reach the return.
  const { byCount } = option(
    replay([[turn(0, WRITES), turn(10, { cacheWrite: 50_000 }, other), turn(20, WRITES)]], 20)[0],
    "keep_alive_5m",
  );
  // 0.625 + 0.3125 + 0.625, two pings of 0.050025, and two of 0.025025 after the second.
  isUsd(byCount![40]!.usd, 1.5625 + 2 * 0.050025 + 2 * 0.025025);
});

Deno.test("replay: what was read in spite of the clock was kept by somebody", () => {
  const [row] = replay([[turn(0, WRITES), turn(30, READS)]]);
  isUsd(option(row, "cache_5m").usd, 0.675);
  isUsd(option(row, "cache_1h").usd, 1.05);
});

Deno.test("replay: a clock that was set back, and requests of one time", () => {
  const [row] = replay([[turn(10, WRITES), turn(10, READS), turn(9, READS)]]);
  isUsd(option(row, "cache_5m").usd, 0.725);
  isUsd(option(row, "cache_1h").usd, 1.1);
});

Deno.test("replay: an hour's part stands before that of five minutes", () => {
  // 20,000 for an hour and 80,000 for five minutes: 0.2 + 0.5. After 30 minutes the first is read: 0.01 + 0.5.
  const turns = [
    turn(0, { cacheWrite1h: 20_000, cacheWrite: 80_000 }),
    turn(30, { cacheRead: 20_000, cacheWrite: 80_000 }),
  ];
  const [row] = replay([turns]);
  isUsd(row!.recordedUsd, 1.21);
  strictEqual(option(row, "cache_5m").isRecorded, false);
  strictEqual(option(row, "cache_1h").isRecorded, false);
  isUsd(option(row, "cache_1h").usd, 1.05);
  isUsd(option(row, "cache_5m").usd, 1.25);
});

Deno.test("replay: a front that chains share", () => {
  // Three chains, each with a front of 30,000. The second begins two minutes after the first, the third 20 minutes later.
  const sessions = [
    [turn(0, WRITES)],
    [turn(2, { cacheRead: 30_000, cacheWrite: 70_000 })],
    [turn(3, { cacheRead: 30_000, cacheWrite: 70_000 })],
    [turn(23, WRITES)],
  ];
  const [row] = replay(sessions);
  // 0.625, twice 0.015 + 0.4375, 0.625.
  isUsd(option(row, "cache_5m").usd, 2.155);
  // 1.00, three times 0.015 + 0.70.
  isUsd(option(row, "cache_1h").usd, 3.145);
  // Pings of the third, and of all others, keep it: with four up to 23 minutes after it began.
  const { byCount } = option(replay(sessions, 23)[0], "keep_alive_5m");
  isUsd(byCount![3]!.usd, 2.155 + 9 * 0.050025);
  // Those of the last are still to come.
  isUsd(byCount![4]!.usd, 2.155 - 30_000 * 5.75e-6 + 12 * 0.050025);
});

Deno.test("replay: a return that finds the front alone, with little behind it", () => {
  // Fronts of 30,000, and 1,000 tokens behind that: a shortfall that is no miss.
  const short = { cacheRead: 30_000, cacheWrite: 1_000 };
  const sessions = [
    [turn(0, { cacheWrite: 31_000 }), turn(30, short)],
    [turn(29, { cacheWrite: 30_000 })],
    [turn(29.5, short)],
  ];
  const [row] = replay(sessions, 30);
  // For an hour all 31,000 are read after half an hour, and the front by the others: (31 + 1) at 10, and 31 + 30 + 30 at 0.5.
  isUsd(option(row, "cache_1h").usd, 0.32 + 0.0455);
  // The same with pings of the first, six of 0.015525. The front is read, as it would be, by the others.
  isUsd(option(row, "keep_alive_5m").byCount![6]!.usd, 0.2 + 0.0455 + 6 * 0.015525);
});

Deno.test("replay: what was written for an hour and began with a front", () => {
  const sessions = [
    [turn(0, { cacheWrite1h: PREFIX })],
    [turn(2, { cacheRead: 30_000, cacheWrite1h: 70_000 })],
    [turn(30, { cacheRead: 30_000, cacheWrite1h: 70_000 })],
  ];
  const [row] = replay(sessions);
  // Under five minutes the second finds it, and the third does not: 0.625, 0.015 + 0.4375, 0.625.
  isUsd(option(row, "cache_5m").usd, 1.7025);
});

Deno.test("replay: pings that were sent are part of what was, and are taken out where others are", () => {
  const ping = (minutes: number) => turn(minutes, { cacheRead: PREFIX, output: 1 }, { keepsWarm: true });
  const [row] = replay([[turn(0, WRITES), ping(4.5), ping(9), turn(12, READS)]], 12);
  // 0.625 + 0.05, and two pings of 0.050025.
  isUsd(row!.recordedUsd, 0.77505);
  isUsd(option(row, "cache_5m").usd, 0.77505);
  const { byCount } = option(row, "keep_alive_5m");
  // Without them it is written again.
  isUsd(byCount![0]!.usd, 1.25);
  // One keeps it for 9.5 minutes, in vain.
  isUsd(byCount![1]!.usd, 1.25 + 0.050025);
  isUsd(byCount![2]!.usd, 0.675 + 2 * 0.050025);
});

Deno.test("replay: a copied history is where a chain begins, and costs nothing", () => {
  const copy = { isAsked: false, isCopy: true };
  const [row] = replay([[turn(0, WRITES, copy), turn(30, WRITES)]], 30);
  strictEqual(row!.turns, 1);
  isUsd(row!.recordedUsd, 0.625);
  isUsd(option(row, "cache_1h").usd, 0.05);
  strictEqual(option(row, "keep_alive_5m").byCount![40]!.pings, 0);
});

Deno.test("replay: what the list does not explain keeps a cache alive and is in no sum", () => {
  const [row] = replay([[turn(0, WRITES), turn(4, READS, { rates: undefined }), turn(8, READS)]], 8);
  strictEqual(row!.turns, 2);
  isUsd(row!.recordedUsd, 0.675);
  isUsd(option(row, "cache_1h").usd, 1.05);
});

Deno.test("replay: pings of before a span that fall into it count, and those after it do not", () => {
  const before = { isAsked: false };
  // At 4.5, 9, 13.5 and 18 minutes; the span is from 9 up to 14.
  const [row] = replay([[turn(0, WRITES, before), turn(13, READS)]], 14, 9 * MINUTE);
  // Before the return at 13 the one at 9.
  strictEqual(option(row, "keep_alive_5m").byCount![40]!.pings, 1);
});

Deno.test("replay: a thousand tokens in front of every prompt", () => {
  const [row] = replay([[turn(0, WRITES), turn(2, READS), turn(10, { input: 500 })]]);
  // Written, read, sent: 6.25 + 0.5 + 5 a million.
  isUsd(row!.per1000AlwaysLoadedUsd, 0.01175);
});

Deno.test("replay: sub-agents have a row of their own, and no pings", () => {
  const sub = { chain: "agent-1" };
  const rows = replay([[turn(0, WRITES), turn(1, WRITES, sub), turn(7, WRITES, sub)]]);
  deepStrictEqual(rows.map(({ role, turns }) => [role, turns]), [["sub", 2], ["main", 1]]);
  deepStrictEqual(rows[0]!.options.map(({ id }) => id), ["cache_5m", "cache_1h"]);
});

Deno.test("replay: returns add up to what is saved, with what writes cost more", () => {
  const [row] = replay([[turn(0, WRITES), turn(30, WRITES), turn(70, WRITES)]]);
  const hour = option(row, "cache_1h");
  const returns = row!.returnsUnder(hour);
  deepStrictEqual(returns.map(({ gapMs, tokens }) => [gapMs, tokens]), [[30 * MINUTE, PREFIX], [40 * MINUTE, PREFIX]]);
  // 9.5 a million each; three writes cost 3.75 a million more.
  isUsd(returns.reduce((sum, { savesUsd }) => sum + savesUsd, 0) - 3 * 0.375, row!.recordedUsd - hour.usd);
});
