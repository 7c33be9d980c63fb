/**
 * Whole launches of real Pis against a gateway on the loopback address: every request carries the trace of its session,
 * Pi behaves as it does by itself, and the home is afterwards what it was before.
 */
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { traceOfFile } from "../support/trace_of_file.ts";
import { type AgentStageOptions, checkOk, checkTraces, killGroup, MODEL } from "../support/agent_stage.ts";
import { type LaunchStage, onLaunchStage, OPPER, OTHER, PLACED } from "../support/launch_stage.ts";
import { PI_VERSIONS } from "../support/real_pi.ts";
import { agentCommand, type AgentRun } from "../support/run_agent.ts";
import { requireTmux, Terminal } from "../support/tmux.ts";

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function outputOf(child: Deno.ChildProcess): Promise<AgentRun> {
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

type Row = readonly [what: string, body: (stage: LaunchStage) => Promise<void>, options?: AgentStageOptions];

const ROWS: readonly Row[] = [
  ["one answer, and --continue", async (stage) => {
    const first = await stage.run(["launch", "--tag", "team=core", "pi", "-p", "RUN: true"]);
    checkOk(first);
    match(first.stdout, /^Done after 1 tool result/);
    const [record] = stage.sessions();
    const traceId = traceOfFile(record!.sessionFile!);
    match(first.stderr, new RegExp(`^  trace ${traceId}  2 turns, .* tokens, [\\d.]+% cached, \\$0\\.0`, "m"));
    match(first.stderr, /^ {2}Opper has counted \$0\.\d+ for 2 requests so far\.$/m);
    checkOk(await stage.run(["launch", "pi", "--continue", "-p", "SAY: again"]));
    const calls = await stage.calls();
    checkTraces(calls, [traceId, traceId, traceId]);
    ok(calls[0]!.path.includes("/team:core/"));
    notStrictEqual(calls[0]!.path, calls[2]!.path);
    ok(calls.every(({ body }) => JSON.stringify(body).includes('"cache_control"')));
    deepStrictEqual(stage.sessions().map(({ traceId }) => traceId), [traceId, traceId]);

    const { traces } = JSON.parse((await stage.run(["traces", "--remote", "--json"])).stdout);
    strictEqual(traces.length, 1);
    deepStrictEqual([traces[0].traceId, traces[0].turns, traces[0].exitStatus], [traceId, 3, 0]);
    ok(traces[0].cost.usd > 0 && traces[0].remote.spans >= 3, JSON.stringify(traces[0]));
    const { session } = JSON.parse((await stage.run(["session", "--json"])).stdout);
    strictEqual(session.traceId, traceId);
  }],
  ["--session-dir with a relative path", async (stage) => {
    const args = ["pi", "--session-dir", "rel/sessions", "-p"];
    const first = await stage.run(["launch", ...args, "SAY: one"]);
    checkOk(first);
    checkOk(await stage.run(["launch", ...args, "SAY: two", "--continue"]));
    const names = [...Deno.readDirSync(join(stage.cwd, "rel/sessions"))].map(({ name }) => name);
    strictEqual(names.length, 1);
    const traceId = traceOfFile(join(stage.cwd, "rel/sessions", names[0]!));
    checkTraces(await stage.calls(), [traceId, traceId]);
    match(first.stderr, new RegExp(`^  trace ${traceId}  1 turn, `, "m"));
  }],
  ["--no-session", async (stage) => {
    for (const text of ["SAY: one", "SAY: two"]) {
      const run = await stage.run(["launch", "pi", "--no-session", "-p", text]);
      checkOk(run);
      match(run.stderr, /not kept in a log: turns and cost unknown/);
    }
    const records = stage.sessions();
    strictEqual(new Set(records.map(({ traceId }) => traceId)).size, 2);
    ok(records.every(({ sessionFile }) => sessionFile === undefined));
    checkTraces(await stage.calls(), records.map(({ traceId }) => traceId));
  }],
  ["a child Pi from the shell tool", async (stage) => {
    const run = await stage.run(["launch", "pi", "-p", `RUN: pi ${OPPER.join(" ")} -p 'SAY: child'`]);
    checkOk(run);
    const [parent, child] = stage.sessions();
    const [parentTrace, childTrace] = [parent!, child!].map(({ sessionFile }) => traceOfFile(sessionFile!));
    notStrictEqual(parentTrace, childTrace);
    checkTraces(await stage.calls(), [parentTrace!, childTrace!, parentTrace!]);
    strictEqual(run.stderr.match(/^ {2}trace /gm)?.length, 2);
  }],
  ["two launches at once", async (stage) => {
    const slow = stage.start(["launch", "pi", "-p", "SLOW: 60000"]);
    await stage.waitForCalls(1);
    await stage.checkProcesses(slow);
    checkOk(await stage.run(["launch", "pi", "-p", "SAY: quick"]));
    ok(await exists(join(stage.home, PLACED)), "the second launch took the first one's extension away");
    slow.kill("SIGTERM");
    strictEqual((await outputOf(slow)).code, 143);
    ok(!await exists(join(stage.home, PLACED)));
    const calls = await stage.calls();
    checkTraces(calls, stage.sessions().map(({ traceId }) => traceId));
    strictEqual(new Set(calls.map(({ path }) => path)).size, 2);
  }],
  ["the user's other provider", async (stage) => {
    checkOk(await stage.run(["launch", "pi", ...OTHER, "-p", "SAY: mine"]));
    const [call, ...more] = await stage.calls();
    deepStrictEqual(more, []);
    strictEqual(call!.path, "/other/chat/completions");
    strictEqual(call!.headers["authorization"], "Bearer other-key");
    ok(!/opper|sess_/i.test(JSON.stringify(call!.headers)));
  }],
  ["a launch from within a launch", async (stage) => {
    // What a launched agent's shell has: a session URL, and the key.
    const OPPER_BASE_URL = `${stage.gateway.url}/v3/session/sess_00000000-0000-4000-8000-000000000000/team:core`;
    checkOk(await stage.run(["launch", "pi", "-p", "SAY: inner"], { OPPER_BASE_URL, OPPER_AGENT_DEPTH: "1" }));
    const [call] = await stage.calls();
    checkTraces([call!], [stage.sessions()[0]!.traceId]);
    ok(!call!.path.includes("sess_00000000") && !call!.path.includes("team"), call!.path);
  }],
  ["a launch in the shell of a launch", async (stage) => {
    const inner = [...agentCommand(), "launch", "pi", "-p", "'SAY: inner'"].join(" ");
    checkOk(await stage.run(["launch", "pi", "-p", `RUN: ${inner}`]));
    const [outerTrace, innerTrace] = stage.sessions().map(({ traceId }) => traceId);
    const calls = await stage.calls();
    checkTraces(calls, [outerTrace!, innerTrace!, outerTrace!]);
    strictEqual(new Set(calls.map(({ path }) => path)).size, 2);
  }],
  ["an extension of the same name comes back", async (stage) => {
    checkOk(await stage.run(["launch", "pi", "-p", "SAY: one"]));
    checkTraces(await stage.calls(), stage.sessions().map(({ traceId }) => traceId));
  }, {
    async prepare(home) {
      await Deno.writeTextFile(join(home, PLACED), "// mine\r\nexport default () => {}\n", { mode: 0o604 });
      await Deno.utime(join(home, PLACED), 1_600_000_000, 1_600_000_000);
    },
  }],
  ["no directory for extensions", async (stage) => {
    checkOk(await stage.run(["launch", "pi", "-p", "SAY: one"]));
    checkTraces(await stage.calls(), stage.sessions().map(({ traceId }) => traceId));
  }, { prepare: (home) => Deno.remove(join(home, ".pi/agent/extensions"), { recursive: true }) }],
  ["PI_CODING_AGENT_DIR", async (stage) => {
    const directory = join(stage.cwd, "elsewhere");
    checkOk(await stage.run(["launch", "pi", "-p", "SAY: one"], { PI_CODING_AGENT_DIR: directory }));
    const [record] = stage.sessions();
    ok(record!.sessionFile!.startsWith(directory));
    checkTraces(await stage.calls(), [traceOfFile(record!.sessionFile!)]);
    ok(!await exists(join(directory, "extensions")));
  }],
  ["an edit while it runs is the user's", async (stage) => {
    const slow = stage.start(["launch", "pi", "-p", "SLOW: 2000"]);
    await stage.waitForCalls(1);
    await Deno.writeTextFile(join(stage.home, PLACED), "// edited\n");
    await Deno.utime(join(stage.home, PLACED), 1_600_000_000, 1_600_000_000);
    await Deno.chmod(join(stage.home, PLACED), 0o600);
    const { code, stderr } = await outputOf(slow);
    strictEqual(code, 0);
    match(stderr, /^note: .*opper-session\.ts/m);
  }, { restored: (before) => ({ ...before, [PLACED]: "file 600 1600000000000 // edited\n" }) }],
  ["SIGKILL, and the next command repairs", async (stage) => {
    const slow = stage.start(["launch", "pi", "-p", "SLOW: 20000"]);
    await stage.waitForCalls(1);
    await stage.killLaunch(slow);
    ok(await exists(join(stage.home, PLACED)));
    const run = await stage.run(["sessions"]);
    strictEqual(run.code, 0);
    match(run.stderr, /^note: .*opper-session\.ts/m);
    const { repaired } = JSON.parse((await stage.run(["recover", "--json"])).stdout);
    deepStrictEqual(repaired, []);
  }],
  ["SIGKILL, and recover repairs and says so", async (stage) => {
    const slow = stage.start(["launch", "pi", "-p", "SLOW: 20000"]);
    await stage.waitForCalls(1);
    await killGroup("KILL", slow);
    await slow.stdout.cancel();
    await slow.stderr.cancel();
    await slow.status;
    const { repaired } = JSON.parse((await stage.run(["recover", "--json"])).stdout);
    deepStrictEqual(repaired.map(({ path, outcome }: Record<string, string>) => [path, outcome]), [
      [join(stage.home, PLACED), "removed"],
    ]);
  }],
  ["SIGTERM to us alone ends Pi, and leaves nothing", async (stage) => {
    const slow = stage.start(["launch", "pi", "-p", "SLOW: 20000"]);
    await stage.waitForCalls(1);
    slow.kill("SIGTERM");
    const { code, stderr } = await outputOf(slow);
    strictEqual(code, 143, stderr);
  }],
  ["Ctrl-C, which the whole group gets, ends Pi and leaves nothing", async (stage) => {
    const slow = stage.start(["launch", "pi", "-p", "SLOW: 20000"]);
    await stage.waitForCalls(1);
    await killGroup("INT", slow);
    const { code, stderr } = await outputOf(slow);
    strictEqual(code, 130, stderr);
  }],
  ["Pi's own status", async (stage) => {
    const run = await stage.run(["launch", "--quiet", "pi", "--no-session", "-p", "ERROR: 400 no"]);
    strictEqual(run.code, 1);
    match(run.stderr, /400/);
    ok(!/trace|Pi ran/.test(run.stderr), run.stderr);
  }],
  ["-ne", async (stage) => {
    checkOk(await stage.run(["launch", "pi", "-ne", "-p", "SAY: one"]));
    checkTraces(await stage.calls(), stage.sessions().map(({ traceId }) => traceId));
    strictEqual(stage.sessions().length, 1);
  }],
  ["--dry-run touches nothing and asks nobody", async (stage) => {
    const run = await stage.run(["launch", "--dry-run", "--model", MODEL, "pi", "-p", "two words"]);
    checkOk(run);
    match(run.stdout, /pi --provider opper --model anthropic\/claude-sonnet-4\.6 -p 'two words'$/m);
    deepStrictEqual(await stage.gateway.requests(), []);
    ok(!await exists(join(stage.home, ".opper")));
  }],
  ["a key that is refused is said before Pi starts", async (stage) => {
    const run = await stage.run(["launch", "pi", "-p", "SAY: one"], { OPPER_API_KEY: "op-refused" });
    strictEqual(run.code, 125);
    match(run.stderr, /^error: .*refused the key/m);
    deepStrictEqual(await stage.calls(), []);
    deepStrictEqual(stage.sessions(), []);
  }, { refuse: ["op-refused"] }],
  ["Pi's own commands are left alone, and need no key", async (stage) => {
    const run = await stage.run(["launch", "pi", "--version"], { OPPER_API_KEY: "" });
    strictEqual(run.code, 0);
    ok(`${run.stdout}${run.stderr}`.includes(stage.pi.version), run.stdout + run.stderr);
    ok(!await exists(join(stage.home, ".opper/agent/launches")));
  }],
];

for (const version of PI_VERSIONS) {
  Deno.test(`launches of Pi ${version}`, async (t) => {
    for (const [what, body, options] of ROWS) await t.step(what, () => onLaunchStage(version, body, options));
  });
}

/** Keys and screens are those of 0.87.1 and 1.5.2. */
async function talkInFullScreen(stage: LaunchStage): Promise<void> {
  const command = [...agentCommand(), "launch", "pi"];
  const socket = join(stage.cwd, "../tmux");
  await using terminal = await Terminal.open(socket, { command, cwd: stage.cwd, env: stage.env });
  await terminal.waitForScreen(/\(opper\) anthropic\/claude-sonnet-4\.6/);
  await terminal.enter("SAY: alpha");
  await terminal.waitForScreen(/^ *alpha *$/m);
  await terminal.enter("/new");
  await terminal.waitForScreen(/New session started/);
  await terminal.enter("SAY: beta");
  await terminal.waitForScreen(/^ *beta *$/m);
  await terminal.enter("/fork");
  await terminal.waitForScreen(/Fork from Message/);
  await terminal.press("Enter");
  await terminal.waitForScreen(/Forked to new session/);
  // What was said at the fork stands in the editor again.
  await terminal.press("Enter");
  await stage.waitForCalls(3);
  await terminal.waitForScreen(/^ *beta *$/m);
  await terminal.enter("/resume");
  await terminal.waitForScreen(/Resume Session/);
  await terminal.enter("alpha");
  await terminal.waitForScreen(/Resumed session/);
  await terminal.enter("SAY: gamma");
  await terminal.waitForScreen(/^ *gamma *$/m);
  await terminal.enter("/compact");
  await terminal.waitForScreen(/Compacted from/);
  await terminal.enter("/quit");
  const screen = await terminal.waitForScreen(/ENDED WITH \d+/);

  const opened = stage.sessions();
  deepStrictEqual(opened.map(({ reason }) => reason), ["startup", "new", "fork", "resume"]);
  const [first, second, fork, again] = opened.map(({ sessionFile }) => traceOfFile(sessionFile!));
  strictEqual(again, first);
  const calls = await stage.calls();
  ok(calls.length > 4, "/compact asked for no summary");
  checkTraces(calls, [first!, second!, fork!, ...calls.slice(3).map(() => first!)]);
  match(screen, /ENDED WITH 0/);
  for (const traceId of [first, second, fork]) match(screen, new RegExp(`trace ${traceId}  \\d turns?, `));
}

for (const version of ["0.87.1", "1.5.2"] as const) {
  Deno.test(`full screen of Pi ${version}: /new, /fork, /resume, /compact`, async () => {
    await requireTmux();
    await onLaunchStage(version, talkInFullScreen);
  });
}
