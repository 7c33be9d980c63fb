/**
 * Files that can only be written in place, and writers of them that are killed between any two changes on disk: the next
 * command finds the old text or the new one, and nothing in between. The processes are real and so is SIGKILL.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { recoverInPlace } from "../src/host/in_place.ts";
import type { EditOrder } from "./support/edit_victim.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { runVictim as run } from "./support/run_victim.ts";

const SHORT = '{\n  "numStartups": 3\n}\n';
const LONG = `{\n  "numStartups": 4,\n  "projects": ${JSON.stringify(Array(300).fill("x"))}\n}\n`;

interface Place {
  readonly path: string;
  readonly stateDirectory: string;
  read(): string;
  left(): readonly string[];
}

async function withFile<T>(text: string, body: (place: Place) => Promise<T>): Promise<T> {
  return await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "home/.claude.json");
    const stateDirectory = join(directory, "state/agent");
    await Deno.mkdir(join(directory, "home"));
    await Deno.writeTextFile(path, text);
    return await body({
      path,
      stateDirectory,
      read: () => Deno.readTextFileSync(path),
      left: () => [...Deno.readDirSync(stateDirectory)].map(({ name }) => name).sort(),
    });
  });
}

const runVictim = (order: EditOrder) => run("edit_victim.ts", order);

Deno.test("a write in place that is killed before any of its changes is taken back, or was done", async (t) => {
  for (const [name, before, after] of [["a longer text", SHORT, LONG], ["a shorter text", LONG, SHORT]] as const) {
    await t.step(name, async () => {
      const order = ({ path, stateDirectory }: Place, dieAt?: number): EditOrder => ({
        stateDirectory,
        edit: { path, text: after },
        dieAt,
      });
      const steps = await withFile(before, async (place) => {
        const made = await runVictim(order(place));
        strictEqual(place.read(), after);
        deepStrictEqual(place.left(), ["in_place.lock"]);
        return made!;
      });
      ok(steps > 15, `${steps} steps`);
      let [torn, back] = [0, 0];
      for (let dieAt = 1; dieAt <= steps; dieAt++) {
        await withFile(before, async (place) => {
          strictEqual(await runVictim(order(place, dieAt)), undefined, `was not killed before step ${dieAt}`);
          const isTorn = place.read() !== before && place.read() !== after;
          const notes = await recoverInPlace(place);
          const when = `killed before step ${dieAt} of ${steps}`;
          ok([before, after].includes(place.read()), when);
          deepStrictEqual(notes.map(({ outcome }) => outcome), isTorn ? ["restored"] : [], when);
          if (isTorn) strictEqual(place.read(), before, when);
          torn += Number(isTorn);
          back += Number(place.read() === before);
          // Before it was begun there may be no directory at all.
          if (dieAt > 8) deepStrictEqual(place.left(), ["in_place.lock"], when);
          deepStrictEqual(await recoverInPlace(place), [], when);
        });
      }
      ok(torn > 0 && back > torn && back < steps, `${torn} torn, ${back} back of ${steps}`);
    });
  }
});

/** Kills the writer between the two halves of the text. */
async function tear(place: Place): Promise<void> {
  for (let dieAt = 1; dieAt < 40; dieAt++) {
    await runVictim({ stateDirectory: place.stateDirectory, edit: { path: place.path, text: LONG }, dieAt });
    if (place.read() !== SHORT && place.read() !== LONG) return;
    await recoverInPlace(place);
    await Deno.writeTextFile(place.path, SHORT);
  }
  throw new Error("nothing was torn");
}

Deno.test("a recovery that is killed before any of its changes is finished by the next one", () =>
  withFile(SHORT, async (place) => {
    await tear(place);
    const torn = place.read();
    const kept = new Map(
      place.left().includes("in_place")
        ? [...Deno.readDirSync(join(place.stateDirectory, "in_place"))].map(({ name }) => [
          name,
          Deno.readFileSync(join(place.stateDirectory, "in_place", name)),
        ])
        : [],
    );
    strictEqual(kept.size, 3);
    const steps = await runVictim({ stateDirectory: place.stateDirectory });
    strictEqual(place.read(), SHORT);
    for (let dieAt = 1; dieAt <= steps!; dieAt++) {
      await Deno.writeTextFile(place.path, torn);
      await Deno.mkdir(join(place.stateDirectory, "in_place"), { recursive: true });
      for (const [name, bytes] of kept) await Deno.writeFile(join(place.stateDirectory, "in_place", name), bytes);
      strictEqual(await runVictim({ stateDirectory: place.stateDirectory, dieAt }), undefined);
      await recoverInPlace(place);
      strictEqual(place.read(), SHORT, `killed before step ${dieAt} of ${steps}`);
      deepStrictEqual(place.left(), ["in_place.lock"]);
    }
  }));

Deno.test("what somebody wrote after a write was killed is theirs, and what was there before is kept", () =>
  withFile(SHORT, async (place) => {
    await tear(place);
    await Deno.writeTextFile(place.path, '{"theirs": 1}');
    const [note, ...others] = await recoverInPlace(place);
    deepStrictEqual([note?.outcome, others.length], ["kept", 0]);
    strictEqual(place.read(), '{"theirs": 1}');
    const aside = place.left().find((name) => name.startsWith("before-"))!;
    strictEqual(await Deno.readTextFile(join(place.stateDirectory, aside)), SHORT);
    match(note!.message, new RegExp(aside.replaceAll(".", "\\.")));
    deepStrictEqual(place.left(), [aside, "in_place.lock"]);
  }));

Deno.test("the next command repairs what a write left, and says so; `recover` as well", async (t) => {
  for (const command of [["sessions"], ["recover"], ["mcp", "uninstall", "claude"]]) {
    await t.step(command.join(" "), () =>
      withFile(SHORT, async (place) => {
        await tear(place);
        const home = join(place.path, "..");
        const opperHome = join(place.stateDirectory, "..");
        const { stdout, stderr } = await runAgent(command, { home, opperHome });
        match(`${stdout}${stderr}`, /\.claude\.json" is back as it was/);
        strictEqual(place.read(), SHORT);
      }));
  }
});
