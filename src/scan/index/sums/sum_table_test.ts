import { deepStrictEqual, ok } from "node:assert/strict";
import type { PriceBook } from "../../../core/cost/cost.ts";
import { flattenRates, NO_RATES } from "../../../core/cost/flat_rates.ts";
import { addLossesTo, noLosses } from "../../../core/cost/miss_cost.ts";
import { costOfResponse, costOfUsage, type PriceTable, uncachedCostOfUsage } from "../../../core/cost/price_table.ts";
import type { ModelRef } from "../../../core/model.ts";
import type { RecordedTurn } from "../../../agents/source.ts";
import { seededRandom } from "../../../../tests/support/random.ts";
import { randomRecords } from "../../../../tests/support/random_turns.ts";
import { encodePart } from "../bytes/part_codec.ts";
import { encodeRollupState } from "../bytes/rollup_codec.ts";
import { TurnTable } from "../../logs/turns/turn_table.ts";
import { addPricedTurns } from "./add_priced_turns.ts";
import { priceTurns } from "./digest_log.ts";
import type { PriceSource } from "./make_session.ts";
import { readLost } from "./row_state.ts";
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

/** Rates as a list has them: some that change with the prompt, and some that are missing. */
const TABLES: Readonly<Record<string, PriceTable>> = {
  "claude-sonnet-4-5": { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15 },
  "gpt-5": {
    input: { base: 1.25, tiers: [{ above: 4000, usdPerMillion: 2.5 }] },
    cacheRead: { base: 0.125, tiers: [{ above: 50_000, usdPerMillion: 0.25 }] },
    output: 10,
  },
  "anthropic/claude-sonnet-4.5": { input: 3, cacheRead: 0.3, cacheWrite1h: 6 },
  "deepseek/deepseek-chat": { cacheRead: 0.1, output: 0 },
};
/** One that says rates, at once: of this many models. */
function flatPrices(known = Infinity): PriceSource {
  const tableOf = ({ model }: ModelRef) => TABLES[model];
  const book: PriceBook = {
    costOf(model, usage, _at, how) {
      const table = tableOf(model);
      return table && (how === undefined ? costOfUsage(table, usage) : costOfResponse(table, usage, how));
    },
    uncachedCostOf(model, usage) {
      const table = tableOf(model);
      return table && uncachedCostOfUsage(table, usage);
    },
    knowsTerms: () => false,
    ratesOf(model) {
      const table = tableOf(model);
      if (Object.keys(TABLES).indexOf(model.model) >= known) return undefined;
      return table === undefined ? NO_RATES : flattenRates(table);
    },
  };
  return { bookFor: () => Promise.resolve(book), bookAtHand: () => book };
}

function fill(records: readonly RecordedTurn[], table = new TurnTable()): TurnTable {
  table.begin();
  for (const record of records) table.add({ ...record });
  return table;
}

/** What the engine makes of rows. */
async function sumRowsOf(table: TurnTable, prices: PriceSource, lost = "") {
  const sums = await sumTable(table, prices, lost);
  return sums && { ...sums, misses: readLost() };
}

async function sumTurnsOf(table: TurnTable, prices: PriceSource, lost = "") {
  const turns = await priceTurns(table.list().map((turn, seq) => ({ seq, turn })), lost, prices);
  const { state, samples, misses } = (await addPricedTurns(undefined, turns, prices))!;
  const sum = noLosses();
  for (const { usd } of misses) {
    addLossesTo(sum, { misses: 1, tokens: 0, usd: usd ?? 0, unpriced: usd === undefined ? 1 : 0 });
  }
  return {
    misses: { misses: sum.misses, usd: sum.usd, unpriced: sum.unpriced },
    part: encodePart(samples, makeBuckets(turns, misses), misses),
    rollup: encodeRollupState(state),
    lastAt: state.lastAt,
  };
}

Deno.test("sumTable() makes of rows what is made of turns, to the last bit, or nothing", async () => {
  const random = seededRandom(11);
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const table = new TurnTable();
  let count = 0;
  let rerouted = 0;
  let lossy = 0;
  for (let round = 0; round < 1500; round++) {
    const keys = round === 0 ? 0 : 1 + Math.floor(random() * (round % 20 === 0 ? 400 : 30));
    fill(randomRecords(random, { keys, odd: round % 4 === 0, repeats: round % 2 === 0 }), table);
    const prices = oneOf([PRICES, flatPrices(), flatPrices(), flatPrices(2)]);
    const sums = await sumRowsOf(table, prices);
    if (sums === undefined) continue;
    count++;
    const expected = await sumTurnsOf(table, prices);
    deepStrictEqual(sums, expected, `round ${round}`);
    if (sums.misses.usd > 0) lossy++;
    if (table.models.some(({ provider }) => provider === "openrouter")) rerouted++;
    // Those that other logs count: some, all, or as many as a shorter list says.
    const share = oneOf([0.1, 0.5, 1]);
    const lost = Array.from({ length: table.length }, () => random() < share ? oneOf(["1", "g"]) : "0").join("");
    const some = lost.slice(0, oneOf([1, table.length]));
    deepStrictEqual(
      await sumRowsOf(table, prices, some),
      await sumTurnsOf(table, prices, some),
      `round ${round}, ${some}`,
    );
  }
  ok(count > 1000 && count < 1500, `${count} of them`);
  ok(rerouted > 100);
  ok(lossy > 100, `${lossy} with losses`);
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
      const sums = await sumRowsOf(table, PRICES);
      deepStrictEqual(sums !== undefined, isSummed);
      if (isSummed) deepStrictEqual(sums, await sumTurnsOf(table, PRICES));
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
