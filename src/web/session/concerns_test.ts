import { strictEqual } from "node:assert/strict";
import { concerns } from "./concerns.ts";

const columns = ["source", "sessionId", "parentSessionId"];

Deno.test("concerns()", async (t) => {
  const rows: [name: string, changes: unknown, isMeant: boolean][] = [
    ["its own row", { columns, rows: [["pi", "01a1fb64-80", null]] }, true],
    ["a fork of it", { columns, rows: [["pi", "02", "01a1fb64-80"]] }, true],
    ["another session", { columns, rows: [["pi", "02", null]], gone: [] }, false],
    ["it went", { columns, rows: [], gone: ["01a1fb64-80"] }, true],
    ["all may have changed", { reset: true }, true],
    ["nothing", {}, false],
  ];
  for (const [name, changes, isMeant] of rows) {
    await t.step(name, () => strictEqual(concerns(changes, "01a1fb64"), isMeant));
  }
});
