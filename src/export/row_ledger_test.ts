import { deepStrictEqual } from "node:assert/strict";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import type { FreshRow } from "./merge_rows.ts";
import { RowLedger } from "./row_ledger.ts";
import { ROW_GROUP_ROWS } from "./write_turn_file.ts";

const START = Date.UTC(2026, 10, 1);

function row(id: number, at: number, fields: Partial<FreshRow> = {}): FreshRow {
  return {
    turn_id: BigInt(id),
    person: "anna",
    host: "laptop",
    source: "a",
    provider: "acme",
    model: "m",
    project: "shop",
    session_id: `s${id % 300}`,
    trace_id: null,
    chain: "main",
    started_at: START + at,
    ended_at: null,
    day: Math.floor((START + at) / 86_400_000),
    input_tokens: id,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    cache_write_1h_tokens: 0,
    output_tokens: 1,
    usd: BigInt(id),
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
    is_total: 0,
    ...fields,
  };
}

/** @returns the bytes of the month after the last of some batches, each of which is written before the next */
async function write(directory: string, batches: readonly (readonly FreshRow[])[], between?: () => void) {
  const ledger = new RowLedger({
    directory,
    owner: { person: "anna", host: "laptop" },
    revision: 100,
    isLive: () => true,
    onDamage: (sentence) => {
      throw new Error(sentence);
    },
  });
  for (const rows of batches) {
    await ledger.add(rows);
    await ledger.flush();
    between?.();
  }
  return { bytes: ledger.readBytes("2026-11"), counts: ledger.counts };
}

Deno.test("rows that come in several writes stand as in one", async (t) => {
  const many = Array.from({ length: 2 * ROW_GROUP_ROWS + 100 }, (_, at) => row(2 * at, 2 * at));
  const end = 2 * many.length;
  const cases: [what: string, added: readonly FreshRow[], total: number][] = [
    ["behind all", [row(end, end), row(end + 1, end + 1)], many.length + 2],
    ["behind most", [row(end - 301, end - 301)], many.length + 1],
    ["at the time of the last of a group", [row(1e9, 2 * (ROW_GROUP_ROWS - 1))], many.length + 1],
    ["in front", [row(1e9, -1)].map((early) => ({ ...early, started_at: START })), many.length + 1],
    ["some of them known", [row(end, end), row(0, 0)], many.length + 1],
  ];
  for (const [what, added, total] of cases) {
    await t.step(what, async () => {
      await withTemporaryDirectory(async (home) => {
        const [once, apart] = [`${home}/once`, `${home}/apart`];
        for (const directory of [once, apart]) Deno.mkdirSync(directory);
        const expected = await write(once, [[...many, ...added]]);
        // And once more, from the file that was written last.
        const last = row(end + 9, end + 9);
        const found = await write(apart, [many, added]);
        deepStrictEqual(found.bytes, expected.bytes);
        deepStrictEqual(found.counts, { newRows: total, changedRows: 0, writtenFiles: 1 });
        deepStrictEqual(
          (await write(apart, [[last], [row(end + 8, end + 8)]])).bytes,
          (await write(once, [[last, row(end + 8, end + 8)]])).bytes,
        );
      });
    });
  }
});
