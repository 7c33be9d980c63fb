import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import type { ModelRef } from "../core/model.ts";
import { type KnownPrice, PriceData } from "./price_data.ts";

const CLAUDE: ModelRef = { provider: "anthropic", model: "claude-sonnet-4-5" };
const NOBODYS: ModelRef = { provider: "nobody", model: "some-model" };
const MILLION_IN = { input: 1_000_000, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 };
const AT = Date.UTC(2026, 8, 1);

Deno.test("what was looked up is news once, and then needs no lists", async () => {
  const first = new PriceData("/prices.json", undefined);
  const book = await first.bookFor([CLAUDE, NOBODYS, CLAUDE]);
  const news = first.takeNews();
  deepStrictEqual(news.map(({ provider, model }) => ({ provider, model })), [CLAUDE, NOBODYS]);
  strictEqual(news[1]!.schedule, null);
  deepStrictEqual(first.takeNews(), []);

  // A price that no list has shows that the lists were not asked.
  const kept = JSON.parse(JSON.stringify(news)) as KnownPrice[];
  const second = new PriceData("/prices.json", undefined);
  second.remember(() => [{ ...kept[0]!, schedule: { lists: [{ table: { input: 1234 } }] } }, kept[1]!]);
  const remembered = await second.bookFor([CLAUDE, NOBODYS]);
  strictEqual(remembered.costOf(CLAUDE, MILLION_IN, AT), 1234);
  strictEqual(remembered.costOf(NOBODYS, MILLION_IN, AT), undefined);
  deepStrictEqual(second.takeNews(), []);

  const third = new PriceData("/prices.json", undefined);
  third.remember(() => kept);
  strictEqual((await third.bookFor([CLAUDE])).costOf(CLAUDE, MILLION_IN, AT), book.costOf(CLAUDE, MILLION_IN, AT));
});

Deno.test("a model that was not named is a mistake of the caller, never a price of nothing", async () => {
  const book = await new PriceData("/prices.json", undefined).bookFor([]);
  throws(() => book.costOf(CLAUDE, MILLION_IN, AT), /No price was looked up for anthropic\/claude-sonnet-4-5/);
});
