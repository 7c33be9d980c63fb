import { strictEqual, throws } from "node:assert/strict";
import { traceIdOver, traceNameOfFile } from "./name_trace.ts";
import { traceIdOfSession } from "./trace_id.ts";

// Expected ids worked out with another implementation: Python's uuid.uuid5().
Deno.test("traceNameOfFile() and traceIdOver()", async (t) => {
  const rows: [sessionFile: string, traceId: string][] = [
    [
      "/home/ada/.pi/agent/sessions/--srv-dev-app--/2026-11-20T23-52-17-240Z_01a1fb60-05b8-7000-8000-000000000001.jsonl",
      "6eb33a8d-dd62-599e-a019-b784c9293560",
    ],
    ["/home/ada/caf\u00e9/s.jsonl", "7b809ed3-b1e5-5963-9462-9b4413dc6343"],
    // The same name to the eye, with the accent as a character of its own: another file, so another trace.
    ["/home/ada/cafe\u0301/s.jsonl", "e8ddf9f6-5c18-5679-b29c-583828ccb613"],
    ["/tmp/with space/$x.jsonl", "f1a4b4d1-fd4e-5911-a088-1d82ac3422a5"],
  ];
  for (const [sessionFile, traceId] of rows) {
    await t.step(sessionFile, async () => strictEqual(await traceIdOver(traceNameOfFile(sessionFile)), traceId));
  }
});

Deno.test("traceNameOfFile() takes no path whose meaning depends on the working directory", async (t) => {
  for (const path of ["", "s.jsonl", "./s.jsonl", "../s.jsonl", "~/s.jsonl"]) {
    await t.step(JSON.stringify(path), () => {
      throws(() => traceNameOfFile(path), { name: "TypeError", message: /must be absolute/ });
    });
  }
});

Deno.test("traceIdOver() names traces as traceIdOfSession() does", async () => {
  // Enough of them that each digit comes up in each place.
  for (let n = 0; n < 200; n++) strictEqual(await traceIdOver(`pi:${n}`), traceIdOfSession("pi", `${n}`));
  strictEqual(await traceIdOver("claude:caf\u00e9 \u{1f600}"), traceIdOfSession("claude", "caf\u00e9 \u{1f600}"));
});
