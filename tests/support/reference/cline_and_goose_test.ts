/** What a plain reading of a format finds is what is known of the sessions: the description of the format is right. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { withTemporaryDirectory } from "../run_agent.ts";
import { readClineReference } from "./cline.ts";
import { readGooseReference } from "./goose.ts";

const SOURCES = new URL("../../fixtures/sources/", import.meta.url);

type Known = Readonly<
  Record<string, {
    readonly tokens?: Readonly<Record<string, number>>;
    readonly usage?: Readonly<Record<string, number>>;
    readonly turns?: number;
    readonly billedTurns?: number;
    readonly usd?: number;
    readonly parent?: string;
  }>
>;

Deno.test("a plain reading of sessions of Cline and Goose agrees with what is known of them", async (t) => {
  for (const [source, read] of [["cline", readClineReference], ["goose", readGooseReference]] as const) {
    await t.step(source, async () => {
      await withTemporaryDirectory(async (directory) => {
        const from = fileURLToPath(new URL(`${source}/`, SOURCES));
        await new Deno.Command("cp", { args: ["-r", `${from}home`, directory] }).output();
        const known = JSON.parse(await Deno.readTextFile(`${from}expected.json`)) as Known;
        const { sessions, responses } = read(`${directory}/home`);
        const sums = new Map(
          sessions.map((id) => [id, { turns: 0, input: 0, cacheRead: 0, cacheWrite: 0, output: 0, usd: 0 }]),
        );
        for (const { session, sums: found } of responses) {
          const sum = sums.get(session)!;
          for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += found[name];
        }
        for (const [id, { tokens, usage, turns, billedTurns, usd = 0, parent }] of Object.entries(known)) {
          const sum = sums.get(parent ?? id)!;
          sum.turns -= (turns ?? billedTurns)!;
          for (const name of ["input", "cacheRead", "cacheWrite", "output"] as const) {
            sum[name] -= (tokens ?? usage)![name]!;
          }
          sum.usd -= usd;
        }
        ok(sums.size > 0);
        for (const [id, { usd, ...rest }] of sums) {
          deepStrictEqual([id, rest], [id, { turns: 0, input: 0, cacheRead: 0, cacheWrite: 0, output: 0 }]);
          ok(Math.abs(usd) < 1e-9, `${id}: ${usd}`);
        }
      });
    });
  }
});
