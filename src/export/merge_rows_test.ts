import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { type FreshRow, mergeRow, mergeRows } from "./merge_rows.ts";
import type { TurnRow } from "./turn_row.ts";

const { revision: _, ...FRESH }: TurnRow = {
  turn_id: 1n,
  person: "anna",
  host: "laptop",
  source: "a",
  provider: "anthropic",
  model: "m",
  project: "shop",
  session_id: "first",
  trace_id: null,
  chain: "main",
  started_at: 1000,
  ended_at: null,
  day: 0,
  input_tokens: 1,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  cache_write_1h_tokens: 0,
  output_tokens: 1,
  usd: 10n,
  usd_basis: "computed",
  cache_outcome: "first",
  miss_cause: null,
  expected_tokens: 0,
  missed_tokens: 0,
  missed_usd: null,
  gap_ms: null,
  ttl_ms: null,
  input_rate: 3,
  inherited: 0,
  revision: 0,
  is_total: 0,
};

const OLD: TurnRow = { ...FRESH, revision: 100 };

Deno.test("mergeRow()", async (t) => {
  const both = ["first", "second"];
  const rows: [
    what: string,
    old: Partial<TurnRow> | undefined,
    fresh: Partial<FreshRow>,
    live: readonly string[],
    stays: "old" | "fresh",
  ][] = [
    ["a new turn", undefined, {}, both, "fresh"],
    ["the same again", {}, {}, both, "old"],
    ["the same again, of a file without the last column", { is_total: undefined }, {}, both, "old"],
    ["a correction", {}, { usd: 11n }, both, "fresh"],
    ["a price that became known", { usd: null }, {}, both, "fresh"],
    ["a copy beside the original", {}, { inherited: 1, session_id: "second" }, both, "old"],
    ["a copy whose original is gone", {}, { inherited: 1, session_id: "second" }, ["second"], "old"],
    ["the original after a copy", { inherited: 1, session_id: "second" }, {}, both, "fresh"],
    ["the original after a copy that is gone", { inherited: 1, session_id: "second" }, {}, ["first"], "fresh"],
    ["a copy that is corrected", { inherited: 1 }, { inherited: 1, usd: 11n }, both, "fresh"],
    ["a copy without a mark, whose original is gone", {}, { session_id: "second" }, ["second"], "old"],
    ["one that turned out to be another session's", {}, { session_id: "second" }, both, "fresh"],
    ["a session that has no name any more", {}, { session_id: "" }, [], "fresh"],
  ];
  for (const [what, old, fresh, live, stays] of rows) {
    await t.step(what, () => {
      const before = old === undefined ? undefined : { ...OLD, ...old };
      const time = { revision: 200, isLive: ({ session_id }: { session_id: string }) => live.includes(session_id) };
      const merged = mergeRow(before, { ...FRESH, ...fresh }, time);
      if (stays === "old") strictEqual(merged, before);
      else deepStrictEqual(merged, { ...FRESH, ...fresh, revision: 200 });
    });
  }
  await t.step("a correction is later, though the clock was set back", () => {
    strictEqual(mergeRow(OLD, { ...FRESH, usd: 11n }, { revision: 50, isLive: () => true }).revision, 101);
  });
});

Deno.test("rows stand by time, and where that is the same by key", async () => {
  const rows = [[2, 1n], [1, 5n], [1, -5n]].map(
    ([started_at, turn_id]) => ({ ...OLD, started_at, turn_id }) as TurnRow,
  );
  const merged = await Array.fromAsync(mergeRows([], new Map(rows.map((row) => [row.turn_id, row]))));
  deepStrictEqual(merged.map(({ turn_id }) => turn_id), [-5n, 5n, 1n]);
});

Deno.test("changes take the place of rows, wherever they now stand, and what is new comes between", async () => {
  const at = (id: number, started_at: number, person = "") => ({ turn_id: BigInt(id), started_at, person }) as TurnRow;
  const groups = [[at(1, 10), at(2, 20)], [at(3, 30), at(4, 30)], []];
  const rows: [name: string, changes: TurnRow[], order: string][] = [
    ["none", [], "1 2 3 4"],
    ["the same place", [at(2, 20, "b")], "1 2b 3 4"],
    ["an earlier one", [at(4, 5, "b")], "4b 1 2 3"],
    ["a later one", [at(1, 99, "b")], "2 3 4 1b"],
    ["new ones", [at(9, 1, "n"), at(8, 30, "n"), at(7, 31, "n")], "9n 1 2 3 4 8n 7n"],
  ];
  for (const [name, changed, order] of rows) {
    const merged = await Array.fromAsync(mergeRows(groups, new Map(changed.map((row) => [row.turn_id, row]))));
    strictEqual(merged.map(({ turn_id, person }) => `${turn_id}${person}`).join(" "), order, name);
  }
  const fresh = await Array.fromAsync(mergeRows([], new Map([[1n, at(1, 2)], [0n, at(0, 1)]])));
  deepStrictEqual(fresh.map(({ turn_id }) => turn_id), [0n, 1n]);
});
