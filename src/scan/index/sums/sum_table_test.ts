import { deepStrictEqual, ok } from "node:assert/strict";
import type { PriceBook } from "../../../core/cost/cost.ts";
import type { ModelRef } from "../../../core/model.ts";
import type { RecordedTurn } from "../../../agents/source.ts";
import { seededRandom } from "../../../../tests/support/random.ts";
import { randomRecords } from "../../../../tests/support/random_turns.ts";
import { encodePart } from "../bytes/part_codec.ts";
import { TurnTable } from "../../logs/turns/turn_table.ts";
import { addPricedTurns } from "./add_priced_turns.ts";
import { priceTurns } from "./digest_log.ts";
import type { PriceSource } from "./make_session.ts";
import { sumTable } from "./sum_table.ts";
import { hashIdentities } from "./turn_keys.ts";
import { makeBuckets } from "./usage_buckets.ts";

/** Knows no price for one model, and none of its own for one tier. */
const BOOK: PriceBook = {
  costOf: (model, usage, _at, how) => {
    if (model.model === "free") return undefined;
    const factor = how?.terms?.region === "us" ? 1.1 : 1;
    return factor * (usage.input * 3 + usage.cacheRead * 0.3 + usage.cacheWrite * 3.75 + usage.output * 15) / 1e6;
  },
  knowsTerms: (_model, _at, terms) => terms.tier === undefined,
};
const asked: ModelRef[] = [];
const PRICES: PriceSource = {
  bookFor(models) {
    asked.push(...models);
    return Promise.resolve(BOOK);
  },
};

function fill(records: readonly RecordedTurn[], table = new TurnTable()): TurnTable {
  table.begin();
  for (const record of records) table.add({ ...record });
  return table;
}

async function sumTurnsOf(table: TurnTable, lost = "") {
  const turns = await priceTurns(table.list().map((turn, seq) => ({ seq, turn })), lost, PRICES);
  const { state: { rates, ...state }, samples, misses } = (await addPricedTurns(undefined, turns, PRICES))!;
  // One that is not known is not there, or undefined.
  const known = rates.map((rate) =>
    Object.fromEntries(Object.entries(rate).filter(([, value]) => value !== undefined))
  );
  return { state: { ...state, rates: known }, misses, part: encodePart(samples, makeBuckets(turns, misses), misses) };
}

Deno.test("sumTable() makes of rows what is made of turns, to the last bit, or nothing", async () => {
  const random = seededRandom(11);
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const table = new TurnTable();
  let count = 0;
  let rerouted = 0;
  for (let round = 0; round < 1500; round++) {
    const keys = round === 0 ? 0 : 1 + Math.floor(random() * (round % 20 === 0 ? 400 : 30));
    fill(randomRecords(random, { keys, odd: round % 4 === 0, repeats: round % 2 === 0 }), table);
    const sums = await sumTable(table, PRICES);
    if (sums === undefined) continue;
    count++;
    const expected = await sumTurnsOf(table);
    deepStrictEqual(sums, expected, `round ${round}`);
    if (expected.state.models.some(({ model }) => model.provider === "openrouter")) rerouted++;
    // Those that other logs count: some, all, or as many as a shorter list says.
    const share = oneOf([0.1, 0.5, 1]);
    const lost = Array.from({ length: table.length }, () => random() < share ? oneOf(["1", "g"]) : "0").join("");
    const some = lost.slice(0, oneOf([1, table.length]));
    deepStrictEqual(await sumTable(table, PRICES, some), await sumTurnsOf(table, some), `round ${round}, ${some}`);
  }
  ok(count > 1000 && count < 1500, `${count} of them`);
  ok(rerouted > 100);
});

Deno.test("sumTable() leaves to turns what rows do not say", async (t) => {
  const [turn] = randomRecords(seededRandom(1), { keys: 1, odd: false, repeats: false });
  const many = (count: number, change: (place: number) => Partial<RecordedTurn>) =>
    Array.from({ length: count }, (_, place) => ({ ...turn!, key: `${place}`, ...change(place) }));
  const rows: [name: string, records: readonly RecordedTurn[], isSummed: boolean][] = [
    ["requests", many(1, () => ({ requests: [turn!.usage, turn!.usage] })), false],
    ["what an agent says of a cache's end", many(1, () => ({ cacheExpiresAt: 5 })), false],
    ["credits", many(1, () => ({ reported: { usd: 1, credits: 2 } })), false],
    ["another session's turn", many(1, () => ({ sessionId: "a" })), false],
    ["a time that is none", many(1, () => ({ at: NaN })), false],
    [
      "more models than there is room for",
      many(33, (place) => ({ model: { provider: "p", model: `${place}` } })),
      false,
    ],
    [
      "as many models as there is room for",
      many(32, (place) => ({ model: { provider: "p", model: `${place}` } })),
      true,
    ],
    ["more chains than there is room for", many(65, (place) => ({ chain: `${place}` })), false],
    ["as many chains as there is room for", many(64, (place) => ({ chain: `${place}` })), true],
    ["turns out of order", many(9, (place) => ({ at: turn!.at - place * 1e6 })), true],
    ["delegated work", many(1, () => ({ delegation: { key: "a", isSum: true } })), true],
    ["terms", many(1, () => ({ terms: { tier: "priority" } })), true],
    ["more than its memory begins with", many(9000, (place) => ({ at: turn!.at + place * 70_000 })), true],
  ];
  for (const [name, records, isSummed] of rows) {
    await t.step(name, async () => {
      const table = fill(records);
      const sums = await sumTable(table, PRICES);
      deepStrictEqual(sums !== undefined, isSummed);
      if (isSummed) deepStrictEqual(sums, await sumTurnsOf(table));
    });
  }
});

Deno.test("sumTable() asks for the prices of models whose turns need one, by first appearance", async () => {
  const [turn] = randomRecords(seededRandom(1), { keys: 1, odd: false, repeats: false });
  const usage = { ...turn!.usage, input: 5 };
  const of = (key: string, model: string, reported?: RecordedTurn["reported"]): RecordedTurn => (
    { ...turn!, key, usage, model: { provider: "p", model }, reported }
  );
  asked.length = 0;
  // What is known of each part of a price says what a cache saved; where all of it is one sum, lists have to.
  const parts = { usd: 1, input: 0.5, cacheRead: 0.1, cacheWrite: 0.4 };
  await sumTable(
    fill([of("1", "b", parts), of("2", "c"), of("3", "a"), of("4", "c"), of("5", "d", { usd: 1 })]),
    PRICES,
  );
  deepStrictEqual(asked.map(({ model }) => model), ["c", "a", "d"]);
});

Deno.test("hashIdentities() gives of many texts at once what it gives of each", () => {
  const random = seededRandom(3);
  for (let round = 0; round < 200; round++) {
    const { keys, originalKeys, replayKeys } = fill(randomRecords(random, { keys: 9, odd: round % 2 === 0 }));
    const none = new Set<string>();
    // What is no ASCII, or has lines, has its characters taken one by one, and those of all others with it.
    for (const slow of ["é", "a\nb", "\ud800"]) {
      const at = 2 * keys.length;
      const together = hashIdentities("pi", { keys, originalKeys: [], replayKeys: keys }, none);
      const apart = hashIdentities(
        "pi",
        { keys: [...keys, slow], originalKeys: [], replayKeys: [...keys, slow] },
        none,
      );
      deepStrictEqual(together.subarray(0, at), apart.subarray(0, at));
      deepStrictEqual(together.subarray(at), apart.subarray(at + 2, 2 * at + 2));
    }
    const all = hashIdentities("pi", { keys, originalKeys, replayKeys }, none);
    const count = (list: readonly unknown[]) => list.filter((text) => text !== undefined).length;
    deepStrictEqual(all.length, 2 * (keys.length + count(originalKeys) + count(replayKeys)));
  }
});
