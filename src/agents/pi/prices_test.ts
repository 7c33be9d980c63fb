/** Prices in files of Pi's, which may hold anything. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { parsePiModels, parsePiStore } from "./prices.ts";
import { cpuMsOf } from "../../../tests/support/cpu_time.ts";

Deno.test("a catalogue has what many sell, and no zero for a price", () => {
  const store = {
    zai: {
      models: [
        { id: "GLM-6", cost: { input: 1, output: 4, cacheRead: 0.2, cacheWrite: 0 } },
        { id: "glm-6-new", cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 } },
        { id: "glm-6-later" },
        { id: 6, cost: { input: 1, output: 1 } },
      ],
      etag: "x",
    },
    openrouter: { models: [{ id: "z-ai/glm-6", cost: { input: 0.5, output: 2 } }] },
    "opencode-go": { models: [{ id: "glm-6", cost: { input: 1, output: 4 } }] },
    google: {
      models: [{
        id: "gemini-5",
        cost: { input: 1, output: 5, tiers: [{ inputTokensAbove: 200_000, input: 2, output: 7.5 }] },
      }],
    },
    broken: "no",
  };
  const tier = (base: number, usdPerMillion: number) => ({ base, tiers: [{ above: 200_000, usdPerMillion }] });
  deepStrictEqual(parsePiStore(JSON.stringify(store), []), [
    { provider: "zai", model: "glm-6", table: { input: 1, output: 4, cacheRead: 0.2 } },
    { provider: "openrouter", model: "z-ai/glm-6", table: { input: 0.5, output: 2 } },
    { provider: "opencode-go", model: "glm-6", table: { input: 1, output: 4 } },
    { provider: "google", model: "gemini-5", table: { input: tier(1, 2), output: tier(5, 7.5) } },
  ]);
});

Deno.test("models.json has models and overrides, and that a server is on this machine", () => {
  const text = `{
    // my own
    "providers": {
      "Mine": {
        "baseUrl": "https://llm.example.com/v1",
        "models": [{ "id": "big", "cost": { "input": 2, "output": 8 } }, { "id": "zero", "cost": { "input": 0, "output": 0 } },],
        "modelOverrides": { "small//x": { "cost": { "input": 1, "output": 2 } } },
      },
      "box": { "baseUrl": "http://127.0.0.1:8080/v1", "models": [{ "id": "qwen" }] },
      "far": { "baseUrl": "http://127.0.0.1.example.com/v1", "models": [{ "id": "qwen" }] },
    },
  }`;
  deepStrictEqual(parsePiModels(text, []), [
    { provider: "mine", model: "small//x", table: { input: 1, output: 2 } },
    { provider: "mine", model: "big", table: { input: 2, output: 8 } },
    { provider: "mine", model: "*" },
    { provider: "box", model: "*", table: { input: 0, output: 0 } },
    { provider: "far", model: "*" },
  ]);
});

Deno.test("a file that is broken has no prices", () => {
  for (const text of ["", "{", "[]", "null", '"x"', '{"providers":[]}', "\0\xff"]) {
    deepStrictEqual([parsePiStore(text, []), parsePiModels(text, [])], [[], []], text);
  }
});

Deno.test("a file that is huge or was cut off takes no time", async (t) => {
  const entries = "\\".repeat(300_000) + '"\\'.repeat(200_000);
  const rows: [name: string, read: () => unknown[]][] = [
    ["Pi's models", () => parsePiModels(`{"${entries}`, [])],
    ["Pi's catalogue", () => parsePiStore(`{"${"x".repeat(5_000_000)}`, [])],
  ];
  for (const [name, read] of rows) {
    await t.step(name, () => {
      ok(cpuMsOf(() => deepStrictEqual(read(), [])) < 5000);
    });
  }
});

Deno.test("tiers count in the order of their size, and comments are not read", () => {
  const tiers = '[{"inputTokensAbove": 300000, "input": 3}, {"inputTokensAbove": 200000, "input": 2},]';
  const [price] = parsePiModels(
    `{ // "a comment", {
    "providers": {"p": {"models": [{"id": "m//x", "cost": {"input": 1, "output": 9, "tiers": ${tiers}}, }, // ,
    ]}}}`,
    [],
  );
  deepStrictEqual(price, {
    provider: "p",
    model: "m//x",
    table: {
      input: { base: 1, tiers: [{ above: 200_000, usdPerMillion: 2 }, { above: 300_000, usdPerMillion: 3 }] },
      output: 9,
    },
  });
});

Deno.test("a provider on the internet is said to be there, one in the user's network not", async (t) => {
  const rows: [url: string, expected: unknown[]][] = [
    ["http://localhost:11434/v1", [{ provider: "ollama", model: "*", table: { input: 0, output: 0 } }]],
    ["https://ollama.com/v1", [{ provider: "ollama", model: "*" }]],
    ["https://localhost.example.com", [{ provider: "ollama", model: "*" }]],
    ["http://203.0.113.7:8000", [{ provider: "ollama", model: "*" }]],
    ["http://192.168.1.5:11434/v1", []],
    ["http://172.20.0.2:11434/v1", []],
    ["http://nas.local:11434/v1", []],
    ["http://gpubox:11434/v1", []],
    ["ollama.com", []],
  ];
  for (const [baseUrl, expected] of rows) {
    await t.step(baseUrl, () => {
      deepStrictEqual(
        parsePiModels(JSON.stringify({ providers: { ollama: { baseUrl, models: [{ id: "m" }] } } }), []),
        expected,
      );
    });
  }
});

Deno.test("what no price can be is left out and named", () => {
  const problems: string[] = [];
  const models = {
    acme: {
      models: [
        { id: "absurd", cost: { input: 1e300, output: 1 } },
        { id: "negative", cost: { input: 1, output: -5 } },
        { id: "text", cost: { input: "0.5", output: 1 } },
        { id: "read", cost: { input: 1, output: 2, cacheRead: 1e9, tiers: [{ inputTokensAbove: 9, input: 1e7 }] } },
        { id: "null", cost: { input: null, output: null } },
      ],
    },
  };
  const own = { provider: "acme", table: { input: 1, output: 2 } };
  deepStrictEqual(parsePiModels(JSON.stringify({ providers: models }), problems), [{ ...own, model: "read" }]);
  deepStrictEqual(problems.map((problem) => problem.replace(/, expected .*/, "")), [
    'The price "input" of "acme/absurd" is 1e+300',
    'The price "output" of "acme/negative" is -5',
    'The price "input" of "acme/text" is "0.5"',
    'The price "cacheRead" of "acme/read" is 1000000000',
    'The price "input" of "acme/read" is 10000000',
  ]);
});
