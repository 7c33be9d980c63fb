/** What answers say that they cost, added up. */
import { deepStrictEqual } from "node:assert/strict";
import { BilledTraces } from "./billed_traces.ts";

Deno.test("costs add up by trace, and what is no cost counts as not said", () => {
  const billed = new BilledTraces();
  const add = (traceId: string, cost?: string) =>
    billed.add(traceId, new Headers(cost === undefined ? {} : { "x-opper-cost": cost }));
  // 0.25 + 0.5 of five calls; a cost of nothing is one, what is negative or no number is none.
  for (const cost of ["0.25", "0.5", "-1", "much", undefined]) add("a", cost);
  add("b", "0");
  add("c");
  deepStrictEqual(billed.takeChanges(), [
    { traceId: "a", requests: 5, billedRequests: 2, usd: 0.75 },
    { traceId: "b", requests: 1, billedRequests: 1, usd: 0 },
  ]);
  deepStrictEqual(billed.takeChanges(), []);
  // Said later, the calls before are in it.
  add("c", "0.125");
  deepStrictEqual(billed.takeChanges(), [{ traceId: "c", requests: 2, billedRequests: 1, usd: 0.125 }]);
});

Deno.test("a call without a cost after those with one is told as well", () => {
  const billed = new BilledTraces();
  billed.add("a", new Headers({ "x-opper-cost": "1" }));
  billed.takeChanges();
  billed.add("a", new Headers());
  deepStrictEqual(billed.takeChanges(), [{ traceId: "a", requests: 2, billedRequests: 1, usd: 1 }]);
});
