/** A run of the real OpenCode against a gateway on the loopback address shows up in `sessions` while it goes on. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { startGateway } from "../support/gateway.ts";
import { holdGateway } from "../support/held_gateway.ts";
import { OPENCODE_VERSION, realOpencode } from "../support/real_opencode.ts";
import { runAgent, withTemporaryDirectory } from "../support/run_agent.ts";

interface Listed {
  readonly sessionId: string;
  readonly cwd: string;
  readonly turns: number;
  readonly usage: Readonly<Record<"input" | "cacheRead" | "cacheWrite" | "output", number>>;
  readonly cost: { readonly usd: number };
}

async function listSessions(home: string): Promise<readonly Listed[]> {
  const { stdout, stderr } = await runAgent(["sessions", "--source", "opencode", "--json"], { home });
  strictEqual(stderr, "");
  return JSON.parse(stdout).sessions;
}

Deno.test(`OpenCode ${OPENCODE_VERSION}: a session is seen while it goes on, and adds up to its own sums`, async () => {
  const program = await realOpencode();
  await using gateway = await startGateway();
  // What a tool said is asked about once the first answer is written down.
  await using held = holdGateway(gateway.url, (body) => body.includes('"role":"tool"'));
  await withTemporaryDirectory(async (home) => {
    const [work, settings] = [join(home, "work"), join(home, ".config", "opencode")];
    for (const path of [work, settings]) await Deno.mkdir(path, { recursive: true });
    const model = {
      name: "Acme",
      cost: { input: 2, output: 8, cache_read: 0.2 },
      limit: { context: 200_000, output: 8_000 },
    };
    const options = { baseURL: `${held.url}/v3/compat`, apiKey: "any" };
    await Deno.writeTextFile(
      join(settings, "opencode.json"),
      JSON.stringify({
        model: "acme/acme-1",
        small_model: "acme/acme-1",
        autoupdate: false,
        provider: { acme: { npm: "@ai-sdk/openai-compatible", name: "Acme", options, models: { "acme-1": model } } },
      }),
    );
    // It takes the working directory from the variable.
    const env = { HOME: home, PWD: work, PATH: Deno.env.get("PATH")!, OPENCODE_DISABLE_MODELS_FETCH: "1" };
    const args = ["run", "TOOL:", "bash", String.raw`{"command":"true","description":"nothing"}`];
    const io = { stdin: "null", stdout: "null", stderr: "null" } as const;
    await using run = new Deno.Command(program, { args, cwd: work, env, clearEnv: true, ...io }).spawn();
    const ended = run.status;
    // A run that fails asks for no second answer.
    await Promise.race([held.isAsked, ended]);
    const seen = await listSessions(home).finally(held.release);
    deepStrictEqual(seen.map(({ cwd, turns }) => [cwd, turns]), [[await Deno.realPath(work), 1]]);
    strictEqual((await ended).code, 0);

    const [session, ...others] = await listSessions(home);
    deepStrictEqual([others, session!.turns], [[], 2]);
    const { usage, cost } = session!;
    const database = new DatabaseSync(join(home, ".local", "share", "opencode", "opencode.db"));
    try {
      const sums = database.prepare("SELECT * FROM session").get()!;
      deepStrictEqual([usage.input, usage.cacheRead, usage.cacheWrite, usage.output], [
        sums.tokens_input,
        sums.tokens_cache_read,
        sums.tokens_cache_write,
        (sums.tokens_output as number) + (sums.tokens_reasoning as number),
      ]);
      ok(usage.input > 0 && usage.output > 0);
      ok(Math.abs(cost.usd - (sums.cost as number)) < 1e-9 && cost.usd > 0, `${cost.usd} is not ${sums.cost}`);
    } finally {
      database.close();
    }
  });
});
