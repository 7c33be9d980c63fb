/** A launch of a stand-in for Claude Code, which tells what it was given and then waits: the relay is its tests' to ask. */
import { deepStrictEqual } from "node:assert/strict";
import { join } from "node:path";
import { type LaunchLedger, listLaunches } from "../../src/launch/ledger/ledger.ts";
import { CANARY } from "./agent_stage.ts";
import { type Gateway, type GatewayOptions, startGateway } from "./gateway.ts";
import { filesHolding } from "./home_snapshot.ts";
import { agentCommand, agentEnvironment, type AgentRun, runAgent, withTemporaryDirectory } from "./run_agent.ts";
import { waitUntil } from "./wait_until.ts";
import { writeProgram } from "./write_program.ts";

/** What it has of the route in a file, then nothing until its input ends or a signal comes; `STUB_DEAF` hears no SIGTERM. */
const STUB = `#!/bin/sh
if [ "$1" = "--version" ]; then echo 2.1.332; exit 0; fi
[ -n "$STUB_DEAF" ] && trap '' TERM
printf '%s\\n%s\\n%s\\n' "$OPPER_BASE_URL" "$OPPER_API_KEY" "$$" > "$STUB_FILE.partial"
mv "$STUB_FILE.partial" "$STUB_FILE"
if [ -n "$STUB_DEAF" ]; then while sleep 0.1; do :; done; fi
exec cat
`;

/** A launch whose agent is up. */
export interface RelayedLaunch {
  /** Session URL at the relay. */
  readonly url: string;
  readonly token: string;
  /** Of the agent. */
  readonly agentPid: number;
  readonly process: Deno.ChildProcess;
  /** With the token, and whatever else; `path` below the session URL. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** Lets the agent end, and waits for the launch. */
  end(): Promise<AgentRun>;
}

export interface RelayStage {
  readonly gateway: Gateway;
  readonly home: string;
  /** Starts a launch without waiting for anything. */
  start(env?: Readonly<Record<string, string>>): Deno.ChildProcess;
  launch(env?: Readonly<Record<string, string>>): Promise<RelayedLaunch>;
  /** Runs any command of ours. */
  run(args: readonly string[]): Promise<AgentRun>;
  launches(): readonly LaunchLedger[];
}

/** The key is in no file when the body is done. */
export async function onRelayStage(
  body: (stage: RelayStage) => Promise<void>,
  { command = agentCommand(), ...options }: GatewayOptions & { readonly command?: readonly [string, ...string[]] } = {},
): Promise<void> {
  await using gateway = await startGateway(options);
  await withTemporaryDirectory(async (directory) => {
    const [home, told] = [join(directory, "home"), join(directory, "told")];
    await Deno.mkdir(home);
    await writeProgram(join(directory, "bin/claude"), STUB);
    const PATH = `${join(directory, "bin")}:/usr/bin:/bin`;
    const base = { PATH, OPPER_API_KEY: CANARY, OPPER_BASE_URL: gateway.url, STUB_FILE: told };
    const [program, ...first] = command;
    const start = (env: Readonly<Record<string, string>> = {}) =>
      new Deno.Command(program, {
        args: [...first, "launch", "claude"],
        cwd: home,
        clearEnv: true,
        env: agentEnvironment({ home, env: { ...base, ...env } }),
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
    await body({
      gateway,
      home,
      start,
      async launch(env) {
        await Deno.remove(told).catch(() => undefined);
        const process = start(env);
        const text = await waitUntil("the agent", () => Deno.readTextFile(told).catch(() => undefined));
        const [url, token, pid] = text.split("\n") as [string, string, string];
        return {
          url,
          token,
          agentPid: Number(pid),
          process,
          ask: (path, { headers, ...init } = {}) =>
            fetch(`${url}${path}`, {
              redirect: "manual",
              ...init,
              headers: { authorization: `Bearer ${token}`, ...headers },
            }),
          async end() {
            await process.stdin.close();
            return await outputOf(process);
          },
        };
      },
      run: (args) => runAgent(args, { home, env: base }),
      launches: () => listLaunches(join(home, ".opper/agent")),
    });
    deepStrictEqual(await filesHolding(directory, CANARY), []);
  });
}

/** What a process printed, and how it ended. */
export async function outputOf(process: Deno.ChildProcess): Promise<AgentRun> {
  const { code, stdout, stderr } = await process.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
