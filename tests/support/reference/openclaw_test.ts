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
    const { sessions, responses } = readOpenClaw(home);
    // One is a sub-agent of another.
    const [child, parent] = ["53a3e7d2-b390-4f80-a880-d9ded21aa224", "e4caa222-c398-4bb9-ae86-a841828c39f2"];
    deepStrictEqual([...sessions].sort(), Object.keys(expected).filter((id) => id !== child).sort());
    deepStrictEqual(new Set(responses.map(({ key }) => key)).size, responses.length);
    for (const id of sessions) {
      await t.step(id, () => {
        const known = id === parent ? [expected[id], expected[child]] : [expected[id]];
        const own = responses.filter(({ session }) => session === id).map(({ sums }) => sums);
        deepStrictEqual(own.length, known.reduce((sum, { billedTurns }) => sum + billedTurns, 0));
        for (const kind of COUNTS) {
          const [found, wanted] = [own.map((one) => one[kind]), known.map(({ usage }) => usage[kind])];
          deepStrictEqual(sumOf(found), sumOf(wanted), kind);
        }
        const usd = sumOf(own.map(({ usd }) => usd)) - sumOf(known.map(({ recordedUsd }) => recordedUsd));
        ok(Math.abs(usd) < 1e-9);
      });
    }
  });
});

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
