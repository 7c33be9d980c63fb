/**
 * The conformance suite of the protocol's own project, over a bridge, in both eras. What it still complains about stands
 * in mcp_conformance_baseline.json, each check with the reason and with what the suite says of it: a complaint that is
 * not there fails the test, and so does one that is no longer made. `reasons` explains the names in `why`.
 */
import { deepStrictEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { startConformanceBridge } from "../support/conformance_bridge.ts";
import { npmPackage, realNode } from "../support/real_pi.ts";
import { agentCommand, agentEnvironment, withTemporaryDirectory } from "../support/run_agent.ts";
import { makeSmallHome } from "../support/small_home.ts";
import { PATIENCE_MS } from "../support/wait_until.ts";
import baseline from "./mcp_conformance_baseline.json" with { type: "json" };

const VERSION = "0.2.0-alpha.12";
/** With the number of scenarios that it runs, those included that do not count for the revision. */
const REVISIONS: readonly (readonly [revision: "2025-11-25" | "2026-07-28", scenarios: number])[] = [
  ["2025-11-25", 33],
  ["2026-07-28", 50],
];

/** By scenario: why it fails, and what the suite says, by the ids of its checks. */
type Expected = Readonly<Record<string, { readonly why: string; readonly checks: Readonly<Record<string, string>> }>>;

interface Check {
  readonly id: string;
  /** `INFO` and `SKIPPED` are about what a server need not have. */
  readonly status: "SUCCESS" | "FAILURE" | "WARNING" | "INFO" | "SKIPPED";
  readonly errorMessage?: string;
}

async function runSuite(url: string, revision: string, directory: string): Promise<ReadonlyMap<string, Check[]>> {
  const suite = join(await npmPackage("@modelcontextprotocol/conformance", VERSION), "dist/index.js");
  const { stderr } = await new Deno.Command(await realNode(), {
    args: [suite, "server", "--url", url, "--requirements", revision, "--output-dir", directory],
    cwd: directory,
    clearEnv: true,
    env: { HOME: directory, PATH: Deno.env.get("PATH")! },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(2 * PATIENCE_MS),
  }).output();
  const checks = new Map<string, Check[]>();
  for await (const { name } of Deno.readDir(directory)) {
    const scenario = name.match(/^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/)?.[1];
    ok(scenario !== undefined, `${name}: ${new TextDecoder().decode(stderr)}`);
    checks.set(scenario, JSON.parse(await Deno.readTextFile(join(directory, name, "checks.json"))));
  }
  return checks;
}

/** What is wrong with the suite's answer, or with the baseline. */
function compare(found: ReadonlyMap<string, readonly Check[]>, expected: Expected, revision: string): string[] {
  const unmet = new Set(
    Object.entries(expected).flatMap(([name, { checks }]) => Object.keys(checks).map((id) => `${name} ${id}`)),
  );
  const problems: string[] = [];
  for (const [scenario, checks] of found) {
    for (const { id, status, errorMessage = "" } of checks) {
      if (status !== "FAILURE" && status !== "WARNING") continue;
      const says = expected[scenario]?.checks[id];
      if (says !== undefined && errorMessage.includes(says)) unmet.delete(`${scenario} ${id}`);
      else problems.push(`${revision} fails: ${scenario} ${id}: ${errorMessage}`);
    }
  }
  return [...problems, ...Array.from(unmet, (name) => `${revision} does not fail any more: ${name}`)];
}

Deno.test("the conformance suite finds nothing that is not explained", () =>
  withTemporaryDirectory(async (directory) => {
    const home = join(directory, "home");
    await makeSmallHome(home);
    await using bridge = await startConformanceBridge({
      command: [...agentCommand(), "mcp"] as [string, ...string[]],
      cwd: home,
      env: agentEnvironment({ home }),
    });
    const runs = await Promise.all(REVISIONS.map(async ([revision]) => {
      const results = join(directory, revision);
      await Deno.mkdir(results);
      return { revision, found: await runSuite(bridge.url, revision, results) };
    }));
    deepStrictEqual(runs.flatMap(({ revision, found }) => compare(found, baseline[revision], revision)), []);
    deepStrictEqual(runs.map(({ revision, found }) => [revision, found.size]), REVISIONS);
    deepStrictEqual(await bridge.close(), []);
  }));

Deno.test("each complaint of the suite has a reason", () => {
  const used = REVISIONS.flatMap(([revision]) => Object.values<Expected[string]>(baseline[revision]))
    .map(({ why, checks }) => {
      ok(Object.values(checks).every((says) => says !== ""));
      return why;
    });
  deepStrictEqual([...new Set(used)].sort(), Object.keys(baseline.reasons).sort());
});
