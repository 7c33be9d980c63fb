import { deepStrictEqual } from "node:assert/strict";
import { type SpanEvidence, sumSpans } from "./trace_evidence.ts";

Deno.test("what spans add up to", async (t) => {
  const cases: readonly [name: string, spans: readonly SpanEvidence[], sum: object][] = [
    ["none", [], {}],
    ["a root without figures above two with", [
      { id: "r" },
      { id: "a", parentId: "r", usd: 0.1, inputTokens: 5 },
      // 0.1 + 0.2 is 0.30000000000000004 in binary.
      { id: "b", parentId: "r", usd: 0.2 },
    ], { usd: 0.3, inputTokens: 5 }],
    ["a root that says the sum already is not counted again", [
      { id: "r", usd: 0.3, outputTokens: 7 },
      { id: "a", parentId: "r", usd: 0.1 },
      { id: "b", parentId: "r", usd: 0.2 },
    ], { usd: 0.3, outputTokens: 7 }],
    ["a parent that is not listed", [{ id: "a", parentId: "gone", usd: 1 }, { id: "b", usd: 2 }], { usd: 3 }],
    ["a circle of parents, of which each may be the sum of the other", [
      { id: "a", parentId: "b", usd: 1 },
      { id: "b", parentId: "a", usd: 2 },
    ], {}],
    ["zero is a figure", [{ id: "a", usd: 0 }], { usd: 0 }],
  ];
  for (const [name, spans, sum] of cases) await t.step(name, () => deepStrictEqual(sumSpans(spans), sum));
});
