/** Spend of sub-agents counts once: by their own logs where they are, else by the sum in the log that started them. */
import { deepStrictEqual } from "node:assert/strict";
import { NO_USAGE, type TokenUsage } from "../../../core/model.ts";
import { type ClaimingLog, resolveOwnership } from "./ownership.ts";
import type { RecordedTurn } from "../../../agents/source.ts";

interface Spent {
  readonly at: number;
  readonly usage: Partial<TokenUsage>;
  readonly endedAt?: number;
  readonly chain?: string;
  readonly copied?: boolean;
}

let keys = 0;

function turnOf({ at, endedAt, usage, chain = "main", copied }: Spent, isSum: boolean, key = "parent"): RecordedTurn {
  const model = { provider: "anthropic", model: "claude-sonnet-4-6" };
  const turn = { key: `${keys++}`, at, model, usage: { ...NO_USAGE, ...usage }, chain, copied, endedAt };
  return { ...turn, delegation: { key, isSum } };
}

function sum(at: number, usage: Partial<TokenUsage>, key?: string): RecordedTurn {
  return turnOf({ at, usage, chain: "tool" }, true, key);
}

function spent(at: number, usage: Partial<TokenUsage>, more: Partial<Spent> = {}): RecordedTurn {
  return turnOf({ at, usage, ...more }, false);
}

function log(path: string, ...turns: RecordedTurn[]): ClaimingLog {
  return { path: `/s/${path}`, startedAt: 0, turns };
}

const child = (run: string, ...turns: RecordedTurn[]) => log(`parent/${run}/session.jsonl`, ...turns);
const parent = (...turns: RecordedTurn[]) => log("parent.jsonl", ...turns);

Deno.test("a sum counts where its parts do not", async (t) => {
  const one = { input: 10, output: 5, cacheRead: 100, cacheWrite: 20 };
  const two = { input: 20, output: 7, cacheRead: 150 };
  // Of both: 10 + 20 = 30, 5 + 7 = 12, 100 + 150 = 250, 20.
  const both = { input: 30, output: 12, cacheRead: 250, cacheWrite: 20 };
  const rows: [string, readonly ClaimingLog[], readonly string[]][] = [
    ["one response", [parent(sum(9, one)), child("r/run-0", spent(1, one))], ["8", ""]],
    ["two responses", [parent(sum(9, both)), child("r/run-0", spent(1, one), spent(2, two))], ["8", ""]],
    ["the child's log is gone", [parent(sum(9, both))], [""]],
    ["a token is missing", [parent(sum(9, { ...both, input: 31 })), child("r/run-0", spent(1, one), spent(2, two))], [
      "",
      "",
    ]],
    ["a child that ran later", [parent(sum(9, one)), child("r/run-0", spent(10, one))], ["", ""]],
    ["a child that has begun a response and not ended it", [
      parent(sum(9, one), sum(20, two)),
      child("r/run-0", spent(1, one), spent(8, two, { endedAt: 12 })),
    ], ["88", ""]],
    ["children of which one has", [
      parent(sum(9, both), sum(20, two)),
      child("r1/run-0", spent(1, one), spent(8, two, { endedAt: 12 })),
      child("r2/run-0", spent(1, two)),
    ], ["88", "", ""]],
    ["of another parent", [parent(sum(9, one, "other")), child("r/run-0", spent(1, one))], ["", ""]],
    ["two runs of the same spend", [
      parent(sum(5, one), sum(9, one)),
      child("r1/run-0", spent(1, one)),
      child("r2/run-0", spent(6, one)),
    ], ["88", "", ""]],
    ["two sums, one child", [parent(sum(5, one), sum(9, one)), child("r1/run-0", spent(1, one))], ["80", ""]],
    ["children that ran at once", [
      parent(sum(9, both)),
      child("r/run-0", spent(1, one)),
      child("r/run-1", spent(1, two)),
    ], ["8", "", ""]],
    ["two tools that ran at once", [
      parent(sum(9, both), sum(9, { input: 3, output: 3 })),
      child("r1/run-0", spent(1, one)),
      child("r2/run-0", spent(2, { input: 1, output: 1 })),
      child("r1/run-1", spent(3, two)),
      child("r2/run-1", spent(4, { input: 2, output: 2 })),
    ], ["88", "", "", "", ""]],
    ["runs that one tool had one after the other", [
      parent(sum(4, { input: 1, output: 1 }), sum(9, both)),
      child("r0/run-0", spent(1, { input: 1, output: 1 })),
      child("r1/run-0", spent(5, one)),
      child("r2/run-0", spent(6, two)),
    ], ["88", "", "", ""]],
    ["a child that was gone on with", [
      parent(sum(4, one), sum(9, two)),
      child("r/run-0", spent(1, one), spent(5, two)),
    ], ["88", ""]],
    ["a child that was broken off and gone on with", [
      parent(sum(9, two)),
      child("r/run-0", spent(1, one), spent(5, two)),
    ], [
      "8",
      "",
    ]],
    ["without its compaction, which still counts", [
      parent(sum(9, both)),
      child("r/run-0", spent(1, one), spent(2, { input: 500, output: 50 }, { chain: "compaction" }), spent(3, two)),
    ], ["8", ""]],
    ["with its compaction", [
      parent(sum(9, both)),
      child("r/run-0", spent(1, one), spent(2, two, { chain: "compaction" })),
    ], ["8", ""]],
    ["an hour's writes are not told apart", [
      parent(sum(9, one)),
      child("r/run-0", spent(1, { ...one, cacheWrite: 5, cacheWrite1h: 15 })),
    ], ["8", ""]],
    ["a tool that leaves out what was read from the cache", [
      parent(sum(9, { ...both, cacheRead: 0 })),
      child("r/run-0", spent(1, one), spent(2, two)),
    ], ["8", ""]],
    ["a response that only read the cache", [
      parent(sum(9, both)),
      child("r/run-0", spent(0, { cacheRead: 9 }), spent(1, one), spent(2, two), spent(3, { cacheRead: 9 })),
    ], ["8", ""]],
    ["no sum at all", [child("r/run-0", spent(1, one)), child("r/run-1", spent(1, one))], ["", ""]],
  ];
  for (const [name, logs, expected] of rows) {
    await t.step(name, () => {
      deepStrictEqual(lostOf(logs), expected);
      deepStrictEqual(lostOf(logs.toReversed()).toReversed(), expected);
    });
  }
  await t.step("a copy of a sum does not count in its place", () => {
    const original = sum(9, one);
    const fork = log("fork.jsonl", { ...original, copied: true });
    deepStrictEqual(lostOf([parent(original), fork, child("r/run-0", spent(1, one))]), ["8", "1", ""]);
    // With the parent's log gone, the fork's copy is a sum as well.
    deepStrictEqual(lostOf([fork, child("r/run-0", spent(1, one))]), ["8", ""]);
  });
  await t.step("a child's own children may be in a sum, by their logs or as the sum that the child has of them", () => {
    const three = { input: 37, output: 15, cacheRead: 250, cacheWrite: 20 };
    const ofGrandchild = turnOf({ at: 3, usage: { input: 7, output: 3 }, chain: "tool" }, true, "child");
    const inChild = { ...ofGrandchild, delegation: { ...ofGrandchild.delegation!, within: "parent" } };
    const children = child("r/run-0", spent(1, one), inChild, spent(5, two));
    const grandchild = log(
      "parent/r/run-0/session/s/run-0/session.jsonl",
      turnOf({ at: 2, usage: { input: 7, output: 3 } }, false, "child"),
    );
    for (const usage of [both, three]) {
      deepStrictEqual(lostOf([parent(sum(9, usage)), children]), ["8", ""]);
      deepStrictEqual(lostOf([parent(sum(9, usage)), children, grandchild]), ["8", "080", ""]);
    }
  });
  await t.step("what a child only copied is no spend of its own", () => {
    const history = spent(1, one);
    const copy = { ...history, copied: true };
    const logs = [log("other/r/run-0/session.jsonl", history), child("r/run-0", copy), parent(sum(9, one, "nobody"))];
    deepStrictEqual(lostOf(logs), ["", "1", ""]);
  });
});

function lostOf(logs: readonly ClaimingLog[]): readonly string[] {
  return resolveOwnership(logs)!.map(({ lost }) => lost);
}
