import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { currencyBlocks, readCurrency, symbolOf } from "./currency.ts";

const EUR = { code: "EUR", perUsd: 0.92, asOf: "2026-11-20" };

Deno.test("readCurrency() has what the user gave a rate for, and US dollars", () => {
  strictEqual(readCurrency(undefined, { exchangeRate: EUR }), undefined);
  strictEqual(readCurrency("usd", {}), undefined);
  deepStrictEqual(readCurrency(" eur ", { exchangeRate: EUR }), EUR);
});

Deno.test("readCurrency() says how a rate is set", async (t) => {
  const rows: [code: string, rate: typeof EUR | undefined, message: string, hint: RegExp][] = [
    [
      "sek",
      EUR,
      "There is no rate for SEK; config.json has one for EUR.",
      /^opper-agent config set currency SEK RATE DATE /,
    ],
    ["EUR", undefined, "There is no rate for EUR.", /^opper-agent config set currency EUR RATE DATE /],
    ["euro", EUR, `"euro" is no currency: expected a code of three letters.`, /--currency EUR/],
    ["", EUR, `"" is no currency: expected a code of three letters.`, /--currency EUR/],
    ["€", EUR, `"€" is no currency: expected a code of three letters.`, /--currency EUR/],
  ];
  for (const [code, exchangeRate, message, hint] of rows) {
    await t.step(`"${code}"`, () => {
      throws(
        () => readCurrency(code, { exchangeRate }),
        (error) =>
          error instanceof AgentError && error.code === "usage" && error.message === message &&
          hint.test(error.hint ?? ""),
      );
    });
  }
});

Deno.test("symbolOf() is a sign where all know it, and no other country's", async (t) => {
  const rows: [code: string, symbol: string][] = [
    ["EUR", "€"],
    ["GBP", "£"],
    ["JPY", "¥"],
    ["INR", "₹"],
    // Dollars and crowns of several countries.
    ["CAD", "CA$"],
    ["AUD", "A$"],
    ["SEK", "SEK "],
    ["CHF", "CHF "],
    ["XYZ", "XYZ "],
  ];
  for (const [code, symbol] of rows) await t.step(code, () => strictEqual(symbolOf(code), symbol));
});

Deno.test("an answer says how old its rate is", () => {
  deepStrictEqual(currencyBlocks(undefined), []);
  deepStrictEqual(currencyBlocks(EUR), [
    { kind: "text", text: "Amounts are in EUR. Your rate is of 2026-11-20: 0.92 for a US dollar.", tone: "dim" },
  ]);
});
