import { strictEqual } from "node:assert/strict";
import { findTimezone } from "./timezone.ts";

Deno.test("findTimezone()", async (t) => {
  const rows: [name: string, found: string | undefined][] = [
    ["Europe/Stockholm", "Europe/Stockholm"],
    ["europe/stockholm", "Europe/Stockholm"],
    ["UTC", "UTC"],
    ["+01:00", "+01:00"],
    ["America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"],
    ["Etc/GMT+5", "Etc/GMT+5"],
    ["EST5EDT", "EST5EDT"],
    ["", undefined],
    ["+002025-01-01T00:00[UTC]", undefined],
    ["Mars/Olympus", undefined],
    ["2025-01-01T00:00[Europe/Stockholm]", undefined],
    // Intl knows these two, and means the opposite of POSIX by the first.
    ["GMT+3", undefined],
    ["JST", undefined],
  ];
  for (const [name, found] of rows) await t.step(name || "empty", () => strictEqual(findTimezone(name), found));
});
