/**
 * Whole launches of the real Codex against a gateway on the loopback address: every request carries the trace of its
 * thread, what cannot be gone on with is said before, and the home is afterwards what it was before.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { traceIdOfSession } from "../../src/core/trace_id.ts";
import { checkOk, checkTraces, onAgentStage } from "../support/agent_stage.ts";
import type { GatewayRequest } from "../support/gateway.ts";
import { CODEX_CONFIG, stagedCodex } from "../support/staged_codex.ts";
import { agentCommand } from "../support/run_agent.ts";
import { requireTmux, Terminal } from "../support/tmux.ts";

function threadOf({ headers }: GatewayRequest): string {
  return headers["thread-id"]!;
}

/** Every request by the rule for its trace; @returns ids of the threads, each once, in the order they came */
function checkThreads(calls: readonly GatewayRequest[]): readonly string[] {
  checkTraces(calls, calls.map((call) => traceIdOfSession("codex", threadOf(call))));
  return [...new Set(calls.map(threadOf))];
}

const FREE = "--dangerously-bypass-approvals-and-sandbox";
const exec = (
  ...args: string[]
) => ["launch", "codex", ...args.slice(0, -1), FREE, "--skip-git-repo-check", args.at(-1)!];

Deno.test("Codex: a thread, gone on with, with a sub-agent, and a launch within the launch", () =>
  onAgentStage(stagedCodex, async (stage) => {
    const first = await stage.run(exec("exec", "RUN: env | sort"));
    checkOk(first);
    match(first.stdout, /^Done after 1 tool result/);
    const [thread, ...others] = checkThreads(await stage.calls());
    deepStrictEqual(others, []);
    const trace = traceIdOfSession("codex", thread!);
    match(first.stderr, new RegExp(`^  trace ${trace}  2 turns, .*; Opper billed \\$0\\.\\d+$`, "m"));
    match(
      JSON.stringify((await stage.calls()).at(-1)!.body),
      /OPPER_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/v3\/session\/sess_/,
    );

    const before = (await stage.calls()).length;
    checkOk(await stage.run(exec("exec", "resume", thread!, "SAY: again")));
    deepStrictEqual(checkThreads((await stage.calls()).slice(before)), [thread]);

    const known = (await stage.calls()).length;
    const task = 'TOOL: spawn_agent {"message":"SAY: child","task_name":"child","fork_turns":"none"}';
    const asked = await stage.run(
      exec("--enable", "multi_agent_v2", "exec", `${task}\nTOOL: wait_agent {"timeout_ms":20000}`),
    );
    checkOk(asked);
    const [parent, child, ...rest] = checkThreads((await stage.calls()).slice(known));
    deepStrictEqual(rest, []);
    const recorded = stage.sessions().find(({ sessionId }) => sessionId === child);
    strictEqual(recorded?.parentTraceId, traceIdOfSession("codex", parent!));
    strictEqual(asked.stderr.match(/^ {2}trace /gm)?.length, 2);

    const outer = (await stage.calls()).length;
    // Its shell is one of a login, which finds another PATH.
    const path = `PATH='${stage.env["PATH"]}'`;
    const inner = [path, ...agentCommand(), ...exec("exec", "'SAY: inner'")].join(" ");
    checkOk(await stage.run(exec("exec", `RUN: ${inner}`)));
    const nested = (await stage.calls()).slice(outer);
    strictEqual(checkThreads(nested).length, 2);
    strictEqual(new Set(nested.map(({ path }) => path.split("/")[3])).size, 2);

    const { traces } = JSON.parse((await stage.run(["traces", "--json"])).stdout);
    deepStrictEqual(
      new Set(traces.map(({ traceId }: { traceId: string }) => traceId)),
      new Set((await stage.calls()).map(({ headers }) => headers["x-opper-trace-id"])),
    );
    for (const { turns, billed } of traces) ok(turns > 0 && billed.usd > 0, JSON.stringify(traces));
  }));

Deno.test("Codex: two launches at once that do not know the key, and one that is killed", () =>
  onAgentStage(stagedCodex, async (stage) => {
    const slow = stage.start(exec("exec", "SLOW: 60000"));
    await stage.waitForCalls(1);
    await stage.checkProcesses(slow);
    checkOk(await stage.run(exec("exec", "SAY: quick")));
    slow.kill("SIGTERM");
    const { code, stdout, stderr } = await slow.output();
    strictEqual(code, 143, new TextDecoder().decode(new Uint8Array([...stdout, ...stderr])));
    const calls = await stage.calls();
    strictEqual(checkThreads(calls).length, 2);
    strictEqual(new Set(calls.map(({ path }) => path)).size, 2);
    const killed = stage.start(exec("exec", "SLOW: 60000"));
    await stage.waitForCalls((await stage.calls()).length + 1);
    await stage.killLaunch(killed);
  }));

Deno.test("Codex in a terminal: /new, /compact and /fork", async () => {
  await requireTmux();
  await onAgentStage(stagedCodex, async (stage) => {
    const command = [...agentCommand(), "launch", "codex", FREE];
    await using terminal = await Terminal.open(join(stage.cwd, "../tmux"), { command, cwd: stage.cwd, env: stage.env });
    await terminal.waitForScreen(/trust|›/);
    await terminal.enter("SAY: alpha");
    await terminal.waitForScreen(/^\W*alpha *$/m);
    await terminal.enter("/new");
    await terminal.enter("SAY: beta");
    await terminal.waitForScreen(/^\W*beta *$/m);
    await terminal.enter("/compact");
    await terminal.waitForScreen(/ompacted/);
    const [, second] = checkThreads(await stage.calls());
    await terminal.enter("/fork");
    await terminal.waitForScreen(/forked/i);
    await terminal.enter("SAY: gamma");
    await terminal.waitForScreen(/^\W*gamma *$/m);
    await terminal.enter("/quit");
    await terminal.waitForScreen(/ENDED WITH 0/);
    const calls = await stage.calls();
    const [, , fork, ...more] = checkThreads(calls);
    deepStrictEqual(more, []);
    const forked = stage.sessions().find(({ sessionId }) => sessionId === fork);
    strictEqual(forked?.parentTraceId, traceIdOfSession("codex", second!));
    ok(calls.length > 3, "/compact asked for no summary");
    // Its screen writes down what it found out of the terminal, behind what was there.
    const config = await Deno.readTextFile(join(stage.home, ".codex/config.toml"));
    match(config.slice(CODEX_CONFIG.length), /^\n\[tui\]\n[a-z_]+ = true\n$/);
    ok(config.startsWith(CODEX_CONFIG), config);
  }, { writes: [[/^\.codex\/config\.toml$/, "what it found out of the terminal"]] });
});
