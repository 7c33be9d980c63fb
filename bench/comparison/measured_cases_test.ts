import { strictEqual } from "node:assert/strict";
import { CaseRuns, ratioOf } from "./measured_cases.ts";

function casesOf(walls: Readonly<Record<string, readonly number[]>>) {
  const runs = new CaseRuns();
  for (const [name, times] of Object.entries(walls)) for (const wallMs of times) runs.add(name, { wallMs });
  return runs.cases();
}

Deno.test("ratioOf() compares the runs of one round with each other", () => {
  // 50/100, 120/200 while the machine was at half its speed, 60/100.
  const cases = casesOf({ a: [50, 120, 60], b: [100, 200, 100] });
  strictEqual(ratioOf(cases.get("a")!, cases.get("b")!), 0.6);
  // 100/100, 100/100, 200/100, 200/200, 200/200: the medians of either, 200 and 100, would say 2.
  const drifting = casesOf({ a: [100, 100, 200, 200, 200], b: [100, 100, 100, 200, 200] });
  strictEqual(ratioOf(drifting.get("a")!, drifting.get("b")!), 1);
});

Deno.test("ratioOf() takes the median of a round that has several runs", () => {
  // 20 of 10, 20, 90 over 10; then 30 of 30, 30, 30 over 10; then 20 of 20, 10, 90 over 10.
  const cases = casesOf({ starts: [10, 20, 90, 30, 30, 30, 20, 10, 90], empty: [10, 10, 10] });
  strictEqual(ratioOf(cases.get("starts")!, cases.get("empty")!), 2);
});
