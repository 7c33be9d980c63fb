/**
 * The clients themselves take what `mcp install` writes: the same as their own commands write, and those that can without a
 * model connect to it. None is logged in, and no model is asked. Pi is in mcp_pi_test.ts, and what clients say to the server
 * in mcp_wire_test.ts; Claude Desktop has no package.
 */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { parse } from "jsonc-parser";
import { CLAUDE_QUIET, realClaude } from "../support/real_claude.ts";
import { realCodex } from "../support/real_codex.ts";
import { npmPackage, realNode } from "../support/real_pi.ts";
import {
  agentCommand,
  agentEnvironment,
  type AgentRun,
  runAgent,
  withTemporaryDirectory,
} from "../support/run_agent.ts";
import { PATIENCE_MS } from "../support/wait_until.ts";

interface Client {
  /** Program and first arguments. */
  readonly command: () => Promise<readonly string[]>;
  /** Below the home. */
  readonly file: string;
  readonly add: readonly string[];
  /** What stands between the server's name and the command to start it. @default -- */
  readonly separator?: readonly string[];
}

const CLAUDE: Client = {
  command: realClaude,
  file: ".claude.json",
  add: ["--transport", "stdio", "--scope", "user"],
};
const CODEX: Client = { command: realCodex, file: ".codex/config.toml", add: [] };

const GEMINI: Client = {
  command: async () => [await realNode(), join(await npmPackage("@google/gemini-cli", "0.61.0"), "bundle/gemini.js")],
  file: ".gemini/settings.json",
  add: ["--scope", "user"],
  separator: [],
};
const OPENCODE: Client = {
  // Beside the package is the program itself: the package's own is put in place by its install script.
  command: async () => [
    join(
      await npmPackage("opencode-ai", "1.18.33"),
      `../opencode-${Deno.build.os}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}/bin/opencode`,
    ),
  ],
  file: ".config/opencode/opencode.json",
  add: [],
};
const COPILOT: Client = {
  command: async () => [await realNode(), join(await npmPackage("@github/copilot", "1.0.102"), "npm-loader.js")],
  file: ".copilot/mcp-config.json",
  add: [],
};

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

Deno.test("Gemini CLI, OpenCode and Copilot CLI know what is installed, and write the same themselves", async (t) => {
  const rows: [client: string, program: Client, key: string, lists: RegExp][] = [
    ["gemini", GEMINI, "mcpServers", /✓ opper-agent: .* mcp \(stdio\) - Connected/],
    ["opencode", OPENCODE, "mcp", /✓ opper-agent .*connected/],
    ["copilot", COPILOT, "mcpServers", /^ {2}opper-agent \(local\)$/m],
  ];
  for (const [client, program, key, lists] of rows) {
    await t.step(client, () =>
      withTemporaryDirectory(async (directory) => {
        const [ours, theirs] = [join(directory, "ours"), join(directory, "theirs")] as [string, string];
        for (const home of [ours, theirs]) await Deno.mkdir(home);
        // Gemini CLI starts no server in a directory that it was not told to trust.
        const settings = '{\n  // mine\n  "security": { "folderTrust": { "enabled": false } }\n}\n';
        if (client === "gemini") {
          for (const home of [ours, theirs]) {
            await Deno.mkdir(join(home, ".gemini"));
            await Deno.writeTextFile(join(home, program.file), settings);
          }
        }
        await install("install", client, ours);
        const { separator = ["--"] } = program;
        const added = await run(program, theirs, "add", ...program.add, "opper-agent", ...separator, ...COMMAND);
        strictEqual(added.code, 0, added.stderr);
        deepStrictEqual(await serversOf(ours, program, key), await serversOf(theirs, program, key));

        const listed = await run(program, ours, "list");
        strictEqual(listed.code, 0, listed.stderr);
        match(stripVTControlCharacters(`${listed.stdout}${listed.stderr}`), lists);
        // Theirs is taken out by us as well; what else is in the file stays.
        await install("uninstall", client, theirs);
        strictEqual(await serversOf(theirs, program, key), undefined);
        await install("uninstall", client, ours);
        if (client === "gemini") strictEqual(await Deno.readTextFile(join(ours, program.file)), settings);
      }));
  }
});

/** In the file that the client has, whichever of its names that is; undefined where it has none. */
async function serversOf(home: string, { file }: Client, key: string): Promise<unknown> {
  for (const path of [join(home, file), join(home, `${file}c`)]) {
    const text = await Deno.readTextFile(path).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
    const servers = text === undefined ? undefined : parse(text)[key];
    if (servers !== undefined) return servers;
  }
  return undefined;
}
