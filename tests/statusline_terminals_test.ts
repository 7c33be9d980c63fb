/** Several terminals that keep limits at once, and some that are killed: nothing is lost or torn. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { agentCommand, agentEnvironment } from "./support/run_agent.ts";
import { draw, FIVE_HOURS, history, keptOf, namesIn, pathOf, type Said, withHome } from "./support/status_lines.ts";

Deno.test("twenty terminals at once lose nothing and tear nothing, and what all say is kept once", async (t) => {
  const drawAll = (home: string, saidOf: (index: number) => Said) =>
    Promise.all(Array.from({ length: 20 }, (_, index) => draw(home, saidOf(index))));
  await t.step("of different accounts", () =>
    withHome(async (home) => {
      await drawAll(home, (index) => ({ root: join(home, `account${index}`), turn: `t${index}` }));
      strictEqual(new Set((await keptOf(home)).map(({ root }) => root)).size, 20);
      strictEqual((await keptOf(home)).length, 20);
    }));
  await t.step("the same", () =>
    withHome(async (home) => {
      await drawAll(home, (index) => ({ turn: `t${index}` }));
      strictEqual((await keptOf(home)).length, 1);
    }));
  await t.step("while the older half goes", () =>
    withHome(async (home) => {
      await Deno.writeTextFile(pathOf(home), history(home, 1990));
      await drawAll(home, (index) => ({ root: join(home, `account${index}`), turn: `new${index}` }));
      const kept = await keptOf(home);
      // The tenth makes 2000, of which 1000 stay; ten more come.
      strictEqual(kept.length, 1010);
      strictEqual(new Set(kept.filter(({ turn }) => turn.startsWith("new")).map(({ root }) => root)).size, 20);
      strictEqual(kept[0]!.turn, "t1000");
      deepStrictEqual((await namesIn(join(home, ".opper/agent"))).filter((name) => name.includes("limits")), [
        "limits.jsonl",
      ]);
    }));
});

Deno.test("one that is killed in between leaves whole lines, and the next goes on", {
  ignore: Deno.build.os === "windows",
}, () =>
  withHome(async (home) => {
    await Deno.writeTextFile(pathOf(home), history(home, 1999));
    // A dead writer's next content, cut off.
    await Deno.writeTextFile(`${pathOf(home)}.new`, history(home, 10).slice(0, -30));
    const [program, ...args] = agentCommand();
    for (let round = 0; round < 10; round++) {
      const limits = { five_hour: { ...FIVE_HOURS, used_percentage: 50 + round } };
      const child = new Deno.Command(program, {
        args: [...args, "statusline"],
        cwd: home,
        clearEnv: true,
        env: agentEnvironment({ home }),
        stdin: "piped",
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const writer = child.stdin.getWriter();
      const root = join(home, ".claude");
      const said = {
        session_id: "x",
        transcript_path: `${root}/projects/p/x.jsonl`,
        prompt_id: `k${round}`,
        rate_limits: limits,
      };
      await writer.write(new TextEncoder().encode(JSON.stringify(said)));
      await writer.close().catch(() => undefined);
      // Right after the line is there, when it is being kept.
      await child.stdout.getReader().read();
      child.kill("SIGKILL");
      await child.status;
      const kept = await keptOf(home);
      // Whoever is killed between its line and the rest leaves that one line.
      ok(kept.length >= 999 && kept.length <= 2000 + round, String(kept.length));
    }
    match((await draw(home, { turn: "after" })).stdout, /%/);
    const kept = await keptOf(home);
    ok(kept.length < 2000);
    strictEqual(kept.at(-1)!.turn, "after");
    deepStrictEqual((await namesIn(join(home, ".opper/agent"))).filter((name) => name.endsWith(".new")), []);
  }));
