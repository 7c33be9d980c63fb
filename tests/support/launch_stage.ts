/** A user's home with a Pi that is set up, a gateway, and launches of the real Pi between the two. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { listLaunches } from "../../src/launch/ledger/ledger.ts";
import type { SessionRecord } from "../../src/launch/ledger/records.ts";
import { type Gateway, type GatewayRequest, startGateway } from "./gateway.ts";
import { filesHolding, type HomeSnapshot, snapshotHome } from "./home_snapshot.ts";
import { type RealPi, realPi } from "./real_pi.ts";
import { agentCommand, agentEnvironment, type AgentRun, withTemporaryDirectory } from "./run_agent.ts";
import { PATIENCE_MS, waitUntil } from "./wait_until.ts";

/** A key that must show up nowhere but in the child's environment and in calls to the gateway. */
export const CANARY = "op-canary-7c1e5b92d04f";
/** A model of the gateway for tests. */
export const MODEL = "anthropic/claude-sonnet-4.6";
export const OPPER = ["--provider", "opper", "--model", MODEL];
export const OTHER = ["--provider", "other", "--model", "other-1"];
/** Where the extension lies while a launch runs, below the home. */
export const PLACED = ".pi/agent/extensions/opper-session.ts";

export interface LaunchStage {
  readonly pi: RealPi;
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
}

export interface StageOptions {
  /** Changes the home before anything runs. */
  readonly prepare?: (home: string) => Promise<void>;
  /** Runs before the comparison. @default none: the home must be as it was */
  readonly restored?: (before: HomeSnapshot) => HomeSnapshot;
  readonly refuse?: readonly string[];
}

/** The home is compared with what it was, and searched for the key, when the body is done. */
export async function onLaunchStage(
  version: RealPi["version"],
  body: (stage: LaunchStage) => Promise<void>,
  { prepare, restored = (before) => before, refuse }: StageOptions = {},
): Promise<void> {
  const pi = await realPi(version);
  await using gateway = await startGateway({ node: pi.node, refuse });
  await withTemporaryDirectory(async (directory) => {
    const home = join(directory, "home");
    const cwd = join(directory, "work");
    await Deno.mkdir(cwd);
    await furnishHome(home, gateway.url);
    await prepare?.(home);
    const before = await snapshotHome(home);
    const env = agentEnvironment({
      home,
      env: {
        PATH: `${pi.binDirectory}:${Deno.env.get("PATH") ?? ""}`,
        PI_OFFLINE: "1",
        OPPER_API_KEY: CANARY,
        OPPER_BASE_URL: gateway.url,
      },
    });
    const printed: string[] = [];
    const [program, ...first] = agentCommand();
    const calls = async () => (await gateway.requests()).filter(({ method }) => method === "POST");
    await body({
      pi,
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
        await waitUntil(`${count} calls`, async () => (await calls()).length >= count, { everyMs: 100 });
      },
      sessions: () => listLaunches(join(home, ".opper/agent")).toReversed().flatMap(({ sessions }) => sessions),
      snapshot: () => snapshotHome(home),
    });
    deepStrictEqual(await snapshotHome(home), restored(before));
    deepStrictEqual(await filesHolding(directory, CANARY), []);
    ok(!printed.join("\n").includes(CANARY), "the key was printed");
  });
}

/** What people have there: another provider, with comments and a trailing comma, settings, a skill, an extension. */
async function furnishHome(home: string, gatewayUrl: string): Promise<void> {
  const agent = join(home, ".pi/agent");
  const files: [path: string, text: string, mode: number][] = [
    [
      "models.json",
      `{\n  // mine, do not touch\n\t"providers": {\n    "other": { "baseUrl": "${gatewayUrl}/other", "apiKey": "other-key",` +
      ` "api": "openai-completions",\n      "models": [{ "id": "other-1" },], },\n  },\n}\n`,
      0o600,
    ],
    ["settings.json", `{ "quietStartup": true, "compaction": { "keepRecentTokens": 1 } }\n`, 0o644],
    ["skills/mine/SKILL.md", "---\nname: mine\ndescription: Does nothing\n---\n", 0o644],
    ["extensions/mine.ts", "export default function () {}\n", 0o640],
  ];
  for (const [name, text, mode] of files) {
    const path = join(agent, name);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.writeTextFile(path, text);
    await Deno.chmod(path, mode);
    // Not a time that anything written now would have by chance.
    await Deno.utime(path, 1_700_000_000, 1_700_000_000);
  }
}

/** Holds each call to the trace that it should carry, in both headers, to the session URL of a launch, and to the key. */
export function checkTraces(calls: readonly GatewayRequest[], traceIds: readonly string[]): void {
  deepStrictEqual(
    calls.map(({ headers }) => [headers["x-opper-trace-id"], headers["x-opper-parent-span-id"]]),
    traceIds.map((id) => [id, id]),
  );
  for (const { path, headers } of calls) {
    ok(/^\/v3\/session\/sess_[0-9a-f-]{36}(\/[^/]+:[^/]+)*\/chat\/completions$/.test(path), path);
    strictEqual(headers["authorization"], `Bearer ${CANARY}`);
  }
}
