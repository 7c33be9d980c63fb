import { strictEqual } from "node:assert/strict";
import { periodText } from "./period_text.ts";

Deno.test("periodText", () => {
  const rows: [since: string, text: string][] = [
    ["7d", "7 days"],
    ["2026-10", "2026-10"],
    ["2026-11-13..2026-11-19", "Nov 13 to Nov 19"],
    ["2026-11-25..2026-11-25", "Nov 25"],
    ["2026-11-25T14:00+01:00..2026-11-25T15:00+01:00", "Nov 25 14:00 to Nov 25 15:00"],
    ["2026-11-13..", "from Nov 13"],
    ["..2026-11-13", "until Nov 13"],
    ["anything", "anything"],
  ];
  for (const [since, text] of rows) strictEqual(periodText(since), text);
});
