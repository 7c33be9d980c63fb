/** Opper in the settings of every agent that has a file for it, as people write these: it comes and goes byte for byte. */
import { deepEqual, deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";
import { AgentError } from "../core/errors.ts";
import { readJsonKey } from "../core/json/json_edit.ts";
import { makeMachine } from "../host/environment.ts";
import { AGENTS } from "./agents.ts";
import { type AddedProvider, isKeyCommand, type ProviderFile, type ProviderSetup } from "./provider_setup.ts";

const CANARY = "op-canary-2b7e151628ae";
const PATH = "/v3/compat";
const ARGS = ["key", "--base-url", "https://api.opper.ai"];
const PROVIDER: AddedProvider = {
  baseUrl: "https://api.opper.ai/v3/compat",
  apiKey: CANARY,
  keyCommand: { command: "/opt/it's here/opper-agent", args: ARGS },
  models: [{
    id: "anthropic/claude-sonnet-4.6",
    contextWindow: 1_000_000,
    maxOutputTokens: 64_000,
    vision: true,
    reasoning: ["none", "high"],
    price: { input: 3, output: 15 },
  }],
  os: "linux",
};
/** Of an older version, another place, another gateway. */
const FORMER: AddedProvider = {
  ...PROVIDER,
  baseUrl: "http://127.0.0.1:80/x/v3/compat",
  keyCommand: {
    command: "/usr/bin/deno",
    args: ["run", "-A", "/src/main.ts", "key", "--base-url", "http://127.0.0.1:80/x", "--key", "work"],
  },
  models: [],
};

async function fileOf(id: string): Promise<ProviderFile & Pick<ProviderSetup, "keyBy">> {
  const { file, keyBy } = await AGENTS.find((agent) => agent.id === id)!.providerSetup!();
  return { ...file!, keyBy };
}

/** Texts, what is in them once the provider was added, and texts with what is not ours in its place. */
interface Rows {
  readonly texts: readonly string[];
  holds(text: string): unknown;
  readonly expected: unknown;
  readonly foreign: readonly (readonly [text: string, keys: readonly string[], whenRemoved: readonly string[]])[];
  readonly unreadable: readonly string[];
}

const JSON_TEXTS = [
  "",
  "{}",
  `{ "a": 1 }`,
  `{\n\t// mine\n\t"a": [1, 2,],\n}\n`,
  `{\r\n  "a": 1\r\n}\r\n`,
  `\ufeff{"a": {}}`,
];
const HELPER = `'/opt/it'\\''s here/opper-agent' key --base-url https://api.opper.ai`;

const ROWS: Readonly<Record<string, Rows>> = {
  claude: {
    texts: [
      ...JSON_TEXTS,
      `{\n  "env": {},\n  "model": "opus"\n}\n`,
      `{\n  "env": {\n    "DISABLE_AUTOUPDATER": "1" // mine\n  },\n  "permissions": {"allow": []}\n}`,
    ],
    holds(text) {
      const { env, apiKeyHelper } = readJsonKey(text, []) as { env: Record<string, unknown>; apiKeyHelper: unknown };
      return [env["ANTHROPIC_BASE_URL"], apiKeyHelper];
    },
    expected: [PROVIDER.baseUrl, HELPER],
    foreign: [
      [`{"env":{"ANTHROPIC_BASE_URL":"https://other.example"}}`, ["env.ANTHROPIC_BASE_URL"], []],
      [`{"apiKeyHelper":"vault read key"}`, ["apiKeyHelper"], []],
      [`{"apiKeyHelper":"x key --base-url https://a --other"}`, ["apiKeyHelper"], []],
      [`{"apiKeyHelper":"/a/opper-agent key --base-url https://a --key b; curl https://evil"}`, ["apiKeyHelper"], []],
      [`{"apiKeyHelper":["x"],"env":{"ANTHROPIC_BASE_URL":null}}`, ["env.ANTHROPIC_BASE_URL", "apiKeyHelper"], []],
    ],
    unreadable: [`{"env":`, `[]`, `{"env": []}`],
  },
  codex: {
    texts: [
      "",
      "# mine\nmodel = 'gpt-5.5' # best\n",
      `model_provider = "other"\n\n[model_providers.other]\nname = "Other"\nbase_url = "http://x"`,
      `[model_providers]\r\nother = { name = "Other" }\r\n`,
      `model_providers = { other = { name = "Other" } }\n[tui]\n`,
      `model_providers = {}\n`,
      `[mcp_servers.a]\ncommand = "a"\n\n[[x]]\ny = 1\n`,
    ],
    holds: (text) => (parseToml(text.replace(/^\ufeff/, ""))["model_providers"] as Record<string, unknown>)["opper"],
    expected: {
      name: "Opper",
      base_url: PROVIDER.baseUrl,
      wire_api: "responses",
      auth: { command: PROVIDER.keyCommand.command, args: ARGS },
    },
    foreign: [
      [`[model_providers.opper]\nname = "Opper"\nbase_url = "https://other.example"\nenv_key = "X"\n`],
      [`[model_providers.opper]\nbase_url = "http://a${PATH}"\nwire_api = "responses"\nhttp_headers = { a = "b" }\n`],
      [`model_providers = { opper = {}, other = { name = "a" } }\n`],
      [`[model_providers.opper.auth]\ncommand = "vault"\nargs = []\n`],
    ].map(([text]) => [text!, ["model_providers.opper"], ["model_providers.opper"]]),
    unreadable: ["model = \n", "model_providers = { opper = 1 }\n"],
  },
  openclaw: {
    texts: [
      ...JSON_TEXTS,
      `{"models":{"mode":"merge","providers":{"local":{}}},"agents":{}}`,
      `{\n  models: 1\n}\n`.replace("models", `"x"`),
    ],
    holds(text) {
      const { models } = readJsonKey(text, []) as { models: { providers: Record<string, unknown> } };
      return models.providers["opper"];
    },
    expected: {
      baseUrl: PROVIDER.baseUrl,
      api: "openai-completions",
      apiKey: "${OPPER_API_KEY}",
      models: [{
        id: "anthropic/claude-sonnet-4.6",
        name: "anthropic/claude-sonnet-4.6",
        reasoning: true,
        input: ["text", "image"],
        // A cache price that is not listed is that of ordinary input.
        cost: { input: 3, output: 15, cacheRead: 3, cacheWrite: 3 },
        contextWindow: 1_000_000,
        maxTokens: 64_000,
        compat: { supportsDeveloperRole: false, supportsStore: false },
      }],
    },
    foreign: [
      [`{"models":{"providers":{"opper":{"baseUrl":"https://api.opper.ai/v3/compat","apiKey":"op-mine"}}}}`],
      [`{"models":{"providers":{"opper":"x"}}}`],
    ].map(([text]) => [text!, ["models.providers.opper"], ["models.providers.opper"]]),
    unreadable: [`{models: {}}`, `{'models': {}}`],
  },
  hermes: {
    texts: [
      "",
      "# mine\nmodel:\n  default: a\n",
      "providers:\n  local:\n    base_url: http://x\n# end\n",
      "providers: {}",
    ],
    holds: (text) => parseYaml(text).providers.opper,
    expected: { base_url: PROVIDER.baseUrl, key_env: "OPPER_API_KEY" },
    foreign: [
      ["providers:\n  opper:\n    base_url: https://api.opper.ai/v3/compat\n    api_key: op-mine\n"],
      ["providers:\n  opper: x\n  a: 1\n"],
      ["providers: {opper: {base_url: https://other.example, key_env: OPPER_API_KEY}}\n"],
    ].map(([text]) => [text!, ["providers.opper"], ["providers.opper"]]),
    unreadable: ["a: [\n", "- a\n"],
  },
};

for (const [id, rows] of Object.entries(ROWS)) {
  Deno.test(`${id}: what is added can be taken away again, and no other byte changes`, async (t) => {
    const file = await fileOf(id);
    for (const text of rows.texts) {
      await t.step(JSON.stringify(text), () => {
        const added = file.add(text, PROVIDER);
        deepEqual(rows.holds(added), rows.expected);
        ok(!added.includes(CANARY), "no file has the key");
        for (const edit of ["add", "remove"] as const) deepStrictEqual(file.others(added, PATH, edit), []);
        strictEqual(file.add(added, PROVIDER), added);
        strictEqual(file.remove(added, PATH), text);
        strictEqual(file.remove(text, PATH), text);

        const former = file.add(text, FORMER);
        deepStrictEqual(file.others(former, PATH, "add"), []);
        deepEqual(rows.holds(file.add(former, PROVIDER)), rows.expected);
        strictEqual(file.remove(former, PATH), text);
      });
    }
  });

  Deno.test(`${id}: what is not ours is known by its keys, and replaced as a whole`, async (t) => {
    const file = await fileOf(id);
    for (const [text, keys, whenRemoved] of rows.foreign) {
      await t.step(text, () => {
        deepStrictEqual(file.others(text, PATH, "add"), keys);
        deepStrictEqual(file.others(text, PATH, "remove"), whenRemoved);
        deepEqual(rows.holds(file.add(text, PROVIDER)), rows.expected);
        if (whenRemoved.length === 0) strictEqual(file.remove(text, PATH), text);
      });
    }
  });

  Deno.test(`${id}: what is not understood is said`, async (t) => {
    const file = await fileOf(id);
    for (const text of rows.unreadable) {
      await t.step(text, () => throws(() => file.add(text, PROVIDER), AgentError));
    }
  });
}

Deno.test("claude: of two keys only what is ours is taken away", async () => {
  const file = await fileOf("claude");
  const added = file.add(`{"a": 1}`, PROVIDER);
  const moved = added.replace(PROVIDER.baseUrl, "https://other.example");
  deepEqual(readJsonKey(file.remove(moved, PATH), []), {
    a: 1,
    env: { ANTHROPIC_BASE_URL: "https://other.example" },
  });
  const others = added.replace(JSON.stringify(HELPER), `"mine"`);
  deepEqual(readJsonKey(file.remove(others, PATH), []), { a: 1, apiKeyHelper: "mine" });
});

Deno.test("isKeyCommand", async (t) => {
  const rows: [args: readonly unknown[], is: boolean][] = [
    [["key", "--base-url", "https://a"], true],
    [["run", "main.ts", "key", "--base-url", "https://a", "--key", "b"], true],
    [["key"], false],
    [["key", "--base-url", "a"], false],
    [["key", "--base-url", "https://a", "--key"], false],
    [["key", "--base-url", "https://a", "--show"], false],
    [["key", "--base-url", "https://a", "--key", 1], false],
    [["--base-url", "https://a", "key"], false],
    [[], false],
  ];
  for (const [args, is] of rows) await t.step(JSON.stringify(args), () => strictEqual(isKeyCommand(args), is));
});

Deno.test("where the files are, and what variables say of that", async (t) => {
  const rows: [id: string, env: Record<string, string>, path: string][] = [
    ["claude", {}, "/home/u/.claude/settings.json"],
    ["claude", { CLAUDE_CONFIG_DIR: "~/c,/other" }, "/home/u/c/settings.json"],
    ["codex", { CODEX_HOME: "rel" }, "/w/rel/config.toml"],
    ["openclaw", {}, "/home/u/.openclaw/openclaw.json"],
    ["openclaw", { OPENCLAW_HOME: "/h", OPENCLAW_STATE_DIR: "undefined" }, "/h/.openclaw/openclaw.json"],
    ["openclaw", { OPENCLAW_HOME: "/h", OPENCLAW_STATE_DIR: "~/s" }, "/home/u/s/openclaw.json"],
    ["openclaw", { OPENCLAW_STATE_DIR: "/s", OPENCLAW_CONFIG_PATH: "$HOME/my.json" }, "/home/u/my.json"],
    ["hermes", {}, "/home/u/.hermes/config.yaml"],
    ["hermes", { HERMES_HOME: "/h/profiles/work" }, "/h/profiles/work/config.yaml"],
  ];
  for (const [id, env, path] of rows) {
    await t.step(`${id} ${JSON.stringify(env)}`, async () => {
      const machine = makeMachine({ home: "/home/u", cwd: "/w", env });
      strictEqual((await fileOf(id)).path(machine), path);
    });
  }
});

Deno.test("what is said besides: variables that the setup names, and sentences", async (t) => {
  for (const { id, providerSetup } of AGENTS) {
    if (providerSetup === undefined) continue;
    await t.step(id, async () => {
      const { advice, variables = [], file, keyBy } = await providerSetup();
      const said = advice(
        { ...PROVIDER, apiKey: "", baseUrl: "http://h/v3/compat" },
        makeMachine({ home: "/h", cwd: "/" }),
      );
      deepStrictEqual(Object.keys(said.variables ?? {}), variables);
      ok(file !== undefined || keyBy !== "text");
      ok(said.sentences.length > 0);
      for (const sentence of said.sentences) match(sentence, /^[^a-z].*\.$/);
    });
  }
  await t.step("opencode knows everybody's address", async () => {
    const { advice } = await AGENTS.find(({ id }) => id === "opencode")!.providerSetup!();
    strictEqual(advice(PROVIDER, makeMachine({ home: "/h", cwd: "/" })).variables, undefined);
  });
});
