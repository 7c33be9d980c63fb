import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { dearestMisses } from "./overview_misses.ts";

const lost = (session: number, usd?: number) => ({
  session,
  sessionId: `s${session}`,
  lost: { misses: 1, tokens: 5000, usd: usd ?? 0, unpriced: usd === undefined ? 1 : 0 },
});

Deno.test("dearestMisses() is the session that lost most, not the dearest single one", () => {
  // s1: 2 + 2; s2: 3; s3 has no price.
  const misses = [lost(1, 2), lost(2, 3), lost(1, 2), lost(3), lost(3)];
  deepStrictEqual(dearestMisses(misses), { sessionId: "s1", misses: 2, usd: 4 });
});

Deno.test("dearestMisses() of nothing that has a price, and of what cost nothing", () => {
  for (const misses of [[], [lost(1)], [lost(1, 0)]]) strictEqual(dearestMisses(misses), undefined);
});

Deno.test("dearestMisses() counts those without a price, which are missing from the sum", () => {
  deepStrictEqual(dearestMisses([lost(1), lost(1, 0.5)]), { sessionId: "s1", misses: 2, usd: 0.5 });
});
