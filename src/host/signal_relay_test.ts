/** Signals to the group and to us alone, while a real child runs. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { writeProgram } from "../../tests/support/write_program.ts";
import { signalStatus } from "./child.ts";
import { SignalRelay } from "./signal_relay.ts";

const CHILD_MODULE = new URL("./child.ts", import.meta.url).href;
const RELAY_MODULE = new URL("./signal_relay.ts", import.meta.url).href;

const COUNTING_CHILD = `#!/bin/sh
count() { echo "$1" >> "$LOG"; got=1; }
trap 'count INT' INT; trap 'count TERM' TERM; trap 'count HUP' HUP; trap 'count QUIT' QUIT
echo ready >> "$LOG"
i=0
while [ -z "$got" ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
sleep 0.6
exit 42
`;

/** A process of our own kind, in a process group of its own as under an interactive shell, with one child. */
async function runWithSignal(directory: string, kill: (parent: number) => Promise<void>) {
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
  for (let tries = 0; tries < 200 && (await lines()).length === 0; tries++) await pause(50);
  await kill(child.pid);
  const status = await child.status;
  return { signals: (await lines()).slice(1), code: status.code };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

Deno.test("a signal reaches the child once, whether it was meant for the group or for us", async (t) => {
  for (const signal of ["INT", "TERM", "HUP", "QUIT"] as const) {
    for (const target of ["group", "alone"] as const) {
      await t.step(`SIG${signal} to ${target === "group" ? "the group" : "us alone"}`, async () => {
        await withTemporaryDirectory(async (directory) => {
          const outcome = await runWithSignal(directory, async (parent) => {
            if (target === "alone") return Deno.kill(parent, `SIG${signal}`);
            const sent = await new Deno.Command("kill", { args: [`-${signal}`, "--", `-${parent}`] }).output();
            ok(sent.success);
          });
          deepStrictEqual(outcome, { signals: [signal], code: 42 });
        });
      });
    }
  }
});

Deno.test("two signals to us alone are both passed on", async () => {
  await withTemporaryDirectory(async (directory) => {
    const outcome = await runWithSignal(directory, async (parent) => {
      Deno.kill(parent, "SIGINT");
      await pause(250);
      Deno.kill(parent, "SIGTERM");
    });
    deepStrictEqual(outcome, { signals: ["INT", "TERM"], code: 42 });
  });
});

Deno.test("a signal before the child is remembered, and does not end us", async () => {
  const relay = new SignalRelay();
  try {
    strictEqual(relay.received, undefined);
    Deno.kill(Deno.pid, "SIGTERM");
    for (let tries = 0; tries < 100 && relay.received === undefined; tries++) await pause(10);
    strictEqual(relay.received, "SIGTERM");
    ok(relay.interrupted.aborted);
    strictEqual(signalStatus("SIGTERM"), 143);
  } finally {
    relay.close();
  }
});
