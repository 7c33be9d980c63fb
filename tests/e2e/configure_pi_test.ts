/** What `configure pi` writes is what real Pis read: their next call reaches the gateway, with the key and cache markers. */
import { match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { startGateway } from "../support/gateway.ts";
import { PI_VERSIONS, realPi } from "../support/real_pi.ts";
import { runAgent, withTemporaryDirectory } from "../support/run_agent.ts";
import { runPi } from "../support/run_pi.ts";

const CANARY = "op-canary-5f1d0c9b7a3e";

for (const version of PI_VERSIONS) {
  Deno.test(`Pi ${version} uses the provider that configure wrote, beside one of the user's own`, async () => {
    const pi = await realPi(version);
    await using gateway = await startGateway({ node: pi.node });
    await withTemporaryDirectory(async (home) => {
      const modelsPath = join(home, ".pi/agent/models.json");
      const mine = `{
  // mine
  "providers": {
    "other": {
      "baseUrl": "${gateway.url}/other", "api": "openai-completions", "apiKey": "other-key",
      "models": [{ "id": "other-1" }],
    },
  },
}
`;
      await Deno.mkdir(join(home, ".pi/agent"), { recursive: true });
      await Deno.writeTextFile(modelsPath, mine);
      const configured = await runAgent(["configure", "pi", "--json"], {
        home,
        env: { OPPER_API_KEY: CANARY, OPPER_BASE_URL: gateway.url },
      });
      strictEqual(configured.stderr, "");
      strictEqual(JSON.parse(configured.stdout).catalogue, "gateway");
      const claude = (await modelIds(gateway.url)).find((id) => id.includes("claude"));
      ok(claude !== undefined);
      await gateway.reset();
      const answered = await runPi(pi, ["--provider", "opper", "--model", claude, "-p", "SAY: it works"], {
        home,
        cwd: home,
      });
      match(answered.stdout, /it works/, answered.stderr);
      const calls = (await gateway.requests()).filter(({ method }) => method === "POST");
      strictEqual(calls.length, 1);
      strictEqual(calls[0]!.path, "/v3/compat/chat/completions");
      strictEqual(calls[0]!.headers["authorization"], `Bearer ${CANARY}`);
      strictEqual(calls[0]!.headers["x-opper-trace-id"], undefined);
      match(JSON.stringify(calls[0]!.body), /"cache_control"/);

      const other = await runPi(pi, ["--provider", "other", "--model", "other-1", "-p", "SAY: so does mine"], {
        home,
        cwd: home,
      });
      match(other.stdout, /so does mine/, other.stderr);
      ok(!JSON.stringify((await gateway.requests()).at(-1)).includes(CANARY));

      await runAgent(["unconfigure", "pi"], { home });
      strictEqual(await Deno.readTextFile(modelsPath), mine);
    });
  });
}

async function modelIds(url: string): Promise<readonly string[]> {
  const response = await fetch(`${url}/v3/compat/models`, { headers: { authorization: "Bearer any" } });
  const { data } = await response.json() as { data: readonly { id: string }[] };
  return data.map(({ id }) => id);
}
