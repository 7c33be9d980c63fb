import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Cost } from "../../core/model.ts";
import {
  cacheCell,
  costCell,
  creditsColumns,
  creditsText,
  modelsCell,
  moneyText,
  percentCell,
  projectCell,
  shortenPath,
  turnsCell,
  usdCell,
} from "./cells.ts";
import type { SessionJson } from "./schemas.ts";
import type { Cell } from "../contract/view.ts";

Deno.test("what is not known is ? and empty, never zero", async (t) => {
  const rows: [name: string, cell: Cell, text: string, value: unknown][] = [
    ["a cost", costCell({ usd: 1.5, basis: "reported", unpricedTurns: 0 }), "$1.50", 1.5],
    ["a lower bound", costCell({ usd: 1.5, basis: "computed", unpricedTurns: 2 }), "$1.50+", 1.5],
    ["no price at all", costCell({ usd: 0, basis: "none", unpricedTurns: 1 }), "?", null],
    ["nothing was billed", costCell({ usd: 0, basis: "none", unpricedTurns: 0 }), "$0.00", 0],
    ["free, and priced so", costCell({ usd: 0, basis: "computed", unpricedTurns: 0 } satisfies Cost), "$0.00", 0],
    ["dollars", usdCell(0.5), "$0.500", 0.5],
    ["no dollars", usdCell(0), "$0.00", 0],
    ["dollars that nobody knows", usdCell(undefined), "?", null],
    ["turns", turnsCell({ turns: 1234 }), "1,234", 1234],
    ["no turn", turnsCell({ turns: 0 }), "0", 0],
    ["sums in the place of turns", turnsCell({ turns: 0, totals: { count: 1 } }), "-", null],
    ["turns, and a sum", turnsCell({ turns: 2, totals: { count: 1 } }), "2", 2],
    ["a share", percentCell(0.25), "25.0%", 0.25],
    ["a share of none", percentCell(0), "0%", 0],
    ["a share of nothing", percentCell(undefined), "-", null],
    ["a directory", projectCell("/h/app", "/h"), "~/app", "/h/app"],
    ["no directory", projectCell(undefined, "/h"), "?", null],
    ["a model", modelsCell([{ model: "a" }]), "a", "a"],
    ["the most expensive model first", modelsCell([{ model: "a" }, { model: "b" }, { model: "c" }]), "a +2", "a b c"],
    ["one model of two providers", modelsCell([{ model: "a" }, { model: "a" }]), "a", "a a"],
    ["no model", modelsCell([]), "-", ""],
  ];
  for (const [name, cell, text, value] of rows) {
    await t.step(name, () => deepStrictEqual([cell.text, cell.value], [text, value]));
  }
});

Deno.test("an amount in another currency: its text alone, by the user's rate", async (t) => {
  const euros = { currency: { code: "EUR", perUsd: 0.92, asOf: "2026-11-20" } };
  const kronor = { currency: { code: "SEK", perUsd: 9.5, asOf: "2026-11-20" }, digits: 1 };
  // 1.50 * 0.92 = 1.38; 1.50 * 9.5 = 14.25, whose double is just that, and is rounded up.
  const cost: Cost = { usd: 1.5, basis: "computed", unpricedTurns: 2 };
  const rows: [name: string, cell: Cell, text: string, value: unknown][] = [
    ["euros, and a lower bound", costCell(cost, euros), "€1.38+", 1.5],
    ["kronor, with decimals", costCell(cost, kronor), "SEK 14.3+", 1.5],
    ["a price", usdCell(1.5, euros), "€1.38", 1.5],
    ["nothing", usdCell(0, euros), "€0.00", 0],
    ["less than nothing", usdCell(-1.5, euros), "-€1.38", -1.5],
    ["what is not known", usdCell(undefined, euros), "?", null],
    ["no price at all", costCell({ usd: 0, basis: "none", unpricedTurns: 1 }, euros), "?", null],
  ];
  for (const [name, cell, text, value] of rows) {
    await t.step(name, () => deepStrictEqual([cell.text, cell.value], [text, value]));
  }
  await t.step("text", () => strictEqual(moneyText(1000, euros), "€920.00"));
});

Deno.test("credits of one seller are not those of another", () => {
  const copilot = { credits: { "github-copilot": 5.19 } };
  const both = { credits: { factory: 14_364, "github-copilot": 1 } };
  deepStrictEqual([creditsText({}), creditsText(copilot), creditsText(both)], [
    undefined,
    "5.19 credits of github-copilot",
    "14,364 credits of factory, 1 credit of github-copilot",
  ]);
  const shown = (costs: readonly { readonly credits?: Readonly<Record<string, number>> }[]) => {
    const { columns, cells } = creditsColumns(costs);
    return [columns.map(({ key, title }) => [key, title]), costs.map((cost) => cells(cost).map(({ value }) => value))];
  };
  deepStrictEqual(shown([{}, {}]), [[], [[], []]]);
  deepStrictEqual(shown([copilot, {}]), [[["credits", "Credits"]], [[5.19], [null]]]);
  deepStrictEqual(shown([copilot, both]), [
    [["credits_factory", "Credits of factory"], ["credits_github-copilot", "Credits of github-copilot"]],
    [[null, 5.19], [14_364, 1]],
  ]);
  // Named as what every object has.
  deepStrictEqual(creditsColumns([{ credits: { constructor: 1 } }]).cells({ credits: {} })[0]!.value, null);
});

Deno.test("cacheCell() counts down what is left, and nothing else", async (t) => {
  const NOW = Date.parse("2026-11-20T12:00:00Z");
  const rows: [state: SessionJson["cache"]["state"], expiresAt: string | undefined, text: string, tone: string][] = [
    ["warm", "2026-11-20T12:04:12Z", "warm 4m 12s", "good"],
    ["maybe", "2026-11-20T13:00:00Z", "maybe 1h 00m", "warn"],
    ["maybe", "2026-11-20T11:59:59Z", "maybe", "warn"],
    ["maybe", undefined, "maybe", "warn"],
    ["cold", "2026-11-20T11:00:00Z", "cold", "dim"],
    // Lost before its time: what is left of the time is no comfort.
    ["cold", "2026-11-20T13:00:00Z", "cold", "dim"],
    ["unknown", undefined, "unknown", "dim"],
  ];
  for (const [state, expiresAt, text, tone] of rows) {
    await t.step(`${state} until ${expiresAt}`, () => {
      deepStrictEqual(cacheCell({ state, strategy: "unknown", tokens: 0, expiresAt }, NOW), {
        text,
        value: state,
        tone,
      });
    });
  }
});

Deno.test("shortenPath()", async (t) => {
  const rows: [path: string, short: string][] = [
    ["/h", "~"],
    ["/h/a/b", "~/a/b"],
    ["/home/a", "/home/a"],
    ["/srv/h/a", "/srv/h/a"],
    ["", ""],
  ];
  for (const [path, short] of rows) await t.step(path, () => strictEqual(shortenPath(path, "/h"), short));
  await t.step("with the other slash", () => strictEqual(shortenPath("C:\\h\\a", "C:\\h"), "~\\a"));
  await t.step("with a drive in the other case", () => strictEqual(shortenPath("c:/h/a", "C:\\h"), "~\\a"));
});
