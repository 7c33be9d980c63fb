/**
 * A call of every tool, and what the real server answers over the sample sessions, for docs/reference/tools.md. Of a list
 * of objects the first one is shown.
 */
import { strictEqual } from "node:assert/strict";
import { type Json, startMcp } from "./mcp_client.ts";
import { FIXTURE_HOME, FIXTURE_NOW, withTemporaryDirectory } from "./run_agent.ts";

/** By the tool's name. Of one time, so that answers stay. */
export const TOOL_EXAMPLES: Readonly<Record<string, Json>> = {
  list_sessions: { sort: "cost", limit: 1, as_of: FIXTURE_NOW, timezone: "UTC" },
  session_cost: { session: "01a1fb64-80", limit: 1, as_of: FIXTURE_NOW, timezone: "UTC" },
  cache_status: { source: ["pi"], limit: 1, as_of: FIXTURE_NOW, timezone: "UTC" },
  usage_report: { by: "model", since: "2026-11", limit: 1, as_of: FIXTURE_NOW, timezone: "UTC" },
  cache_misses: { since: "2026-11", limit: 1, as_of: FIXTURE_NOW, timezone: "UTC" },
  plan_limits: { as_of: FIXTURE_NOW, timezone: "UTC" },
  advise: { since: "2026-11", as_of: FIXTURE_NOW, timezone: "UTC" },
  list_traces: { session: "01a1fb64-80" },
  // Nothing is started for a document: how a call is refused can be seen as well.
  launch_traced: { agent: "claude", prompt: "Fix the failing test", cwd: "/etc" },
  launch_pi_traced: { prompt: "Fix the failing test", cwd: "/etc" },
  run_status: { run_id: "5f0c7c1e-2f7e-4d43-9d0b-6c6c1f6f0f5a", wait_seconds: 30 },
  cancel_run: { run_id: "5f0c7c1e-2f7e-4d43-9d0b-6c6c1f6f0f5a" },
};

/** Blocks of Markdown by the tool's name. */
export async function toolExamples(): Promise<ReadonlyMap<string, readonly string[]>> {
  return await withTemporaryDirectory(async (opperHome) => {
    await using client = await startMcp({ home: FIXTURE_HOME, opperHome });
    const examples = new Map<string, readonly string[]>();
    for (const [tool, args] of Object.entries(TOOL_EXAMPLES)) {
      const { structuredContent, content, isError } = await client.call(tool, args);
      const call = fence("json", JSON.stringify(args, null, 2));
      if (isError) {
        examples.set(tool, ["For example, refused:", call, fence("", ofNoMachine(content[0]!.text))]);
        continue;
      }
      strictEqual(structuredContent!["truncated"], undefined, `${tool}: choose an example that fits`);
      const { asOf, ...answer } = structuredContent!;
      // That of an answer for which no time was asked is of the clock.
      const shown = { ...(args["as_of"] === undefined ? {} : { asOf }), ...answer };
      const json = ofNoMachine(JSON.stringify(shortened(shown), null, 2));
      examples.set(tool, ["For example:", call, "It answers:", fence("json", json)]);
    }
    return examples;
  });
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** Cursors name files of this machine. */
function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return (typeof value[0] === "object" ? value.slice(0, 1) : value).map(shortened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, name === "nextCursor" ? "…" : shortened(part)]),
  );
}

/** The sample sessions lie somewhere else on each machine. */
function ofNoMachine(text: string): string {
  return text.replaceAll(FIXTURE_HOME, "/home/you");
}
