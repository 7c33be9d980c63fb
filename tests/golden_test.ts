/** The real program over real logs of all three tools agrees with what is known to be right, token by token. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { SessionJson } from "../src/operations/report/schemas.ts";
import { FIXTURE_HOME, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

interface ExpectedSums {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
}
interface ExpectedSession {
  readonly file?: string;
  readonly billedTurns: number;
  readonly usage: ExpectedSums;
  readonly reportedUsd?: number;
  readonly models: Record<string, ExpectedSums & { readonly turns: number; readonly usd?: number }>;
}

const expected = JSON.parse(
  await Deno.readTextFile(new URL("./fixtures/expected.json", import.meta.url)),
) as Record<string, Record<string, ExpectedSession>>;

Deno.test("sessions --json agrees with the known tokens and costs of real sessions", async (t) => {
  await withTemporaryDirectory(async (opperHome) => {
    const run = await runAgent(["sessions", "--json", "--limit", "0"], { home: FIXTURE_HOME, opperHome });
    strictEqual(run.stderr, "");
    strictEqual(run.code, 0);
    const { sessions } = JSON.parse(run.stdout) as { sessions: SessionJson[] };
    const found = new Map(sessions.map((session) => [`${session.source} ${session.sessionId}`, session]));
    const ids = Object.entries(expected).flatMap(([source, byId]) => Object.keys(byId).map((id) => `${source} ${id}`));
    deepStrictEqual([...found.keys()].sort(), ids.sort());
    for (const [source, byId] of Object.entries(expected)) {
      for (const [id, want] of Object.entries(byId)) {
        await t.step(`${source} ${id}`, () => {
          const session = found.get(`${source} ${id}`)!;
          strictEqual(session.turns, want.billedTurns);
          deepStrictEqual(session.usage, sums(want.usage));
          if (want.file !== undefined) strictEqual(session.file, `${FIXTURE_HOME}/${want.file}`);
          const models = new Map(
            session.models.map((model) => [
              // Codex's provider in these logs is a loopback server's name; what is expected leaves it out.
              source === "codex" ? model.model : `${model.provider}/${model.model}`,
              model,
            ]),
          );
          deepStrictEqual([...models.keys()].sort(), Object.keys(want.models).sort());
          for (const [name, model] of Object.entries(want.models)) {
            strictEqual(models.get(name)!.turns, model.turns);
            deepStrictEqual(models.get(name)!.usage, sums(model));
            if (model.usd !== undefined && model.usd > 0) {
              ok(Math.abs(models.get(name)!.cost.usd - model.usd) < 1e-9, `${name}: ${models.get(name)!.cost.usd}`);
              strictEqual(models.get(name)!.cost.basis, "reported");
            }
          }
          if (want.reportedUsd !== undefined && want.reportedUsd > 0) {
            ok(Math.abs(session.cost.usd - want.reportedUsd) < 1e-9, `${session.cost.usd}`);
          }
        });
      }
    }
  });
});

function sums({ input, cacheRead, cacheWrite, cacheWrite1h, output }: ExpectedSums): ExpectedSums {
  return { input, cacheRead, cacheWrite, cacheWrite1h, output };
}
