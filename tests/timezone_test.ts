/** Whose day it is: of the zone that `TZ` means, in whatever words, and never UTC's where it means another. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { piHeader, piLogPath, piTurn, writeLog } from "./support/logs.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

/** One turn at ten past six in the evening, UTC: in Tokyo it is the next day, in New York one o'clock in the afternoon. */
const ID = "01a1fb70-0000-7000-8000-00000000000f";
const NOW = ["--as-of", "2026-11-20T20:00:00Z"];

async function withSession(body: (home: string) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    await writeLog(piLogPath(home, ID), [piHeader(ID), piTurn({ id: "1", at: "2026-11-20T18:10:00.000Z" })]);
    await body(home);
  });
}

Deno.test("a turn is of the hour that it has in the zone that TZ means", async (t) => {
  const rows: [TZ: string, timezone: string, hour: string][] = [
    ["UTC", "UTC", "2026-11-20T18:00+00:00"],
    ["", "UTC", "2026-11-20T18:00+00:00"],
    ["JST-9", "+09:00", "2026-11-21T03:00+09:00"],
    ["GMT+3", "-03:00", "2026-11-20T15:00-03:00"],
    ["<+0330>-3:30", "+03:30", "2026-11-20T21:00+03:30"],
    ["EST5EDT,M3.2.0,M11.1.0", "America/New_York", "2026-11-20T13:00-05:00"],
    ["CET-1CEST", "Europe/Paris", "2026-11-20T19:00+01:00"],
    [":/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo", "2026-11-21T03:00+09:00"],
    ["posix/Asia/Tokyo", "Asia/Tokyo", "2026-11-21T03:00+09:00"],
    ["asia/tokyo", "Asia/Tokyo", "2026-11-21T03:00+09:00"],
  ];
  await withSession(async (home) => {
    for (const [TZ, timezone, hour] of rows) {
      await t.step(TZ || "empty", async () => {
        const { code, stdout, stderr } = await runAgent(["cost", "--by", "hour", "--json", ...NOW], {
          home,
          env: { TZ },
        });
        deepStrictEqual([code, stderr], [0, ""]);
        const output = JSON.parse(stdout);
        deepStrictEqual([output.timezone, output.rows.map(({ key }: { key: string }) => key)], [timezone, [hour]]);
      });
    }
  });
});

Deno.test("a TZ that means no zone is said, and nothing is shown in another", async (t) => {
  await withSession(async (home) => {
    const env = { TZ: "Mars/Olympus" };
    for (const args of [["cost", "--by", "day"], ["sessions"], ["overview"], ["session", ID], ["cache"]]) {
      await t.step(args.join(" "), async () => {
        deepStrictEqual(await runAgent(args, { home, env }), {
          code: 2,
          stdout: "",
          stderr: 'error: The time zone of this machine, "Mars/Olympus", is not known here.\n' +
            "hint: Set TZ to an IANA name, such as Europe/Stockholm; or give one with --timezone, or UTC.\n",
        });
      });
    }
    await t.step("rules that no zone follows are told from what is no zone at all", async () => {
      const { code, stderr } = await runAgent(["sessions"], { home, env: { TZ: "AAA1BBB,J60/2,J300/2" } });
      strictEqual(code, 2);
      match(stderr, /^error: .* "AAA1BBB,J60\/2,J300\/2", follows rules of no zone known here\.\n/);
    });
    await t.step("with --timezone it does not matter", async () => {
      const { code, stderr } = await runAgent(["cost", "--by", "day", "--timezone", "UTC"], { home, env });
      deepStrictEqual([code, stderr], [0, ""]);
    });
    await t.step("nor for what asks no clock", async () => {
      for (const args of [["traces"], ["config"], ["complete", "sessions", ID.slice(0, 4)], ["recover"]]) {
        const { code, stderr } = await runAgent(args, { home, env });
        deepStrictEqual([code, stderr], [0, ""], args.join(" "));
      }
      match((await runAgent(["complete", "sessions", ID.slice(0, 4)], { home, env })).stdout, /^01a1fb70\t/);
    });
    await t.step("the status line shows the session, and of the day that it is not known", async () => {
      strictEqual((await runAgent(["statusline", "--refresh"], { home, env })).code, 0);
      const args = ["statusline", "--session", ID, "--format", "{session_cost} {cost_today}"];
      strictEqual((await runAgent(args, { home, env })).stdout, "$0.010 ?\n");
      const snapshot = JSON.parse(await Deno.readTextFile(join(home, ".opper/agent/statusline.json")));
      strictEqual(snapshot.today, undefined);
    });
  });
});
