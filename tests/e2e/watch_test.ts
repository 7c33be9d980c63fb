/**
 * `watch` in real terminals: what it shows while logs are written, and that the terminal is as it was, however it ends.
 *
 * Caches count down by the machine's clock, so the logs are written by it too.
 */
import { doesNotMatch, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { piHeader, piLogPath, piTurn, writeLog } from "../support/logs.ts";
import { agentCommand, agentEnvironment, withTemporaryDirectory } from "../support/run_agent.ts";
import { requireTmux, Terminal } from "../support/tmux.ts";

const FIRST = "01a1fb64-0000-7000-8000-00000000000a";
const SECOND = "02a1fb64-0000-7000-8000-00000000000b";

/** A turn of so long ago that wrote to a cache of five minutes. */
const turn = (id: string, agoMs: number, usd: number) =>
  piTurn({ id, at: new Date(Date.now() - agoMs).toISOString(), cacheWrite: 8000, usd });

interface Stage {
  readonly home: string;
  readonly terminal: Terminal;
  /** Starts it from the shell's prompt, and waits until it shows. */
  start(): Promise<void>;
  /** Waits for the prompt. @param isShown whether the terminal shows what is typed. @returns the status of what ran before */
  status(isShown?: boolean): Promise<string>;
  /** The terminal's settings as `stty` tells them. */
  settings(): Promise<string>;
  /** Process id of the watch. */
  pid(): Promise<number>;
}

async function withShell(body: (stage: Stage) => Promise<void>): Promise<void> {
  await requireTmux();
  await withTemporaryDirectory(async (home) => {
    await writeLog(piLogPath(home, FIRST), [piHeader(FIRST), turn("1", 20_000, 0.5)]);
    const command = `${agentCommand().join(" ")} watch`;
    await using terminal = await Terminal.open(join(home, "tmux"), {
      command: ["bash", "--norc", "-i"],
      cwd: home,
      env: { ...agentEnvironment({ home }), PS1: "ready> ", HISTFILE: "/dev/null" },
      columns: 100,
      rows: 24,
    });
    await terminal.waitForScreen(/^ready>/m);
    let count = 0;
    const stage: Stage = {
      home,
      terminal,
      async start() {
        // A shell that becomes the program: its process id is the program's.
        await terminal.enter(`sh -c 'echo $$ > pid; exec ${command}'`);
        await terminal.waitForScreen(/^Warm caches, [^]*^q quit {2}r rescan/m);
      },
      async status(isShown) {
        const name = `status ${++count}`;
        await terminal.enter(`echo "${name} was $?"`, isShown);
        const screen = await terminal.waitForScreen(new RegExp(`^${name} was \\d+$`, "m"));
        return new RegExp(`^${name} was (\\d+)$`, "m").exec(screen)![1]!;
      },
      async settings() {
        const file = join(home, `settings${++count}`);
        await terminal.enter(`stty -a > ${file}; echo kept ${count}`);
        await terminal.waitForScreen(new RegExp(`^kept ${count}$`, "m"));
        return await Deno.readTextFile(file);
      },
      pid: async () => Number(await Deno.readTextFile(join(home, "pid"))),
    };
    await body(stage);
  });
}

const secondsLeft = (screen: string) => {
  const [, minutes, seconds] = /warm (\d)m (\d\d)s/.exec(screen) ?? [];
  ok(minutes !== undefined, screen);
  return Number(minutes) * 60 + Number(seconds);
};

/** Keeps what comes after it in a file, as a terminal gets it. */
const RECORDED = "script -qec";

Deno.test("limits are a row, which rings once at a percentage that is set", async () => {
  await withShell(async ({ home, terminal, status }) => {
    const [at, resets_at] = [new Date().toISOString(), Math.floor(Date.now() / 1000) + 9000];
    const limits = { five_hour: { used_percentage: 82.5, resets_at } };
    await Deno.mkdir(join(home, ".opper/agent"), { recursive: true });
    await Deno.writeTextFile(
      join(home, ".opper/agent/limits.jsonl"),
      `${JSON.stringify({ at, source: "claude", root: join(home, ".claude"), limits })}\n`,
    );
    await Deno.writeTextFile(join(home, ".opper/agent/config.json"), '{"limits":{"alertAt":[75]}}');
    await terminal.enter(`${RECORDED} '${agentCommand().join(" ")} watch' ${home}/written`);
    await terminal.waitForScreen(/^Limits: claude 5 hours 82\.5% high, 2h \d\dm$/m);
    await terminal.press("r");
    await terminal.waitForScreen(/^q quit {2}r rescan$/m);
    await terminal.press("q");
    strictEqual(await status(), "0");
    strictEqual((await Deno.readTextFile(join(home, "written"))).split("\x07").length - 1, 1);
  });
});

Deno.test("what watch shows", async (t) => {
  await withShell(async ({ home, terminal, start, status }) => {
    await terminal.enter("echo what was there before");
    await start();
    await t.step("sums, warm caches and sessions, on a screen of its own", async () => {
      const screen = await terminal.screen();
      // Written by the clock, so that what is a minute before midnight may be yesterday's by now.
      match(screen, /^Today \$0\.(500 \| 1 turn in 1 session|00)/m);
      match(screen, /^warm \dm \d\ds {2}01a1fb64 {2}pi +\/srv\/app {2}claude-sonnet-4-6 {2}anthropic +\$0\.028$/m);
      match(screen, /^\d+[sm] ago +01a1fb64 +pi +\/srv\/app +claude-sonnet-4-6 +1 +0% +\$0\.500 {2}warm \dm \d\ds$/m);
      match(screen, /^q quit {2}r rescan$/m);
      match(screen, /^Warm caches, \$0\.028 at stake$/m);
      doesNotMatch(screen, /what was there before/);
    });
    await t.step("it counts down", async () => {
      const before = secondsLeft(await terminal.screen());
      await terminal.waitFor("three seconds to pass", async () => {
        const left = secondsLeft(await terminal.screen());
        return left <= before - 3 ? left : undefined;
      });
    });
    await t.step("a turn that is written shows", async () => {
      const line = `${JSON.stringify(turn("2", 0, 0.25))}\n`;
      await Deno.writeTextFile(piLogPath(home, FIRST), line, { append: true });
      await terminal.waitForScreen(/01a1fb64 +pi .* 2 +0% +\$0\.750 {2}warm /m);
    });
    await t.step("a new session shows", async () => {
      await writeLog(piLogPath(home, SECOND), [piHeader(SECOND), turn("3", 0, 0.125)]);
      const screen = await terminal.waitForScreen(/^\d+[sm] ago +02a1fb64 +pi .*\$0\.125 {2}warm /m);
      match(screen, /^Sessions$/m);
    });
    for (const [columns, rows] of [[60, 12], [120, 40], [24, 6]] as const) {
      await t.step(`${columns} columns and ${rows} rows`, async () => {
        await terminal.resize(columns, rows);
        await terminal.waitFor("it to fill the screen", async () => {
          const lines = (await terminal.visibleScreen()).replace(/\n$/, "").split("\n");
          return lines.length === rows && lines.at(-1) === "q quit  r rescan" && /^Today/.test(lines[0]!)
            ? true
            : undefined;
        });
        const screen = await terminal.visibleScreen();
        strictEqual(screen.match(/q quit/g)?.length, 1);
        strictEqual(/02a1fb64/.test(screen), columns > 24);
      });
    }
    await t.step("drawing anew mends what others wrote", async () => {
      await terminal.resize(100, 24);
      await terminal.waitForScreen(/^Warm caches, [^]*\$0\.125 {2}warm [^]*^q quit {2}r rescan$/m);
      await terminal.print("\x1b[15;1Hsomebody else was here");
      await terminal.waitForScreen(/somebody else was here/);
      await terminal.press("C-l");
      await terminal.waitFor(
        "it to be gone",
        async () => /somebody/.test(await terminal.visibleScreen()) ? undefined : true,
      );
    });
    await t.step("q ends it, and what was there before is there", async () => {
      await terminal.press("q");
      strictEqual(await status(), "0");
      const screen = await terminal.screen();
      match(screen, /^what was there before$/m);
      doesNotMatch(screen, /q quit|Warm caches/);
    });
  });
});

Deno.test("however it ends, the terminal is as it was", async (t) => {
  const signals: [Deno.Signal, string][] = [["SIGTERM", "143"], ["SIGHUP", "129"], ["SIGINT", "130"], [
    "SIGQUIT",
    "131",
  ]];
  await withShell(async ({ terminal, start, status, settings, pid, home }) => {
    const before = await settings();
    const isAsBefore = async () => {
      strictEqual(await settings(), before);
      doesNotMatch(await terminal.visibleScreen(), /q quit/);
    };
    for (const key of ["q", "C-c", "C-d"]) {
      await t.step(key, async () => {
        await start();
        await terminal.press(key);
        strictEqual(await status(), "0");
        await isAsBefore();
      });
    }
    for (const [signal, code] of signals) {
      await t.step(signal, async () => {
        await start();
        Deno.kill(await pid(), signal);
        await terminal.waitForScreen(/ready> *\n*$/);
        strictEqual(await status(), code);
        await isAsBefore();
      });
    }
    await t.step("Ctrl-Z gives it back, and fg takes it again", async () => {
      await start();
      await terminal.press("C-z");
      await terminal.waitForScreen(/Stopped/);
      doesNotMatch(await terminal.visibleScreen(), /q quit/);
      strictEqual(await settings(), before);
      await terminal.enter("fg");
      await terminal.waitForScreen(/^Warm caches, [^]*^q quit {2}r rescan$/m);
      await terminal.press("q");
      strictEqual(await status(), "0");
      await isAsBefore();
    });
    await t.step("an error that nobody caught", async () => {
      const script = join(home, "throws.ts");
      const module = new URL("../../src/host/full_screen.ts", import.meta.url).href;
      await Deno.writeTextFile(
        script,
        `const { openFullScreen } = await import("${module}");\n` +
          `const screen = openFullScreen();\nscreen.write("drawn");\n` +
          `setTimeout(() => { throw new Error("nobody catches this"); }, 300);\nawait screen.next(60_000);\n`,
      );
      await terminal.enter(`${Deno.execPath()} run -A --no-lock ${script}`);
      await terminal.waitForScreen(/nobody catches this/);
      strictEqual(await status(), "1");
      await isAsBefore();
    });
    await t.step("SIGKILL leaves a prompt that works, and reset mends the rest", async () => {
      await start();
      Deno.kill(await pid(), "SIGKILL");
      strictEqual(await status(false), "137");
      await terminal.enter("reset; echo mended", false);
      await terminal.waitForScreen(/^mended$/m);
      match(await settings(), /^isig icanon iexten echo /m);
    });
  });
});

Deno.test({
  name: "watching costs next to nothing while nothing happens",
  // Elsewhere there is no /proc to tell.
  ignore: Deno.build.os !== "linux",
  async fn() {
    await withShell(async ({ terminal, start, pid }) => {
      await start();
      const id = await pid();
      const cpuMs = async () => {
        // Fields 14 and 15 of proc_pid_stat(5), in hundredths of a second, behind a name in brackets.
        const fields = (await Deno.readTextFile(`/proc/${id}/stat`)).replace(/^.*\) /, "").split(" ");
        return (Number(fields[11]) + Number(fields[12])) * 10;
      };
      // Seconds that the screen has counted down: it has drawn as often, however slow the machine is.
      const drawn = async (seconds: number) => {
        const before = secondsLeft(await terminal.screen());
        await terminal.waitFor(
          `${seconds} seconds to be drawn`,
          async () => secondsLeft(await terminal.screen()) <= before - seconds ? true : undefined,
        );
      };
      // What was compiled while it started is behind it once two seconds in a row cost little.
      await terminal.waitFor("it to have started", async () => {
        const before = await cpuMs();
        await drawn(2);
        return await cpuMs() - before <= 40 ? true : undefined;
      });
      const [before, startedAt] = [await cpuMs(), performance.now()];
      await drawn(10);
      const [used, passed] = [await cpuMs() - before, performance.now() - startedAt];
      // Two hundredths of a core are 200 ms in ten seconds; it is some 20 here.
      ok(used <= passed / 50, `${used} ms in ${Math.round(passed)}`);
    });
  },
});
