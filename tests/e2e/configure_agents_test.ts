/**
 * What `configure` writes, or prints, is what real agents take: with nothing else their next call reaches the gateway, with
 * the key that our command prints, and their own files are to the byte as they were once it was taken away again.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { delimiter, dirname, join } from "node:path";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { filesHolding } from "../support/home_snapshot.ts";
import { CLAUDE_QUIET, claudeBin } from "../support/real_claude.ts";
import { codexBin } from "../support/real_codex.ts";
import { copilotBin } from "../support/real_copilot.ts";
import { opencodeBin } from "../support/real_opencode.ts";
import { realNode } from "../support/real_pi.ts";
import { agentEnvironment, runAgent, withTemporaryDirectory } from "../support/run_agent.ts";

const CANARY = "op-canary-c0ffee254b91";
const SONNET = "anthropic/claude-sonnet-4.6";
const GPT = "openai/gpt-5.5";

interface RealAgent {
  readonly id: string;
  bin(): Promise<string>;
  /** The user's own file, below the home. @default none is touched */
  readonly file?: readonly [path: string, text: string];
  readonly env?: Readonly<Record<string, string>>;
  /** As typed into a shell. */
  readonly command: string;
  /** Behind the gateway's address. */
  readonly path: string;
  /** Of the model that was asked for. */
  readonly model: string;
}

const AGENTS: readonly RealAgent[] = [
  {
    id: "claude",
    bin: claudeBin,
    // It takes no comments.
    file: [".claude/settings.json", `{\n\t"env": { "MINE": "1" },\n\n\t"theme" : "dark"\n}`],
    env: { ...CLAUDE_QUIET, IS_SANDBOX: "1" },
    command: `claude --model ${SONNET} -p 'SAY: it works'`,
    path: "/v3/compat/v1/messages?beta=true",
    model: SONNET,
  },
  {
    id: "codex",
    bin: codexBin,
    file: [".codex/config.toml", `# mine\nmodel_reasoning_effort = 'low'\n\n[features]\n# none`],
    command: `codex exec --skip-git-repo-check -c model_provider=opper -m ${GPT} 'SAY: it works'`,
    path: "/v3/compat/responses",
    model: GPT,
  },
  {
    id: "copilot",
    bin: copilotBin,
    env: { COPILOT_OFFLINE: "true" },
    command: "copilot -p 'SAY: it works' --allow-all-tools",
    path: "/v3/compat/chat/completions",
    // What is printed names the first of the catalogue.
    model: SONNET,
  },
  {
    id: "opencode",
    bin: opencodeBin,
    command: "opencode run -m opper/claude-haiku-4-5 'SAY: it works'",
    path: "/v3/compat/chat/completions",
    model: "claude-haiku-4-5",
  },
];

async function storeKey(home: string, gateway: Gateway): Promise<void> {
  const keys = { default: { apiKey: CANARY, baseUrl: gateway.url } };
  await Deno.mkdir(join(home, ".opper"), { mode: 0o700 });
  await Deno.writeTextFile(join(home, ".opper/config.json"), JSON.stringify({ version: 1, keys }), { mode: 0o600 });
}

for (const { id, bin, file, env = {}, command, path, model } of AGENTS) {
  Deno.test(`${id} reaches the gateway with what configure says, and nothing else`, async () => {
    await using gateway = await startGateway({ node: await realNode() });
    await withTemporaryDirectory(async (home) => {
      await storeKey(home, gateway);
      if (file !== undefined) {
        await Deno.mkdir(dirname(join(home, file[0])), { recursive: true });
        await Deno.writeTextFile(join(home, file[0]), file[1]);
      }
      const work = join(home, "work");
      await Deno.mkdir(work);
      const configured = await runAgent(["configure", id, "--json"], { home });
      strictEqual(configured.stderr, "");
      const { catalogue, shell } = JSON.parse(configured.stdout);
      strictEqual(catalogue, "gateway");
      await gateway.reset();

      const usual = agentEnvironment({ home, env });
      const answered = await new Deno.Command("sh", {
        args: ["-c", `${shell.join("\n")}\n${command}`],
        cwd: work,
        clearEnv: true,
        env: { ...usual, PATH: [await bin(), usual["PATH"]].join(delimiter) },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).output();
      const [said, complained] = [answered.stdout, answered.stderr].map((bytes) => new TextDecoder().decode(bytes));
      match(said!, /it works/, complained);
      ok(!`${said}${complained}`.includes(CANARY));
      const calls = (await gateway.requests()).filter(({ method }) => method === "POST");
      const call = calls.find(({ body }) => (body as { model?: string }).model === model)!;
      deepStrictEqual([call.path, call.headers["authorization"]], [path, `Bearer ${CANARY}`]);
      deepStrictEqual(await filesHolding(home, CANARY), [join(home, ".opper/config.json")]);

      strictEqual((await runAgent(["unconfigure", id], { home })).stderr, "");
      if (file !== undefined) strictEqual(await Deno.readTextFile(join(home, file[0])), file[1]);
    });
  });
}
