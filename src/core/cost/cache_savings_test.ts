import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { NO_USAGE, type PriceTerms, type ReportedCost, type TokenUsage, type Turn } from "../model.ts";
import { needsSavingsPrice, savedByCache } from "./cache_savings.ts";
import { type PriceBook, turnCost } from "./cost.ts";
import { costOfResponse, type PriceTable } from "./price_table.ts";

/** US dollars a million. A prompt of more than 200,000 tokens costs twice as much to send, and to read. */
const TABLE: PriceTable = {
  input: { base: 3, tiers: [{ above: 200_000, usdPerMillion: 6 }] },
  cacheRead: { base: 0.3, tiers: [{ above: 200_000, usdPerMillion: 0.6 }] },
  cacheWrite: 3.75,
  cacheWrite1h: 6,
  output: 15,
  regions: { us: 1.1 },
};
const BOOK: PriceBook = {
  costOf: ({ model }, usage, _at, how) => model === "unknown" ? undefined : costOfResponse(TABLE, usage, how ?? {}),
};

interface Row {
  readonly usage: Partial<TokenUsage>;
  readonly model?: string;
  readonly reported?: ReportedCost;
  readonly requests?: readonly Partial<TokenUsage>[];
  readonly terms?: PriceTerms;
  readonly saved: number | undefined;
  /** Whether the list is asked although the tool says what the turn cost. @default false */
  readonly isAsked?: boolean;
}

const ROWS: readonly (readonly [name: string, row: Row])[] = [
  ["nothing cached", { usage: { input: 1000, output: 10 }, saved: 0 }],
  // 100,000 more at 3 instead of 0.3: 0.30 - 0.03.
  ["read", { usage: { input: 10, cacheRead: 100_000 }, saved: 0.27 }],
  // 100,000 at 3 instead of 3.75: writing cost 0.075 more.
  ["written for five minutes", { usage: { cacheWrite: 100_000 }, saved: -0.075 }],
  // At 3 instead of 6.
  ["written for an hour", { usage: { cacheWrite1h: 100_000 }, saved: -0.3 }],
  // 0.57 as plain input, less 0.027 read and 0.375 written.
  ["both", { usage: { cacheRead: 90_000, cacheWrite: 100_000 }, saved: 0.168 }],
  // A long prompt stays as long: 300,000 at 6 instead of 0.6.
  ["above the tier", { usage: { cacheRead: 300_000 }, saved: 1.62 }],
  ["in a dearer region", { usage: { cacheRead: 100_000 }, terms: { region: "us" }, saved: 0.297 }],
  ["of two requests, each by its own length", {
    usage: { cacheRead: 300_000 },
    requests: [{ cacheRead: 150_000 }, { cacheRead: 150_000 }],
    saved: 0.81,
  }],
  ["a model without a price", { usage: { cacheRead: 100_000 }, model: "unknown", saved: undefined }],
  // A tenth off: input at 2.7. 100,000 of it would have cost 0.27, and were read for 0.027.
  ["what a tool wrote down", {
    usage: { input: 1000, cacheRead: 100_000 },
    reported: { usd: 0.0297, input: 0.0027, cacheRead: 0.027 },
    saved: 0.243,
  }],
  ["the same of a model without a price", {
    usage: { input: 1000, cacheRead: 100_000 },
    model: "unknown",
    reported: { usd: 0.0297, input: 0.0027, cacheRead: 0.027 },
    saved: 0.243,
  }],
  ["a sum alone, by the list's relation", {
    usage: { input: 100, cacheRead: 100_000 },
    reported: { usd: 0.02 },
    // 0.0003 + 0.03 = 0.0303; 0.0003 + 0.3 = 0.3003; 0.02 * 0.3003 / 0.0303 - 0.02
    saved: 0.178217821782,
    isAsked: true,
  }],
  ["a sum alone, of a model without a price", {
    usage: { input: 100, cacheRead: 100_000 },
    model: "unknown",
    reported: { usd: 0.02 },
    saved: undefined,
    isAsked: true,
  }],
  // Without plain input there is no price of it: 0.3 by the list, which knows what was paid to the cent.
  ["no plain input", {
    usage: { cacheRead: 100_000 },
    reported: { usd: 0.03, input: 0, cacheRead: 0.03 },
    saved: 0.27,
    isAsked: true,
  }],
];

Deno.test("savedByCache() is what turns would have cost as plain input, less what they cost", async (t) => {
  for (const [name, { usage, model = "known", reported, requests, terms, saved, isAsked = false }] of ROWS) {
    await t.step(name, () => {
      const turn: Turn = {
        ...{ key: "a", at: 0, chain: "main", model: { provider: "p", model }, reported, terms },
        usage: { ...NO_USAGE, ...usage },
        requests: requests?.map((request) => ({ ...NO_USAGE, ...request })),
      };
      const { usd } = turnCost(turn, BOOK);
      strictEqual(savedByCache(turn, usd, BOOK)?.toFixed(12), saved?.toFixed(12));
      deepStrictEqual(needsSavingsPrice(turn), isAsked);
    });
  }
});
