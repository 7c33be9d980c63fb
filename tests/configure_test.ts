/** `configure pi` and `unconfigure pi`: the real program on a real home. The canary key must be in two files alone. */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { type AccountGateway, type GatewayAnswers, startAccountGateway } from "./support/account_gateway.ts";
import { type AgentRun, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

const CANARY = "op-canary-5f1d0c9b7a3e";

interface World {
  readonly home: string;
  /** Pi's own. */
  readonly modelsPath: string;
  readonly gateway: AccountGateway;
  /** Runs the program with the key in the environment. */
  run(args: readonly string[], env?: Record<string, string>): Promise<AgentRun>;
}

async function inWorld(body: (world: World) => Promise<void>, answers: Partial<GatewayAnswers> = {}): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    const gateway = startAccountGateway({ keys: [CANARY], ...answers });
    try {
      await body({
        home,
        gateway,
        modelsPath: join(home, ".pi/agent/models.json"),
        async run(args, env = {}) {
          const result = await runAgent(args, {
            home,
            env: { OPPER_API_KEY: CANARY, OPPER_BASE_URL: gateway.host, ...env },
          });
          ok(!`${result.stdout}${result.stderr}`.includes(CANARY), `the key was printed by ${args.join(" ")}`);
          return result;
        },
      });
    } finally {
      await gateway.close();
    }
  });
}

async function filesWithKey(directory: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) found.push(...await filesWithKey(path));
    else if ((await Deno.readTextFile(path)).includes(CANARY)) found.push(path);
  }
  return found;
}

const MINE = `{
\t// my own
\t"providers": {
\t\t"local": { "baseUrl": "http://localhost:11434/v1", "api": "openai-completions", "apiKey": "none", "models": [], },
\t},
}
`;

Deno.test("configure pi writes one provider, and unconfigure pi takes it away", () =>
  inWorld(async ({ home, modelsPath, gateway, run }) => {
    const first = await run(["configure", "pi", "--json"]);
    strictEqual(first.stderr, "");
    const { asOf, ...answer } = JSON.parse(first.stdout);
    match(asOf, /^\d{4}-\d\d-\d\dT/);
    deepStrictEqual(answer, {
      schemaVersion: 1,
      agent: "pi",
      file: modelsPath,
      changed: true,
      created: true,
      replaced: [],
      provider: "opper",
      host: gateway.host,
      key: "op-…7a3e",
      keyBy: "text",
      models: 2,
      catalogue: "gateway",
      shell: [],
      advice: ["In Pi, /model chooses among the models of opper."],
      notes: [],
    });
    const { providers: { opper } } = JSON.parse(await Deno.readTextFile(modelsPath));
    deepStrictEqual([opper.baseUrl, opper.api, opper.apiKey], [
      `${gateway.host}/v3/compat`,
      "openai-completions",
      CANARY,
    ]);
    const [sonnet] = opper.models;
    deepStrictEqual([sonnet.id, sonnet.contextWindow, sonnet.maxTokens, sonnet.input, sonnet.cost], [
      "anthropic/claude-sonnet-4.6",
      1_000_000,
      64_000,
      ["text", "image"],
      // Per token: 0.000003, 0.000015, 0.0000003 and 0.00000375.
      { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
    ]);
    strictEqual((await Deno.stat(modelsPath)).mode! & 0o777, 0o600);
    deepStrictEqual(await filesWithKey(home), [modelsPath]);

    const text = await Deno.readTextFile(modelsPath);
    match((await run(["configure", "pi"])).stdout, /models\.json: no change was needed\n/);
    strictEqual(await Deno.readTextFile(modelsPath), text);
    strictEqual(gateway.requests.length, 1);

    strictEqual(
      (await run(["unconfigure", "pi"])).stdout,
      `Removed the provider "opper" from ~/.pi/agent/models.json.\n`,
    );
    await rejects(Deno.stat(modelsPath), Deno.errors.NotFound);
    const again = JSON.parse((await run(["unconfigure", "pi", "--json"])).stdout);
    deepStrictEqual([again.removed, again.file], [false, modelsPath]);
    deepStrictEqual(await filesWithKey(home), []);
  }));

Deno.test("what people wrote themselves stays, byte for byte", () =>
  inWorld(async ({ modelsPath, run }) => {
    await Deno.mkdir(dirname(modelsPath), { recursive: true });
    await Deno.writeTextFile(modelsPath, MINE);
    strictEqual((await run(["configure", "pi"])).code, 0);
    const text = await Deno.readTextFile(modelsPath);
    ok(text.startsWith(MINE.slice(0, MINE.indexOf("],") + 2)));
    ok(text.includes(`\n\t\t"opper": {`));
    strictEqual((await run(["unconfigure", "pi"], { OPPER_API_KEY: "", OPPER_BASE_URL: "" })).code, 0);
    strictEqual(await Deno.readTextFile(modelsPath), MINE);
  }));

Deno.test("PI_CODING_AGENT_DIR says where Pi's files are", async (t) => {
  const rows: [directory: string, below: string][] = [
    ["~/elsewhere", "elsewhere"],
    ["relative/dir", "relative/dir"],
    ["", ".pi/agent"],
  ];
  for (const [directory, below] of rows) {
    await t.step(JSON.stringify(directory), () =>
      inWorld(async ({ home, run }) => {
        const env = { PI_CODING_AGENT_DIR: directory };
        const path = join(home, below, "models.json");
        strictEqual(JSON.parse((await run(["configure", "pi", "--json"], env)).stdout).file, path);
        deepStrictEqual(await filesWithKey(home), [path]);
        strictEqual(JSON.parse((await run(["unconfigure", "pi", "--json"], env)).stdout).removed, true);
      }));
  }
});

Deno.test("configure changes nothing when something is wrong", async (t) => {
  type Row = [
    name: string,
    text: string | undefined,
    args: readonly string[],
    env: Record<string, string>,
    code: number,
    message: RegExp,
  ];
  const rows: Row[] = [
    [
      "no key",
      MINE,
      ["pi"],
      { OPPER_API_KEY: "" },
      1,
      /^error: No Opper API key was found\.\nhint: Run `opper-agent login`/,
    ],
    ["a refused key", MINE, ["pi"], { OPPER_API_KEY: "op-refused-1234567890" }, 1, /refused the key \(401\)/],
    ["no agent", MINE, [], {}, 2, /"opper-agent configure" needs AGENT/],
    ["another agent", MINE, ["qwen"], {}, 2, /Expected pi, .* or hermes for AGENT, not "qwen"/],
    ["an agent that cannot be", MINE, ["gemini"], {}, 1, /Gemini CLI: it speaks Google's own protocol.*\nhint: Use/],
    ["within a launch", MINE, ["pi"], { OPPER_AGENT_LAUNCH: "l" }, 1, /This is within a launch/],
    [
      "a file that does not parse",
      `{"providers": /* no */ {`,
      ["pi"],
      {},
      1,
      /models\.json" was left as it is\. The JSON/,
    ],
    [
      "a provider of somebody else",
      `{"providers":{"opper":{"headers":{"x":"y"}}}}`,
      ["pi"],
      {},
      1,
      /^error: providers\.opper in ".*" is not as opper-agent writes it.*\nhint: --force replaces/,
    ],
  ];
  for (const [name, text, args, env, code, message] of rows) {
    await t.step(name, () =>
      inWorld(async ({ home, modelsPath, run }) => {
        if (text !== undefined) {
          await Deno.mkdir(dirname(modelsPath), { recursive: true });
          await Deno.writeTextFile(modelsPath, text);
        }
        const result = await run(["configure", ...args], env);
        strictEqual(result.code, code);
        match(result.stderr, message);
        if (text !== undefined) strictEqual(await Deno.readTextFile(modelsPath), text);
        deepStrictEqual(await filesWithKey(home), []);
      }));
  }
});

Deno.test("without a catalogue the built-in models are written, and that is said", () =>
  inWorld(async ({ modelsPath, run }) => {
    const result = await run(["configure", "pi"]);
    strictEqual(result.code, 0);
    match(result.stdout, /^Provider +opper, 6 models of the built-in list, without prices$/m);
    match(result.stdout, /answered with status 502\.\n$/);
    const { providers: { opper } } = JSON.parse(await Deno.readTextFile(modelsPath));
    strictEqual(opper.models[0].id, "claude-opus-4-7");
  }, { respond: () => new Response("Bad gateway", { status: 502 }) }));

Deno.test("a place that cannot be written is said, and nothing is left behind", () =>
  inWorld(async ({ home, run }) => {
    await Deno.mkdir(join(home, ".pi"));
    await Deno.writeTextFile(join(home, ".pi/agent"), "a file where the directory should be");
    const result = await run(["configure", "pi"]);
    strictEqual(result.code, 1);
    match(result.stderr, /^error: .*\.pi\/agent.* could not be (read|made|written): /);
    deepStrictEqual(await filesWithKey(home), []);
  }));
