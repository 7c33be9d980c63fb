/** How `cost` reads on a screen: whole names in 80 columns, days that are not there, spans that cut a day. */
import { deepStrictEqual, match, ok } from "node:assert/strict";
import type * as z from "zod";
import { renderView } from "../../cli/output/render.ts";
import { NO_USAGE } from "../../core/model.ts";
import type { costOutput, CostRow } from "./cost_output.ts";
import { viewCost } from "./cost_view.ts";

type Output = z.infer<typeof costOutput>;

function rowOf(key: string, usd: number, more: Partial<CostRow> = {}): CostRow {
  return {
    key,
    turns: 1234,
    usage: { ...NO_USAGE, input: 12_345, cacheRead: 1_234_567, cacheWrite: 123_456, output: 54_321 },
    cost: { usd, basis: "computed", unpricedTurns: 0 },
    cacheHitRatio: 0.9,
    withoutCacheUsd: usd + 1,
    savedUsd: 1,
    misses: 0,
    missUsd: 0,
    ...more,
  };
}

function screen(by: Output["by"], rows: readonly CostRow[], width: number, more: Partial<Output> = {}): string[] {
  const { key: _, ...total } = rowOf("", rows.reduce((sum, { cost }) => sum + cost.usd, 0));
  const output: Output = {
    ...{ schemaVersion: 1, asOf: "2026-11-26T12:00:00.000Z", by, timezone: "UTC", pricesAsOf: "2026-11-10", total },
    ...{ totalRows: rows.length, rows: [...rows], notes: [], ...more },
  };
  return renderView(viewCost(output, undefined, { home: "/home/kim" }), { width, color: false }).split("\n");
}

const CLAUDES = ["claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001"]
  .map((model, index) => rowOf(`anthropic/${model}`, 30 - index));

Deno.test("models keep what names them in 80 columns, and the bar", () => {
  const lines = screen("model", CLAUDES, 80);
  for (const [index, { key }] of CLAUDES.entries()) {
    ok(lines[index + 1]!.startsWith(key), lines.join("\n"));
    match(lines[index + 1]!, /█/);
  }
  ok(lines.every((line) => line.length <= 80));
  // What had no room is named.
  match(lines.join("\n"), /No room for .*Cache write/);
  // In 140 there is room for all of it.
  match(screen("model", CLAUDES, 140)[1]!, /^anthropic\/claude-opus-4-5-20251101 .* 123k /);
});

Deno.test("projects keep their last names in 80 columns", () => {
  const paths = ["/home/kim/src/customers/northwind/services/api", "/home/kim/src/customers/northwind/services/web"];
  const lines = screen("project", paths.map((path, index) => rowOf(path, 2 - index)), 80);
  match(lines[1]!, /services\/api|^api /);
  match(lines[2]!, /services\/web|^web /);
});

Deno.test("a day without turns is a row of nothing", () => {
  const lines = screen("day", [rowOf("2026-11-23", 1), rowOf("2026-11-25", 2)], 80, {
    since: "2026-11-23T00:00:00.000Z",
  });
  deepStrictEqual(lines.slice(1, 5).map((line) => line.slice(0, 10)), [
    "2026-11-23",
    "2026-11-24",
    "2026-11-25",
    "2026-11-26",
  ]);
  match(lines[2]!, /^2026-11-24 +-( +-)+$/);
});

Deno.test("a day of which the span has a part says so", () => {
  const cut = { partial: true } as const;
  const lines = screen("day", [rowOf("2026-11-25", 1, cut), rowOf("2026-11-26", 2, cut)], 100, {
    since: "2026-11-25T04:05:00.000Z",
    until: "2026-11-26T11:00:00.000Z",
  });
  match(lines[1]!, /^2026-11-25 from 04:05 /);
  match(lines[2]!, /^2026-11-26 until 11:00 /);
});

Deno.test("hours and weeks read as people write them", () => {
  match(screen("hour", [rowOf("2026-11-26T02:00+00:00", 1)], 100)[1]!, /^Nov 26 02:00 /);
  match(screen("week", [rowOf("2026-W47", 1)], 100)[1]!, /^2026-W47 \(Nov 16\) /);
});

Deno.test("what caching saved is said, and what it cost more where it did", () => {
  const lost = { misses: 4, missUsd: 8.88, unknownSavings: 2 };
  const { key: _, ...total } = rowOf("", 10, lost);
  match(
    screen("day", [rowOf("2026-11-26", 10)], 200, { total }).join("\n"),
    /Caching saved at least \$1\.00: without it, this would have cost \$11\.00\. 4 lost caches cost \$8\.88;/,
  );
  const dear = { ...total, savedUsd: -0.5, withoutCacheUsd: 9.5, misses: 0, missUsd: 0 };
  match(
    screen("day", [rowOf("2026-11-26", 10)], 200, { total: dear }).join("\n"),
    /Caching cost \$0\.500 more than it saved\./,
  );
});

Deno.test("beside the span before", () => {
  const before = rowOf("", 5);
  const previous = { since: "2026-11-24T00:00:00.000Z", until: "2026-11-25T12:00:00.000Z", total: before };
  const row = rowOf("openai/gpt-5.2", 10, { previous: { turns: 1, usage: NO_USAGE, cost: before.cost } });
  const lines = screen("model", [row], 140, { previous }).join("\n");
  match(lines, /Before +Change/);
  match(lines, /\$10\.00 +\$5\.00 +\+100% /);
  match(lines, /\$10\.00 after \$5\.00 in the span before \(Nov 24 00:00 to Nov 25 12:00\): \+100%\./);
});
