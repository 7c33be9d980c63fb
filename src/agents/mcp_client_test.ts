/** What becomes of clients' files: one key, and no other byte. */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../core/errors.ts";
import type { Machine } from "../core/machine.ts";
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
    ["gemini", {}, "/home/u/.gemini/settings.json"],
    ["gemini", { GEMINI_CLI_HOME: "~/g" }, "/home/u/g/.gemini/settings.json"],
    ["gemini", { GEMINI_CLI_HOME: "" }, "/home/u/.gemini/settings.json"],
    ["copilot", {}, "/home/u/.copilot/mcp-config.json"],
    ["copilot", { COPILOT_HOME: "/c" }, "/c/mcp-config.json"],
    ["opencode", {}, "/home/u/.config/opencode/opencode.json"],
    ["opencode", { XDG_CONFIG_HOME: "$HOME/x" }, "/home/u/x/opencode/opencode.json"],
    ["opencode", { XDG_DATA_HOME: "/d", OPENCODE_DB: "/d/x.db" }, "/home/u/.config/opencode/opencode.json"],
    ["claude_desktop", {}, "/home/u/.config/Claude/claude_desktop_config.json"],
    ["claude_desktop", { XDG_CONFIG_HOME: "/x" }, "/x/Claude/claude_desktop_config.json"],
    ["claude_desktop", { APPDATA: "/a" }, "/home/u/.config/Claude/claude_desktop_config.json"],
  ];
  for (const [id, env, file] of rows) {
    await t.step(`${id} ${JSON.stringify(env)}`, async () => {
      strictEqual((await clientOf(id)).file(machineOf(env)), file);
    });
  }
});

Deno.test("Claude Desktop's file on each system", async (t) => {
  const { file, takenAsWritten } = await clientOf("claude_desktop");
  const FILE = "Claude/claude_desktop_config.json";
  type Row = [os: Machine["os"], env: Record<string, string>, packages: string[], file: string, variable?: string];
  const rows: Row[] = [
    ["darwin", { XDG_CONFIG_HOME: "/x" }, [], `/home/u/Library/Application Support/${FILE}`],
    ["windows", {}, [], `/home/u/AppData/Roaming/${FILE}`],
    ["windows", { APPDATA: "/roaming" }, ["Other_1", "ClaudeCode_1"], `/roaming/${FILE}`],
    ["windows", { APPDATA: "~/r" }, [], `/home/u/r/${FILE}`, "APPDATA"],
    [
      "windows",
      { APPDATA: "~/r" },
      ["Claude_pzs8sxrjxfjjc"],
      `/home/u/AppData/Local/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/${FILE}`,
    ],
    ["windows", { LOCALAPPDATA: "/l" }, ["Claude_b", "Claude_a"], `/l/Packages/Claude_a/LocalCache/Roaming/${FILE}`],
    ["linux", { LOCALAPPDATA: "/l" }, ["Claude_a"], `/home/u/.config/${FILE}`],
  ];
  for (const [os, env, packages, expected, variable] of rows) {
    await t.step(`${os} ${JSON.stringify(env)} ${packages}`, () => {
      const namesIn = (path: string) => path.endsWith("/Packages") ? packages : [];
      const machine = { ...machineOf(env), os, namesIn };
      deepStrictEqual([file(machine), takenAsWritten(machine)?.variable], [expected, variable]);
    });
  }
});

Deno.test("OpenCode's file is the one that has our server, else the one that it would change itself", async (t) => {
  const { file } = await clientOf("opencode");
  const OURS = '{ "mcp": { "opper-agent": { "type": "local" } } }';
  const rows: [files: Record<string, string>, name: string][] = [
    [{}, "opencode.json"],
    [{ "opencode.jsonc": "{}" }, "opencode.jsonc"],
    [{ "opencode.jsonc": "{}", "opencode.json": "{}" }, "opencode.json"],
    [{ "config.json": "{}" }, "opencode.json"],
    [{ "opencode.jsonc": `// mine\n${OURS}`, "opencode.json": "{}" }, "opencode.jsonc"],
    [{ "opencode.jsonc": "{}", "opencode.json": "{}", "config.json": OURS }, "config.json"],
    [{ "opencode.jsonc": OURS, "opencode.json": OURS }, "opencode.jsonc"],
    [{ "opencode.jsonc": "{", "opencode.json": OURS }, "opencode.json"],
  ];
  for (const [files, name] of rows) {
    await t.step(`${JSON.stringify(files)}: ${name}`, () => {
      const directory = "/home/u/.config/opencode";
      const machine = {
        ...machineOf({}),
        namesIn: (path: string) => path === directory ? Object.keys(files) : [],
        readTextFile: (path: string) => files[path.slice(directory.length + 1)],
      };
      strictEqual(file(machine), `${directory}/${name}`);
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
  const rows: [id: string, env: Record<string, string>, variable: string | undefined, meant?: string][] = [
    ["gemini", { GEMINI_CLI_HOME: "~/c" }, "GEMINI_CLI_HOME", "/home/u/c"],
    ["gemini", { GEMINI_CLI_HOME: "/c" }, undefined],
    ["copilot", { COPILOT_HOME: "'/c'" }, "COPILOT_HOME", "/c"],
    ["copilot", {}, undefined],
    ["opencode", { XDG_CONFIG_HOME: "~/c" }, "XDG_CONFIG_HOME", "/home/u/c"],
    ["opencode", { XDG_DATA_HOME: "~/c" }, undefined],
    ["claude_desktop", { XDG_CONFIG_HOME: "~/c" }, "XDG_CONFIG_HOME", "/home/u/c"],
    ["claude", { CLAUDE_CONFIG_DIR: "~/c" }, "CLAUDE_CONFIG_DIR", "/home/u/c"],
    ["claude", { CLAUDE_CONFIG_DIR: "/c,/d" }, "CLAUDE_CONFIG_DIR"],
    ["claude", { CLAUDE_CONFIG_DIR: "“/c”" }, "CLAUDE_CONFIG_DIR"],
    ["claude", { CLAUDE_CONFIG_DIR: " " }, "CLAUDE_CONFIG_DIR", "/home/u"],
    ["claude", { CLAUDE_CONFIG_DIR: "/c/" }, undefined],
    ["claude", { CLAUDE_CONFIG_DIR: "/c d" }, undefined],
    ["claude", {}, undefined],
    ["codex", { CODEX_HOME: "~/c" }, "CODEX_HOME", "/home/u/c"],
    ["codex", { CODEX_HOME: "/c,/d" }, undefined],
    ["codex", { CODEX_HOME: "c" }, undefined],
    ["pi", { PI_CODING_AGENT_DIR: "~/c" }, undefined],
    ["pi", { PI_CODING_AGENT_DIR: " ~/c" }, "PI_CODING_AGENT_DIR"],
    ["pi", { PI_CODING_AGENT_DIR: "$HOME/c" }, "PI_CODING_AGENT_DIR"],
  ];
  for (const [id, env, variable, meant] of rows) {
    const taken = (await clientOf(id)).takenAsWritten(machineOf(env));
    strictEqual(taken?.variable, variable, `${id} ${JSON.stringify(env)}`);
    if (meant !== undefined) strictEqual(taken?.meant, meant);
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
  const of = (entry: string, key = "mcpServers") => `{"a": 1, "${key}": {"opper-agent": ${entry}}} // z\n`;
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
    [
      "gemini",
      "trust, env and a list of tools",
      '{"command":"/old","args":["mcp", "--read-only"],"trust":true,"env":{"A":"b"},"includeTools":["x"]}',
      '{"command":"/new","args":["mcp", "--read-only"],"trust":true,"env":{"A":"b"},"includeTools":["x"]}',
    ],
    [
      "copilot",
      "another type of program, and fewer tools",
      '{"type":"stdio","command":"/old","tools":["session_cost"]}',
      '{"type":"stdio","command":"/new","tools":["session_cost"], "args": ["mcp"]}',
    ],
    [
      "copilot",
      "an address",
      '{"type":"http","url":"https://x","tools":["*"]}',
      '{"type":"local","url":"https://x","tools":["*"], "command": "/new", "args": ["mcp"]}',
    ],
    [
      "opencode",
      "turned off, with flags and a timeout",
      '{"type":"local","command":["/old","mcp","--read-only"],"enabled":false,"timeout":9}',
      '{"type":"local","command":["/new","mcp","--read-only"],"enabled":false,"timeout":9}',
    ],
    [
      "opencode",
      "another way to start it",
      '{"type":"local","command":["deno", "run", "/old/main.ts", "mcp"],"environment":{"A":"b"}}',
      '{"type":"local","command":["/new","mcp"],"environment":{"A":"b"}}',
    ],
    [
      "opencode",
      "an address",
      '{"type":"remote","url":"https://x"}',
      '{"type":"local","url":"https://x", "command": ["/new","mcp"]}',
    ],
    [
      "claude_desktop",
      "env",
      '{"command":"/old","env":{"A":"b"}}',
      '{"command":"/new","env":{"A":"b"}, "args": ["mcp"]}',
    ],
  ];
  for (const [id, name, before, after] of rows) {
    await t.step(`${id}: ${name}`, async () => {
      const client = await clientOf(id);
      const key = id === "opencode" ? "mcp" : "mcpServers";
      const renewed = client.install(of(before, key), { command: "/new", args: ["mcp"] });
      strictEqual(renewed, of(after, key));
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
    ["gemini", SERVER],
    ["copilot", { type: "local", ...SERVER, tools: ["*"] }],
    ["opencode", { type: "local", command: [SERVER.command, ...SERVER.args] }],
    ["claude_desktop", SERVER],
  ];
  const ids = idsWith("mcpClient").filter((id) => id !== "codex");
  deepStrictEqual(rows.map(([id]) => id).toSorted(), ids.toSorted());
  for (const [id, entry] of rows) {
    const text = (await clientOf(id)).install("{}", SERVER);
    const key = id === "opencode" ? "mcp" : "mcpServers";
    deepStrictEqual(JSON.parse(text), { [key]: { "opper-agent": entry } });
  }
});

Deno.test("JSON: in and out again gives the same bytes, and what is not understood is left", async (t) => {
  for (const id of idsWith("mcpClient").filter((id) => id !== "codex")) {
    const client = await clientOf(id);
    const key = id === "opencode" ? "mcp" : "mcpServers";
    const texts = [
      "",
      "{}",
      "{}\n",
      `{"${key}":{}}`,
      `{\n  // mine\n\t"${key}": {\n    "other": { "command": "x", },\n  },\n  "z": 1\n}\n`,
      `{"a":1,"${key}":{"other":{}},"b":[1, 2]}`,
      `\ufeff{\r\n    "a": 1,\r\n    "${key}": { } /* none */\r\n}\r\n`,
    ];
    for (const before of texts) {
      await t.step(`${id}: ${JSON.stringify(before)}`, () => {
        const after = client.install(before, SERVER);
        strictEqual(client.install(after, SERVER), after);
        strictEqual(client.uninstall(after).trim(), before.trim());
        if (before !== "") strictEqual(client.uninstall(after), before);
        strictEqual(client.uninstall(before), before);
        ok(client.describe(after).includes('"opper-agent"'));
      });
    }
    for (const text of ["{", "[]", `{"${key}": 1}`, `{"${key}": [], "a": 1}`]) {
      await t.step(`${id}: ${text}`, () => throws(() => client.install(text, SERVER), AgentError));
    }
  }
});

Deno.test("Gemini CLI: a server that is reached by its address is left, as it would still be", async () => {
  const client = await clientOf("gemini");
  for (const name of ["url", "httpUrl"]) {
    throws(
      () => client.install(`{"mcpServers":{"opper-agent":{"${name}":"https://x"}}}`, SERVER),
      (error) => error instanceof AgentError && error.message.includes(` has ${name}, `),
    );
  }
});
