import { deepStrictEqual } from "node:assert/strict";
import type { TurnEvidence } from "../turn_evidence.ts";
import { type Reroute, rerouteOf } from "./reroute.ts";

const MINUTE = 60_000;

Deno.test("rerouteOf() tells from where to where, and why", async (t) => {
  const at = (host: string | undefined, minutes: number) => ({ upstream: host, at: -minutes * MINUTE });
  const tried = (...attempts: readonly (readonly [provider: string, status?: number])[]): TurnEvidence => ({
    usd: 0,
    upstream: attempts.at(-1)![0],
    attempts: attempts.map(([provider, status]) => ({ provider, ...(status === undefined ? {} : { status }) })),
  });
  const rows: [name: string, ReturnType<typeof at> | undefined, TurnEvidence | undefined, Reroute | undefined][] = [
    ["the same host", at("A", 1), tried(["A", 200]), undefined],
    ["the first request", undefined, tried(["A", 200]), undefined],
    ["nothing known of it", at("A", 1), undefined, undefined],
    ["another one", at("A", 9.99), tried(["B", 200]), { from: "A", to: "B", cause: "unknown" }],
    ["without attempts", at("A", 1), { usd: 0, upstream: "B" }, { from: "A", to: "B", cause: "unknown" }],
    ["after ten minutes", at("A", 10), tried(["B", 200]), { from: "A", to: "B", cause: "sticky_expired" }],
    ["a failure", at("A", 1), tried(["A", 529], ["B", 200]), { from: "A", to: "B", cause: "failover", status: 529 }],
    ["late, and a failure", at("A", 30), tried(["A", 429], ["B"]), {
      from: "A",
      to: "B",
      cause: "failover",
      status: 429,
    }],
    ["a failure without status", at("A", 1), tried(["A"], ["B", 200]), { from: "A", to: "B", cause: "failover" }],
    ["late, and another failed", at("A", 30), tried(["C", 500], ["B"]), {
      from: "A",
      to: "B",
      cause: "sticky_expired",
    }],
    ["soon, and another failed", at("A", 1), tried(["C", 500], ["B"]), {
      from: "A",
      to: "B",
      cause: "failover",
      status: 500,
    }],
    ["two tries of the host that served it", at("A", 1), tried(["A", 500], ["A", 200]), undefined],
    ["unknown before, nothing failed", at(undefined, 1), tried(["B", 200]), undefined],
    ["unknown before, one failed", at(undefined, 1), tried(["A", 529], ["B"]), {
      from: "A",
      to: "B",
      cause: "failover",
      status: 529,
    }],
    ["a response that is repeated", at("A", 1), { ...tried(["B"]), replayOf: "gen-1" }, undefined],
  ];
  for (const [name, from, evidence, expected] of rows) {
    await t.step(name, () => deepStrictEqual(rerouteOf(from, { at: 0, ...(evidence && { evidence }) }), expected));
  }
});
