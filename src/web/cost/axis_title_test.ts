import { strictEqual } from "node:assert/strict";
import { axisTitle } from "./axis_title.ts";

Deno.test("axisTitle", () => {
  const rows: [by: string, key: string, title: string][] = [
    ["hour", "2026-11-25T14:00+01:00", "14:00"],
    ["hour", "2026-11-25T00:00+01:00", "Nov 25"],
    ["day", "2026-11-05", "Nov 5"],
    ["week", "2026-W47", "W47"],
    ["month", "2026-11", "Nov"],
    ["month", "2026-01", "2026"],
    ["model", "openai/gpt-5.4", "openai/gpt-5.4"],
    ["day", "anything", "anything"],
  ];
  for (const [by, key, title] of rows) strictEqual(axisTitle(by, key), title);
});
