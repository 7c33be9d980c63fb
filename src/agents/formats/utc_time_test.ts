import { ok, strictEqual } from "node:assert/strict";
import { utcTimeOf } from "./utc_time.ts";

Deno.test("utcTimeOf() takes one form alone", async (t) => {
  const rows: [text: string, taken: boolean][] = [
    ["2026-11-21T14:12:38.085Z", true],
    ["1970-01-01T00:00:00.000Z", true],
    ["0000-01-01T00:00:00.000Z", true],
    ["9999-12-30T23:59:59.999Z", true],
    ["2024-02-28T00:00:00.000Z", true],
    ["2024-02-29T00:00:00.000Z", true],
    ["2000-02-29T00:00:00.000Z", true],
    ["2100-02-29T00:00:00.000Z", false],
    ["2023-02-29T00:00:00.000Z", false],
    ["2026-11-31T00:00:00.000Z", false],
    ["2026-12-31T00:00:00.000Z", true],
    ["2026-07-31T23:59:59.999Z", true],
    ["2026-08-31T00:00:00.000Z", true],
    ["2026-09-31T00:00:00.000Z", false],
    ["2026-12-32T00:00:00.000Z", false],
    ["2026-00-10T00:00:00.000Z", false],
    ["2026-13-10T00:00:00.000Z", false],
    ["2026-11-00T00:00:00.000Z", false],
    ["2026-11-21T24:00:00.000Z", false],
    ["2026-11-21T23:60:00.000Z", false],
    ["2026-11-21T23:59:60.000Z", false],
    ["2026-11-21T14:12:38.08Z", false],
    ["2026-11-21T14:12:38.0850Z", false],
    ["2026-11-21T14:12:38Z", false],
    ["2026-11-21T14:12:38.085z", false],
    ["2026-11-21 14:12:38.085Z", false],
    ["2026-11-21T14:12:38,085Z", false],
    ["2026-11-21T14:12:38.085+", false],
    ["+026-11-21T14:12:38.085Z", false],
    ["2026-11-21T14:12:38.0 5Z", false],
    ["2026-11-21T14:12:38.08\u0665Z", false],
    ["", false],
  ];
  for (const [text, taken] of rows) {
    await t.step(text, () => strictEqual(utcTimeOf(text), taken ? Date.parse(text) : undefined));
  }
});

Deno.test("utcTimeOf() agrees with Date on every day of eight centuries, and with Date.parse on any text", () => {
  for (let at = Date.UTC(1600, 0, 1); at < Date.UTC(2400, 0, 1); at += 86_399_999) {
    strictEqual(utcTimeOf(new Date(at).toISOString()), at);
  }
  // One character put in the place of another.
  const time = "2026-03-29T01:59:06.907Z";
  let taken = 0;
  for (let at = 0; at < time.length; at++) {
    for (let code = 0; code < 256; code++) {
      const text = time.slice(0, at) + String.fromCharCode(code) + time.slice(at + 1);
      const found = utcTimeOf(text);
      if (found === undefined) continue;
      strictEqual(found, Date.parse(text), text);
      taken++;
    }
  }
  ok(taken > 90, `${taken}`);
});
