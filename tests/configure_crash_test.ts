/**
 * `configure` and `unconfigure`, killed between any two changes on disk: an agent finds its settings as they were, or as they
 * should be, and nothing of the user's is lost. The processes are real and so is SIGKILL.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import type { ConfigureOrder } from "./support/configure_victim.ts";
import { withTemporaryDirectory } from "./support/run_agent.ts";
import { runVictim as run } from "./support/run_victim.ts";

const runVictim = (order: ConfigureOrder) => run("configure_victim.ts", order);

/** By agent: a text with something of the user's where ours goes, or without, and a text that is made for ours alone. */
const ROWS: readonly [agent: string, name: string, text: string | undefined, isForeign: boolean][] = [
  ["claude", "settings.json", `{"apiKeyHelper":"vault read key"}`, true],
  ["codex", "config.toml", `# mine\nmodel = "a"`, false],
  ["hermes", "config.yaml", undefined, false],
];

Deno.test("configure and unconfigure that are killed before any of their changes did nothing, or all", async (t) => {
  for (const [agent, name, text, isForeign] of ROWS) {
    await t.step(
      `${agent}, ${text === undefined ? "without a file" : isForeign ? "by force" : "with a file"}`,
      async () => {
        const added = await everywhere(agent, name, text, "add");
        ok(added !== undefined && added !== text);
        const removed = await everywhere(agent, name, added, "remove");
        if (!isForeign) strictEqual(removed, text);
      },
    );
  }
});

/** @returns what is there when nobody is killed */
async function everywhere(
  agent: string,
  name: string,
  before: string | undefined,
  edit: ConfigureOrder["edit"],
): Promise<string | undefined> {
  const run = (dieAt?: number) =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, "home/.agent", name);
      const stateDirectory = join(directory, "state/agent");
      await Deno.mkdir(dirname(path), { recursive: true });
      if (before !== undefined) await Deno.writeTextFile(path, before);
      const order: ConfigureOrder = { agent, path, stateDirectory, edit };
      const steps = await runVictim({ ...order, dieAt });
      const found = await textOf(path);
      const kept = await keptTexts(stateDirectory);
      // The next one finishes it, and leaves nothing beside the file.
      if (dieAt !== undefined) await runVictim(order);
      const names = [...Deno.readDirSync(dirname(path))].map(({ name }) => name);
      return { steps, found, kept, finished: await textOf(path), names };
    });
  const whole = await run();
  ok(whole.steps! >= 1, `${whole.steps} steps`);
  for (let dieAt = 1; dieAt <= whole.steps!; dieAt++) {
    const { steps, found, kept, finished, names } = await run(dieAt);
    const when = `${edit} killed before step ${dieAt} of ${whole.steps}`;
    strictEqual(steps, undefined, when);
    ok(found === before || found === whole.found, when);
    if (found !== before) deepStrictEqual(kept, whole.kept, `${when}: what was replaced is kept first`);
    strictEqual(finished, whole.found, when);
    deepStrictEqual(names, whole.names, when);
  }
  return whole.found;
}

async function keptTexts(stateDirectory: string): Promise<readonly string[]> {
  try {
    const directory = join(stateDirectory, "replaced");
    return await Promise.all(
      [...Deno.readDirSync(directory)].map(({ name }) => Deno.readTextFile(join(directory, name))),
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
