/** The two faces cannot drift: for the same question, `--json` on the command line is a tool's structured answer. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type Json, startMcp } from "./support/mcp_client.ts";
import { FIXTURE_HOME, FIXTURE_NOW, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { CLAUDE, makeSmallHome, PI, SMALL_NOW } from "./support/small_home.ts";

type Row = readonly [argv: readonly string[], tool: string, args: Json];

/** What the command line gives by default, a tool gives in pages: limits are always said. */
const ROWS: readonly Row[] = [
  [["sessions", "-n", "5"], "list_sessions", { limit: 5 }],
  [["sessions", "-n", "5", "--sort", "cost", "--source", "pi", "--source", "claude"], "list_sessions", {
    limit: 5,
    sort: "cost",
    source: ["pi", "claude"],
  }],
  [["sessions", "-n", "3", "--cache", "cold", "--model", "gpt"], "list_sessions", {
    limit: 3,
    cache: ["cold"],
    model: "gpt",
  }],
  [["sessions", "-n", "5", "--project", "/srv", "--since", "2026-11-20", "--until", "now"], "list_sessions", {
    limit: 5,
    project: "/srv",
    since: "2026-11-20",
    until: "now",
  }],
  [["sessions", "-n", "5", "--search", "WEB sonnet", "--sort", "duration"], "list_sessions", {
    limit: 5,
    search: "WEB sonnet",
    sort: "duration",
  }],
  [["sessions", "-n", "20", "--brief", "--sort", "missUsd"], "list_sessions", { brief: true, sort: "missUsd" }],
  [["session", "-n", "20"], "session_cost", { session: "latest" }],
  [["session", "01a1fb65-f1", "--misses", "-n", "20"], "session_cost", { session: "01a1fb65-f1", misses: true }],
  [["session", "latest", "--turns", "-n", "20"], "session_cost", { session: "latest", turns: true }],
  [["session", "latest", "--include-text", "-n", "20"], "session_cost", { session: "latest", include_text: true }],
  [["cache", "-n", "20"], "cache_status", {}],
  [["cache", "latest", "-n", "20"], "cache_status", { session: "latest" }],
  [["cache", "--all", "--source", "codex", "-n", "5"], "cache_status", { all: true, source: ["codex"], limit: 5 }],
  [["advise"], "advise", {}],
  [["advise", "/srv/dev/pi", "--role", "main"], "advise", { project: "/srv/dev/pi", role: "main" }],
  [["advise", "--what", "models", "--what", "context"], "advise", { what: ["models", "context"] }],
  [["misses", "-n", "20"], "cache_misses", {}],
  [["misses", "latest", "--by", "day", "-n", "5"], "cache_misses", { session: "latest", by: "day", limit: 5 }],
  [["limits"], "plan_limits", {}],
  [["limits", "--source", "codex"], "plan_limits", { source: ["codex"] }],
  [["cost", "--by", "month", "--split", "source", "--since", "30d", "--compare", "-n", "20"], "usage_report", {
    by: "month",
    split: "source",
    since: "30d",
    compare: true,
  }],
  [["cost", "--by", "day", "--fill", "--since", "5d", "-n", "20"], "usage_report", {
    by: "day",
    fill: true,
    since: "5d",
  }],
  ...["hour", "day", "week", "month", "weekday", "hourOfDay", "model", "provider", "project", "source", "session"].map((
    by,
  ): Row => [
    ["cost", "--by", by, "-n", "10", "--timezone", "America/St_Johns"],
    "usage_report",
    { by, limit: 10, timezone: "America/St_Johns" },
  ]),
  [["cost", "latest", "-n", "20", "--by", "model"], "usage_report", { session: "latest", by: "model" }],
];

Deno.test("over real logs, the command line and the tools say the same", async (t) => {
  await withTemporaryDirectory(async (opperHome) => {
    await using client = await startMcp({ home: FIXTURE_HOME, opperHome });
    for (const [argv, tool, args] of ROWS) {
      await t.step(argv.join(" "), async () => {
        const run = await runAgent([...argv, "--json", "--as-of", FIXTURE_NOW], { home: FIXTURE_HOME, opperHome });
        strictEqual(run.code, 0, run.stderr);
        const said = await client.structured(tool, { ...args, as_of: FIXTURE_NOW });
        strictEqual(said["truncated"], undefined, "the answer does not fit, and so cannot be compared");
        deepStrictEqual(said, JSON.parse(run.stdout));
        // In columns each value has its place, also what is not known.
        ok("columns" in said && args["brief"] === true || !JSON.stringify(said).includes("null"));
      });
    }
  });
});

Deno.test("page after page, too", async () => {
  await withTemporaryDirectory(async (opperHome) => {
    await using client = await startMcp({ home: FIXTURE_HOME, opperHome });
    let cursor: string | undefined;
    let pages = 0;
    do {
      const more = cursor === undefined ? [] : ["--cursor", cursor];
      const run = await runAgent(["sessions", "--json", "-n", "9", "--as-of", FIXTURE_NOW, ...more], {
        home: FIXTURE_HOME,
        opperHome,
      });
      const page = JSON.parse(run.stdout) as { nextCursor?: string };
      deepStrictEqual(
        await client.structured("list_sessions", { limit: 9, as_of: FIXTURE_NOW, ...(cursor && { cursor }) }),
        page,
      );
      cursor = page.nextCursor;
      pages++;
    } while (cursor !== undefined);
    ok(pages > 5);
  });
});

Deno.test("so do launches, and sessions by id", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await using client = await startMcp({ home });
    for (const id of [PI, CLAUDE]) {
      await t.step(`session ${id}`, async () => {
        const run = await runAgent(["session", id, "--turns", "--json", "--as-of", SMALL_NOW, "-n", "20"], { home });
        const said = await client.structured("session_cost", { session: id, turns: true, as_of: SMALL_NOW });
        deepStrictEqual(said, JSON.parse(run.stdout));
      });
    }
    await t.step("traces", async () => {
      const run = await runAgent(["traces", "--json"], { home });
      const [{ asOf: _, ...said }, { asOf: __, ...printed }] = [
        await client.structured("list_traces"),
        JSON.parse(run.stdout) as Json,
      ];
      deepStrictEqual(said, printed);
    });
  });
});
