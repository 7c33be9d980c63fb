/** What a killed writer leaves beside a file is removed by the next one, and what a living one holds is not. */
import { deepStrictEqual } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { editFile } from "./edit_file.ts";
import { holdTemporaryFile, nameTemporaryFile, removeAbandonedFiles } from "./temporary_file.ts";
import { writeFileAtomically } from "./write_file_atomically.ts";

const names = (directory: string) => [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
/** Long after whatever was written now. */
const later = { now: () => Date.now() + 24 * 3_600_000, wait: () => {} };

Deno.test("removeAbandonedFiles", async (t) => {
  await t.step("what nobody holds goes, and no other file", () =>
    withTemporaryDirectory((directory) => {
      const target = join(directory, "config.json");
      const others = [".config.json.new", ".config.json.abc.new", ".other.json.0123456789ab.new", "config.json"];
      for (const name of others) Deno.writeTextFileSync(join(directory, name), "x");
      Deno.writeTextFileSync(nameTemporaryFile(target), "secret");
      removeAbandonedFiles(target, later);
      deepStrictEqual(names(directory), others.sort());
    }));
  await t.step("what is held stays", () =>
    withTemporaryDirectory((directory) => {
      const target = join(directory, "config.json");
      const path = nameTemporaryFile(target);
      Deno.writeTextFileSync(path, "secret");
      {
        using _held = holdTemporaryFile(path);
        removeAbandonedFiles(target, later);
        deepStrictEqual(names(directory).length, 1);
      }
      removeAbandonedFiles(target, later);
      deepStrictEqual(names(directory), []);
    }));
  await t.step(
    "what is young is waited for, and stays when it is held or gone by then",
    () =>
      withTemporaryDirectory((directory) => {
        const target = join(directory, "config.json");
        const path = nameTemporaryFile(target);
        const waited: number[] = [];
        const removeSoon = (meanwhile: () => unknown) => {
          Deno.writeTextFileSync(path, "secret");
          const written = Deno.statSync(path).mtime!.getTime();
          const wait = (duration: number) => {
            waited.push(duration);
            meanwhile();
          };
          removeAbandonedFiles(target, { now: () => written + (waited.length > 0 ? 51 : 40), wait });
          deepStrictEqual(waited.splice(0), [11]);
        };
        removeSoon(() => {});
        deepStrictEqual(names(directory), []);
        {
          using stack = new DisposableStack();
          removeSoon(() => stack.use(holdTemporaryFile(path)));
          deepStrictEqual(names(directory).length, 1);
        }
        removeSoon(() => Deno.renameSync(path, target));
        deepStrictEqual(names(directory), ["config.json"]);
      }),
  );
  await t.step(
    "a directory that is missing is no error",
    () => withTemporaryDirectory((directory) => removeAbandonedFiles(join(directory, "none", "x"))),
  );
});

Deno.test("the next writer of a file removes what a killed one left, also when it changes nothing", async (t) => {
  const writers: Record<string, (path: string) => unknown> = {
    "writeFileAtomically": (path) => writeFileAtomically(path, "new"),
    "editFile": (path) => editFile(path, () => "new", { stateDirectory: join(path, "../state") }),
    "editFile that changes nothing": (path) =>
      editFile(path, (text) => text, { stateDirectory: join(path, "../state") }),
  };
  for (const [name, write] of Object.entries(writers)) {
    await t.step(name, () =>
      withTemporaryDirectory(async (directory) => {
        const target = join(directory, "config.json");
        Deno.writeTextFileSync(target, "old");
        const left = nameTemporaryFile(target);
        Deno.writeTextFileSync(left, "secret");
        const hourAgo = new Date(Date.now() - 3_600_000);
        Deno.utimeSync(left, hourAgo, hourAgo);
        await write(target);
        deepStrictEqual(names(directory).filter((name) => name !== "state"), ["config.json"]);
      }));
  }
});

Deno.test("what somebody took for left is written again, also where there was no file", async (t) => {
  type Writer = (path: string, onStep: (step: string) => void) => unknown;
  const writers: Record<string, Writer> = {
    "writeFileAtomically": (path, onStep) => writeFileAtomically(path, "new", { onStep }),
    "editFile": (path, onStep) => editFile(path, () => "new", { stateDirectory: join(path, "../state"), onStep }),
  };
  for (const [name, write] of Object.entries(writers)) {
    for (const before of ["old", undefined]) {
      await t.step(`${name}, ${before ?? "no file"}`, () =>
        withTemporaryDirectory(async (directory) => {
          const target = join(directory, "config.json");
          if (before !== undefined) Deno.writeTextFileSync(target, before);
          let taken = 0;
          await write(target, (step) => {
            const moved = /^move (\S+) to/.exec(step)?.[1];
            if (moved !== undefined && taken++ < 2) Deno.removeSync(join(directory, moved));
          });
          deepStrictEqual([taken, Deno.readTextFileSync(target)], [3, "new"]);
          deepStrictEqual(names(directory).filter((name) => name !== "state"), ["config.json"]);
        }));
    }
  }
});
