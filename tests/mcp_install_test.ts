/** `mcp install` and `mcp uninstall` as processes, on files of a home of their own. */
import { match, rejects, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { idsWith } from "../src/agents/agents.ts";
import { agentCommand, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

const CLAUDE_DESKTOP: Readonly<Record<string, string>> = {
  darwin: "Library/Application Support/Claude/claude_desktop_config.json",
  windows: "AppData/Roaming/Claude/claude_desktop_config.json",
};

const FILES: Record<string, string> = {
  pi: ".pi/agent/mcp.json",
  claude: ".claude.json",
  codex: ".codex/config.toml",
  gemini: ".gemini/settings.json",
  copilot: ".copilot/mcp-config.json",
  opencode: ".config/opencode/opencode.json",
  "claude-desktop": CLAUDE_DESKTOP[Deno.build.os] ?? ".config/Claude/claude_desktop_config.json",
};

/** What the client is to run: absolute. */
function expectedCommand(): { command: string; args: string[] } {
  const [command, ...args] = agentCommand();
  // The tests' own: what is installed may fetch what it needs.
  return { command, args: [...args.filter((arg) => arg !== "--cached-only"), "mcp"] };
}

Deno.test("mcp install and uninstall", async (t) => {
  const commented = `{\n  // mine\n\t"mcpServers": {\n    "other": { "command": "x", },\n  },\n  "z": 1\n}\n`;
  const rows: [client: string, before: string | undefined][] = [
    ["pi", undefined],
    ["pi", commented],
    ["claude", undefined],
    ["claude", `{"numStartups":7,"projects":{"/a":{"mcpServers":{}}}}`],
    ["claude", commented],
    ["gemini", undefined],
    ["gemini", commented],
    ["copilot", undefined],
    ["copilot", commented],
    ["opencode", undefined],
    ["opencode", commented.replace("mcpServers", "mcp")],
    ["claude-desktop", undefined],
    ["claude-desktop", commented],
    ["codex", `model = "gpt-5.5" # mine\n\n[mcp_servers.other]\ncommand = "x"\n`],
  ];
  for (const [client, before] of rows) {
    await t.step(
      `${client}, ${before === undefined ? "no file" : `${before.length} bytes`}`,
      () =>
        withTemporaryDirectory(async (home) => {
          const path = join(home, FILES[client]!);
          if (before !== undefined) {
            await Deno.mkdir(dirname(path), { recursive: true });
            await Deno.writeTextFile(path, before, { mode: 0o640 });
          }
          const run = async (...args: string[]) => {
            const { code, stdout, stderr } = await runAgent(["mcp", ...args], { home });
            strictEqual(`${code} ${stderr}`, "0 ");
            return stdout;
          };
          match(await run("install", client, "--print"), /^set {6}\/.*\n[^]*opper-agent/);
          if (before === undefined) await rejects(Deno.stat(path), Deno.errors.NotFound);
          else strictEqual(await Deno.readTextFile(path), before);

          match(await run("install", client), /now has opper-agent, in \//);
          const after = await Deno.readTextFile(path);
          const { command, args } = expectedCommand();
          for (const part of [command, ...args]) strictEqual(after.includes(JSON.stringify(part)), true, part);
          strictEqual((await Deno.stat(path)).mode! & 0o777, before === undefined ? 0o600 : 0o640);
          match(await run("install", client), /already/);
          strictEqual(await Deno.readTextFile(path), after);

          match(await run("uninstall", client), /no longer has/);
          if (before === undefined) await rejects(Deno.stat(path), Deno.errors.NotFound);
          else strictEqual(await Deno.readTextFile(path), before);
          match(await run("uninstall", client), /is not in/);
        }),
    );
  }
});

Deno.test("mcp install refuses", async (t) => {
  const rows: [name: string, args: string[], code: number, message: RegExp][] = [
    [
      "no client",
      ["install"],
      2,
      new RegExp(`Expected one of ${idsWith("mcpClient").join(", ")} after "mcp install", not nothing`),
    ],
    ["another client", ["install", "cursor"], 2, /not "cursor"/],
    ["a flag", ["uninstall", "pi", "--force"], 2, /not "--force"/],
    ["a broken file", ["install", "claude"], 1, /\.claude\.json" cannot be changed/],
  ];
  for (const [name, args, code, message] of rows) {
    await t.step(name, () =>
      withTemporaryDirectory(async (home) => {
        await Deno.writeTextFile(join(home, ".claude.json"), `{"a": }`);
        const run = await runAgent(["mcp", ...args], { home });
        strictEqual(run.code, code);
        match(run.stderr, message);
        strictEqual(await Deno.readTextFile(join(home, ".claude.json")), `{"a": }`);
      }));
  }
});
