/** What becomes of clients' files: one key, and no other byte. */
import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../core/errors.ts";
import { type JsonEdits, MCP_CLIENTS } from "./install_clients.ts";

const SERVER = { command: '/opt/a "b"/opper-agent', args: ["mcp"] };
const BLOCK = '[mcp_servers.opper-agent]\ncommand = "/opt/a \\"b\\"/opper-agent"\nargs = ["mcp"]\n';
const codex = MCP_CLIENTS.find(({ id }) => id === "codex")!;
/** Codex has no JSON. */
const NO_EDITS: JsonEdits = {
  setJsonKey: () => {
    throw new Error("not JSON");
  },
  removeJsonKey: () => {
    throw new Error("not JSON");
  },
};

Deno.test("where each client keeps its servers", async (t) => {
  const rows: [id: string, env: Record<string, string>, file: string][] = [
    ["pi", {}, "/home/u/.pi/agent/mcp.json"],
    ["pi", { PI_CODING_AGENT_DIR: "~/pi" }, "/home/u/pi/mcp.json"],
    ["claude", {}, "/home/u/.claude.json"],
    ["claude", { CLAUDE_CONFIG_DIR: "/c" }, "/c/.claude.json"],
    ["codex", {}, "/home/u/.codex/config.toml"],
    ["codex", { CODEX_HOME: "rel" }, "/w/rel/config.toml"],
  ];
  for (const [id, env, file] of rows) {
    await t.step(`${id} ${JSON.stringify(env)}`, () => {
      strictEqual(MCP_CLIENTS.find((client) => client.id === id)!.file({ home: "/home/u", cwd: "/w", env }), file);
    });
  }
});

Deno.test("Codex: in and out again gives the same bytes", async (t) => {
  const rows: [name: string, before: string, after: string][] = [
    ["nothing", "", BLOCK],
    ["a table", '[a]\nb = "c" # d\n', `[a]\nb = "c" # d\n\n${BLOCK}`],
    ["no end of line", "a = 1", `a = 1\n${BLOCK}`],
    ["other servers, CRLF", '[mcp_servers.x]\r\ncommand = "y"\r\n', `[mcp_servers.x]\r\ncommand = "y"\r\n\n${BLOCK}`],
    ["a directory of our name", '[projects."/src/opper-agent"]\n', `[projects."/src/opper-agent"]\n\n${BLOCK}`],
    ["a closed string of lines", 'a = """\nx\n"""\n', `a = """\nx\n"""\n\n${BLOCK}`],
  ];
  for (const [name, before, after] of rows) {
    await t.step(name, () => {
      strictEqual(codex.install(before, SERVER, NO_EDITS), after);
      strictEqual(codex.install(after, SERVER, NO_EDITS), after);
      strictEqual(codex.uninstall(after, NO_EDITS), before);
      strictEqual(codex.uninstall(before, NO_EDITS), before);
    });
  }
  await t.step("a table that was added later stays, and the command is renewed in its place", () => {
    const text = `a = 1\n\n${BLOCK}\n# next\n[b]\nc = 2\n`;
    strictEqual(codex.uninstall(text, NO_EDITS), "a = 1\n\n# next\n[b]\nc = 2\n");
    const moved = codex.install(text, { ...SERVER, command: "/new" }, NO_EDITS);
    strictEqual(moved, text.replace('"/opt/a \\"b\\"/opper-agent"', '"/new"'));
  });
});

Deno.test("Codex: what is not ours is left alone", async (t) => {
  const rows: [name: string, text: string][] = [
    ["with a key of somebody's", `${BLOCK}startup_timeout_sec = 20\n`],
    ["with one behind a comment", `${BLOCK}\n# mine\nenabled = false\n`],
    ["with a table below it", `${BLOCK}\n[mcp_servers.opper-agent.env]\nA = "b"\n`],
    ["laid out otherwise", '[ mcp_servers."opper-agent" ]\ncommand = "x"\n'],
    ["an inline table", 'mcp_servers = { opper-agent = { command = "x" } }\n'],
    ["dotted keys", 'mcp_servers.opper-agent.command = "x"\n'],
    ["a key of the table", '[mcp_servers]\nopper-agent = { command = "x" }\n'],
    ["in a string", `a = """\n${BLOCK}"""\n`],
    ["twice", `${BLOCK}\n${BLOCK}`],
  ];
  for (const [name, text] of rows) {
    await t.step(name, () => {
      for (const change of [() => codex.install(text, SERVER, NO_EDITS), () => codex.uninstall(text, NO_EDITS)]) {
        throws(change, (error) => {
          ok(error instanceof AgentError);
          match(error.message, /not as it is written here/);
          return true;
        });
      }
    });
  }
});

Deno.test("what JSON clients are given", () => {
  const given: unknown[] = [];
  const edits: JsonEdits = {
    setJsonKey: (text, path, value) => {
      given.push([path, value]);
      return text;
    },
    removeJsonKey: (text) => text,
  };
  for (const { id, install } of MCP_CLIENTS) if (id !== "codex") install("{}", SERVER, edits);
  deepStrictEqual(given, [
    [["mcpServers", "opper-agent"], { ...SERVER, exposure: "direct" }],
    [["mcpServers", "opper-agent"], { type: "stdio", ...SERVER, env: {} }],
  ]);
});
