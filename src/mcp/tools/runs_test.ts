/** Runs of real programs: /bin/sh in place of an agent. */
import { deepStrictEqual, match, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { type Run, type RunLimits, Runs } from "./runs.ts";
import { PATIENCE_MS, waitUntil } from "../../../tests/support/wait_until.ts";

function startShell(runs: Runs, script: string, { input = "", timeoutMs = 30_000 } = {}): Run {
  const giveBack = runs.reserve();
  try {
    return runs.start({
      program: "/bin/sh",
      args: ["-c", script],
      env: { PATH: "/usr/bin:/bin" },
      cwd: "/",
      input,
      timeoutMs,
    });
  } finally {
    giveBack();
  }
}

async function withRuns(limits: RunLimits, body: (runs: Runs) => Promise<void>): Promise<void> {
  const runs = new Runs(limits);
  try {
    await body(runs);
  } finally {
    await runs.close();
  }
}

/** One that nobody has waited for yet is not. */
async function isAlive(pid: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", String(pid)] }).output();
  return /^[^Z\s]/.test(new TextDecoder().decode(stdout));
}

async function checkGone(pid: number): Promise<void> {
  await waitUntil(`${pid} to end`, async () => !await isAlive(pid));
}

/** The process id that a script wrote to a file. */
async function readPid(path: string): Promise<number> {
  const text = await waitUntil("the script to start", async () => {
    const text = await Deno.readTextFile(path).catch(() => "");
    return /^\d+\n$/.test(text) && text;
  });
  return Number(text);
}

Deno.test("a run reads its input, and what it prints is kept", () =>
  withRuns({}, async (runs) => {
    const run = startShell(runs, "cat; echo said >&2; exit 3", { input: "@/etc/passwd" });
    strictEqual(run.status, "running");
    await run.ended;
    deepStrictEqual([run.status, run.output], [
      "finished",
      { code: 3, stdout: "@/etc/passwd", isCut: false, stderr: "said\n" },
    ]);
    strictEqual(runs.find(run.id), run);
  }));

Deno.test("a long output keeps its beginning, long complaints their end", () =>
  withRuns({}, async (runs) => {
    const run = startShell(runs, "echo first; yes | head -c 200000; yes | head -c 20000 >&2; echo last >&2");
    await run.ended;
    const { stdout, isCut, stderr } = run.output!;
    deepStrictEqual([stdout.length, isCut, stdout.slice(0, 6)], [65_536, true, "first\n"]);
    deepStrictEqual([stderr.length, stderr.slice(-5)], [8192, "last\n"]);
  }));

Deno.test("a program that reads nothing does not disturb", () =>
  withRuns({}, async (runs) => {
    const run = startShell(runs, "exit 0", { input: "x".repeat(1_000_000) });
    await run.ended;
    strictEqual(run.output?.code, 0);
  }));

Deno.test("cancelling ends the whole group", async (t) => {
  const rows: [name: string, trap: string, graceMs: number, code: number][] = [
    ["that obeys", "", PATIENCE_MS, 143],
    ["that does not", "trap '' TERM;", 200, 137],
  ];
  for (const [name, trap, graceMs, code] of rows) {
    await t.step(name, async () => {
      const file = await Deno.makeTempFile();
      await withRuns({ graceMs }, async (runs) => {
        const run = startShell(runs, `${trap} sh -c 'echo $$ > ${file}; sleep 60' & wait; sleep 60`);
        const pid = await readPid(file);
        ok(await isAlive(pid));
        await runs.cancel(run.id);
        deepStrictEqual([run.status, run.output?.code], ["cancelled", code]);
        await checkGone(pid);
        strictEqual((await runs.cancel(run.id)).status, "cancelled");
      });
      await Deno.remove(file);
    });
  }
});

Deno.test("what a program leaves running in its group ends with it", async () => {
  const file = await Deno.makeTempFile();
  await withRuns({}, async (runs) => {
    const run = startShell(runs, `sh -c 'echo $$ > ${file}; sleep 60' & while ! test -s ${file}; do :; done`);
    const pid = await readPid(file);
    await run.ended;
    strictEqual(run.output?.code, 0);
    await checkGone(pid);
  });
  await Deno.remove(file);
});

Deno.test("a run that takes too long is ended", () =>
  withRuns({ graceMs: PATIENCE_MS }, async (runs) => {
    const run = startShell(runs, "sleep 60", { timeoutMs: 50 });
    await run.ended;
    deepStrictEqual([run.status, run.output?.code], ["timed_out", 143]);
  }));

Deno.test("two at once, a place that is being prepared included", () =>
  withRuns({}, async (runs) => {
    const first = startShell(runs, "sleep 60");
    const giveBack = runs.reserve();
    throws(() => runs.reserve(), (error) => {
      ok(error instanceof AgentError);
      match(error.message, new RegExp(`^Busy: 2 runs .*${first.id}`));
      return true;
    });
    giveBack();
    giveBack();
    const second = startShell(runs, "sleep 60");
    throws(() => runs.reserve(), /Busy/);
    await runs.cancel(first.id);
    runs.reserve()();
    strictEqual(second.status, "running");
  }));

Deno.test("closing ends all, and nothing starts any more", async () => {
  // Nobody is left to wait for what obeys no signal: it has less time than when a run is cancelled.
  const runs = new Runs({ graceMs: 3_600_000 });
  const all = [startShell(runs, "trap '' TERM; sleep 60"), startShell(runs, "sleep 60")];
  await runs.close();
  deepStrictEqual(all.map(({ status }) => status), ["cancelled", "cancelled"]);
  throws(() => runs.reserve(), /is ending/);
});

Deno.test("ended runs are forgotten after a while, and when there are many", async () => {
  let now = 1_000_000;
  await withRuns({ kept: 2, keptMs: 1000, now: () => now }, async (runs) => {
    const started: Run[] = [];
    for (let count = 0; count < 3; count++) {
      const run = startShell(runs, "exit 0");
      await run.ended;
      started.push(run);
      now += 10;
    }
    throws(() => runs.find(started[0]!.id), /no such run/);
    strictEqual(runs.find(started[1]!.id), started[1]);
    now += 985;
    throws(() => runs.find(started[1]!.id), /no such run/);
    strictEqual(runs.find(started[2]!.id), started[2]);
    await rejects(runs.cancel("../../etc"), /no such run/);
  });
});

Deno.test("a program that is not there", () =>
  withRuns({}, async (runs) => {
    const directory = await Deno.makeTempDir();
    const options = { program: `${directory}/gone`, args: [], env: {}, cwd: "/", input: "", timeoutMs: 1000 };
    throws(() => runs.start(options), /cannot be run/);
    await Deno.remove(directory);
  }));
