/**
 * What `statusline` shows and keeps of a plan's limits: whatever is wrong with the file, the line is right and nothing else
 * is touched.
 *
 * Windows end after the tests began: their times are told from the clock, as the program's are.
 */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { runAgent } from "./support/run_agent.ts";
import {
  BOTH,
  draw,
  FIVE_HOURS,
  history,
  keptOf,
  MINUTE,
  namesIn,
  NOTHING,
  NOW,
  pathOf,
  SHOWN,
  WEEK,
  withHome,
  withQuietHome,
} from "./support/status_lines.ts";

Deno.test("a reading is kept when it changes, for its owner alone, and holds nothing else", async () => {
  await withHome(async (home) => {
    for (const turn of ["a", "a", "a"]) match((await draw(home, { turn })).stdout, SHOWN);
    const root = join(home, ".claude");
    const [first, ...more] = await keptOf(home);
    deepStrictEqual(more, []);
    deepStrictEqual({ ...first, at: "" }, { at: "", source: "claude", root, limits: BOTH, turn: "a" });
    if (Deno.build.os !== "windows") strictEqual((await Deno.stat(pathOf(home))).mode! & 0o777, 0o600);
    const higher = { ...BOTH, five_hour: { ...FIVE_HOURS, used_percentage: 50 } };
    match((await draw(home, { limits: higher })).stdout, /^50% 61% /);
    // Another terminal, which was not answered since, shows what is known, and keeps nothing.
    match((await draw(home)).stdout, /^50% 61% /);
    // Another account's.
    match((await draw(home, { root: join(home, "work") })).stdout, SHOWN);
    deepStrictEqual((await keptOf(home)).map(({ root, limits }) => [root, limits.five_hour.used_percentage]), [
      [root, 42.4],
      [root, 50],
      [root, 42.4],
      [join(home, "work"), 42.4],
    ]);
  });
});

Deno.test("what is shown without a client's own figures is what was kept, marked by its age", async (t) => {
  const lineOf = (home: string, minutesAgo: number, limits: unknown) =>
    `${
      JSON.stringify({
        at: new Date((NOW - minutesAgo * MINUTE) * 1000).toISOString(),
        source: "claude",
        root: join(home, ".claude"),
        limits,
      })
    }\n`;
  const rows: [name: string, lines: (home: string) => string, shown: RegExp][] = [
    ["nothing", () => "", /^\? \? \?\n$/],
    ["a minute ago", (home) => lineOf(home, 1, BOTH), SHOWN],
    ["an hour ago", (home) => lineOf(home, 60, BOTH), /^~42\.4% ~61% ~2h \d\dm\n$/],
    ["the week alone", (home) => lineOf(home, 1, { seven_day: WEEK }), /^\? 61% 3d 1[78]h\n$/],
    [
      "five hours that are over",
      (home) => lineOf(home, 60, { ...BOTH, five_hour: { used_percentage: 90, resets_at: NOW - MINUTE } }),
      /^- ~61% -\n$/,
    ],
    ["of another account", (home) => lineOf(join(home, "other"), 1, BOTH), /^\? \? \?\n$/],
    ["of later times", (home) => lineOf(home, -60, BOTH), /^\? \? \?\n$/],
    ["broken", (home) => `{"at":\n${lineOf(home, 1, BOTH).slice(0, 90)}`, /^\? \? \?\n$/],
  ];
  for (const [name, lines, shown] of rows) {
    await t.step(name, () =>
      withHome(async (home) => {
        await Deno.writeTextFile(pathOf(home), lines(home));
        const { code, stdout, stderr } = await draw(home, { limits: NOTHING, shown });
        deepStrictEqual([code, stderr], [0, ""]);
        match(stdout, shown);
      }));
  }
});

Deno.test("odd figures are not shown, and not kept", async (t) => {
  const rows: [name: string, five: unknown, shown: string][] = [
    ["text", { ...FIVE_HOURS, used_percentage: "42.4" }, "?"],
    ["null, as NaN is written", { ...FIVE_HOURS, used_percentage: null }, "?"],
    ["less than nothing", { ...FIVE_HOURS, used_percentage: -3 }, "?"],
    ["huge", { ...FIVE_HOURS, used_percentage: 1e300 }, "?"],
    ["milliseconds", { ...FIVE_HOURS, resets_at: FIVE_HOURS.resets_at * 1000 }, "?"],
    ["a time as text", { ...FIVE_HOURS, resets_at: "tomorrow" }, "?"],
    ["no object", 7, "?"],
    ["a list", [FIVE_HOURS], "?"],
    ["over", { ...FIVE_HOURS, resets_at: NOW - MINUTE }, "-"],
  ];
  for (const [name, five_hour, shown] of rows) {
    await t.step(name, () =>
      withHome(async (home) => {
        const { code, stdout, stderr } = await draw(home, {
          limits: { five_hour, seven_day: WEEK },
          format: "{limit_5h}|{limit_week}",
        });
        deepStrictEqual([code, stdout, stderr], [0, `${shown}|61%\n`, ""]);
        deepStrictEqual((await keptOf(home)).map(({ limits }) => Object.keys(limits)), [["seven_day"]]);
      }));
  }
});

Deno.test("whatever is wrong with the file, the line is right and nothing else is touched", async (t) => {
  const isPosix = Deno.build.os !== "windows";
  type Prepare = (state: string, home: string) => Promise<string | undefined>;
  const rows: [name: string, prepare: Prepare][] = [
    ["a directory in its place", async (state) => void await Deno.mkdir(join(state, "limits.jsonl"))],
    ["a link to a file of somebody's", async (state, home) => {
      await Deno.writeTextFile(join(home, "important"), "mine");
      await Deno.symlink(join(home, "important"), join(state, "limits.jsonl"));
      return undefined;
    }],
    ["a link to nowhere", async (state, home) => void await Deno.symlink(join(home, "x"), join(state, "limits.jsonl"))],
    ["a pipe", async (state) => {
      strictEqual((await new Deno.Command("mkfifo", { args: [join(state, "limits.jsonl")] }).output()).code, 0);
      return undefined;
    }],
    // So many blocks may a file have: none. The signal of that is not heard.
    ["a full disk", () => Promise.resolve("trap '' XFSZ; ulimit -f 0")],
    ["no directory", async (state) => void await Deno.remove(state, { recursive: true })],
  ];
  for (const [name, prepare] of rows) {
    await t.step({
      name,
      ignore: !isPosix,
      fn: () =>
        withQuietHome(async (home) => {
          const state = join(home, ".opper/agent");
          await Deno.mkdir(state, { recursive: true });
          // Somebody is at it: the line starts no scan in the background, as long as there is the directory.
          using lock = await Deno.open(join(state, "statusline.lock"), { create: true, write: true });
          await lock.lock(true);
          const before = await prepare(state, home);
          const found = await namesIn(home);
          const { code, stdout, stderr } = await draw(home, { before });
          deepStrictEqual([code, stderr], [0, ""]);
          match(stdout, SHOWN);
          const left = (await namesIn(home)).filter((path) => !found.includes(path) && !path.startsWith(".opper"));
          deepStrictEqual(left, []);
          // Who reads what was kept goes on as well, whatever lies there.
          const asked = await runAgent(["limits", "--json"], { home });
          // A directory that is missing is made, and then has both windows.
          const { limits } = JSON.parse(asked.stdout);
          deepStrictEqual([asked.code, limits.length], [0, name === "no directory" ? 2 : 0]);
          if (found.includes("important")) strictEqual(await Deno.readTextFile(join(home, "important")), "mine");
        }),
    });
  }
});

Deno.test(
  "a state directory that may only be read is left as it is",
  { ignore: Deno.build.os === "windows" },
  () =>
    withHome(async (home) => {
      await Deno.writeTextFile(pathOf(home), history(home, 3));
      const before = await Deno.readTextFile(pathOf(home));
      // A file that nobody may write to, whoever one is.
      await Deno.chmod(pathOf(home), 0o400);
      const bound = Deno.uid() === 0 ? "setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-all --" : "";
      const { code, stdout, stderr } = await draw(home, { before: `set -- "$0" "$@"; exec ${bound} "$@"` });
      deepStrictEqual([code, stderr], [0, ""]);
      match(stdout, SHOWN);
      strictEqual(await Deno.readTextFile(pathOf(home)), before);
    }),
);

Deno.test(
  "the end of the disk in the middle of a line leaves no part of it",
  { ignore: Deno.build.os === "windows" },
  () =>
    withHome(async (home) => {
      // As long as a block, less than a line is.
      const line = history(home, 1);
      const before = `${line.trimEnd().slice(0, -1)},"pad":"${"x".repeat(450 - line.length)}"}\n`;
      await Deno.writeTextFile(pathOf(home), before);
      match((await draw(home, { before: "trap '' XFSZ; ulimit -f 1" })).stdout, SHOWN);
      strictEqual(await Deno.readTextFile(pathOf(home)), before);
    }),
);

Deno.test("half a line that somebody left does not spoil the next", () =>
  withHome(async (home) => {
    await Deno.writeTextFile(pathOf(home), `${history(home, 1)}{"at":"2026-`);
    match((await draw(home)).stdout, SHOWN);
    const [, broken, last, end] = (await Deno.readTextFile(pathOf(home))).split("\n");
    deepStrictEqual([broken, JSON.parse(last!).limits, end], ['{"at":"2026-', BOTH, ""]);
  }));
