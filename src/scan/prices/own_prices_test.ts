import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { parsePriceOverrides } from "./own_prices.ts";

Deno.test("parsePriceOverrides reads every key of its format", () => {
  const { overrides, problems } = parsePriceOverrides(`{
    "providers": {
      "My-Gateway": {
        "sameAs": "Anthropic",
        "models": {
          "Big": {
            "input": 3, "output": 15, "cacheRead": 0.3, "cacheWrite": 3.75, "cacheWrite1h": 6,
            "tiers": [
              { "promptTokensAbove": 400000, "input": 12 },
              { "promptTokensAbove": 200000, "input": 6, "output": 22.5 }
            ]
          },
          "*": { "input": 0, "output": 0 }
        }
      }
    }
  }`);
  deepStrictEqual(problems, []);
  const gateway = overrides.get("my-gateway");
  strictEqual(gateway?.sameAs, "anthropic");
  deepStrictEqual(
    gateway?.models,
    new Map<string, unknown>([
      ["big", {
        input: { base: 3, tiers: [{ above: 200_000, usdPerMillion: 6 }, { above: 400_000, usdPerMillion: 12 }] },
        output: { base: 15, tiers: [{ above: 200_000, usdPerMillion: 22.5 }] },
        cacheRead: 0.3,
        cacheWrite: 3.75,
        cacheWrite1h: 6,
      }],
      ["*", { input: 0, output: 0 }],
    ]),
  );
});

Deno.test("parsePriceOverrides says what is wrong and keeps the rest", async (t) => {
  const model = (rates: string) => `{"providers":{"p":{"models":{"bad":${rates},"good":{"input":1,"output":2}}}}}`;
  const rows: [name: string, text: string, problem: RegExp, models: string[]][] = [
    ["no JSON", "{", /^The file is not JSON: /, []],
    ["a list", "[]", /^The file is an array; it must be an object\.$/, []],
    [
      "an unknown key at the top",
      '{"provider":{}}',
      /^The file has an unknown key "provider"; known are providers\.$/,
      [],
    ],
    ["providers that are no object", '{"providers":3}', /^providers is 3; it must be an object\.$/, []],
    ["a provider that is no object", '{"providers":{"p":null}}', /^providers\.p is null; it must be an object\.$/, []],
    ["sameAs that is no name", '{"providers":{"p":{"sameAs":1}}}', /^providers\.p\.sameAs is 1; it must be/, []],
    [
      "models that are no object",
      '{"providers":{"p":{"models":[]}}}',
      /^providers\.p\.models is an array; it must be/,
      [],
    ],
    ["no output", model('{"input":1}'), /^providers\.p\.models\.bad\.output is missing\.$/, ["good"]],
    ["a rate in quotes", model('{"input":"1","output":1}'), /\.bad\.input is "1"; it must be US dollars/, ["good"]],
    ["a negative rate", model('{"input":-1,"output":1}'), /\.bad\.input is -1; it must be US dollars/, ["good"]],
    ["an endless rate", model('{"input":1e999,"output":1}'), /\.bad\.input is Infinity; it must be US dollars/, [
      "good",
    ]],
    ["an absurd rate", model('{"input":1,"output":1e300}'), /\.bad\.output is 1e\+300; it must be .* to 1000000\.$/, [
      "good",
    ]],
    ["a rate of hardly anything", model('{"input":1e-300,"output":1}'), /\.bad\.input is 1e-300; it must be/, ["good"]],
    [
      "a rate that is nested deep",
      model(`{"input":${"[".repeat(10_000)}${"]".repeat(10_000)},"output":1}`),
      /\.bad\.input is an array; it must be/,
      ["good"],
    ],
    ["a rate with a toString", model('{"input":{"toString":1},"output":1}'), /\.bad\.input is an object; it must be/, [
      "good",
    ]],
    ["a misspelt rate", model('{"input":1,"output":1,"cache_read":1}'), /\.bad has an unknown key "cache_read"/, [
      "good",
    ]],
    ["tiers that are no list", model('{"input":1,"output":1,"tiers":{}}'), /\.bad\.tiers is an object; it must be/, [
      "good",
    ]],
    [
      "a tier without a bound",
      model('{"input":1,"output":1,"tiers":[{"input":2}]}'),
      /\.bad\.tiers\[0\]\.promptTokensAbove is nothing; it must be a whole number/,
      ["good"],
    ],
    [
      "a tier with a bad rate",
      model('{"input":1,"output":1,"tiers":[{"promptTokensAbove":5,"input":"2"}]}'),
      /\.bad\.tiers\[0\]\.input is "2"/,
      ["good"],
    ],
  ];
  for (const [name, text, problem, models] of rows) {
    await t.step(name, () => {
      const parsed = parsePriceOverrides(text);
      strictEqual(parsed.problems.length, 1);
      match(parsed.problems[0]!, problem);
      deepStrictEqual([...parsed.overrides.get("p")?.models.keys() ?? []], models);
    });
  }
  await t.step(
    "no file",
    () => deepStrictEqual(parsePriceOverrides(undefined), { overrides: new Map(), problems: [] }),
  );
  await t.step("an empty object", () => deepStrictEqual(parsePriceOverrides("{}").problems, []));
});
