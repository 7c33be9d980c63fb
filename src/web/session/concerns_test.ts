import { strictEqual } from "node:assert/strict";
import { concerns } from "./concerns.ts";

const columns = (sessionId: string, parent: string | null) => ({
  columns: { source: ["pi"], sessionId: [sessionId], parentSessionId: [parent] },
});

Deno.test("concerns()", async (t) => {
  const rows: [name: string, changes: unknown, isMeant: boolean][] = [
    ["its own row", columns("01a1fb64-80", null), true],
    ["a fork of it", columns("02", "01a1fb64-80"), true],
    ["another session", { ...columns("02", null), gone: [] }, false],
    ["it went", { columns: { sessionId: [] }, gone: ["01a1fb64-80"] }, true],
    ["all may have changed", { reset: true }, true],
    ["nothing", {}, false],
  ];
  for (const [name, changes, isMeant] of rows) {
    await t.step(name, () => strictEqual(concerns(changes, "01a1fb64"), isMeant));
  }
});
