/** The third face cannot drift either: for the same question, HTTP says byte by byte what `--json` says, and the tools say. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { OPERATIONS } from "../src/operations/registry.ts";
import { onlyReads } from "../src/operations/contract/need.ts";
import { Dashboard } from "./support/dashboard.ts";
import { type Json, startMcp } from "./support/mcp_client.ts";
import { FIXTURE_HOME, FIXTURE_NOW, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

interface Row {
  readonly argv: readonly string[];
  /** Behind `/api/v1/`, without the time. */
  readonly path: string;
  /** Where there is a tool for it, what it takes. */
  readonly tool?: readonly [name: string, args: Json];
}

const row = (argv: string, path: string, tool?: Row["tool"]): Row => ({ argv: argv.split(" "), path, tool });

/** Every reading operation, and every kind of field: text, choice, number, switch, list. */
const ROWS: readonly Row[] = [
  row("overview", "overview"),
  row("overview -n 2 --timezone Asia/Kolkata", "overview?limit=2&timezone=Asia/Kolkata"),
  row("sessions -n 5", "sessions?limit=5", ["list_sessions", { limit: 5 }]),
  row("sessions -n 0", "sessions?limit=0"),
  row("sessions --brief -n 0", "sessions?brief=true&limit=0"),
  row("sessions --brief -n 20 --sort missUsd", "sessions?brief=true&sort=missUsd", [
    "list_sessions",
    { brief: true, sort: "missUsd" },
  ]),
  row(
    "sessions -n 5 --sort cost --source pi --source claude",
    "sessions?limit=5&sort=cost&source=pi&source=claude",
    ["list_sessions", { limit: 5, sort: "cost", source: ["pi", "claude"] }],
  ),
  row("sessions -n 3 --cache cold --model gpt", "sessions?limit=3&cache=cold&model=gpt", [
    "list_sessions",
    { limit: 3, cache: ["cold"], model: "gpt" },
  ]),
  row(
    "sessions -n 5 --project /srv --since 2026-11-20 --until now",
    "sessions?limit=5&project=/srv&since=2026-11-20&until=now",
  ),
  row("session", "session"),
  row("session 01a1fb65-f1 --misses -n 20", "session?session=01a1fb65-f1&misses=true&limit=20", [
    "session_cost",
    { session: "01a1fb65-f1", misses: true },
  ]),
  row("session latest --turns -n 0", "session?session=latest&turns=true&limit=0"),
  row("session latest --include-text -n 20", "session?session=latest&includeText=true&limit=20"),
  row("session latest --context", "session?session=latest&context=true"),
  row("cache", "cache"),
  row("cache --curve -n 20", "cache?curve=true&limit=20"),
  row("cache --all --source codex -n 5", "cache?all=true&source=codex&limit=5", [
    "cache_status",
    { all: true, source: ["codex"], limit: 5 },
  ]),
  row("limits", "limits", ["plan_limits", {}]),
  row("limits --source codex", "limits?source=codex"),
  row("misses -n 20", "misses?limit=20", ["cache_misses", {}]),
  row("advise --since 30d", "advise?since=30d", ["advise", {}]),
  row("advise /srv/dev/pi --what context", "advise?project=%2Fsrv%2Fdev%2Fpi&what=context"),
  row("misses latest --by day -n 5", "misses?session=latest&by=day&limit=5"),
  row(
    "cost --by month --split source --since 30d --compare -n 20",
    "cost?by=month&split=source&since=30d&compare=true&limit=20",
    [
      "usage_report",
      { by: "month", split: "source", since: "30d", compare: true },
    ],
  ),
  row("cost --by day --split model --fill --since 30d", "cost?by=day&split=model&fill=true&since=30d"),
  row("advise --since 90d", "advise?since=90d"),
  row("advise --since 90d --role main --what models", "advise?since=90d&role=main&what=models"),
  ...["hour", "day", "week", "month", "weekday", "hourOfDay", "model", "provider", "project", "source", "session"].map((
    by,
  ) => row(`cost --by ${by} --timezone America/St_Johns`, `cost?by=${by}&timezone=America/St_Johns`)),
];

Deno.test("over real logs, HTTP says what the command line and the tools say", async (t) => {
  await withTemporaryDirectory(async (opperHome) => {
    const options = { home: FIXTURE_HOME, opperHome };
    await using dashboard = await Dashboard.start([], options);
    await using client = await startMcp(options);
    const time = `asOf=${encodeURIComponent(FIXTURE_NOW)}`;
    for (const { argv, path, tool } of ROWS) {
      await t.step(argv.join(" "), async () => {
        const run = await runAgent([...argv, "--json", "--as-of", FIXTURE_NOW], options);
        strictEqual(run.code, 0, run.stderr);
        const { status, text } = await dashboard.ask(`${path}${path.includes("?") ? "&" : "?"}${time}`);
        strictEqual(status, 200, text);
        strictEqual(text, run.stdout);
        if (tool === undefined) return;
        const [name, args] = tool;
        deepStrictEqual(await client.structured(name, { ...args, as_of: FIXTURE_NOW }), JSON.parse(text));
      });
    }
    for (const operation of ["doctor", "traces"]) {
      await t.step(`${operation}, but for the time`, async () => {
        const run = await runAgent([operation, "--json"], options);
        const { text } = await dashboard.ask(operation);
        const [{ asOf: _, ...printed }, { asOf: __, ...said }] = [JSON.parse(run.stdout), JSON.parse(text)];
        deepStrictEqual(said, printed);
      });
    }
    await t.step("page after page", async () => {
      let cursor: string | undefined;
      let pages = 0;
      do {
        const more = cursor === undefined ? [] : ["--cursor", cursor];
        const run = await runAgent(["sessions", "--json", "-n", "20", "--as-of", FIXTURE_NOW, ...more], options);
        const { text } = await dashboard.ask(
          `sessions?limit=20&${time}${cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        strictEqual(text, run.stdout);
        cursor = JSON.parse(text).nextCursor;
        pages++;
      } while (cursor !== undefined);
      strictEqual(pages > 2, true);
    });
  });
  await t.step("and no reading operation is left out", async () => {
    const operations = await Promise.all(OPERATIONS.map(({ load }) => load()));
    const reading = operations.filter(({ needs, isTypedOnly }) => onlyReads(needs) && !isTypedOnly).map(({ name }) =>
      name
    );
    const asked = new Set([...ROWS.map(({ argv }) => argv[0]!), "doctor", "traces", "whoami"]);
    deepStrictEqual(reading.filter((name) => !asked.has(name)), []);
  });
});
