import { deepStrictEqual, match, notStrictEqual, strictEqual } from "node:assert/strict";
import type { BilledTurn } from "../../scan/index/ask/bill_session.ts";
import { hiddenOwner, makeTurnRow, type RowNames, turnId } from "./make_turn_row.ts";

const NAMES: RowNames = { person: "anna", host: "laptop", hash: [], without: [] };
const SESSION = { source: "a", sessionId: "s", traceId: "t", project: "acme/shop" };

const TURN: BilledTurn = {
  key: "k",
  at: Date.UTC(2026, 10, 1, 23, 59, 59) + 0.75,
  endedAt: Date.UTC(2026, 10, 2) + 0.25,
  model: { provider: "anthropic", model: "m\0\ud800" },
  usage: { input: 1, cacheRead: 2, cacheWrite: 3, cacheWrite1h: 4, output: 5 },
  chain: "main",
  requestedTtlMs: 300_000,
  usd: 0.1234567891,
  basis: "computed",
  counted: true,
  outcome: "miss",
  cause: "expired",
  gapMs: 10.5,
  expectedTokens: 9,
  missedTokens: 7,
  missedUsd: 0.000000001,
  inputRate: 3,
};

Deno.test("turnId() is 64 bits of SHA-256 over source and key", () => {
  // printf 'a\0k' | sha256sum begins with these bytes.
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, turnId("a", "k"));
  strictEqual(bytes.toHex(), "9a2a77afb0d50c76");
  notStrictEqual(turnId("a", "k"), turnId("ak", ""));
});

Deno.test("makeTurnRow()", async (t) => {
  await t.step("all of a turn", () => {
    deepStrictEqual(makeTurnRow(TURN, SESSION, NAMES), {
      turn_id: turnId("a", "k"),
      person: "anna",
      host: "laptop",
      source: "a",
      provider: "anthropic",
      model: "m\ufffd\ufffd",
      project: "acme/shop",
      session_id: "s",
      trace_id: "t",
      chain: "main",
      started_at: Date.UTC(2026, 10, 1, 23, 59, 59),
      ended_at: Date.UTC(2026, 10, 2),
      // 20,454 days from 1970 to 2026-01-01, and 304 to the first of November.
      day: 20_758,
      input_tokens: 1,
      cache_read_tokens: 2,
      cache_write_tokens: 3,
      cache_write_1h_tokens: 4,
      output_tokens: 5,
      usd: 123_456_789n,
      usd_basis: "computed",
      cache_outcome: "miss",
      miss_cause: "expired",
      expected_tokens: 9,
      missed_tokens: 7,
      missed_usd: 1n,
      gap_ms: 10,
      ttl_ms: 300_000,
      input_rate: 3,
      inherited: 0,
      is_total: 0,
    });
  });
  const rows: [what: string, turn: Partial<BilledTurn>, fields: Record<string, unknown>][] = [
    ["no known price", { usd: undefined }, { usd: null }],
    ["free", { usd: 0 }, { usd: 0n }],
    ["a copy", { copied: true }, { inherited: 1 }],
    ["a total", { total: {} }, { is_total: 1 }],
    ["no miss", { outcome: "hit", cause: undefined }, { miss_cause: null, missed_usd: null }],
    ["a miss without a price", { missedUsd: undefined }, { missed_usd: null }],
    ["nothing known of time", { endedAt: undefined, gapMs: undefined }, { ended_at: null, gap_ms: null }],
    ["more than 31 bits", { expectedTokens: 4e9 }, { expected_tokens: 2_147_483_647 }],
    ["no rate", { inputRate: undefined, requestedTtlMs: undefined }, { input_rate: null, ttl_ms: null }],
  ];
  for (const [what, turn, fields] of rows) {
    await t.step(what, () => {
      const row: Record<string, unknown> = { ...makeTurnRow({ ...TURN, ...turn }, SESSION, NAMES) };
      deepStrictEqual(Object.fromEntries(Object.keys(fields).map((name) => [name, row[name]])), fields);
    });
  }
});

Deno.test("names are hashed with the key and their kind, or left out", () => {
  const teamKey = "0123456789abcdef";
  const names: RowNames = { ...NAMES, host: "anna", hash: ["host", "person"], teamKey };
  const { person, host } = hiddenOwner(names);
  for (const name of [person, host]) match(name, /^[0-9a-f]{24}$/);
  // Somebody who is called as their machine shows nowhere.
  notStrictEqual(person, host);
  deepStrictEqual(hiddenOwner(names), { person, host });
  notStrictEqual(hiddenOwner({ ...names, teamKey: `${teamKey}0` }).person, person);
  deepStrictEqual(hiddenOwner({ ...names, without: ["host"] }), { person, host: "" });
  const { session_id, trace_id, project } = makeTurnRow(TURN, SESSION, { ...NAMES, without: ["project", "session"] });
  deepStrictEqual([session_id, trace_id, project], ["", null, ""]);
});
