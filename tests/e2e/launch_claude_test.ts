/**
 * Whole launches of the real Claude Code against a gateway on the loopback address: every request carries the trace of its
 * session or sub-agent, whatever the user's own settings say, and the home is afterwards what it was before.
 */
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { traceIdOfSession } from "../../src/core/trace_id.ts";
import { type AgentStage, checkOk, checkTraces, FOREIGN, onAgentStage } from "../support/agent_stage.ts";
import type { GatewayRequest } from "../support/gateway.ts";
import { stagedClaude } from "../support/staged_claude.ts";
import { agentCommand } from "../support/run_agent.ts";
import { requireTmux, Terminal } from "../support/tmux.ts";

/** What it says of itself in each request. */
function sessionOf({ headers }: GatewayRequest): string {
  return headers["x-claude-code-session-id"]!;
}

/** Every request by the rule for its trace; @returns ids of the sessions, each once, in the order they came */
function checkSessions(calls: readonly GatewayRequest[]): readonly string[] {
  checkTraces(
    calls,
    calls.map((call) => traceIdOfSession("claude", sessionOf(call), call.headers["x-claude-code-agent-id"])),
  );
  return [...new Set(calls.map(sessionOf))];
}

const print = (...args: string[]) => ["launch", "claude", ...args, "-p"];

Deno.test("Claude Code: a session, gone on with, forked, with a sub-agent, and a launch within the launch", () =>
  onAgentStage(stagedClaude, async (stage) => {
    const first = await stage.run([...print("--allowedTools", "Bash"), "RUN: env | sort"]);
    checkOk(first);
    match(first.stdout, /^Done after 1 tool result/);
    const [session, ...others] = checkSessions(await stage.calls());
    deepStrictEqual(others, []);
    const trace = traceIdOfSession("claude", session!);
    match(first.stderr, new RegExp(`^  trace ${trace}  2 turns, .*; Opper billed \\$0\\.\\d+$`, "m"));
    // What the tool printed went to the model: its environment has the relay.
    const told = JSON.stringify((await stage.calls()).at(-1)!.body);
    match(told, /OPPER_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/v3\/session\/sess_/);
    ok(!told.includes(`${FOREIGN}-environment`), "a key of another vendor is left in the environment");

    const before = (await stage.calls()).length;
    checkOk(await stage.run([...print("--resume", session!), "SAY: again"]));
    checkOk(await stage.run([...print("--resume", session!, "--fork-session"), "SAY: forked"]));
    const [same, fork, ...more] = checkSessions((await stage.calls()).slice(before));
    deepStrictEqual([same, more], [session, []]);
    notStrictEqual(fork, session);

    const known = stage.sessions().length;
    const task =
      '{"description":"x","prompt":"SAY: child","subagent_type":"general-purpose","run_in_background":false}';
    const asked = await stage.run([...print(), `TOOL: Agent ${task}`]);
    checkOk(asked);
    strictEqual(asked.stderr.match(/^ {2}trace /gm)?.length, 2);
    const [parent, child, ...rest] = stage.sessions().slice(known);
    deepStrictEqual(rest, []);
    deepStrictEqual([child!.sessionId, child!.parentTraceId], [parent!.sessionId, parent!.traceId]);
    ok(child!.subagentId);
    const calls = await stage.calls();
    checkSessions(calls);
    ok(calls.some(({ headers }) => headers["x-opper-trace-id"] === child!.traceId));

    const inner = [...agentCommand(), ...print(), "'SAY: inner'"].join(" ");
    checkOk(await stage.run([...print("--allowedTools", "Bash"), `RUN: ${inner}`]));
    const nested = (await stage.calls()).slice(calls.length);
    strictEqual(checkSessions(nested).length, 2);
    strictEqual(new Set(nested.map(({ path }) => path.split("/")[3])).size, 2);

    const { traces } = JSON.parse((await stage.run(["traces", "--json"])).stdout);
    deepStrictEqual(
      new Set(traces.map(({ traceId }: { traceId: string }) => traceId)),
      new Set((await stage.calls()).map(({ headers }) => headers["x-opper-trace-id"])),
    );
    for (const { turns, billed } of traces) ok(turns > 0 && billed.usd > 0, JSON.stringify(traces));
    deepStrictEqual(logs(stage), new Set(checkSessions(await stage.calls())));
  }));

/** Ids of the sessions that Claude Code has written down. */
function logs({ home }: AgentStage): ReadonlySet<string> {
  const projects = join(home, ".claude/projects");
  const names = [...Deno.readDirSync(projects)].flatMap(({ name }) => [...Deno.readDirSync(join(projects, name))]);
  return new Set(names.filter(({ isFile }) => isFile).map(({ name }) => name.replace(".jsonl", "")));
}

Deno.test("Claude Code: two launches at once that do not know the key, and one that is killed", () =>
  onAgentStage(stagedClaude, async (stage) => {
    const slow = stage.start([...print(), "SLOW: 60000"]);
    await stage.waitForCalls(1);
    await stage.checkProcesses(slow);
    checkOk(await stage.run([...print(), "SAY: quick"]));
    slow.kill("SIGTERM");
    const { code, stdout, stderr } = await slow.output();
    strictEqual(code, 143, new TextDecoder().decode(new Uint8Array([...stdout, ...stderr])));
    const calls = await stage.calls();
    strictEqual(checkSessions(calls).length, 2);
    strictEqual(new Set(calls.map(({ path }) => path)).size, 2);
    const killed = stage.start([...print(), "SLOW: 60000"]);
    await stage.waitForCalls((await stage.calls()).length + 1);
    await stage.killLaunch(killed);
  }));

Deno.test("Claude Code in a terminal: /clear, /compact and /branch", async () => {
  await requireTmux();
  await onAgentStage(stagedClaude, async (stage) => {
    const command = [...agentCommand(), "launch", "claude"];
    await using terminal = await Terminal.open(join(stage.cwd, "../tmux"), {
      command,
      cwd: stage.cwd,
      env: stage.env,
    });
    await terminal.waitForScreen(/Yes, I trust/);
    // It hears no keys as soon as it shows something.
    await terminal.waitFor("the choice to move", async () => {
      await terminal.press("Down");
      return /❯ (\d\. )?Yes/.test(await terminal.screen()) || undefined;
    });
    await terminal.press("Enter");
    await terminal.waitForScreen(/for shortcuts|❯/);
    await terminal.enter("SAY: alpha");
    await terminal.waitForScreen(/^\W*alpha *$/m);
    await terminal.enter("/clear");
    await terminal.enter("SAY: beta");
    await terminal.waitForScreen(/^\W*beta *$/m);
    await terminal.enter("/compact");
    await terminal.waitForScreen(/Compacted/);
    await terminal.enter("/branch");
    await terminal.waitForScreen(/[Bb]ranched/);
    await terminal.enter("SAY: gamma");
    await terminal.waitForScreen(/^\W*gamma *$/m);
    await terminal.enter("/exit");
    await terminal.waitForScreen(/ENDED WITH 0/);
    strictEqual(checkSessions(await stage.calls()).length, 3);
  });
});
