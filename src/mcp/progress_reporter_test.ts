import { deepStrictEqual } from "node:assert/strict";
import { type ProgressReport, ProgressReporter } from "./progress_reporter.ts";

Deno.test("reports grow, come twice a second at most, and end with the call", () => {
  let now = 1000;
  const said: ProgressReport[] = [];
  const reporter = new ProgressReporter((report) => void said.push(report), () => now);
  const rows: [at: number, progress: number, isSaid: boolean][] = [
    [1000, 1, false],
    // Half a second after it began.
    [1499, 2, false],
    [1500, 3, true],
    [1900, 4, false],
    // Not more than what was said before.
    [2100, 3, false],
    [2100, 5, true],
    [9000, 6, true],
  ];
  for (const [at, progress, isSaid] of rows) {
    now = at;
    const before = said.length;
    reporter.report(progress, `step ${progress}`);
    deepStrictEqual(said.length > before, isSaid, `${progress} at ${at}`);
  }
  now = 20_000;
  reporter.reportScan(312_400_000, 1_096_000_000);
  deepStrictEqual(said.at(-1), {
    progress: 312_400_000,
    total: 1_096_000_000,
    message: "Reading logs: 312 of 1,096 MB",
  });
  reporter.end();
  now = 30_000;
  reporter.report(1e12, "too late");
  deepStrictEqual(said.length, 4);
});
