/** `doctor --costs`, over logs in which Claude Code and Pi wrote down themselves what a session cost. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { DoctorOutput } from "../src/operations/usage/doctor_output.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

const homeOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Each session has one turn of ten tokens in at $3 and ten out at $15 a million: 180 millionths of a dollar. */
const OWN_TOTALS = homeOf("./field_reports/59-claude-own-total/home");
const REAL = homeOf("./fixtures/home");

Deno.test("doctor --costs names the difference to a tool's own total, and why", async (t) => {
  await withTemporaryDirectory(async (opperHome) => {
    const doctor = (home: string, ...args: string[]) =>
      runAgent(["doctor", "--quick", "--costs", ...args], { home, opperHome, cwd: "/" });
    const costsOf = async (home: string): Promise<NonNullable<DoctorOutput["costs"]>> =>
      (JSON.parse((await doctor(home, "--json")).stdout) as DoctorOutput).costs!;

    await t.step("totals that have more than the session's own turns", async () => {
      deepStrictEqual(
        (await costsOf(OWN_TOTALS)).map(({ shortId, origin, toolUsd, differenceUsd, cause, detail }) => [
          shortId,
          origin,
          toolUsd,
          Math.round(differenceUsd! * 1e6),
          cause,
          detail,
        ]),
        [
          ["00000593", "total", 0.9, 899_820, "guessed", undefined],
          ["00000592", "total", 0.0006, 420, "fork", undefined],
          ["00000591", "total", 0.00048, 300, "counted_with_others", undefined],
          ["00000590", "total", 0.0003, 120, "requests_without_lines", "80 tokens of claude-haiku-4-5"],
        ],
      );
    });
    await t.step("for people, before all else", async () => {
      const { stdout, code } = await doctor(OWN_TOTALS);
      strictEqual(code, 0);
      match(stdout, /^Costs by the agents themselves\nSession .* Likely because\n/);
      match(stdout, /\n00000592 +claude +total +\$0\.0006 +\$0\.0002 +\$0\.0004 +a fork: .*\n/);
    });
    await t.step("as CSV", async () => {
      const [head, ...rows] = (await doctor(OWN_TOTALS, "--csv")).stdout.trimEnd().split("\r\n");
      strictEqual(head, "session,source,origin,toolUsd,usd,differenceUsd,cause");
      match(rows[0]!, /^00000593-1111-4222-8333-444455556666,claude,total,0\.9,0\.00018,0\.89982\d*,guessed$/);
      strictEqual(rows.length, 4);
    });
    await t.step("real logs: what is priced agrees, but for a fork and a bill", async () => {
      const costs = await costsOf(REAL);
      const different = costs.filter(({ cause }) => cause !== "equal" && cause !== "unpriced");
      deepStrictEqual(different.map(({ shortId, cause }) => [shortId, cause]), [
        ["656cd534", "fork"],
        ["01a1fb66-58", "bill"],
      ]);
      strictEqual(costs.filter(({ cause }) => cause === "equal").length, 26);
    });
    await t.step("nothing to compare", async () => {
      match(
        (await doctor(`${opperHome}/gone`)).stdout,
        /^Costs by the agents themselves\nNo agent recorded the cost of a session\.\n/,
      );
      const { stdout } = await runAgent(["doctor", "--quick", "--json"], { home: REAL, opperHome, cwd: "/" });
      strictEqual((JSON.parse(stdout) as DoctorOutput).costs, undefined);
    });
  });
});
