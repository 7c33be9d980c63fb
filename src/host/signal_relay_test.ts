/** Signals to the group and to us alone, while a real child runs. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { pause, waitUntil } from "../../tests/support/wait_until.ts";
import { writeProgram } from "../../tests/support/write_program.ts";
import { signalStatus } from "./child.ts";
import { SignalRelay } from "./signal_relay.ts";

const CHILD_MODULE = new URL("./child.ts", import.meta.url).href;
const RELAY_MODULE = new URL("./signal_relay.ts", import.meta.url).href;

const COUNTING_CHILD = `#!/bin/sh
count() { echo "$1" >> "$LOG"; }
trap 'count INT' INT; trap 'count TERM' TERM; trap 'count HUP' HUP; trap 'count QUIT' QUIT
echo ready >> "$LOG"
i=0
while [ ! -e "$LOG.end" ] && [ $i -lt 1200 ]; do sleep 0.1; i=$((i+1)); done
exit 42
`;

/** A process of our own kind, in a process group of its own as under an interactive shell, with one child. */
async function runWithSignal(
  directory: string,
  kill: (parent: number, waitForSignals: (count: number) => Promise<void>) => Promise<void>,
) {
  const log = join(directory, "log");
  const program = await writeProgram(join(directory, "counting"), COUNTING_CHILD);
  const parent = await writeProgram(
    join(directory, "parent.ts"),
    `import { runChild } from ${JSON.stringify(CHILD_MODULE)};
import { SignalRelay } from ${JSON.stringify(RELAY_MODULE)};
const relay = new SignalRelay();
const env = { PATH: Deno.env.get("PATH"), LOG: ${JSON.stringify(log)} };
const status = await runChild({ program: ${JSON.stringify(program)}, args: [], env, cwd: "/" }, relay);
relay.close();
Deno.exit(status);`,
  );
  await Deno.writeTextFile(log, "");
  const child = new Deno.Command("setsid", {
    args: [Deno.execPath(), "run", "-A", "--no-lock", parent],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const lines = async () => (await Deno.readTextFile(log)).split("\n").filter((line) => line !== "");
  const waitForLines = (count: number) =>
    waitUntil(`${count} lines`, async () => (await lines()).length >= count).then(() => {});
  await waitForLines(1);
  await kill(child.pid, (count) => waitForLines(1 + count));
  // One that comes twice does so right behind.
  await pause(600);
  await Deno.writeTextFile(`${log}.end`, "");
  const status = await child.status;
  return { signals: (await lines()).slice(1), code: status.code };
}

Deno.test("a signal reaches the child once, whether it was meant for the group or for us", async (t) => {
  for (const signal of ["INT", "TERM", "HUP", "QUIT"] as const) {
    for (const target of ["group", "alone"] as const) {
      await t.step(`SIG${signal} to ${target === "group" ? "the group" : "us alone"}`, async () => {
        await withTemporaryDirectory(async (directory) => {
          const outcome = await runWithSignal(directory, async (parent, waitForSignals) => {
            if (target === "alone") Deno.kill(parent, `SIG${signal}`);
            else {
              const sent = await new Deno.Command("kill", { args: [`-${signal}`, "--", `-${parent}`] }).output();
              ok(sent.success);
            }
            await waitForSignals(1);
          });
          deepStrictEqual(outcome, { signals: [signal], code: 42 });
        });
      });
    }
  }
});

Deno.test("two signals to us alone are both passed on", async () => {
  await withTemporaryDirectory(async (directory) => {
    const outcome = await runWithSignal(directory, async (parent, waitForSignals) => {
      Deno.kill(parent, "SIGINT");
      await waitForSignals(1);
      Deno.kill(parent, "SIGTERM");
      await waitForSignals(2);
    });
    deepStrictEqual(outcome, { signals: ["INT", "TERM"], code: 42 });
  });
});

Deno.test("a signal before the child is remembered, and does not end us", async () => {
  const relay = new SignalRelay();
  try {
    strictEqual(relay.received, undefined);
    Deno.kill(Deno.pid, "SIGTERM");
    await waitUntil("the signal", () => relay.received);
    strictEqual(relay.received, "SIGTERM");
    ok(relay.interrupted.aborted);
    strictEqual(signalStatus("SIGTERM"), 143);
  } finally {
    relay.close();
  }
});
