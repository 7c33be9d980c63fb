/**
 * Claude Code and Codex themselves take what `mcp install` writes: the same as their own commands write, and Claude Code
 * connects to it. Neither is logged in, and no model is asked. Pi is in
 * mcp_pi_test.ts, and what clients say to the server is mcp_wire_test.ts.
 */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { CLAUDE_QUIET, realClaude } from "../support/real_claude.ts";
import { realCodex } from "../support/real_codex.ts";
import {
  agentCommand,
  agentEnvironment,
  type AgentRun,
  runAgent,
  withTemporaryDirectory,
} from "../support/run_agent.ts";
import { PATIENCE_MS } from "../support/wait_until.ts";

interface Client {
  readonly command: () => Promise<readonly string[]>;
  /** Below the home. */
  readonly file: string;
  readonly add: readonly string[];
}

const CLAUDE: Client = {
  command: realClaude,
  file: ".claude.json",
  add: ["--transport", "stdio", "--scope", "user"],
};
const CODEX: Client = { command: realCodex, file: ".codex/config.toml", add: [] };

async function run(client: Client, home: string, ...args: string[]): Promise<AgentRun> {
  const [program, ...first] = await client.command();
  const output = await new Deno.Command(program!, {
    args: [...first, "mcp", ...args],
    cwd: home,
    clearEnv: true,
    env: agentEnvironment({
      home,
      env: { ...CLAUDE_QUIET, NO_COLOR: "1" },
    }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

async function install(action: "install" | "uninstall", client: string, home: string): Promise<void> {
  const { code, stderr } = await runAgent(["mcp", action, client], { home });
  strictEqual(`${code} ${stderr}`, "0 ");
}

/** What the clients are to run: the tests' own command, but what is installed may fetch what it needs. */
const COMMAND: readonly string[] = [...agentCommand().filter((argument) => argument !== "--cached-only"), "mcp"];

Deno.test("Claude Code connects to what is installed, and writes the same itself", () =>
  withTemporaryDirectory(async (directory) => {
    const [ours, theirs] = [join(directory, "ours"), join(directory, "theirs")] as [string, string];
    for (const home of [ours, theirs]) await Deno.mkdir(home);
    await install("install", "claude", ours);
    const added = await run(CLAUDE, theirs, "add", ...CLAUDE.add, "opper-agent", "--", ...COMMAND);
    strictEqual(added.code, 0, added.stderr);
    const serversIn = async (home: string) =>
      JSON.parse(await Deno.readTextFile(join(home, CLAUDE.file)))["mcpServers"] as Record<string, unknown>;
    deepStrictEqual(await serversIn(ours), await serversIn(theirs));

    const listed = await run(CLAUDE, ours, "list");
    strictEqual(listed.code, 0, listed.stderr);
    match(listed.stdout, /^opper-agent: .* mcp - .*Connected$/m);
    // Theirs is taken out by us as well; everything else that they keep in the file stays.
    await install("uninstall", "claude", theirs);
    const left = JSON.parse(await Deno.readTextFile(join(theirs, CLAUDE.file)));
    deepStrictEqual(left["mcpServers"], undefined);
    strictEqual(typeof left["machineID"], "string");
  }));

Deno.test("Codex knows what is installed, and writes the same itself", () =>
  withTemporaryDirectory(async (directory) => {
    const [ours, theirs] = [join(directory, "ours"), join(directory, "theirs")] as [string, string];
    for (const home of [ours, theirs]) await Deno.mkdir(home);
    await install("install", "codex", ours);
    const added = await run(CODEX, theirs, "add", ...CODEX.add, "opper-agent", "--", ...COMMAND);
    strictEqual(added.code, 0, added.stderr);
    strictEqual(
      await Deno.readTextFile(join(ours, CODEX.file)),
      await Deno.readTextFile(join(theirs, CODEX.file)),
    );
    const listed = await run(CODEX, ours, "list", "--json");
    strictEqual(listed.code, 0, listed.stderr);
    const [server] = JSON.parse(listed.stdout) as {
      name: string;
      enabled: boolean;
      transport: Record<string, unknown>;
    }[];
    deepStrictEqual(
      [server!.name, server!.enabled, server!.transport["command"], server!.transport["args"]],
      ["opper-agent", true, COMMAND[0], COMMAND.slice(1)],
    );
    // Ours still comes out when Codex has written the file anew.
    strictEqual((await run(CODEX, ours, "add", "other", "--", "/bin/true")).code, 0);
    await install("uninstall", "codex", ours);
    deepStrictEqual(
      JSON.parse((await run(CODEX, ours, "list", "--json")).stdout).map(({ name }: { name: string }) => name),
      ["other"],
    );
  }));
