import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { NO_RATES } from "../../core/cost/flat_rates.ts";
import type { ModelRef } from "../../core/model.ts";
import { findCommonPrice } from "./common_prices.ts";
import { parsePiModels } from "../../agents/pi/prices.ts";
import { pickDiskPrices } from "./disk_prices.ts";
import { loadPriceBook } from "./public_prices.ts";
import type { PriceSchedule } from "./price_schedule.ts";
import { type KnownPrice, Prices } from "./prices.ts";

const CLAUDE: ModelRef = { provider: "anthropic", model: "claude-sonnet-4-5" };
const NOBODYS: ModelRef = { provider: "nobody", model: "some-model" };
const MILLION_IN = { input: 1_000_000, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 };
const AT = Date.UTC(2026, 8, 1);

Deno.test("what was looked up is news once, and then needs no lists", async () => {
  const first = new Prices("/prices.json", undefined);
  const book = await first.bookFor([CLAUDE, NOBODYS, CLAUDE]);
  const news = first.takeNews();
  deepStrictEqual(news.map(({ provider, model }) => ({ provider, model })), [CLAUDE, NOBODYS]);
  strictEqual(news[1]!.schedule, null);
  deepStrictEqual(first.takeNews(), []);

  // A price that no list has shows that the lists were not asked.
  const kept = JSON.parse(JSON.stringify(news)) as KnownPrice[];
  const second = new Prices("/prices.json", undefined);
  second.remember(() => [{ ...kept[0]!, schedule: { lists: [{ table: { input: 1234 } }] } }, kept[1]!]);
  const remembered = await second.bookFor([CLAUDE, NOBODYS]);
  strictEqual(remembered.costOf(CLAUDE, MILLION_IN, AT), 1234);
  strictEqual(remembered.costOf(NOBODYS, MILLION_IN, AT), undefined);
  deepStrictEqual(second.takeNews(), []);

  const third = new Prices("/prices.json", undefined);
  third.remember(() => kept);
  strictEqual((await third.bookFor([CLAUDE])).costOf(CLAUDE, MILLION_IN, AT), book.costOf(CLAUDE, MILLION_IN, AT));
});

Deno.test("a model that was not named is a mistake of the caller, never a price of nothing", async () => {
  const book = await new Prices("/prices.json", undefined).bookFor([]);
  throws(() => book.costOf(CLAUDE, MILLION_IN, AT), /No price was looked up for anthropic\/claude-sonnet-4-5/);
});

Deno.test("a price is the lists', whether their file of names has it or they have to be asked", async (t) => {
  const lists = await loadPriceBook(undefined);
  const rows: [model: ModelRef, isCommon: boolean][] = [
    [CLAUDE, true],
    [{ provider: "openai-codex", model: "gpt-5.5" }, true],
    // Resold, by the vendor's name.
    [{ provider: "google-vertex", model: "claude-sonnet-4-5" }, true],
    [{ provider: "amazon-bedrock", model: "claude-sonnet-4-5" }, true],
    [NOBODYS, true],
    // Found by rules that name no model whole.
    [{ provider: "anthropic", model: "claude-sonnet-4-5-20250929" }, true],
    [{ provider: "anthropic", model: "claude-sonnet-4-5-20250930" }, false],
    [{ provider: "anthropic", model: "Claude-Sonnet-4-5" }, false],
    [{ provider: "amazon-bedrock", model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0" }, false],
  ];
  for (const [model, isCommon] of rows) {
    await t.step(`${model.provider}/${model.model}`, async () => {
      const book = await new Prices("/prices.json", undefined).bookFor([model]);
      for (const at of [AT, Date.UTC(2024, 0, 1)]) {
        strictEqual(book.costOf(model, MILLION_IN, at), lists.costOf(model, MILLION_IN, at));
      }
      strictEqual(findCommonPrice(model.provider, model.model) !== undefined, isCommon);
    });
  }
});

Deno.test("the user's prices go before the file of names", async () => {
  const overrides = JSON.stringify({
    providers: {
      anthropic: { models: { "claude-sonnet-4-5": { input: 1234, output: 1 } } },
      mine: { sameAs: "anthropic", models: {} },
    },
  });
  const prices = new Prices("/prices.json", overrides);
  deepStrictEqual(prices.problems, []);
  const book = await prices.bookFor([CLAUDE, { ...CLAUDE, provider: "mine" }]);
  strictEqual(book.costOf(CLAUDE, MILLION_IN, AT), 1234);
  strictEqual(book.costOf({ ...CLAUDE, provider: "mine" }, MILLION_IN, AT), 1234);
});

Deno.test("what another thread looked up is known here, and news", async () => {
  const here = new Prices("/prices.json", undefined);
  await here.bookFor([NOBODYS]);
  const there = Prices.ofShared(structuredClone(here.share()));
  await there.bookFor([CLAUDE]);
  here.learn(there.takeNews());
  deepStrictEqual(here.takeNews().map(({ model }) => model), [NOBODYS.model, CLAUDE.model]);
  here.learn([{ ...CLAUDE, schedule: null }]);
  deepStrictEqual(here.takeNews(), []);
});

Deno.test("the user's price of a model is meant however its id is written, unless that id has one itself", async () => {
  const overrides = JSON.stringify({
    providers: {
      anthropic: {
        models: {
          "claude-opus-5-5": { input: 1, output: 1 },
          "claude-opus-5-5-fast": { input: 2, output: 1 },
          "claude-opus-5.5": { input: 3, output: 1 },
        },
      },
    },
  });
  const rows: [model: string, usd: number][] = [
    ["claude-opus-5-5", 1],
    ["Claude-Opus-5-5", 1],
    ["claude-opus-5-5[1m]", 1],
    ["claude-opus-5-5-20260923", 1],
    ["claude-opus-5-5-20260923-fast", 2],
    ["claude-opus-5.5", 3],
    // Another model: the list's.
    ["claude-opus-5", 5],
  ];
  const models = rows.map(([model]) => ({ provider: "anthropic", model }));
  const book = await new Prices("/prices.json", overrides).bookFor(models);
  deepStrictEqual(models.map((model) => book.costOf(model, MILLION_IN, AT)), rows.map(([, usd]) => usd));
});

Deno.test("what tools keep on disk counts under every name of a seller", async () => {
  const overrides = JSON.stringify({ providers: { mine: { sameAs: "ring", models: {} }, ring: { sameAs: "mine" } } });
  const through = JSON.stringify({ providers: { mine: { sameAs: "openai" } } });
  const table = { input: 7, output: 8 };
  const costOf = async (provider: string, own: string) => {
    const prices = new Prices("/prices.json", own);
    prices.useDisk([{ provider: "openai", model: "gpt-9-sol", table }, { provider: "openai", model: "*", table }]);
    const model = { provider, model: provider === "ring" ? "x" : "gpt-9-sol" };
    return (await prices.bookFor([model])).costOf(model, MILLION_IN, AT);
  };
  deepStrictEqual(await costOf("openai", "{}"), 7);
  deepStrictEqual(await costOf("openai-codex", "{}"), 7);
  deepStrictEqual(await costOf("mine", through), 7);
  deepStrictEqual(await costOf("azure", "{}"), undefined);
  deepStrictEqual(await costOf("ring", overrides), undefined);
});

Deno.test("a server with a local name costs nothing, unless a tool's file has it on the internet", async () => {
  const found = async (models: string, own?: string) => {
    const prices = new Prices("/prices.json", own);
    prices.useDisk(await prices.pickUnlisted(pickDiskPrices(parsePiModels(models, []), false)));
    const refs = ["glm-5", "priced"].map((model) => ({ provider: "ollama", model }));
    const book = await prices.bookFor(refs);
    return refs.map((ref) => book.costOf(ref, MILLION_IN, AT));
  };
  const at = (baseUrl: string) =>
    JSON.stringify({
      providers: { ollama: { baseUrl, models: [{ id: "glm-5" }, { id: "priced", cost: { input: 4, output: 5 } }] } },
    });
  const own = JSON.stringify({ providers: { ollama: { models: { "glm-5": { input: 6, output: 6 } } } } });
  deepStrictEqual(await found("{}"), [0, 0]);
  deepStrictEqual(await found(at("http://localhost:11434/v1")), [0, 0]);
  deepStrictEqual(await found(at("http://192.168.1.5:11434/v1")), [0, 0]);
  deepStrictEqual(await found(at("https://ollama.com/v1")), [undefined, 4]);
  deepStrictEqual(await found(at("https://ollama.com/v1"), own), [6, 4]);
});

Deno.test("bookAtHand() has models that were looked up already, and only all of them", async () => {
  const prices = new Prices("/prices.json", undefined);
  strictEqual(prices.bookAtHand([CLAUDE]), undefined);
  const book = await prices.bookFor([CLAUDE]);
  strictEqual(prices.bookAtHand([CLAUDE]), book);
  strictEqual(prices.bookAtHand([CLAUDE, NOBODYS]), undefined);
  const second = new Prices("/prices.json", undefined);
  second.remember(() => [{ ...NOBODYS, schedule: null }]);
  strictEqual(second.bookAtHand([NOBODYS])?.costOf(NOBODYS, MILLION_IN, AT), undefined);
});

Deno.test("ratesOf() has what costs from one time to another, where that is one price for all of it", async (t) => {
  const [MARCH, JUNE] = [Date.UTC(2026, 2, 1), Date.UTC(2026, 5, 1)];
  const tables = [{ input: 1 }, { input: 2 }, { input: { base: 3, tiers: [{ above: 10, usdPerMillion: 4 }] } }];
  const [first, second, third] = tables.map((table) => ({ table }));
  const tiers = [{ above: 1, usdPerMillion: 1 }, { above: 2, usdPerMillion: 2 }];
  const rows: [
    name: string,
    lists: PriceSchedule["lists"],
    since: number,
    until: number,
    input: readonly number[] | undefined,
  ][] = [
    ["one price", [first!], 0, AT, [1, Infinity, 1]],
    ["one that rests on the prompt", [third!], 0, AT, [3, 10, 4]],
    ["one that changes twice with the prompt", [{ table: { input: { base: 1, tiers } } }], 0, AT, undefined],
    ["before a change", [first!, { ...second!, since: JUNE }], MARCH, JUNE - 1, [1, Infinity, 1]],
    ["after it", [first!, { ...second!, since: JUNE }], JUNE, AT, [2, Infinity, 2]],
    ["across it", [first!, { ...second!, since: JUNE }], JUNE - 1, JUNE, undefined],
    [
      "across a price that went back",
      [first!, { ...second!, since: MARCH }, { ...first!, since: JUNE }],
      0,
      AT,
      undefined,
    ],
    ["by hours of the day", [first!, { ...second!, hours: { start: 0, end: 1 } }], AT, AT, undefined],
    ["before there was one", [{}, { ...first!, since: JUNE }], 0, MARCH, [NaN, NaN, NaN]],
  ];
  for (const [name, lists, since, until, input] of rows) {
    await t.step(name, () => {
      const prices = new Prices("/prices.json", undefined);
      prices.remember(() => [{ ...CLAUDE, schedule: { lists } }]);
      const rates = prices.bookAtHand([CLAUDE])!.ratesOf!(CLAUDE, since, until);
      deepStrictEqual(rates && Array.from(rates.subarray(0, 3)), input);
    });
  }
  const prices = new Prices("/prices.json", undefined);
  prices.remember(() => [{ ...NOBODYS, schedule: null }]);
  deepStrictEqual(prices.bookAtHand([NOBODYS])!.ratesOf!(NOBODYS, 0, AT), NO_RATES);
});
