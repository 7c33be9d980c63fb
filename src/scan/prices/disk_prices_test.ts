import { deepStrictEqual } from "node:assert/strict";
import { pickDiskPrices } from "./disk_prices.ts";

const table = { input: 1, output: 2 };

Deno.test("of a catalogue those rows count that the built-in list would take, of anything else all", () => {
  const prices = [
    { provider: "zai", model: "glm-6", table },
    // What a host asks, and a plan.
    { provider: "openrouter", model: "z-ai/glm-6", table },
    { provider: "opencode-go", model: "glm-6", table },
    { provider: "google", model: "gemini-5", table },
  ];
  deepStrictEqual(pickDiskPrices(prices, true), [prices[0], prices[3]]);
  deepStrictEqual(pickDiskPrices(prices, false), prices);
});

Deno.test("that a provider is on the internet matters where its name says that it is on this machine", () => {
  const ollama = { provider: "ollama", model: "*" };
  for (const isCatalogue of [false, true]) {
    deepStrictEqual(pickDiskPrices([ollama, { provider: "mine", model: "*" }], isCatalogue), [ollama]);
  }
  const free = { provider: "mine", model: "*", table: { input: 0, output: 0 } };
  deepStrictEqual(pickDiskPrices([free], false), [free]);
});
