/** What becomes of clients' files: one key, and no other byte. */
import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../core/errors.ts";
import { makeMachine } from "../host/environment.ts";
import { AGENTS, idsWith } from "./agents.ts";

const SERVER = { command: '/opt/a "b"/opper-agent', args: ["mcp"] };
const BLOCK = '[mcp_servers.opper-agent]\ncommand = "/opt/a \\"b\\"/opper-agent"\nargs = ["mcp"]\n';
const INLINE = 'opper-agent = { command = "/opt/a \\"b\\"/opper-agent", args = ["mcp"] }';
const clientOf = async (id: string) => await AGENTS.find((agent) => agent.id === id)!.mcpClient!();
const codex = await clientOf("codex");
const machineOf = (env: Readonly<Record<string, string>>) => makeMachine({ home: "/home/u", cwd: "/w", env });

Deno.test("where each client keeps its servers", async (t) => {
  const rows: [id: string, env: Record<string, string>, file: string][] = [
    ["pi", {}, "/home/u/.pi/agent/mcp.json"],
    ["pi", { PI_CODING_AGENT_DIR: "~/pi" }, "/home/u/pi/mcp.json"],
    ["claude", {}, "/home/u/.claude.json"],
    ["claude", { CLAUDE_CONFIG_DIR: "/c" }, "/c/.claude.json"],
    ["claude", { CLAUDE_CONFIG_DIR: "" }, "/home/u/.claude.json"],
    ["claude", { CLAUDE_CONFIG_DIR: "~/c" }, "/home/u/c/.claude.json"],
    ["claude", { CLAUDE_CONFIG_DIR: " '~/c/' " }, "/home/u/c/.claude.json"],
    ["claude", { CLAUDE_CONFIG_DIR: "~/c,/d" }, "/home/u/c/.claude.json"],
    ["codex", { CODEX_HOME: "$HOME/c,d" }, "/home/u/c,d/config.toml"],
    ["codex", { CODEX_HOME: "~" }, "/home/u/config.toml"],
    ["pi", { PI_CODING_AGENT_DIR: '"/p"\r\n' }, "/p/mcp.json"],
    ["codex", {}, "/home/u/.codex/config.toml"],
    ["codex", { CODEX_HOME: "rel" }, "/w/rel/config.toml"],
  ];
  for (const [id, env, file] of rows) {
    await t.step(`${id} ${JSON.stringify(env)}`, async () => {
      strictEqual((await clientOf(id)).file(machineOf(env)), file);
    });
  }
});

Deno.test("a directory in somebody else's home is asked for in full", async () => {
  for (const id of idsWith("mcpClient")) {
    const { file } = await clientOf(id);
    const { variables } = AGENTS.find((agent) => agent.id === id)!;
    const env = Object.fromEntries(Object.keys(variables).map((name) => [name, "~bob/x"]));
    throws(() => file(machineOf(env)), /"~bob\/x": only a shell knows/);
  }
});

Deno.test("a variable that a client reads otherwise than we do is named", async () => {
  const rows: [id: string, env: Record<string, string>, variable: string | undefined][] = [
    ["claude", { CLAUDE_CONFIG_DIR: "~/c" }, "CLAUDE_CONFIG_DIR"],
    ["claude", { CLAUDE_CONFIG_DIR: "/c,/d" }, "CLAUDE_CONFIG_DIR"],
    ["claude", { CLAUDE_CONFIG_DIR: "“/c”" }, "CLAUDE_CONFIG_DIR"],
    ["claude", { CLAUDE_CONFIG_DIR: " " }, "CLAUDE_CONFIG_DIR"],
    ["claude", { CLAUDE_CONFIG_DIR: "/c/" }, undefined],
    ["claude", { CLAUDE_CONFIG_DIR: "/c d" }, undefined],
    ["claude", {}, undefined],
    ["codex", { CODEX_HOME: "~/c" }, "CODEX_HOME"],
    ["codex", { CODEX_HOME: "/c,/d" }, undefined],
    ["codex", { CODEX_HOME: "c" }, undefined],
    ["pi", { PI_CODING_AGENT_DIR: "~/c" }, undefined],
    ["pi", { PI_CODING_AGENT_DIR: " ~/c" }, "PI_CODING_AGENT_DIR"],
    ["pi", { PI_CODING_AGENT_DIR: "$HOME/c" }, "PI_CODING_AGENT_DIR"],
  ];
  for (const [id, env, variable] of rows) {
    strictEqual((await clientOf(id)).takenAsWritten(machineOf(env)), variable, `${id} ${JSON.stringify(env)}`);
  }
});

Deno.test("Codex: in and out again gives the same bytes", async (t) => {
  const rows: [name: string, before: string, after: string][] = [
    ["nothing", "", BLOCK],
    ["a table", '[a]\nb = "c" # d\n', `[a]\nb = "c" # d\n\n${BLOCK}`],
    ["no end of line", "a = 1", `a = 1\n${BLOCK}`],
    [
      "other servers, CRLF",
      '[mcp_servers.x]\r\ncommand = "y"\r\n',
      `[mcp_servers.x]\r\ncommand = "y"\r\n\r\n${BLOCK.replaceAll("\n", "\r\n")}`,
    ],
    ["a byte order mark", "\ufeffa = 1\n", `\ufeffa = 1\n\n${BLOCK}`],
    ["nothing but a byte order mark", "\ufeff", `\ufeff${BLOCK}`],
    ["dotted servers", 'mcp_servers.x.command = "y"\n', `mcp_servers.x.command = "y"\n\n${BLOCK}`],
    [
      "servers in one line",
      'mcp_servers = { x = { command = "y" } } # z\n',
      `mcp_servers = { ${INLINE}, x = { command = "y" } } # z\n`,
    ],
    ["none in one line", "mcp_servers = {}\n", `mcp_servers = {${INLINE}}\n`],
    ["our name in a string", `a = """\n${BLOCK}"""\n`, `a = """\n${BLOCK}"""\n\n${BLOCK}`],
    ["a list of lines", "a = [\n  1, # one ]\n  [2],\n]\n", `a = [\n  1, # one ]\n  [2],\n]\n\n${BLOCK}`],
    ["a directory of our name", '[projects."/src/opper-agent"]\n', `[projects."/src/opper-agent"]\n\n${BLOCK}`],
    ["a closed string of lines", 'a = """\nx\n"""\n', `a = """\nx\n"""\n\n${BLOCK}`],
  ];
  for (const [name, before, after] of rows) {
    await t.step(name, () => {
      strictEqual(codex.install(before, SERVER), after);
      strictEqual(codex.install(after, SERVER), after);
      strictEqual(codex.uninstall(after), before);
      strictEqual(codex.uninstall(before), before);
    });
  }
  await t.step("a table that was added later stays, and the command is renewed in its place", () => {
    const text = `a = 1\n\n${BLOCK}\n# next\n[b]\nc = 2\n`;
    strictEqual(codex.uninstall(text), "a = 1\n\n# next\n[b]\nc = 2\n");
    const moved = codex.install(text, { ...SERVER, command: "/new" });
    strictEqual(moved, text.replace('"/opt/a \\"b\\"/opper-agent"', '"/new"'));
  });
});

Deno.test("Codex: of what is there the command is renewed, and nothing else", async (t) => {
  const NEW = BLOCK.replace(/command = .*/, 'command = "/new"');
  const APPROVED = '[mcp_servers.opper-agent.tools.list_sessions]\napproval_mode = "approve"\n';
  const OTHER = '[mcp_servers.other]\ncommand = "y"\n';
  const rows: [name: string, before: string, after: string, without: string][] = [
    [
      "keys of somebody's",
      '[mcp_servers.opper-agent]\ncommand = "/old" # here\nargs = ["mcp", "--read-only"]\nstartup_timeout_sec = 20\n',
      '[mcp_servers.opper-agent]\ncommand = "/new" # here\nargs = ["mcp", "--read-only"]\nstartup_timeout_sec = 20\n',
      "",
    ],
    [
      "what `always allow` adds",
      `model = "x"\n\n${BLOCK}\n${APPROVED}\n${OTHER}`,
      `model = "x"\n\n${NEW}\n${APPROVED}\n${OTHER}`,
      `model = "x"\n\n${OTHER}`,
    ],
    [
      "the same at the end",
      `model = "x"\n\n${BLOCK}\n${APPROVED}`,
      `model = "x"\n\n${NEW}\n${APPROVED}`,
      'model = "x"\n',
    ],
    [
      "below comes first, and CRLF",
      '[mcp_servers.opper-agent.tools.x]\r\na = 1\r\n# mine\r\n[z]\r\n[mcp_servers.opper-agent]\r\ncommand = "/old"\r\n',
      '[mcp_servers.opper-agent.tools.x]\r\na = 1\r\n# mine\r\n[z]\r\n[mcp_servers.opper-agent]\r\nargs = ["mcp"]\r\ncommand = "/new"\r\n',
      "# mine\r\n[z]",
    ],
    ["a byte order mark", `\ufeff${BLOCK}`, `\ufeff${NEW}`, "\ufeff"],
    [
      "quoted, with blanks",
      "[ mcp_servers . \"opper-agent\" ]\ncommand = '''/old'''\nargs = [\n  'mcp', # serve\n]",
      '[ mcp_servers . "opper-agent" ]\ncommand = "/new"\nargs = [\n  \'mcp\', # serve\n]',
      "",
    ],
    [
      "an inline table",
      'mcp_servers = { opper-agent = { command = "/old", env = { A = "b" } }, o = { command = "y" } }\n',
      'mcp_servers = { opper-agent = { args = ["mcp"], command = "/new", env = { A = "b" } }, o = { command = "y" } }\n',
      'mcp_servers = { o = { command = "y" } }\n',
    ],
    [
      "dotted keys",
      'mcp_servers.opper-agent.command = "/old"\nmcp_servers.opper-agent.env.A = "b"\nx = 1\n',
      'mcp_servers.opper-agent.args = ["mcp"]\nmcp_servers.opper-agent.command = "/new"\nmcp_servers.opper-agent.env.A = "b"\nx = 1\n',
      "x = 1\n",
    ],
    [
      "a key of the table",
      '[mcp_servers]\no = { command = "y" }\nopper-agent = { command = "/old" }\n',
      '[mcp_servers]\no = { command = "y" }\nopper-agent = { args = ["mcp"], command = "/new" }\n',
      '[mcp_servers]\no = { command = "y" }\n',
    ],
    [
      "dotted keys in an inline table",
      'mcp_servers = { o.command = "y", opper-agent.env.A = "b" }\n',
      'mcp_servers = { o.command = "y", opper-agent.command = "/new", opper-agent.args = ["mcp"], opper-agent.env.A = "b" }\n',
      'mcp_servers = { o.command = "y" }\n',
    ],
    [
      "nothing but a list of tables below",
      "[a]\nb = 1\n\n[[mcp_servers.opper-agent.tools]]\nx = 1\n",
      '[a]\nb = 1\n\n[mcp_servers.opper-agent]\ncommand = "/new"\nargs = ["mcp"]\n\n[[mcp_servers.opper-agent.tools]]\nx = 1\n',
      "[a]\nb = 1\n",
    ],
    ["a header and no more", "[mcp_servers.opper-agent]", NEW, ""],
    ["the next table right behind", `a = 1\n${BLOCK}[b]\n`, `a = 1\n${NEW}[b]\n`, "a = 1\n[b]\n"],
    ["behind a comment", `# x\n\n${BLOCK}# y\n`, `# x\n\n${NEW}# y\n`, "# x\n# y\n"],
  ];
  for (const [name, before, after, without] of rows) {
    await t.step(name, () => {
      const renewed = codex.install(before, { ...SERVER, command: "/new" });
      strictEqual(renewed, after);
      strictEqual(codex.install(renewed, { ...SERVER, command: "/new" }), renewed, "again");
      strictEqual(codex.uninstall(renewed), without);
    });
  }
});

Deno.test("Codex: what cannot be changed alone is left", async (t) => {
  const rows: [name: string, text: string, message: RegExp][] = [
    ["no TOML", "a = \n", /cannot be read in line 1/],
    ["twice", `${BLOCK}\n${BLOCK}`, /cannot be read in line/],
    ["no table", 'mcp_servers.opper-agent = "x"\n', /is no table/],
    ["nested too deep", `a = ${"[".repeat(20_000)}${"]".repeat(20_000)}\n`, /cannot be read in line 1/],
  ];
  for (const [name, text, message] of rows) {
    await t.step(name, () => {
      for (const change of [() => codex.install(text, SERVER), () => codex.uninstall(text)]) {
        throws(change, (error) => error instanceof AgentError && message.test(error.message));
      }
    });
  }
  await t.step("a server that is reached by its address", () => {
    throws(
      () => codex.install('[mcp_servers.opper-agent]\nurl = "https://x"\n', SERVER),
      (error) => error instanceof AgentError && /has a url/.test(error.message),
    );
  });
});

Deno.test("JSON: of what is there the command is renewed, and nothing else", async (t) => {
  const of = (entry: string) => `{"a": 1, "mcpServers": {"opper-agent": ${entry}}} // z\n`;
  const rows: [id: string, name: string, before: string, after: string][] = [
    [
      "claude",
      "env, timeout and flags",
      '{"type":"stdio","command":"/old","args":["mcp", "--read-only"],"env":{"A":"b"},"timeout":9}',
      '{"type":"stdio","command":"/new","args":["mcp", "--read-only"],"env":{"A":"b"},"timeout":9}',
    ],
    [
      "claude",
      "another way to start it",
      '{"args": ["run", "/old/main.ts", "mcp", "--allow-dir", "mcp"], "command": "deno"}',
      '{"args": ["mcp","--allow-dir","mcp"], "command": "/new"}',
    ],
    [
      "claude",
      "an address",
      '{"type":"http","url":"https://x"}',
      '{"type":"stdio","url":"https://x", "command": "/new", "args": ["mcp"]}',
    ],
    ["claude", "no object", "null", '{"type":"stdio","command":"/new","args":["mcp"],"env":{}}'],
    [
      "pi",
      "exposure and alwaysAllow",
      '{"command":"/old","args":["mcp"],"exposure":"codemode","alwaysAllow":["x"],"disabled":true}',
      '{"command":"/new","args":["mcp"],"exposure":"codemode","alwaysAllow":["x"],"disabled":true}',
    ],
  ];
  for (const [id, name, before, after] of rows) {
    await t.step(`${id}: ${name}`, async () => {
      const client = await clientOf(id);
      const renewed = client.install(of(before), { command: "/new", args: ["mcp"] });
      strictEqual(renewed, of(after));
      strictEqual(client.install(renewed, { command: "/new", args: ["mcp"] }), renewed);
    });
  }
  await t.step("flags that are given take the place of those that are there", async () => {
    const client = await clientOf("pi");
    const server = { command: "/new", args: ["mcp"], flags: ["--allow-dir", "/x"] };
    const renewed = client.install(of('{"command":"/old","args":["mcp","--read-only"]}'), server);
    strictEqual(renewed, of('{"command":"/new","args":["mcp","--allow-dir","/x"]}'));
  });
});

Deno.test("what JSON clients are given where there is nothing", async () => {
  const rows: [id: string, entry: object][] = [
    ["pi", { ...SERVER, exposure: "direct" }],
    ["claude", { type: "stdio", ...SERVER, env: {} }],
  ];
  for (const [id, entry] of rows) {
    const text = (await clientOf(id)).install("{}", SERVER);
    deepStrictEqual(JSON.parse(text), { mcpServers: { "opper-agent": entry } });
  }
});
