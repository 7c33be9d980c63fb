/** A user's home with an agent that is set up, a gateway, and launches of the real agent between the two. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { listLaunches } from "../../src/launch/ledger/ledger.ts";
import type { SessionRecord } from "../../src/launch/ledger/records.ts";
import { type Gateway, type GatewayOptions, type GatewayRequest, startGateway } from "./gateway.ts";
import { filesHolding, type HomeSnapshot, snapshotHome } from "./home_snapshot.ts";
import { isRunning, processesBelow, processesHolding } from "./process_secrets.ts";
import { realNode } from "./real_pi.ts";
import { agentCommand, agentEnvironment, type AgentRun, withTemporaryDirectory } from "./run_agent.ts";
import { PATIENCE_MS, waitUntil } from "./wait_until.ts";

/** A key that must show up nowhere but in the launch's own environment and in calls to the gateway. */
export const CANARY = "op-canary-7c1e5b92d04f";
/** In every key of other vendors that a home and an environment hold: none of them is the gateway's affair. */
export const FOREIGN = "of-another-vendor-51c7";
/** A model of the gateway for tests. */
export const MODEL = "anthropic/claude-sonnet-4.6";

/** A file that people have in their home. */
export interface HomeFile {
  /** Below the home. */
  readonly path: string;
  readonly text: string;
  /** @default 0o600 */
  readonly mode?: number;
}

/** An agent as somebody has it who uses it with other vendors. */
export interface StagedAgent {
  /** As `launch` calls it. */
  readonly id: string;
  /** Directory with its program, for PATH. */
  bin(): Promise<string>;
  /** Keys of other vendors in it hold {@linkcode FOREIGN}. */
  furnish(gatewayUrl: string): readonly HomeFile[];
  /** More of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What the agent writes by itself at any run, with us or without: paths below the home, and what they are. */
  readonly writes: readonly (readonly [path: RegExp, what: string])[];
}

export interface AgentStage {
  readonly gateway: Gateway;
  readonly home: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs our program to its end. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<AgentRun>;
  /** Starts our program in a process group of its own, which has the id of the process. */
  start(args: readonly string[]): Deno.ChildProcess;
  /** Calls of models alone. */
  calls(): Promise<readonly GatewayRequest[]>;
  /** Waits until so many calls of models were made. */
  waitForCalls(count: number): Promise<void>;
  /** Session records of all launches, the oldest first. */
  sessions(): readonly SessionRecord[];
  snapshot(): Promise<HomeSnapshot>;
  /** Holds everything that a launch has started to not knowing the key. */
  checkProcesses(launch: Deno.ChildProcess): Promise<void>;
  /** Kills a launch, and waits until nothing runs that it has started. */
  killLaunch(launch: Deno.ChildProcess): Promise<void>;
}

export interface AgentStageOptions extends Pick<GatewayOptions, "refuse" | "noCredit" | "noCost"> {
  /** Changes the home before anything runs. */
  readonly prepare?: (home: string) => Promise<void>;
  /** What the agent writes by itself in these runs besides. */
  readonly writes?: StagedAgent["writes"];
  /** Runs before the comparison. @default none: the home must be as it was */
  readonly restored?: (before: HomeSnapshot) => HomeSnapshot;
}

/**
 * When the body is done, the home is compared with what it was, and all that was written, printed and sent is searched for
 * keys that do not belong there.
 */
export async function onAgentStage(
  agent: StagedAgent,
  body: (stage: AgentStage) => Promise<void>,
  { prepare, writes = [], restored = (before) => before, ...faults }: AgentStageOptions = {},
): Promise<void> {
  const bin = await agent.bin();
  await using gateway = await startGateway({ node: await realNode(), ...faults });
  await withTemporaryDirectory(async (directory) => {
    const home = join(directory, "home");
    const cwd = join(directory, "work");
    await Deno.mkdir(cwd);
    for (const file of agent.furnish(gateway.url)) await writeHomeFile(home, file);
    await prepare?.(home);
    const snapshot = () => snapshotHome(home, [...agent.writes, ...writes].map(([path]) => path));
    const before = await snapshot();
    const env = agentEnvironment({
      home,
      env: {
        PATH: `${bin}:${Deno.env.get("PATH") ?? ""}`,
        // What agents send to their vendors besides goes nowhere.
        HTTPS_PROXY: "http://127.0.0.1:9",
        // Where OpenCode takes the working directory from.
        PWD: cwd,
        OPPER_API_KEY: CANARY,
        OPPER_BASE_URL: gateway.url,
        ...agent.env,
      },
    });
    const printed: string[] = [];
    const [program, ...first] = agentCommand();
    const calls = async () => (await gateway.requests()).filter(({ method }) => method === "POST");
    await body({
      gateway,
      home,
      cwd,
      env,
      async run(args, changes = {}) {
        const output = await new Deno.Command(program, {
          args: [...first, ...args],
          cwd,
          clearEnv: true,
          env: { ...env, ...changes },
          stdin: "null",
          stdout: "piped",
          stderr: "piped",
          signal: AbortSignal.timeout(PATIENCE_MS),
        }).output();
        const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
        const run = { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
        printed.push(run.stdout, run.stderr);
        return run;
      },
      start: (args) =>
        new Deno.Command("setsid", {
          args: [program, ...first, ...args],
          cwd,
          clearEnv: true,
          env,
          stdin: "null",
          stdout: "piped",
          stderr: "piped",
        }).spawn(),
      calls,
      async waitForCalls(count) {
        await waitUntil(`${count} calls`, async () => (await calls()).length >= count, { everyMs: 50 });
      },
      sessions: () => listLaunches(join(home, ".opper/agent")).toReversed().flatMap(({ sessions }) => sessions),
      snapshot,
      checkProcesses: async ({ pid }) => deepStrictEqual(await processesHolding(pid, CANARY), []),
      async killLaunch(launch) {
        const started = await processesBelow(launch.pid);
        launch.kill("SIGKILL");
        await waitUntil(
          "all that it started to end",
          async () => !(await Promise.all(started.map(isRunning))).includes(true),
        );
        await launch.output();
      },
    });
    deepStrictEqual(await snapshot(), restored(before));
    deepStrictEqual(await filesHolding(directory, CANARY), []);
    ok(!printed.join("\n").includes(CANARY), "the key was printed");
    for (const { headers, body, path } of await gateway.requests()) {
      ok(!JSON.stringify(body).includes(CANARY), `the model was told the key: ${path}`);
      ok(!JSON.stringify(headers).includes(FOREIGN) || !isOurs(path), `${path} got a key of another vendor`);
    }
  });
}

/** Where the user's own settings lead, calls are theirs. */
function isOurs(path: string): boolean {
  return /^\/v[23]\//.test(path);
}

async function writeHomeFile(home: string, { path, text, mode = 0o600 }: HomeFile): Promise<void> {
  const whole = join(home, path);
  await Deno.mkdir(dirname(whole), { recursive: true });
  await Deno.writeTextFile(whole, text);
  await Deno.chmod(whole, mode);
  // Not a time that anything written now would have by chance.
  await Deno.utime(whole, 1_700_000_000, 1_700_000_000);
}

/** Holds each call to the trace that it should carry, in both headers, to the session URL of a launch, and to the key. */
export function checkTraces(calls: readonly GatewayRequest[], traceIds: readonly string[]): void {
  deepStrictEqual(
    calls.map(({ headers }) => [headers["x-opper-trace-id"], headers["x-opper-parent-span-id"]]),
    traceIds.map((id) => [id, id]),
  );
  for (const { path, headers } of calls) {
    ok(
      /^\/v3\/session\/sess_[0-9a-f-]{36}(\/[^/]+:[^/]+)*\/(v1\/)?(chat\/completions|messages|responses)\b/.test(path),
      path,
    );
    strictEqual(headers["authorization"], `Bearer ${CANARY}`);
  }
}

/** Holds a run to having ended well, with nothing to complain of on our side. */
export function checkOk({ code, stderr }: AgentRun): void {
  deepStrictEqual({ code, warnings: stderr.match(/^(warning|note|error|opper-agent):.*$/gm) }, {
    code: 0,
    warnings: null,
  }, stderr);
}

/** To a process that was started in a group of its own, and to all that it started. */
export async function killGroup(signal: "INT" | "KILL" | "TERM", { pid }: Deno.ChildProcess): Promise<void> {
  // A group of 0 or 1 would be our own, or everybody.
  ok(pid > 1);
  await new Deno.Command("kill", { args: [`-${signal}`, "--", `-${pid}`], stderr: "null" }).output();
}
