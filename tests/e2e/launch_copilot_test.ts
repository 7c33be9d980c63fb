/**
 * Whole launches of the real Copilot CLI against a gateway on the loopback address. It names no session in its requests:
 * what is said before the start decides their trace.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { traceIdOfLaunch, traceIdOfSession } from "../../src/core/trace_id.ts";
import { checkOk, checkTraces, killGroup, onAgentStage } from "../support/agent_stage.ts";
import { stagedCopilot } from "../support/staged_copilot.ts";
import { agentCommand } from "../support/run_agent.ts";
import { requireTmux, Terminal } from "../support/tmux.ts";

const print = (
  ...args: string[]
) => ["launch", "copilot", "--allow-all", ...args.slice(0, -1), "-p", args.at(-1)!];

Deno.test("Copilot CLI: a session, gone on with, with a sub-agent, and a launch within the launch", () =>
  onAgentStage(stagedCopilot, async (stage) => {
    const first = await stage.run(print("RUN: env | sort"));
    checkOk(first);
    match(first.stdout, /Done after 1 tool result/);
    const [session] = stage.sessions();
    const trace = traceIdOfSession("copilot", session!.sessionId);
    checkTraces(await stage.calls(), [trace, trace]);
    match(first.stderr, new RegExp(`^  trace ${trace}  2 turns, .*; Opper billed \\$0\\.\\d+$`, "m"));
    deepStrictEqual(sessionsOf(stage.home), [session!.sessionId]);
    match(
      JSON.stringify((await stage.calls()).at(-1)!.body),
      /OPPER_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/v3\/session\/sess_/,
    );

    checkOk(await stage.run(print(`--resume=${session!.sessionId}`, "SAY: again")));
    checkTraces(await stage.calls(), [trace, trace, trace]);

    const known = (await stage.calls()).length;
    const task = '{"description":"x","prompt":"SAY: child","agent_type":"general-purpose","name":"child"}';
    checkOk(await stage.run(print(`TOOL: task ${task}`)));
    const calls = (await stage.calls()).slice(known);
    const [, , parent] = stage.sessions();
    checkTraces(calls, calls.map(() => parent!.traceId));
    ok(calls.some(({ headers }) => headers["x-interaction-type"] === "conversation-subagent"));

    const outer = (await stage.calls()).length;
    const inner = [...agentCommand(), ...print("'SAY: inner'")].join(" ");
    checkOk(await stage.run(print(`RUN: ${inner}`)));
    const nested = (await stage.calls()).slice(outer);
    const [first_, second, ...more] = [...new Set(nested.map(({ headers }) => headers["x-opper-trace-id"]!))];
    deepStrictEqual(more, []);
    checkTraces(nested, [first_!, second!, first_!]);
    strictEqual(new Set(nested.map(({ path }) => path.split("/")[3])).size, 2);

    const { traces } = JSON.parse((await stage.run(["traces", "--json"])).stdout);
    deepStrictEqual(
      new Set(traces.map(({ traceId }: { traceId: string }) => traceId)),
      new Set((await stage.calls()).map(({ headers }) => headers["x-opper-trace-id"])),
    );
    for (const { turns, billed } of traces) ok(turns > 0 && billed.usd > 0, JSON.stringify(traces));
  }));

/** Ids of the sessions that it has written down. */
function sessionsOf(home: string): readonly string[] {
  const names = [...Deno.readDirSync(join(home, ".copilot/session-state"))].map(({ name }) => name);
  return names.filter((name) => !name.startsWith("."));
}

Deno.test("Copilot CLI: --continue, and two launches at once that do not know the key, and one that is killed", () =>
  onAgentStage(stagedCopilot, async (stage) => {
    const slow = stage.start(print("SLOW: 60000"));
    await stage.waitForCalls(1);
    await stage.checkProcesses(slow);
    checkOk(await stage.run(print("SAY: quick")));
    await killGroup("TERM", slow);
    const { code, stdout, stderr } = await slow.output();
    strictEqual(code, 143, new TextDecoder().decode(new Uint8Array([...stdout, ...stderr])));
    checkTraces(await stage.calls(), stage.sessions().map(({ traceId }) => traceId));
    strictEqual(new Set((await stage.calls()).map(({ path }) => path)).size, 2);

    checkOk(await stage.run(print("--continue", "SAY: more")));
    const { path } = (await stage.calls()).at(-1)!;
    checkTraces((await stage.calls()).slice(-1), [traceIdOfLaunch(path.match(/sess_([0-9a-f-]{36})/)![1]!)]);
    const killed = stage.start(print("SLOW: 60000"));
    await stage.waitForCalls((await stage.calls()).length + 1);
    await stage.killLaunch(killed);
  }));

Deno.test("Copilot CLI in a terminal: one trace a launch", async () => {
  await requireTmux();
  await onAgentStage(stagedCopilot, async (stage) => {
    const command = [...agentCommand(), "launch", "copilot"];
    await using terminal = await Terminal.open(join(stage.cwd, "../tmux"), { command, cwd: stage.cwd, env: stage.env });
    await terminal.waitForScreen(/trust/);
    await terminal.press("Enter");
    await terminal.enter("SAY: alpha");
    await terminal.waitForScreen(/^\W*alpha *$/m);
    await terminal.enter("/compact");
    await terminal.waitForScreen(/ompact/);
    await terminal.enter("/exit");
    await terminal.waitForScreen(/ENDED WITH 0/);
    const calls = await stage.calls();
    checkTraces(calls, calls.map(() => stage.sessions()[0]!.traceId));
  });
});
