/**
 * `configure` of agents whose files never have the key, and `key`, which prints it for them: the real program on a real
 * home. The canary key is in one file alone, that of stored keys.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { type AccountGateway, startAccountGateway } from "./support/account_gateway.ts";
import { filesHolding } from "./support/home_snapshot.ts";
import {
  agentCommand,
  agentEnvironment,
  type AgentRun,
  runAgent,
  withTemporaryDirectory,
} from "./support/run_agent.ts";

const CANARY = "op-canary-9d4e7f10a2c6";
const OTHER_KEY = "op-canary-of-another-1";

interface World {
  readonly home: string;
  readonly gateway: AccountGateway;
  run(args: readonly string[], env?: Record<string, string>): Promise<AgentRun>;
  read(path: string): string;
}

/** With the key stored for the gateway. */
async function inWorld(body: (world: World) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    const gateway = startAccountGateway({ keys: [CANARY] });
    const run: World["run"] = (args, env = {}) => runAgent(args, { home, env });
    const keys = { default: { apiKey: CANARY, baseUrl: gateway.host } };
    await Deno.mkdir(join(home, ".opper"), { mode: 0o700 });
    await Deno.writeTextFile(join(home, ".opper/config.json"), JSON.stringify({ version: 1, keys }), { mode: 0o600 });
    try {
      await body({ home, gateway, run, read: (path) => Deno.readTextFileSync(join(home, path)) });
      deepStrictEqual(await filesHolding(home, CANARY), [join(home, ".opper/config.json")]);
    } finally {
      await gateway.close();
    }
  });
}

/** By agent: its file, and what a user had in it. */
const FILES: readonly [agent: string, path: string, text: string][] = [
  ["claude", ".claude/settings.json", `{\n  // mine\n  "env": { "DISABLE_AUTOUPDATER": "1" },\n}\n`],
  ["codex", ".codex/config.toml", `# mine\nmodel = 'gpt-5.5'\n\n[tui]\ntheme = "x"`],
  ["hermes", ".hermes/config.yaml", `# mine\nmodel:\n    default: 'a' # best\n`],
  ["openclaw", ".openclaw/openclaw.json", `{\n\t"agents": {}, // mine\n}\n`],
];

Deno.test("what configure writes is taken away again to the byte, and the key is nowhere", async (t) => {
  for (const [agent, path, text] of FILES) {
    await t.step(agent, () =>
      inWorld(async ({ home, gateway, run, read }) => {
        await Deno.mkdir(dirname(join(home, path)), { recursive: true });
        await Deno.writeTextFile(join(home, path), text, { mode: 0o644 });
        const first = JSON.parse((await run(["configure", agent, "--json"])).stdout);
        deepStrictEqual([first.file, first.changed, first.created], [join(home, path), true, false]);
        strictEqual(first.host, gateway.host);
        ok(read(path).includes(`${gateway.host}/v3/compat`));
        strictEqual((await Deno.stat(join(home, path))).mode! & 0o777, 0o644);
        match((await run(["configure", agent])).stdout, /: no change was needed\n/);

        // Neither a key nor the gateway is needed any more.
        match((await run(["unconfigure", agent], { OPPER_HOME: join(home, "none") })).stdout, /^Removed /);
        strictEqual(read(path), text);
        match((await run(["unconfigure", agent])).stdout, /^There is nothing of ours in /);

        await Deno.remove(join(home, path));
        strictEqual(JSON.parse((await run(["configure", agent, "--json"])).stdout).created, true);
        strictEqual((await Deno.stat(join(home, path))).mode! & 0o777, 0o600);
        match((await run(["unconfigure", agent])).stdout, /^Removed /);
        await Deno.stat(join(home, path)).then(() => ok(false, "the file is still there"), () => undefined);
      }));
  }
});

Deno.test("agents without a file: what is printed sets them up in a shell", async (t) => {
  for (const [agent, variable] of [["copilot", "COPILOT_PROVIDER_API_KEY_COMMAND"], ["opencode", "OPPER_API_KEY"]]) {
    await t.step(agent!, () =>
      inWorld(async ({ home, run }) => {
        const { stdout } = await run(["configure", agent!], { COLUMNS: "60" });
        const lines = stdout.split("\n").filter((line) => line.startsWith("export "));
        const shell = async (script: string) => {
          const output = await new Deno.Command("sh", {
            args: ["-c", `${lines.join("\n")}\n${script}`],
            env: { ...agentEnvironment({ home }) },
            clearEnv: true,
          }).output();
          return new TextDecoder().decode(output.stdout);
        };
        strictEqual(await shell(agent === "copilot" ? `sh -c "$${variable}"` : `echo "$${variable}"`), `${CANARY}\n`);
        const removed = JSON.parse((await run(["unconfigure", agent!, "--json"], { [variable!]: "x" })).stdout);
        deepStrictEqual([removed.file, removed.removed, removed.shell], [undefined, false, [`unset ${variable}`]]);
      }));
  }
});

Deno.test("what is somebody else's is refused, or replaced by force and kept", () =>
  inWorld(async ({ home, gateway, run, read }) => {
    const path = ".claude/settings.json";
    const mine = `{ "apiKeyHelper": "vault read key", "env": { "ANTHROPIC_BASE_URL": "https://other.example" } }`;
    await Deno.mkdir(dirname(join(home, path)));
    await Deno.writeTextFile(join(home, path), mine);
    const refused = await run(["configure", "claude"]);
    deepStrictEqual([refused.code, refused.stdout, read(path)], [1, "", mine]);
    match(refused.stderr, /^error: env\.ANTHROPIC_BASE_URL and apiKeyHelper in ".*" are not as opper-agent writes it/);
    match((await run(["unconfigure", "claude"])).stdout, /^There is nothing of ours/);

    const forced = JSON.parse((await run(["configure", "claude", "--force", "--json"])).stdout);
    deepStrictEqual(forced.replaced, ["env.ANTHROPIC_BASE_URL", "apiKeyHelper"]);
    strictEqual(await Deno.readTextFile(forced.keptAt), mine);
    strictEqual((await Deno.stat(forced.keptAt)).mode! & 0o777, 0o600);
    ok(read(path).includes(gateway.host));
  }));

Deno.test("claude: other keys that it would send to the gateway are said", () =>
  inWorld(async ({ home, run }) => {
    await Deno.mkdir(join(home, ".claude"));
    await Deno.writeTextFile(join(home, ".claude/settings.json"), `{"env":{"ANTHROPIC_AUTH_TOKEN":"sk-theirs"}}`);
    const { stdout } = await run(["configure", "claude"], { ANTHROPIC_API_KEY: "sk-ant-theirs" });
    match(stdout, /^ANTHROPIC_API_KEY is set: Claude Code sends it to Opper/m);
    match(stdout, /^env\.ANTHROPIC_AUTH_TOKEN in ".*settings\.json" is set: Claude Code sends it/m);
    ok(!stdout.includes("theirs"));
  }));

Deno.test("key prints the stored key for a program, and says why when it does not", async (t) => {
  await inWorld(async ({ home, gateway, run }) => {
    const rows: [
      name: string,
      args: string[],
      env: Record<string, string>,
      stdout: string,
      code: number,
      stderr: RegExp,
    ][] = [
      ["the default key", [], {}, `${CANARY}\n`, 0, /^$/],
      ["for its gateway", ["--base-url", gateway.host], {}, `${CANARY}\n`, 0, /^$/],
      ["by name", ["--key", "default"], {}, `${CANARY}\n`, 0, /^$/],
      ["not that of a launch", [], { OPPER_API_KEY: OTHER_KEY }, `${CANARY}\n`, 0, /^$/],
      [
        "for another gateway",
        ["--base-url", "https://x.example"],
        {},
        "",
        1,
        /is stored for http.*, and not for https/,
      ],
      ["no such key", ["--key", "work"], {}, "", 1, /No Opper API key named "work" is stored/],
      ["none", [], { OPPER_HOME: join(home, "none"), OPPER_API_KEY: OTHER_KEY }, "", 1, /No Opper API key is stored/],
      ["what may be a key", [OTHER_KEY], {}, "", 2, /takes flags alone/],
    ];
    for (const [name, args, env, stdout, code, stderr] of rows) {
      await t.step(name, async () => {
        const result = await run(["key", ...args], env);
        deepStrictEqual([result.stdout, result.code], [stdout, code]);
        match(result.stderr, stderr);
        ok(!result.stderr.includes("canary"));
      });
    }
  });
});

Deno.test("configure needs a stored key for its gateway where the agent asks for it later", () =>
  inWorld(async ({ home, gateway, run }) => {
    const none = { OPPER_HOME: join(home, "none"), OPPER_API_KEY: CANARY, OPPER_BASE_URL: gateway.host };
    const result = await run(["configure", "codex"], none);
    strictEqual(result.code, 1);
    match(
      result.stderr,
      /No Opper API key is stored\.\nhint: Run `opper-agent login`; a key in OPPER_API_KEY does not do/,
    );
    const elsewhere = await run(["configure", "codex", "--base-url", "https://other.example"]);
    match(elsewhere.stderr, /is stored for http:.*, and not for https:\/\/other\.example/);
  }));

Deno.test("the command is run by the program that wrote it", () =>
  inWorld(async ({ home, read, run }) => {
    await run(["configure", "claude"]);
    const { apiKeyHelper } = JSON.parse(read(".claude/settings.json"));
    ok(apiKeyHelper.startsWith(agentCommand()[0]));
    const output = await new Deno.Command("sh", {
      args: ["-c", apiKeyHelper],
      cwd: "/",
      env: agentEnvironment({ home }),
      clearEnv: true,
    }).output();
    strictEqual(new TextDecoder().decode(output.stdout), `${CANARY}\n`);
  }));
