/** Whether a launch was started by a script that a launch took for the agent, by the processes above it. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { isScriptBelow, startedBefore } from "./called_back.ts";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";

Deno.test("processes from the one that started this one upwards", async (t) => {
  const us = "/usr/bin/opper-agent";
  const rows: [name: string, above: (string | undefined)[], expected: boolean][] = [
    ["a terminal", ["/bin/bash", "/usr/bin/login", "/sbin/init"], false],
    ["a script that became us", [us, "/bin/bash"], true],
    ["a script that waits for us", ["/usr/bin/dash", us, "/bin/bash"], true],
    ["a script in Python, with a time limit", ["/usr/bin/timeout", "/usr/bin/python3.12", us], true],
    ["an agent's shell", ["/bin/bash", "/opt/node22/bin/node", us, "/bin/bash"], false],
    ["an agent's shell, below a script that starts it", ["/bin/bash", "/opt/pi/pi", "/bin/sh", us], false],
    ["an agent itself", ["/opt/node22/bin/node", us], false],
    ["something that cannot be looked at", ["/bin/sh", undefined, us], false],
    ["a script around an agent within an agent", ["/bin/sh", us, "/opt/node22/bin/node", us], true],
    ["nothing", [], false],
  ];
  for (const [name, above, expected] of rows) {
    await t.step(name, () => strictEqual(isScriptBelow(us, above), expected));
  }
});

Deno.test("what was started is no script once it has asked a model", () =>
  withTemporaryDirectory((directory) => {
    const ledger = join(directory, "ledger.jsonl");
    const env = { OPPER_AGENT_STARTED: "/usr/bin/claude", OPPER_AGENT_LEDGER: ledger };
    deepStrictEqual(startedBefore(env), ["/usr/bin/claude"]);
    const launch = { type: "launch", launchId: "l", launcher: "claude", at: 1, cwd: "/", pid: 1, host: "h", tags: {} };
    Deno.writeTextFileSync(ledger, `${JSON.stringify(launch)}\n`);
    deepStrictEqual(startedBefore(env), ["/usr/bin/claude"]);
    const session = { type: "session", at: 2, traceId: "t", sessionId: "s", pid: 1, reason: "request", cwd: "/" };
    // The launch records itself before anything runs, where there is no relay.
    const whole = { ...session, reason: "launch" };
    Deno.writeTextFileSync(ledger, `${JSON.stringify(launch)}\n${JSON.stringify(whole)}\n`);
    deepStrictEqual(startedBefore(env), ["/usr/bin/claude"]);
    Deno.writeTextFileSync(ledger, `${JSON.stringify(launch)}\n${JSON.stringify(session)}\n`);
    deepStrictEqual(startedBefore(env), []);
    deepStrictEqual(startedBefore({ ...env, OPPER_AGENT_LEDGER: "ledger.jsonl" }), ["/usr/bin/claude"]);
  }));
