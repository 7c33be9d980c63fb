import { strictEqual } from "node:assert/strict";
import { formatClock, readClockNow, setClock, stopClock } from "./clock.ts";

Deno.test("formatClock() counts down in whole seconds, rounded up", () => {
  const rows: [left: number, text: string][] = [
    [134_000, "2:14"],
    [133_001, "2:14"],
    [1, "0:01"],
    [0, "0:00"],
    [-5000, "0:00"],
    [3_729_000, "1:02:09"],
    [90_000_000, "25:00:00"],
  ];
  for (const [left, text] of rows) strictEqual(formatClock(left), text);
});

Deno.test("countdowns go by the server's clock, and stand still when it ended", () => {
  // The server is an hour ahead of this machine.
  const server = Date.now() + 3_600_000;
  setClock(server);
  strictEqual(Math.abs(readClockNow() - server) < 1000, true);
  stopClock(server + 5);
  strictEqual(readClockNow(), server + 5);
  // Ending twice changes nothing; a program that is back does.
  stopClock(server + 9);
  strictEqual(readClockNow(), server + 5);
  setClock(server + 60_000);
  strictEqual(Math.abs(readClockNow() - server - 60_000) < 1000, true);
});
