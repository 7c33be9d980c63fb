/** Tables of figures against the text that people see. */
import { strictEqual, throws } from "node:assert/strict";
import {
  formatAmount,
  formatCount,
  formatCountdown,
  formatCredits,
  formatDuration,
  formatPercent,
  formatReading,
  formatRelative,
  formatTime,
  formatTokens,
} from "./format.ts";

type Row = readonly [value: number | undefined, text: string];

function testRows(name: string, format: (value: number | undefined) => string, rows: readonly Row[]): void {
  Deno.test(name, async (t) => {
    for (const [value, text] of rows) {
      await t.step(`${Object.is(value, -0) ? "-0" : value} -> ${text}`, () => strictEqual(format(value), text));
    }
  });
}

const NOT_KNOWN: readonly Row[] = [[undefined, "?"], [NaN, "?"], [Infinity, "?"], [-Infinity, "?"]];

testRows("formatAmount", (value) => formatAmount(value, "$"), [
  ...NOT_KNOWN,
  [0, "$0.00"],
  [-0, "$0.00"],
  [1e-9, "<$0.0001"],
  [0.0000999, "<$0.0001"],
  [0.0001, "$0.0001"],
  [0.0012, "$0.0012"],
  [0.00994, "$0.0099"],
  [0.00999, "$0.010"],
  [0.01, "$0.010"],
  [0.1234, "$0.123"],
  [0.9994, "$0.999"],
  [0.9996, "$1.00"],
  [1, "$1.00"],
  [12.345678, "$12.35"],
  [999.999, "$1,000.00"],
  [1234567.891, "$1,234,567.89"],
  [-0.00001, ">-$0.0001"],
  [-0.5, "-$0.500"],
  [-1234.5, "-$1,234.50"],
]);

testRows("formatCredits", (amount) => formatCredits(amount!), [
  [0, "0"],
  [0.001, "<0.01"],
  [0.005, "0.01"],
  [5.19, "5.19"],
  [5.196, "5.20"],
  [5.999, "6"],
  [12, "12"],
  [14_364, "14,364"],
  [1_234_567.8, "1,234,567.80"],
]);

testRows("formatTokens", formatTokens, [
  ...NOT_KNOWN,
  [0, "0"],
  [-0, "0"],
  [999, "999"],
  [1234, "1,234"],
  [9999, "9,999"],
  [10_000, "10.0k"],
  [12_345, "12.3k"],
  [99_949, "99.9k"],
  [99_950, "100k"],
  [123_456, "123k"],
  [999_499, "999k"],
  [999_500, "1.00M"],
  [4_560_000, "4.56M"],
  [9_994_999, "9.99M"],
  [9_995_000, "10.0M"],
  [45_600_000, "45.6M"],
  [1_200_000_000, "1.20B"],
  [1_234_567_000_000, "1,235B"],
  [-1234, "-1,234"],
  [-0.2, "0"],
]);

testRows("formatReading", formatReading, [
  [undefined, "?"],
  [NaN, "?"],
  [0, "0%"],
  [0.04, "<0.1%"],
  [0.05, "0.1%"],
  [42.4, "42.4%"],
  [81, "81%"],
  [99.96, "99.9%"],
  [100, "100%"],
  [104.25, "104.3%"],
]);

testRows("formatPercent", formatPercent, [
  ...NOT_KNOWN,
  [0, "0%"],
  [-0, "0%"],
  [0.0004, "<0.1%"],
  [0.001, "0.1%"],
  [0.5, "50.0%"],
  [0.9734, "97.3%"],
  [0.99999, "99.9%"],
  [1, "100%"],
  [1.5, "150.0%"],
  [-0.25, "-25.0%"],
]);

testRows("formatDuration", formatDuration, [
  ...NOT_KNOWN,
  [0, "0s"],
  [-0, "0s"],
  [1, "<1s"],
  [-1, ">-1s"],
  [42_999, "42s"],
  [59_999, "59s"],
  [60_000, "1m 00s"],
  [252_000, "4m 12s"],
  [3_599_999, "59m 59s"],
  [11_100_000, "3h 05m"],
  [86_399_999, "23h 59m"],
  [187_200_000, "2d 4h"],
  [86_400_000 * 1234, "1,234d 0h"],
  [-252_000, "-4m 12s"],
]);

testRows("formatCountdown", formatCountdown, [
  ...NOT_KNOWN,
  [1, "1s"],
  [251_001, "4m 12s"],
  [252_000, "4m 12s"],
  [59_001, "1m 00s"],
  [0, "0s"],
  [-5000, "0s"],
]);

Deno.test("formatRelative", async (t) => {
  const now = Date.UTC(2025, 10, 20, 14, 3);
  const rows: [at: number | undefined, text: string][] = [
    ...NOT_KNOWN.map(([value, text]): [number | undefined, string] => [value, text]),
    [now, "now"],
    [now - 999, "now"],
    [now - 42_000, "42s ago"],
    [now - 180_000, "3m ago"],
    [now - 5.9 * 3_600_000, "5h ago"],
    [now - 12 * 86_400_000, "12d ago"],
    [now - 800 * 86_400_000, "2y ago"],
    [now + 180_000, "in 3m"],
    [now + 500, "now"],
  ];
  for (const [at, text] of rows) await t.step(text, () => strictEqual(formatRelative(at, now), text));
});

Deno.test("formatTime", async (t) => {
  const now = Date.UTC(2025, 10, 20, 14, 3);
  const rows: [at: number | undefined, timezone: string, text: string][] = [
    [Date.UTC(2025, 10, 20, 9, 5), "UTC", "09:05"],
    [Date.UTC(2025, 10, 20, 9, 5), "Europe/Stockholm", "10:05"],
    [Date.UTC(2025, 10, 19, 23, 30), "UTC", "Nov 19 23:30"],
    // Half past midnight of the same day, an hour to the east.
    [Date.UTC(2025, 10, 19, 23, 30), "Europe/Stockholm", "00:30"],
    [Date.UTC(2025, 0, 2, 3, 4), "UTC", "Jan 02 03:04"],
    [Date.UTC(2024, 11, 31, 23, 30), "UTC", "2024-12-31"],
    [Date.UTC(2024, 11, 31, 23, 30), "Europe/Stockholm", "Jan 01 00:30"],
    [Date.UTC(2026, 0, 1), "UTC", "2026-01-01"],
    [Date.UTC(2025, 10, 20, 9, 5) + 0.75, "UTC", "09:05"],
    [undefined, "UTC", "?"],
    [NaN, "UTC", "?"],
    [1e300, "UTC", "?"],
  ];
  for (const [at, timezone, text] of rows) {
    await t.step(`${at} in ${timezone} -> ${text}`, () => strictEqual(formatTime(at, timezone, now), text));
  }
  await t.step("an unknown zone is a bug of the caller", () => {
    throws(() => formatTime(now, "Mars/Olympus", now), RangeError);
  });
});

Deno.test("formatCount()", async (t) => {
  const rows: [number, string][] = [[0, "0"], [999, "999"], [1000, "1,000"], [1234567, "1,234,567"]];
  for (const [count, text] of rows) await t.step(text, () => strictEqual(formatCount(count), text));
});

Deno.test("formatAmount with another sign", async (t) => {
  const rows: [value: number, symbol: string, text: string][] = [
    [1234.5, "€", "€1,234.50"],
    [-1234.5, "SEK ", "-SEK 1,234.50"],
    [0, "SEK ", "SEK 0.00"],
    [0.00001, "€", "<€0.0001"],
    [-0.00001, "SEK ", ">-SEK 0.0001"],
  ];
  for (const [value, symbol, text] of rows) {
    await t.step(text, () => strictEqual(formatAmount(value, symbol), text));
  }
});

Deno.test("formatAmount with decimals", async (t) => {
  const rows: [usd: number | undefined, digits: number, text: string][] = [
    [1234.5678, 2, "$1,234.57"],
    [1234.5678, 0, "$1,235"],
    [1234567.125, 6, "$1,234,567.125000"],
    [0.0051, 2, "$0.01"],
    [0.0049, 2, "<$0.01"],
    [0.4, 0, "<$1"],
    [0, 2, "$0.00"],
    [0, 0, "$0"],
    [-1.06, 1, "-$1.1"],
    [-0.001, 2, ">-$0.01"],
    [undefined, 2, "?"],
  ];
  for (const [usd, digits, text] of rows) {
    await t.step(`${usd} with ${digits} -> ${text}`, () => strictEqual(formatAmount(usd, "$", digits), text));
  }
});
