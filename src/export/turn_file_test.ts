import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { DamagedTurnFileError, readTurnGroups, readTurnIds } from "./read_turn_file.ts";
import { monthOf, turnFileName } from "./turn_file_name.ts";
import { TURN_COLUMNS, type TurnRow } from "./turn_row.ts";
import { makeTurnFile, ROW_GROUP_ROWS, writeTurnFile } from "./write_turn_file.ts";

const ROW: TurnRow = {
  turn_id: -(2n ** 63n),
  person: "anna@example.com",
  host: "laptop",
  source: "a",
  provider: "anthropic",
  model: "claude-opus-4-6",
  project: "shop/äpfel 🍏",
  session_id: "s",
  trace_id: null,
  chain: "main",
  started_at: Date.UTC(2026, 10, 1, 0, 0, 0, 1),
  ended_at: null,
  day: 20_758,
  input_tokens: 0,
  cache_read_tokens: 1_000_000_000,
  cache_write_tokens: 1,
  cache_write_1h_tokens: 2,
  output_tokens: 3,
  usd: 123_456_789_012_345_678n,
  usd_basis: "computed",
  cache_outcome: "miss",
  miss_cause: "expired",
  expected_tokens: 4,
  missed_tokens: 5,
  missed_usd: 1n,
  gap_ms: 40 * 86_400_000,
  ttl_ms: 300_000,
  input_rate: 0.1,
  inherited: 0,
  revision: Date.UTC(2026, 10, 2),
  is_total: 0,
};

const EMPTY: TurnRow = {
  ...ROW,
  turn_id: 7n,
  person: "",
  trace_id: "00000000-0000-4000-8000-000000000000",
  ended_at: ROW.started_at + 1,
  usd: null,
  miss_cause: null,
  missed_usd: null,
  gap_ms: null,
  ttl_ms: null,
  input_rate: null,
  inherited: 1,
};

async function readAll(bytes: Uint8Array): Promise<TurnRow[]> {
  const groups = await Array.fromAsync(readTurnGroups(bytes));
  ok(groups.every(({ length }) => length <= ROW_GROUP_ROWS));
  return groups.flat();
}

Deno.test("a file has the rows that were written, to the last bit", async () => {
  for (const rows of [[], [ROW], [ROW, EMPTY]]) {
    const bytes = await writeTurnFile(rows);
    deepStrictEqual(await readAll(bytes), rows);
    deepStrictEqual(
      (await Array.fromAsync(readTurnIds(bytes))).flat(),
      rows.map(({ turn_id, inherited }) => ({ turn_id, inherited })),
    );
    deepStrictEqual(await writeTurnFile(rows), bytes);
  }
});

Deno.test("several groups of rows are read in their order", async () => {
  const rows = Array.from({ length: 2 * ROW_GROUP_ROWS + 1 }, (_, index): TurnRow => ({
    ...(index % 2 === 0 ? ROW : EMPTY),
    turn_id: BigInt(index),
  }));
  deepStrictEqual(await readAll(await writeTurnFile(rows)), rows);
});

Deno.test("columns have the names of a row's fields, each once", () => {
  deepStrictEqual(TURN_COLUMNS.map(({ name }) => name), Object.keys(ROW));
});

Deno.test("a damaged file is said to be one", async () => {
  const bytes = await writeTurnFile([ROW, EMPTY]);
  const rows: [what: string, bytes: Uint8Array][] = [
    ["nothing", new Uint8Array()],
    ["text", new TextEncoder().encode("turn_id,person\n1,anna\n")],
    ["its first half", bytes.slice(0, bytes.length / 2)],
    ["its second half", bytes.slice(bytes.length / 2)],
    ["zeros in it", bytes.map((byte, index) => index > 40 && index < 400 ? 0 : byte)],
  ];
  for (const [what, damaged] of rows) await rejects(readAll(damaged), DamagedTurnFileError, what);
});

Deno.test("turnFileName()", () => {
  const rows: [person: string, host: string, name: RegExp][] = [
    ["anna@example.com", "laptop-1.local", /^month=2026-11\/anna@example\.com-laptop-1\.local\.parquet$/],
    ["", "", /\/nobody-anywhere-[0-9a-f]{8}\.parquet$/],
    ["../../etc", "a/b", /^month=2026-11\/etc-a_b-[0-9a-f]{8}\.parquet$/],
    ["a-b", "c", /\/a-b-c-[0-9a-f]{8}\.parquet$/],
    ["a", "b-c", /\/a-b-c\.parquet$/],
    [".hidden", "h", /\/hidden-h-[0-9a-f]{8}\.parquet$/],
  ];
  for (const [person, host, name] of rows) match(turnFileName("2026-11", { person, host }), name);
  strictEqual(turnFileName(monthOf(ROW.started_at), { person: "a", host: "b" }), "month=2026-11/a-b.parquet");
});

Deno.test("a file that goes on from the first rows of another has the bytes of one that is made at once", async () => {
  const rows = Array.from({ length: 2 * ROW_GROUP_ROWS + 7 }, (_, place): TurnRow => ({
    ...ROW,
    turn_id: BigInt(place),
    session_id: `s${place % 900}`,
  }));
  const { bytes, groups } = await makeTurnFile(rows.slice(0, -5));
  deepStrictEqual(groups.map(({ rows, last }) => [rows, last.turn_id]), [
    [ROW_GROUP_ROWS, rows[ROW_GROUP_ROWS - 1]!.turn_id],
    [ROW_GROUP_ROWS, rows[2 * ROW_GROUP_ROWS - 1]!.turn_id],
    [2, rows.at(-6)!.turn_id],
  ]);
  const whole = await writeTurnFile(rows);
  for (const count of [0, 1, 2]) {
    const kept = { bytes, groups: groups.slice(0, count) };
    deepStrictEqual((await makeTurnFile(rows.slice(count * ROW_GROUP_ROWS), kept)).bytes, whole);
  }
});
