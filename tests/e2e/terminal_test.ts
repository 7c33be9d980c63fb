/** The reading commands in real terminals: tables that fit, colours, bars, progress, and Ctrl-C in the middle of a scan. */
import { deepStrictEqual, doesNotMatch, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { piHeader, piLogPath, piTurn, writeLog } from "../support/logs.ts";
import {
  agentCommand,
  agentEnvironment,
  FIXTURE_HOME,
  runAgent,
  withTemporaryDirectory,
} from "../support/run_agent.ts";
import { requireTmux, Terminal } from "../support/tmux.ts";

/** When eight of the sample sessions are warm. */
const WARM_AT = "2026-11-21T00:02:00Z";

const trimLines = (text: string) => text.split("\n").map((line) => line.trimEnd()).join("\n");

Deno.test("tables fit the terminal", async (t) => {
  await requireTmux();
  for (const columns of [40, 80, 200]) {
    const rows: [command: string, args: string[], look: (screen: string, coloured: string) => void][] = [
      ["sessions", ["sessions", "--cache", "warm"], (screen, coloured) => {
        match(screen, /^Last active .* Cost {2}Cache$/m);
        match(screen, /^00:00 .*\$0\.0045 {2}warm 58m 08s$/m);
        // Bold titles, green for what is warm.
        match(coloured, /ESC\[1m(?:ESC\[[\d;]*m)*Last active/);
        match(coloured, /ESC\[(?:\d+;)*32m(?:ESC\[[\d;]*m)*warm 58m 08s/);
        strictEqual(/^No room for .*: widen the\s+terminal/m.test(screen.replace(/,\n/g, ", ")), columns < 200);
      }],
      ["cost", ["cost", "--by", "provider"], (screen, coloured) => {
        match(screen, /^anthropic .*\$0\.271/m);
        match(screen, /^Total .*\$0\.343\+$/m);
        match(coloured, /ESC\[1m(?:ESC\[[\d;]*m)*Provider/);
        const bar = /^anthropic .*\$0\.271 {2}(█+)$/m.exec(screen)?.[1] ?? "";
        // What the table leaves, up to 40; where there is little room, less important figures go before the bars.
        ok(bar.length >= 5 && bar.length <= 40, `${bar.length} columns`);
        if (columns === 200) strictEqual(bar.length, 40);
      }],
    ];
    for (const [name, args, look] of rows) {
      await t.step(`${name} in ${columns} columns`, async () => {
        await withTemporaryDirectory(async (directory) => {
          await using terminal = await Terminal.open(join(directory, "tmux"), {
            command: [...agentCommand(), ...args, "--as-of", WARM_AT],
            cwd: directory,
            env: agentEnvironment({ home: FIXTURE_HOME, opperHome: join(directory, "opper") }),
            columns,
          });
          const screen = await terminal.waitForScreen(/ENDED WITH 0/);
          strictEqual(trimLines(screen), trimLines(await terminal.joinedScreen()), "a line was wrapped");
          look(screen, (await terminal.colouredScreen()).replaceAll("\x1b", "ESC"));
        });
      });
    }
  }
});

Deno.test("messages are wrapped at words", async () => {
  await requireTmux();
  await withTemporaryDirectory(async (directory) => {
    await using terminal = await Terminal.open(join(directory, "tmux"), {
      command: [...agentCommand(), "session", "zebra"],
      cwd: directory,
      env: agentEnvironment({ home: directory, opperHome: join(directory, "opper") }),
      columns: 60,
    });
    const screen = await terminal.waitForScreen(/ENDED WITH 2/);
    strictEqual(trimLines(screen), trimLines(await terminal.joinedScreen()), "a line was wrapped by the terminal");
    match(screen, /^error: No session "zebra": expected an id, the start of one,$/m);
    match(screen, /^hint: There are no logs in any of \d+ directories, such as$/m);
  });
});

const LOGS = 60;
const TURNS_OF_A_LOG = 12_000;
const TURNS = LOGS * TURNS_OF_A_LOG;
const MODELS = ["claude-sonnet-4-6", "claude-opus-4-6"];

/**
 * Logs that take seconds to read for the first time: progress shows after half a second, on a fast machine as well. Turns of one
 * model after the other would be read all at once, since nearly all logs have them.
 */
async function writeManyLogs(home: string): Promise<void> {
  const start = Date.parse("2026-11-20T10:00:00Z");
  for (let log = 0; log < LOGS; log++) {
    const id = `01a1fb64-0000-7000-8000-0000000000${String(log).padStart(2, "0")}`;
    const turns = Array.from({ length: TURNS_OF_A_LOG }, (_, index) => {
      const turn = log * TURNS_OF_A_LOG + index;
      const model = MODELS[index % MODELS.length];
      return piTurn({ id: `e${turn}`, at: new Date(start + turn * 50).toISOString(), model });
    });
    await writeLog(piLogPath(home, id), [piHeader(id), ...turns]);
  }
}

Deno.test("Ctrl-C during a scan leaves the terminal and the index sound", async (t) => {
  await requireTmux();
  await withTemporaryDirectory(async (home) => {
    await writeManyLogs(home);
    const command = `${agentCommand().join(" ")} sessions`;
    await using terminal = await Terminal.open(join(home, "tmux"), {
      // A shell that reads commands survives Ctrl-C; one that was given a script does not.
      command: ["sh", "-i"],
      cwd: home,
      env: { ...agentEnvironment({ home }), PS1: "ready> " },
    });
    await terminal.waitForScreen(/^ready>/m);
    const settings = async (name: string) => {
      await terminal.enter(`stty -g > ${name}; echo kept ${name}`);
      await terminal.waitForScreen(new RegExp(`^kept ${name}$`, "m"));
      return await Deno.readTextFile(join(home, name));
    };
    const before = await settings("before");

    await t.step("progress is shown, and Ctrl-C ends it", async () => {
      await terminal.enter(command);
      await terminal.waitForScreen(/Reading logs: \d+ of \d+ MB/);
      await terminal.press("C-c");
      await terminal.enter("echo status $?");
      await terminal.waitForScreen(/^status 130$/m);
    });
    await t.step("the terminal is as it was", async () => strictEqual(await settings("after"), before));
    await t.step("the index holds every turn once", async () => {
      const { stdout } = await runAgent(["doctor", "--json", "--quick"], { home });
      const { index, sessions } = JSON.parse(stdout);
      deepStrictEqual([index.check, index.usable, index.turns, sessions], ["ok", true, TURNS, LOGS]);
    });
    await t.step("and the next answer is that of a scan without an index", async () => {
      const asOf = ["--as-of", "2026-11-21"];
      const [indexed, fresh] = await Promise.all(
        [[], ["--no-index"]].map((args) => runAgent(["sessions", "--json", ...args, ...asOf], { home })),
      );
      deepStrictEqual(indexed, fresh);
      const { total, totalCost } = JSON.parse(indexed!.stdout);
      // Every turn is a cent.
      deepStrictEqual([total, Math.round(totalCost.usd * 100)], [LOGS, TURNS]);
    });
    await t.step("progress is gone when the answer is there", async () => {
      await terminal.enter(`clear; ${command} --no-index; echo status $?`);
      await terminal.waitForScreen(/Reading logs: \d+ of \d+ MB/);
      const screen = await terminal.waitForScreen(/^status 0$/m);
      doesNotMatch(screen, /Reading logs/);
      match(screen, /^60 sessions, \$7,200\.00 in all; /m);
    });
    await t.step("without a terminal there is no progress", async () => {
      await terminal.enter(`clear; ${command} --no-index 2> errors | cat; echo piped $?`);
      await terminal.waitForScreen(/^piped 0$/m);
      strictEqual(await Deno.readTextFile(join(home, "errors")), "");
    });
  });
});
