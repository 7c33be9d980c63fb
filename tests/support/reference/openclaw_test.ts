/** What a plain reading of the format finds is what the server counted: the description of the format is right. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withTemporaryDirectory } from "../run_agent.ts";
import { readOpenClaw } from "./openclaw.ts";

const SESSIONS = new URL("../../fixtures/sources/openclaw/", import.meta.url);
const DATABASE = ".openclaw/agents/main/agent/openclaw-agent.sqlite";
const COUNTS = ["input", "output", "cacheRead", "cacheWrite", "cacheWrite1h"] as const;

Deno.test("a plain reading of OpenClaw's database agrees with what is known of it", async (t) => {
  const { openclaw: expected } = JSON.parse(await Deno.readTextFile(new URL("expected.json", SESSIONS)));
  await withTemporaryDirectory(async (home) => {
    Deno.mkdirSync(dirname(join(home, DATABASE)), { recursive: true });
    Deno.copyFileSync(fileURLToPath(new URL(`home/${DATABASE}`, SESSIONS)), join(home, DATABASE));
    const { responses, parents } = readOpenClaw(home);
    deepStrictEqual([...new Set(responses.map(({ session }) => session))].sort(), Object.keys(expected).sort());
    deepStrictEqual(new Set(responses.map(({ key }) => key)).size, responses.length);
    deepStrictEqual(Object.keys(parents), ["53a3e7d2-b390-4f80-a880-d9ded21aa224"]);
    for (const [id, { billedTurns, usage, recordedUsd }] of Object.entries<typeof expected[string]>(expected)) {
      await t.step(id, () => {
        const own = responses.filter(({ session }) => session === id);
        deepStrictEqual(own.length, billedTurns);
        for (const kind of COUNTS) deepStrictEqual(own.reduce((sum, one) => sum + one[kind], 0), usage[kind], kind);
        ok(Math.abs(own.reduce((sum, { usd }) => sum + usd, 0) - recordedUsd) < 1e-9);
      });
    }
  });
});
