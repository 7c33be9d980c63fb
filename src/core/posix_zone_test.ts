import { ok, strictEqual } from "node:assert/strict";
import { findPosixTimezone } from "./posix_zone.ts";
import { isTimezone } from "./timezone.ts";

Deno.test("findPosixTimezone()", async (t) => {
  const rows: [text: string, timezone: string | undefined][] = [
    ["JST-9", "+09:00"],
    ["UTC0", "UTC"],
    ["UTC+3", "-03:00"],
    ["GMT-0", "UTC"],
    ["MST7", "-07:00"],
    ["<+0330>-3:30", "+03:30"],
    ["<-03>3", "-03:00"],
    ["IST-5:30:00", "+05:30"],
    ["EST5EDT,M3.2.0,M11.1.0", "America/New_York"],
    ["EST+5EDT+4,M3.2.0/2,M11.1.0/02:00:00", "America/New_York"],
    ["CST6CDT", "America/Chicago"],
    ["CST5CDT", "America/Havana"],
    ["CST5CDT,M3.2.0/0,M11.1.0/1", "America/Havana"],
    ["NST3:30NDT,M3.2.0,M11.1.0", "America/St_Johns"],
    ["CET-1CEST", "Europe/Paris"],
    ["cet-1cest", "Europe/Paris"],
    ["CET-1CEST,M3.5.0,M10.5.0/3", "Europe/Paris"],
    ["CET-1CEST-2,M3.5.0/2:00,M10.5.0/3:00", "Europe/Paris"],
    ["GMT0BST,M3.5.0/1,M10.5.0", "Europe/London"],
    // As Dublin writes what London does: its standard time is that of summer.
    ["IST-1GMT0,M10.5.0,M3.5.0/1", "Europe/London"],
    ["WET0WEST,M3.5.0/1,M10.5.0", "Europe/London"],
    ["EET-2EEST,M3.5.0/0,M10.5.0/0", "Asia/Beirut"],
    ["EET-2EEST,M4.5.5/0,M10.5.4/24", "Africa/Cairo"],
    ["IST-2IDT,M3.4.4/26,M10.5.0", "Asia/Jerusalem"],
    ["<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "America/Nuuk"],
    ["<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "Australia/Lord_Howe"],
    ["AEST-10AEDT,M10.1.0,M4.1.0/3", "Australia/Sydney"],
    ["NZST-12NZDT,M9.5.0,M4.1.0/3", "Pacific/Auckland"],
    ["<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45", "Pacific/Chatham"],
    // Of names that fit no offset, and of rules that nobody follows, nothing is known.
    ["CET-3CEST", undefined],
    ["ABC-3DEF", undefined],
    ["CET-1CEST,M1.1.0,M2.1.0", undefined],
    ["EST5EDT,J60,J300", undefined],
    ["EST5EDT,59,299/3", undefined],
    ["EST5EDT,0/0,J365/25", undefined],
    ["LMT-0:09:21", undefined],
    ["ABC25", undefined],
    ["", undefined],
    ["JST", undefined],
    ["A-9", undefined],
    ["CET-1CEST,M3.5.0", undefined],
    ["CET-1CEST,M3.6.0,M10.5.0", undefined],
    ["CET-1CEST,x,y", undefined],
    ["Europe/Paris", undefined],
  ];
  for (const [text, timezone] of rows) {
    await t.step(text || "nothing", () => {
      strictEqual(findPosixTimezone(text), timezone);
      ok(timezone === undefined || isTimezone(timezone));
    });
  }
});
