/**
 * How long `enrich` takes for 1,200 responses, each of which OpenRouter's stand-in answers after 200 ms: at four at a time a
 * minute is what the waiting alone takes. Needs Node.
 *
 * usage: deno run -A bench/enrich.ts [RESPONSES] [LATENCY_MS]
 */
import { generation, ORDINARY_KEY, seedOf, startOpenRouter, writeOpenRouterLog } from "../tests/support/openrouter.ts";
import { runAgent, withTemporaryDirectory } from "../tests/support/run_agent.ts";

const [count, latencyMs] = [Number(Deno.args[0] ?? 1_200), Number(Deno.args[1] ?? 200)];
const ids = Array.from({ length: count }, (_, n) => `gen-1795168800-bench${n}`);

await withTemporaryDirectory(async (home) => {
  await using router = await startOpenRouter({ seed: seedOf(ids.map((id) => generation(id, 0.01))), latencyMs });
  await writeOpenRouterLog(home, ids);
  const startedAt = performance.now();
  const { code, stdout, stderr } = await runAgent(["enrich", "--since", "2026-11-01", "--yes", "--json"], {
    home,
    env: { OPENROUTER_API_KEY: ORDINARY_KEY, OPENROUTER_BASE_URL: router.url },
  });
  const seconds = (performance.now() - startedAt) / 1000;
  if (code !== 0) throw new Error(stderr);
  const { found } = JSON.parse(stdout);
  const waiting = count / 4 * latencyMs / 1000;
  console.log(`${found} responses in ${seconds.toFixed(1)} s; the waiting alone is ${waiting.toFixed(1)} s`);
});
