/**
 * Whole launches of the real OpenCode against a gateway on the loopback address: every request carries the trace of its
 * session, and the home is afterwards what it was before.
 */
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { traceIdOfSession } from "../../src/core/trace_id.ts";
import { checkOk, checkTraces, onAgentStage } from "../support/agent_stage.ts";
import type { GatewayRequest } from "../support/gateway.ts";
import { stagedOpencode } from "../support/staged_opencode.ts";
import { agentCommand } from "../support/run_agent.ts";
import { requireTmux, Terminal } from "../support/tmux.ts";

function sessionOf({ headers }: GatewayRequest): string {
  return headers["x-session-id"]!;
}

/** Every request by the rule for its trace; @returns ids of the sessions, each once, in the order they came */
function checkSessions(calls: readonly GatewayRequest[]): readonly string[] {
  checkTraces(calls, calls.map((call) => traceIdOfSession("opencode", sessionOf(call))));
  return [...new Set(calls.map(sessionOf))];
}

/** It puts words with blanks in quotes. */
const run = (...args: string[]) => ["launch", "opencode", "run", ...args];

Deno.test("OpenCode: a session, gone on with, forked, with a sub-agent, and a launch within the launch", () =>
  onAgentStage(stagedOpencode, async (stage) => {
    const first = await stage.run(run("RUN:", "env"));
    checkOk(first);
    match(first.stdout, /Done after 1 tool result/);
    const [session, ...others] = checkSessions(await stage.calls());
    deepStrictEqual(others, []);
    const trace = traceIdOfSession("opencode", session!);
    match(first.stderr, new RegExp(`^  trace ${trace}  \\d turns, .*; Opper billed \\$0\\.\\d+$`, "m"));
    match(
      JSON.stringify((await stage.calls()).at(-1)!.body),
      /OPPER_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/v3\/session\/sess_/,
    );

    const before = (await stage.calls()).length;
    checkOk(await stage.run(run("--session", session!, "SAY:", "again")));
    checkOk(await stage.run(run("--session", session!, "--fork", "SAY:", "forked")));
    const [same, fork, ...more] = checkSessions((await stage.calls()).slice(before));
    deepStrictEqual([same, more], [session, []]);
    notStrictEqual(fork, session);

    const known = (await stage.calls()).length;
    const task = '{"description":"x","prompt":"SAY:child","subagent_type":"general"}';
    checkOk(await stage.run(run("TOOL:", "task", task)));
    const [parent, child, ...rest] = checkSessions((await stage.calls()).slice(known));
    deepStrictEqual(rest, []);
    const recorded = stage.sessions().find(({ sessionId }) => sessionId === child);
    strictEqual(recorded?.parentTraceId, traceIdOfSession("opencode", parent!));

    const outer = (await stage.calls()).length;
    checkOk(await stage.run(run("--", "RUN:", ...agentCommand(), ...run("SAY:inner"))));
    const nested = (await stage.calls()).slice(outer);
    strictEqual(checkSessions(nested).length, 2);
    strictEqual(new Set(nested.map(({ path }) => path.split("/")[3])).size, 2);

    const { traces } = JSON.parse((await stage.run(["traces", "--json"])).stdout);
    deepStrictEqual(
      new Set(traces.map(({ traceId }: { traceId: string }) => traceId)),
      new Set((await stage.calls()).map(({ headers }) => headers["x-opper-trace-id"])),
    );
    for (const { turns, billed } of traces) ok(turns > 0 && billed.usd > 0, JSON.stringify(traces));
  }));

Deno.test("OpenCode: two launches at once that do not know the key, and one that is killed", () =>
  onAgentStage(stagedOpencode, async (stage) => {
    const slow = stage.start(run("SLOW:", "60000"));
    await stage.waitForCalls(1);
    await stage.checkProcesses(slow);
    checkOk(await stage.run(run("SAY:", "quick")));
    slow.kill("SIGTERM");
    const { code, stdout, stderr } = await slow.output();
    strictEqual(code, 143, new TextDecoder().decode(new Uint8Array([...stdout, ...stderr])));
    const calls = await stage.calls();
    strictEqual(checkSessions(calls).length, 2);
    strictEqual(new Set(calls.map(({ path }) => path)).size, 2);
    const killed = stage.start(run("SLOW:", "60000"));
    await stage.waitForCalls((await stage.calls()).length + 1);
    await stage.killLaunch(killed);
  }));

Deno.test("OpenCode in a terminal: /new and /compact", async () => {
  await requireTmux();
  await onAgentStage(stagedOpencode, async (stage) => {
    const command = [...agentCommand(), "launch", "opencode"];
    await using terminal = await Terminal.open(join(stage.cwd, "../tmux"), { command, cwd: stage.cwd, env: stage.env });
    await terminal.waitForScreen(/Ask anything/);
    await terminal.enter("SAY: alpha");
    await terminal.waitForScreen(/^\W*alpha *$/m);
    await terminal.enter("/new");
    await terminal.enter("SAY: beta");
    await terminal.waitForScreen(/^\W*beta *$/m);
    await terminal.enter("/compact");
    await terminal.waitForScreen(/Compaction/);
    await terminal.enter("/exit");
    await terminal.waitForScreen(/ENDED WITH 0/);
    const calls = await stage.calls();
    strictEqual(checkSessions(calls).length, 2);
  });
});
