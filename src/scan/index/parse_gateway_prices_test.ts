/** What the gateway's own list says that models cost. */
import { deepStrictEqual } from "node:assert/strict";
import { parseGatewayPrices } from "./parse_gateway_prices.ts";

function textOf(hosts: unknown): string {
  return JSON.stringify({ version: 1, hosts });
}

Deno.test("prices are those that the gateway tells, of the host that was asked last first", () => {
  const problems: string[] = [];
  const prices = parseGatewayPrices(
    textOf({
      "https://old.example": { fetchedAt: 1, models: [{ id: "GPT-5.5", price: { input: 9, output: 9 } }] },
      "https://api.opper.ai": {
        fetchedAt: 2,
        models: [
          { id: "gpt-5.5", price: { input: 1.25, output: 10, cacheRead: 0.125 } },
          { id: "half", price: { input: 1 } },
          { id: "silent", price: {} },
          { id: "odd", price: { input: 1, output: 2, cacheRead: -1 } },
          { id: 7, price: { input: 1, output: 2 } },
          "text",
        ],
      },
    }),
    problems,
  );
  deepStrictEqual(prices, [
    { provider: "opper", model: "gpt-5.5", table: { input: 1.25, output: 10, cacheRead: 0.125 } },
    { provider: "opper", model: "odd", table: { input: 1, output: 2 } },
    { provider: "opper", model: "gpt-5.5", table: { input: 9, output: 9 } },
  ]);
  deepStrictEqual(problems.length, 1);
});

Deno.test("what is broken has no prices", async (t) => {
  for (const text of ["", "{", "[]", "null", textOf([]), textOf({ a: 1 }), textOf({ a: { models: {} } })]) {
    await t.step(text, () => {
      const problems: string[] = [];
      deepStrictEqual([parseGatewayPrices(text, problems), problems], [[], []]);
    });
  }
});
