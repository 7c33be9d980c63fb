/** `cost` by two keys, with empty periods, beside the span before; and `misses`: over a home whose sums are worked out here. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { piHeader, piLogPath, piTurn, writeLog } from "./support/logs.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

const [APP, WEB] = ["01a1fb64-0000-7000-8000-00000000000a", "01a1fb64-0000-7000-8000-00000000000b"];
const NOW = "2026-11-20T12:00:00Z";

/** Claude Sonnet at $3 a million to send, $3.75 to write and $0.30 to read; no output. Each has 1,000 tokens of plain input. */
function claudeTurn(id: string, at: string, cached: { readonly cacheRead?: number; readonly cacheWrite?: number }) {
  const turn = piTurn({ id, at, input: 1000, output: 0, ...cached }) as {
    message: { usage: { cost: Record<string, number> } };
  };
  const cost = {
    input: 0.003,
    output: 0,
    cacheRead: (cached.cacheRead ?? 0) * 0.3 / 1e6,
    cacheWrite: (cached.cacheWrite ?? 0) * 3.75 / 1e6,
  };
  turn.message.usage.cost = { ...cost, total: cost.input + cost.cacheRead + cost.cacheWrite };
  return turn;
}

async function writeHome(home: string): Promise<void> {
  await writeLog(piLogPath(home, APP), [
    piHeader(APP),
    // 0.003 + 0.375 = 0.378; as plain input 101,000 tokens cost 0.303: the cache cost 0.075.
    claudeTurn("1", "2026-11-18T10:00:01.000Z", { cacheWrite: 100_000 }),
    // 0.003 + 0.03 = 0.033 instead of 0.303: 0.27 saved.
    claudeTurn("2", "2026-11-18T10:02:01.000Z", { cacheRead: 100_000 }),
    // Two days later all of it was gone: 100,000 tokens written for 0.375 that could have been read for 0.03.
    claudeTurn("3", "2026-11-20T10:00:01.000Z", { cacheWrite: 100_000 }),
  ]);
  await writeLog(piLogPath(home, WEB), [
    piHeader(WEB, "/srv/web"),
    piTurn({ id: "4", at: "2026-11-20T11:00:01.000Z", provider: "openai", model: "gpt-5.2", input: 2000, usd: 0.01 }),
  ]);
}

// deno-lint-ignore no-explicit-any -- documents of `--json`, whose schemas other tests check
async function ask(home: string, ...args: string[]): Promise<any> {
  const { code, stdout, stderr } = await runAgent([...args, "--json", "--as-of", NOW], { home });
  strictEqual(code, 0, stderr);
  return JSON.parse(stdout);
}

/** To the millionth of a millionth. */
function cents(value: number | undefined): string | undefined {
  return value?.toFixed(12).replace(/0+$/, "").replace(/\.$/, "");
}

// deno-lint-ignore no-explicit-any -- a row of `cost`
const spentOf = (row: any) => [row.key, row.turns, cents(row.cost.usd)];

Deno.test("cost and misses over a home whose sums are known", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await writeHome(home);

    await t.step("what caching saved, and what its loss cost, day by day", async () => {
      const { rows, total } = await ask(home, "cost");
      deepStrictEqual(
        [...rows, total].map((
          { key, cost, savedUsd, withoutCacheUsd, misses, missUsd },
        ) => [key, cents(cost.usd), cents(savedUsd), cents(withoutCacheUsd), misses, cents(missUsd)]),
        [
          ["2026-11-18", "0.411", "0.195", "0.606", 0, "0"],
          ["2026-11-20", "0.388", "-0.075", "0.313", 1, "0.345"],
          [undefined, "0.799", "0.12", "0.919", 1, "0.345"],
        ],
      );
    });

    await t.step("by a second key", async () => {
      const { rows } = await ask(home, "cost", "--split", "model");
      deepStrictEqual(rows.map(spentOf), [["2026-11-18", 2, "0.411"], ["2026-11-20", 2, "0.388"]]);
      deepStrictEqual(rows[1].parts.map(spentOf), [
        ["anthropic/claude-sonnet-4-6", 1, "0.378"],
        ["openai/gpt-5.2", 1, "0.01"],
      ]);
      const byMonth = await ask(home, "cost", "--by", "month", "--split", "project");
      deepStrictEqual(byMonth.rows[0].parts.map(spentOf), [["/srv/app", 3, "0.789"], ["/srv/web", 1, "0.01"]]);
    });

    await t.step("as a file, a line for each part", async () => {
      const { stdout } = await runAgent(["cost", "--split", "model", "--csv", "--as-of", NOW], { home });
      deepStrictEqual(stdout.trimEnd().split("\r\n").map((line) => line.split(",").slice(0, 3).join()), [
        "day,model,turns",
        "2026-11-18,anthropic/claude-sonnet-4-6,2",
        "2026-11-20,anthropic/claude-sonnet-4-6,1",
        "2026-11-20,openai/gpt-5.2,1",
      ]);
    });

    await t.step("empty periods are rows where they are asked for, and seen on the screen", async () => {
      const { rows } = await ask(home, "cost", "--fill", "--since", "4d");
      deepStrictEqual(rows.map(spentOf), [
        ["2026-11-17", 0, "0"],
        ["2026-11-18", 2, "0.411"],
        ["2026-11-19", 0, "0"],
        ["2026-11-20", 2, "0.388"],
      ]);
      const hours = await ask(home, "cost", "--by", "hourOfDay", "--fill");
      deepStrictEqual([hours.rows.length, spentOf(hours.rows[10])], [24, ["10:00", 3, "0.789"]]);
      const weekdays = await ask(home, "cost", "--by", "weekday");
      deepStrictEqual(weekdays.rows.map(spentOf), [["wednesday", 2, "0.411"], ["friday", 2, "0.388"]]);
      const { stdout } = await runAgent(["cost", "--as-of", NOW], { home });
      match(stdout, /^2026-11-18 .*\n2026-11-19 +- .*\n2026-11-20 /m);
      const csv = await runAgent(["cost", "--csv", "--as-of", NOW], { home });
      strictEqual(csv.stdout.includes("2026-11-19"), false);
    });

    await t.step("days are whole days, and one that the span cuts says so", async () => {
      const whole = await ask(home, "cost", "--since", "3d");
      deepStrictEqual([whole.since, whole.rows.length, whole.rows[0].partial], [
        "2026-11-18T00:00:00.000Z",
        2,
        undefined,
      ]);
      const cut = await ask(home, "cost", "--since", "2026-11-18T10:01");
      deepStrictEqual(cut.rows.map((row: unknown) => spentOf(row)), [["2026-11-18", 1, "0.033"], [
        "2026-11-20",
        2,
        "0.388",
      ]]);
      deepStrictEqual(cut.rows.map(({ partial }: { partial?: true }) => partial), [true, undefined]);
      const { stdout } = await runAgent(["cost", "--since", "2026-11-18T10:01", "--as-of", NOW], { home });
      match(stdout, /^2026-11-18 from 10:01 /m);
    });

    await t.step("a day begins where the zone says so", async () => {
      // In Auckland, at UTC+13, 11:00 is midnight.
      const { rows } = await ask(home, "cost", "--timezone", "Pacific/Auckland");
      deepStrictEqual(rows.map(spentOf), [["2026-11-18", 2, "0.411"], ["2026-11-20", 1, "0.378"], [
        "2026-11-21",
        1,
        "0.01",
      ]]);
    });

    await t.step("beside the span before", async () => {
      // Yesterday and today up to noon: 0.388. Before, the 17th and the 18th up to noon: 0.411.
      const { total, previous } = await ask(home, "cost", "--since", "2d", "--compare");
      deepStrictEqual([cents(total.cost.usd), cents(previous.total.cost.usd)], ["0.388", "0.411"]);
      deepStrictEqual([previous.since, previous.until], ["2026-11-17T00:00:00.000Z", "2026-11-18T12:00:00.000Z"]);
      const byModel = await ask(home, "cost", "--since", "2d", "--compare", "--by", "model");
      deepStrictEqual(
        // deno-lint-ignore no-explicit-any -- a row of `cost`
        byModel.rows.map((row: any) => [row.key, cents(row.cost.usd), cents(row.previous.cost.usd)]),
        [["anthropic/claude-sonnet-4-6", "0.378", "0.411"], ["openai/gpt-5.2", "0.01", "0"]],
      );
      const { stdout } = await runAgent(["cost", "--since", "2d", "--compare", "--as-of", NOW], { home });
      match(stdout, /^\$0\.388 after \$0\.411 in the span before \(Nov 17 00:00 to Nov 18 12:00\): -6%\.$/m);
    });

    await t.step("each lost cache, and by cause", async () => {
      const { total, rows, list, sessions } = await ask(home, "misses");
      deepStrictEqual([total.misses, total.missedTokens, cents(total.missUsd), sessions], [1, 100_000, "0.345", 1]);
      deepStrictEqual(rows.map((row: Record<string, unknown>) => row["key"]), ["expired"]);
      const [{ at, sessionId, gapMs, cause, missedTokens, missUsd }] = list;
      deepStrictEqual({ at, sessionId, gapMs, cause, missedTokens, missUsd: cents(missUsd) }, {
        at: "2026-11-20T10:00:00.000Z",
        sessionId: APP,
        // Two days less two minutes.
        gapMs: 2 * 86_400_000 - 2 * 60_000,
        cause: "expired",
        missedTokens: 100_000,
        missUsd: "0.345",
      });
      for (const [by, key] of [["day", "2026-11-20"], ["project", "/srv/app"], ["source", "pi"], ["session", APP]]) {
        const { rows: [row] } = await ask(home, "misses", "--by", by!);
        deepStrictEqual([row.key, row.misses, cents(row.missUsd)], [key, 1, "0.345"]);
      }
      deepStrictEqual((await ask(home, "misses", "--since", "2026-11-20T11:00")).list, []);
      deepStrictEqual((await ask(home, "misses", "--project", "web")).total.misses, 0);
    });

    await t.step("a hidden project is counted, and not named", async () => {
      const { total, list, notes } = await ask(home, "misses", "--hide-project", "/srv/app");
      deepStrictEqual([total.misses, list], [1, []]);
      match(notes.join(), /1 lost cache of hidden projects counted/);
      const { rows } = await ask(home, "misses", "--by", "session", "--hide-project", "/srv/app");
      deepStrictEqual(rows.map((row: Record<string, unknown>) => row["key"]), ["(hidden)"]);
    });

    await t.step("what cannot be is refused, with what to type", async () => {
      const rows: [args: string[], message: RegExp][] = [
        [["cost", "--compare"], /--compare needs a span/],
        [["cost", "--by", "model", "--split", "model"], /--split has to be another key/],
        [["cost", "--by", "model", "--fill"], /--fill goes with --by hour, day/],
        [["cost", "--by", "hour", "--fill", "--since", "2000-01-01"], /more than 100,000 rows/],
        [["misses", "--by", "tool"], /not "tool"/],
      ];
      for (const [args, message] of rows) {
        const { code, stderr, stdout } = await runAgent([...args, "--as-of", NOW], { home });
        deepStrictEqual([code, stdout], [2, ""], args.join(" "));
        match(stderr, message);
      }
    });
  });
});
