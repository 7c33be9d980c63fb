import { strictEqual } from "node:assert/strict";
import { basisText } from "./basis_text.ts";

Deno.test("basisText() says where a cost is from, and what has no price", () => {
  const rows: [cost: Parameters<typeof basisText>[0], text: string][] = [
    [{ usd: 0, basis: "none", unpricedTurns: 0 }, "nothing was billed"],
    [{ usd: 0, basis: "none", unpricedTurns: 2 }, "no price known"],
    [{ usd: 1, basis: "mixed", unpricedTurns: 1 }, "partly reported, partly computed; 1 turn has no price"],
    [{ usd: 1, basis: "computed", unpricedTurns: 1200 }, "computed from prices; 1,200 turns have no price"],
    [{ usd: 1, basis: "reported", unpricedTurns: 0, credits: { acme: 2 } }, "as the agent reports; 2 credits of acme"],
  ];
  for (const [cost, text] of rows) strictEqual(basisText(cost), text);
});
