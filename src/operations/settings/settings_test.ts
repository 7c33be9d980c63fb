import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { loadSettings } from "./load_settings.ts";
import type { SettingValues } from "./setting_rules.ts";
import { findSetting, parseSettings, readSetting, resolveSettings } from "./settings.ts";

const PATH = "/h/.opper/agent/config.json";

Deno.test("parseSettings()", async (t) => {
  const rows: [name: string, text: string, values: SettingValues][] = [
    ["nothing", "", {}],
    ["white space", " \n", {}],
    ["an empty object", "{}", {}],
    [
      "all of it, with comments and trailing commas",
      `{
        // mine
        "timezone": "Europe/Stockholm",
        "digits": 2, /* cents */
        "roots": ["claude=~/old/.claude/projects", "pi=/mnt/pi"],
        "hideProjects": ["~/secret", "client-x",],
      }`,
      {
        timezone: "Europe/Stockholm",
        digits: 2,
        roots: ["claude=~/old/.claude/projects", "pi=/mnt/pi"],
        hideProjects: ["~/secret", "client-x"],
      },
    ],
    [
      "a currency, and plans by provider in any case",
      `{"currency":{"code":"EUR","perUsd":0.92,"asOf":"2026-11-20"},
        "plan":{"Anthropic":{"name":"Max 20x","usdPerMonth":200},"openai":{"name":"Plus","usdPerMonth":20.5}}}`,
      {
        currency: { code: "EUR", perUsd: 0.92, asOf: "2026-11-20" },
        plan: {
          anthropic: { name: "Max 20x", usdPerMonth: 200 },
          openai: { name: "Plus", usdPerMonth: 20.5 },
        },
      },
    ],
    ["a mark at the start", '\ufeff{"digits":0}', { digits: 0 }],
    ["empty lists", '{"roots":[],"hideProjects":[]}', { roots: [], hideProjects: [] }],
  ];
  for (const [name, text, values] of rows) {
    await t.step(name, async () => deepStrictEqual(await parseSettings(text, PATH), values));
  }
});

Deno.test("parseSettings() says file, key, what it holds and what was expected", async (t) => {
  const rows: [text: string, message: string | RegExp, hint: string][] = [
    [
      '{"timzone":"UTC"}',
      `"${PATH}" has an unknown key "timzone": expected timezone, digits, roots, hideProjects, currency, plan, budget, limits, enrich or export.`,
      "Did you mean timezone?",
    ],
    ['{"__proto__":1}', /unknown key "__proto__"/, "Remove it."],
    [
      '{"timezone":"Mars/Base"}',
      `"timezone" of "${PATH}" holds "Mars/Base": expected an IANA name.`,
      "For example: opper-agent config set timezone Europe/Stockholm.",
    ],
    [
      '{"timezone":null}',
      /holds null: expected an IANA name/,
      "For example: opper-agent config set timezone Europe/Stockholm.",
    ],
    [
      '{"digits":"2"}',
      /"digits" of .* holds "2": expected a whole number from 0 to 6/,
      "For example: opper-agent config set digits 2.",
    ],
    ['{"digits":7}', /holds 7: expected/, "For example: opper-agent config set digits 2."],
    ['{"digits":1.5}', /holds 1\.5: expected/, "For example: opper-agent config set digits 2."],
    ['{"digits":-1}', /holds -1: expected/, "For example: opper-agent config set digits 2."],
    [
      '{"roots":"pi=/x"}',
      /"roots" of .* holds "pi=\/x": expected a list of texts, SOURCE=DIR each, SOURCE being pi, claude, /,
      "For example: opper-agent config set roots claude=~/backup/.claude/projects.",
    ],
    [
      '{"roots":["pi=/x","vim=/x"]}',
      /holds "vim=\/x": expected/,
      "For example: opper-agent config set roots claude=~/backup/.claude/projects.",
    ],
    [
      '{"roots":["pi=x"]}',
      /holds "pi=x": expected/,
      "For example: opper-agent config set roots claude=~/backup/.claude/projects.",
    ],
    [
      '{"roots":{"pi":["/x"]}}',
      /holds an object: expected a list/,
      "For example: opper-agent config set roots claude=~/backup/.claude/projects.",
    ],
    [
      '{"hideProjects":[1]}',
      /holds 1: expected a list of texts/,
      "For example: opper-agent config set hideProjects ~/src/private.",
    ],
    [
      '{"hideProjects":[" "]}',
      /holds " ": expected/,
      "For example: opper-agent config set hideProjects ~/src/private.",
    ],
    [
      '{"currency":"EUR"}',
      /"currency" of .* holds "EUR": expected an object with code, perUsd and asOf\.$/,
      "For example: opper-agent config set currency EUR 0.92 2026-11-20.",
    ],
    [
      '{"currency":{"code":"EUR","perUsd":0,"asOf":"2026-11-20"}}',
      /"currency\.perUsd" of .* holds 0: expected a number above 0\.$/,
      "For example: opper-agent config set currency EUR 0.92 2026-11-20.",
    ],
    [
      '{"currency":{"code":"EUR","perUsd":"0.92","asOf":"2026-11-20"}}',
      /"currency\.perUsd" of .* holds "0\.92": expected a number above 0\.$/,
      "For example: opper-agent config set currency EUR 0.92 2026-11-20.",
    ],
    [
      '{"currency":{"code":"EUR","perUsd":1e999,"asOf":"2026-11-20"}}',
      /"currency\.perUsd" of .* holds Infinity: expected a number above 0\.$/,
      "For example: opper-agent config set currency EUR 0.92 2026-11-20.",
    ],
    [
      '{"currency":{"code":"USD","perUsd":1,"asOf":"2026-11-20"}}',
      /"currency\.code" of .* holds "USD": expected three capital letters, such as EUR, and not USD\.$/,
      "For example: opper-agent config set currency EUR 0.92 2026-11-20.",
    ],
    [
      '{"currency":{"code":"EUR","perUsd":0.92,"asOf":"2026-02-30"}}',
      /"currency\.asOf" of .* holds "2026-02-30": expected the rate's day, such as 2026-11-20\.$/,
      "For example: opper-agent config set currency EUR 0.92 2026-11-20.",
    ],
    [
      '{"currency":{"code":"EUR","perUsd":0.92}}',
      /"currency\.asOf" of .* holds nothing: expected the rate's day, such as 2026-11-20\.$/,
      "For example: opper-agent config set currency EUR 0.92 2026-11-20.",
    ],
    [
      '{"currency":{"code":"EUR","perUSD":0.92,"asOf":"2026-11-20"}}',
      `"currency" of "${PATH}" has an unknown key "perUSD": expected code, perUsd or asOf.`,
      "Did you mean perUsd?",
    ],
    [
      '{"budget":{"usdPerMonth":"200"}}',
      /"budget\.usdPerMonth" of .* holds "200": expected a number above 0\.$/,
      "For example: opper-agent config set budget.usdPerMonth 200.",
    ],
    [
      '{"limits":{"alertAt":90}}',
      /"limits\.alertAt" of .* holds 90: expected percentages from 1 to 100, /,
      "For example: opper-agent config set limits.alertAt 75,90.",
    ],
    [
      '{"plan":[]}',
      /"plan" of .* holds an array: expected an object by PROVIDER\.$/,
      'For example: opper-agent config set plan.anthropic "Max 20x" 200.',
    ],
    [
      '{"plan":{"anthropic":{"name":" ","usdPerMonth":200}}}',
      /"plan\.anthropic\.name" of .* holds " ": expected a name\.$/,
      'For example: opper-agent config set plan.anthropic "Max 20x" 200.',
    ],
    [
      '{"plan":{"anthropic":200}}',
      /"plan\.anthropic" of .* holds 200: expected an object with name and usdPerMonth\.$/,
      'For example: opper-agent config set plan.anthropic "Max 20x" 200.',
    ],
    [
      '{"enrich":true}',
      /"enrich" of .* holds true: expected an object with openrouter\.$/,
      "For example: opper-agent config set enrich.openrouter true.",
    ],
    [
      '{"enrich":{"openrouter":"yes"}}',
      /"enrich\.openrouter" of .* holds "yes": expected true or false\.$/,
      "For example: opper-agent config set enrich.openrouter true.",
    ],
    [
      '{"enrich":{"openruter":true}}',
      /has an unknown key "openruter": expected openrouter\.$/,
      "Did you mean openrouter?",
    ],
    ['{"digits":1,"digits":2}', `"${PATH}" has "digits" twice: expected it once.`, "Remove one."],
    ["[]", /^".*config\.json" cannot be used\. The JSON must be an object, but is array in line 1/, "Fix that place."],
    ['{"digits":', /cannot be used\. The JSON cannot be read in line 1/, "Fix that place."],
  ];
  for (const [text, message, hint] of rows) {
    await t.step(text, async () => {
      await rejects(parseSettings(text, PATH), (error) => {
        ok(error instanceof AgentError);
        strictEqual(error.code, "usage");
        if (typeof message === "string") strictEqual(error.message, message);
        else ok(message.test(error.message), error.message);
        strictEqual(error.hint, hint);
        return true;
      });
    });
  }
});

Deno.test("readSetting()", async (t) => {
  const euros = { code: "EUR", perUsd: 0.92, asOf: "2026-11-20" };
  const rows: [key: string, texts: string[], value: unknown][] = [
    ["timezone", ["UTC"], "UTC"],
    ["digits", ["2"], 2],
    ["roots", ["pi=/a", "claude=~/b"], ["pi=/a", "claude=~/b"]],
    ["hideProjects", ["2"], ["2"]],
    ["currency", ["eur", "0.92", "2026-11-20"], euros],
    ["currency", ['{"asOf":"2026-11-20","code":"EUR","perUsd":0.92}'], euros],
    ["plan.anthropic", ["Max 20x", "200"], { name: "Max 20x", usdPerMonth: 200 }],
    ["budget.usdPerMonth", ["200.50"], 200.5],
    ["budget.usdpermonth", ["200"], 200],
    ["limits.alertAt", ["75,90.5"], [75, 90.5]],
    ["export.keyFile", ["/k"], "/k"],
    ["enrich.openrouter", ["true"], true],
    ["enrich.openrouter", ["false"], false],
    ["export.person", ["anna@example.com"], "anna@example.com"],
    ["plan.x.ai", ['{"name":"SuperGrok","usdPerMonth":30}'], { name: "SuperGrok", usdPerMonth: 30 }],
  ];
  for (const [key, texts, value] of rows) {
    await t.step(`${key} ${texts.join(" ")}`, () => deepStrictEqual(readSetting(findSetting(key), texts), value));
  }
  const wrong: [key: string, texts: string[], message: RegExp][] = [
    ["timezone", [], /^Expected one value for timezone, not 0\.$/],
    ["timezone", ["UTC", "UTC"], /^Expected one value for timezone, not 2\.$/],
    ["roots", [], /^Expected values for roots, not 0\.$/],
    ["digits", ["two"], /^Expected a whole number from 0 to 6 for digits, not "two"\.$/],
    ["digits", ["9"], /not "9"\.$/],
    ["digits", ["1e0"], /not "1e0"\.$/],
    ["roots", ["pi=/a", "pi"], /^Expected SOURCE=DIR each, .* for roots, not "pi"\.$/],
    ["currency", ["EUR", "0.92"], /^Expected code, perUsd and asOf for currency, not 2\.$/],
    ["currency", ["EUR"], /^Expected code, perUsd and asOf for currency, not "EUR"\.$/],
    ["currency", ["EUR", "0,92", "2026-11-20"], /^Expected a number above 0 for currency\.perUsd, not "0,92"\.$/],
    ["currency", ["EUR", "-1", "2026-11-20"], /^Expected a number above 0 for currency\.perUsd, not "-1"\.$/],
    ["currency", ["EUR", "0.92", "today"], /^Expected the rate's day, such as .* for currency\.asOf, not "today"\.$/],
    ["currency", ["USD", "1", "2026-11-20"], /^Expected three capital letters, .* for currency\.code, not "USD"\.$/],
    ["currency", ['{"code":"EUR"}'], /^Expected a number above 0 for currency\.perUsd, not nothing\.$/],
    ["currency", ['{"rate":1}'], /^Expected code, perUsd and asOf for currency, not "rate"\.$/],
    ["plan", ["Max", "200"], /^Expected plan\.PROVIDER, not "plan" alone\.$/],
    ["budget.usdPerMonth", ["0"], /^Expected a number above 0 for budget\.usdPerMonth, not "0"\.$/],
    ["budget", ["200"], /^Expected budget\.usdPerMonth, not "budget" alone\.$/],
    ["limits.alertAt", ["75,101"], /^Expected percentages from 1 to 100, .* for limits\.alertAt, not "75,101"\.$/],
    ["limits.alertAt", ["75", "90"], /^Expected one value for limits\.alertAt, not 2\.$/],
    ["plan.openai", ["Plus", "free"], /^Expected a number above 0 for plan\.openai\.usdPerMonth, not "free"\.$/],
    [
      "plan.",
      ["Plus", "20"],
      /^Expected timezone, .*, plan\.PROVIDER, budget\.usdPerMonth, limits\.alertAt, enrich\.openrouter or export\.person\|.* for KEY, not "plan\."\.$/,
    ],
    ["enrich", ["true"], /^Expected enrich\.openrouter, not "enrich" alone\.$/],
    ["enrich.openrouter", ["yes"], /^Expected true or false for enrich\.openrouter, not "yes"\.$/],
    ["enrich.openrouter", [], /^Expected one value for enrich\.openrouter, not 0\.$/],
    ["export.person", [" "], /^Expected some text, as behind the flag for export\.person, not " "\.$/],
    ["enrich.other", ["true"], /for KEY, not "enrich\.other"\.$/],
    ["digits.x", ["2"], /^Expected timezone, .* for KEY, not "digits\.x"\.$/],
  ];
  for (const [key, texts, message] of wrong) {
    await t.step(`not ${key} ${texts.join(" ")}`, () => {
      throws(
        () => readSetting(findSetting(key), texts),
        (error) => error instanceof AgentError && message.test(error.message),
      );
    });
  }
});

Deno.test("resolveSettings(): flag, environment, file, default", async (t) => {
  const flags = { timezone: "Asia/Tokyo", digits: 1, roots: ["pi=/f"], hideProjects: ["f"] };
  const file = {
    timezone: "Europe/Stockholm",
    digits: 2,
    roots: ["pi=/c"],
    hideProjects: ["c"],
    currency: { code: "EUR", perUsd: 0.92, asOf: "2026-11-20" },
    plan: { anthropic: { name: "Max 20x", usdPerMonth: 200 } },
    budget: { usdPerMonth: 200 },
    limits: { alertAt: [75, 90] },
    enrich: { openrouter: true },
    export: { person: "anna", hash: "person,host" },
  };
  const system = { systemTimezone: "America/Lima" };
  await t.step("nothing is said", () => {
    deepStrictEqual(resolveSettings({ flags: {}, env: { TZ: "" }, file: {}, ...system }), {
      timezone: { value: "America/Lima", origins: ["default"] },
      digits: { value: undefined, origins: ["default"] },
      roots: { value: [], origins: ["default"] },
      hideProjects: { value: [], origins: ["default"] },
      currency: { value: undefined, origins: ["default"] },
      plan: { value: {}, origins: ["default"] },
      budget: { value: {}, origins: ["default"] },
      limits: { value: {}, origins: ["default"] },
      enrich: { value: {}, origins: ["default"] },
      export: { value: {}, origins: ["default"] },
    });
  });
  await t.step("the file", () => {
    deepStrictEqual(resolveSettings({ flags: {}, env: {}, file, ...system }), {
      timezone: { value: "Europe/Stockholm", origins: ["file"] },
      digits: { value: 2, origins: ["file"] },
      roots: { value: ["pi=/c"], origins: ["file"] },
      hideProjects: { value: ["c"], origins: ["file"] },
      currency: { value: file.currency, origins: ["file"] },
      plan: { value: file.plan, origins: ["file"] },
      budget: { value: file.budget, origins: ["file"] },
      limits: { value: file.limits, origins: ["file"] },
      enrich: { value: file.enrich, origins: ["file"] },
      export: { value: file.export, origins: ["file"] },
    });
  });
  await t.step("the environment goes before the file", () => {
    const { timezone } = resolveSettings({ flags: {}, env: { TZ: "America/Lima" }, file, ...system });
    deepStrictEqual(timezone, { value: "America/Lima", origins: ["environment"] });
  });
  await t.step("a flag goes before all, and lists add up", () => {
    deepStrictEqual(resolveSettings({ flags, env: { TZ: "America/Lima" }, file, ...system }), {
      timezone: { value: "Asia/Tokyo", origins: ["flag"] },
      digits: { value: 1, origins: ["flag"] },
      roots: { value: ["pi=/f", "pi=/c"], origins: ["flag", "file"] },
      hideProjects: { value: ["f", "c"], origins: ["flag", "file"] },
      currency: { value: file.currency, origins: ["file"] },
      plan: { value: file.plan, origins: ["file"] },
      budget: { value: file.budget, origins: ["file"] },
      limits: { value: file.limits, origins: ["file"] },
      enrich: { value: file.enrich, origins: ["file"] },
      export: { value: file.export, origins: ["file"] },
    });
  });
});

Deno.test("loadSettings() expands the home in roots, and keeps what flags say apart", async () => {
  const file = {
    path: PATH,
    readText: () => '{"roots":["pi=~/a=b","claude=/c"]}',
    edit: () => {
      throw new Error("nothing is written");
    },
  };
  deepStrictEqual(
    await loadSettings(file, { flags: { roots: ["pi=/f"] }, env: {}, systemTimezone: "UTC", home: "/h" }),
    {
      timezone: "UTC",
      digits: undefined,
      hideProjects: [],
      exchangeRate: undefined,
      plans: {},
      budget: {},
      limitSettings: {},
      consents: {},
      exportDefaults: {},
      fileRoots: [{ source: "pi", directory: "/h/a=b" }, { source: "claude", directory: "/c" }],
    },
  );
});
