import { strictEqual } from "node:assert/strict";
import { nameTrace } from "./name_trace.ts";
import { traceIdOf, traceIdOfSession } from "./trace_id.ts";

Deno.test("nameTrace() names traces as trace_id.ts does", async (t) => {
  const rows: [name: string, traceId: string][] = [
    // Worked out with another implementation: Python's uuid.uuid5().
    [
      "/home/ada/.pi/agent/sessions/--srv-dev-app--/2026-11-20T23-52-17-240Z_01a1fb60-05b8-7000-8000-000000000001.jsonl",
      "6eb33a8d-dd62-599e-a019-b784c9293560",
    ],
    ["/home/ada/caf\u00e9/s.jsonl", "7b809ed3-b1e5-5963-9462-9b4413dc6343"],
    ["/home/ada/cafe\u0301/s.jsonl", traceIdOf("/home/ada/cafe\u0301/s.jsonl")],
    ["claude:01a1fb64-80b8", traceIdOfSession("claude", "01a1fb64-80b8")],
    // Whatever its bytes begin with: some of a hundred have a zero in each place.
    ...Array.from({ length: 100 }, (_, n): [string, string] => [`pi:${n}`, traceIdOfSession("pi", `${n}`)]),
  ];
  for (const [name, traceId] of rows) await t.step(name, async () => strictEqual(await nameTrace(name), traceId));
});
