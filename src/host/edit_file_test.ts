/** Edits of files that others write as well, on real files; what a disk or a mount would do is put in between. */
import { deepStrictEqual, match, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { busyAt } from "../../tests/support/edit_victim.ts";
import { AgentError } from "../core/errors.ts";
import { writeFileAtomically } from "./write_file_atomically.ts";
import { editFile } from "./edit_file.ts";
import { isBetween } from "./in_place.ts";

interface Place {
  readonly directory: string;
  readonly path: string;
  readonly stateDirectory: string;
  read(): string;
}

async function withFile(text: string | undefined, body: (place: Place) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "home/.claude.json");
    await Deno.mkdir(join(directory, "home"));
    if (text !== undefined) await Deno.writeTextFile(path, text, { mode: 0o644 });
    await body({ directory, path, stateDirectory: join(directory, "state"), read: () => Deno.readTextFileSync(path) });
  });
}

const modeOf = (path: string) => Deno.statSync(path).mode! & 0o777;
const namesIn = (path: string) => [...Deno.readDirSync(path)].map(({ name }) => name).sort();

/** As programs do that replace a file: written beside, and moved. */
function replaceFile(path: string, text: string): void {
  Deno.writeTextFileSync(`${path}.theirs`, text);
  Deno.renameSync(`${path}.theirs`, path);
}

Deno.test("what is no file is not waited for, and not replaced", async (t) => {
  const rows: [name: string, make: (path: string) => void | Promise<void>, message: RegExp][] = [
    ["a directory", (path) => Deno.mkdirSync(path), /is a directory, and no file\.$/],
    ["a link to a device", (path) => Deno.symlinkSync("/dev/null", path), /is a device or pipe, and no file\.$/],
    ["a link to itself", (path) => Deno.symlinkSync(path, path), /is a symbolic link that leads back to itself\.$/],
    ["a link to nothing", (path) => Deno.symlinkSync(`${path}.gone/x`, path), /which does not exist\.$/],
  ];
  for (const [name, make, message] of rows) {
    await t.step({
      name,
      ignore: Deno.build.os === "windows",
      fn: () =>
        withFile(undefined, async ({ path, stateDirectory }) => {
          await make(path);
          await rejects(
            editFile(path, () => "ours", { stateDirectory }),
            (error) => error instanceof AgentError && message.test(error.message) && error.hint !== undefined,
          );
          throws(() => writeFileAtomically(path, "ours"), AgentError);
          strictEqual(Deno.statSync("/dev/null").isFile, false);
        }),
    });
  }
});

Deno.test("what another program writes meanwhile is in the result", async (t) => {
  const rows: [name: string, write: (path: string, text: string) => void][] = [
    ["replaced", replaceFile],
    ["written in place", (path, text) => Deno.writeTextFileSync(path, text)],
  ];
  for (const [name, write] of rows) {
    for (const step of [/^create /, /^write /, /^sync \./]) {
      await t.step(`${name}, before ${step}`, () =>
        withFile("1", async ({ path, stateDirectory, directory, read }) => {
          let times = 0;
          const onStep = (now: string) => {
            if (step.test(now) && times++ === 0) write(path, "2");
          };
          const { changed, before } = await editFile(path, (text) => `${text} and ours`, { stateDirectory, onStep });
          deepStrictEqual([changed, before, read()], [true, "2", "2 and ours"]);
          deepStrictEqual(namesIn(join(directory, "home")), [".claude.json"]);
        }));
    }
  }

  await t.step("made where there was none", () =>
    withFile(undefined, async ({ path, stateDirectory, read }) => {
      let times = 0;
      const onStep = (now: string) => {
        if (now.startsWith("sync .") && times++ === 0) replaceFile(path, "2");
      };
      await editFile(path, (text = "none") => `${text} and ours`, { stateDirectory, onStep });
      strictEqual(read(), "2 and ours");
    }));

  await t.step(
    "again and again: it is left, and said",
    () =>
      withFile("0", async ({ path, stateDirectory, directory, read }) => {
        let times = 0;
        const onStep = (now: string) => {
          if (now.startsWith("sync .")) replaceFile(path, String(++times));
        };
        await rejects(editFile(path, (text) => `${text} and ours`, { stateDirectory, onStep }), (error) => {
          ok(error instanceof AgentError);
          match(error.message, /was changed by another program 5 times/);
          match(error.hint!, /^Try again/);
          return true;
        });
        strictEqual(read(), "5");
        deepStrictEqual(namesIn(join(directory, "home")), [".claude.json"]);
      }),
  );

  await t.step(
    "half of it was read: what is wrong with that is not said",
    () =>
      withFile('{"a":', async ({ path, stateDirectory, read }) => {
        const parse = (text = "") => {
          if (!text.endsWith("}")) {
            Deno.writeTextFileSync(path, '{"a":1}');
            throw new AgentError("failed", "no JSON");
          }
          return `${text} ours`;
        };
        await editFile(path, parse, { stateDirectory });
        strictEqual(read(), '{"a":1} ours');
      }),
  );

  await t.step("before it is removed", () =>
    withFile("ours", async ({ path, stateDirectory, read }) => {
      let times = 0;
      const change = (text: string | undefined) => {
        if (times++ === 0) replaceFile(path, "theirs");
        return text === "ours" ? undefined : text;
      };
      strictEqual((await editFile(path, change, { stateDirectory })).changed, false);
      strictEqual(read(), "theirs");
    }));
});

Deno.test("a file that nothing can replace is written in place", async (t) => {
  const rows: [name: string, before: string, after: string][] = [
    ["longer", "short", "x".repeat(10_000)],
    ["shorter", "x".repeat(10_000), "short"],
    ["emptied", "something", ""],
  ];
  for (const [name, before, after] of rows) {
    await t.step(name, () =>
      withFile(before, async ({ path, stateDirectory, directory, read }) => {
        const { ino } = await Deno.stat(path);
        await editFile(path, () => after, { stateDirectory, onStep: busyAt(path) });
        strictEqual(read(), after);
        deepStrictEqual([(await Deno.stat(path)).ino, modeOf(path)], [ino, 0o644]);
        deepStrictEqual(namesIn(join(directory, "home")), [".claude.json"]);
        deepStrictEqual(namesIn(stateDirectory), ["in_place.lock"]);
      }));
  }

  await t.step("private before there is a secret in it", () =>
    withFile("{}", async ({ path, stateDirectory }) => {
      const seen: number[] = [];
      const busy = busyAt(path);
      const onStep = (step: string) => {
        if (step.startsWith("overwrite")) seen.push(modeOf(path));
        busy(step);
      };
      await editFile(path, () => "secret", { stateDirectory, onStep, mode: 0o600 });
      deepStrictEqual([...new Set([...seen, modeOf(path)])], [0o600]);
    }));

  await t.step(
    "what is there is kept, readable by its owner alone, until it is done",
    () =>
      withFile("old", async ({ path, stateDirectory }) => {
        const kept: string[] = [];
        const busy = busyAt(path);
        const onStep = (step: string) => {
          if (step.startsWith("overwrite")) {
            for (const name of namesIn(join(stateDirectory, "in_place"))) {
              const file = join(stateDirectory, "in_place", name);
              kept.push(`${Deno.readTextFileSync(file)} ${modeOf(file).toString(8)}`);
            }
          }
          busy(step);
        };
        await editFile(path, () => "new", { stateDirectory, onStep });
        deepStrictEqual(kept.slice(0, 3), [
          "new 600",
          "old 600",
          `${JSON.stringify({ version: 1, target: path })} 600`,
        ]);
        strictEqual(modeOf(stateDirectory), 0o700);
      }),
  );

  await t.step("changed while its text was being kept", () =>
    withFile("1", async ({ path, stateDirectory, read }) => {
      let times = 0;
      const busy = busyAt(path);
      const onStep = (step: string) => {
        if (/^sync .*\.after$/.test(step) && times++ === 0) Deno.writeTextFileSync(path, "2");
        busy(step);
      };
      await editFile(path, (text) => `${text} and ours`, { stateDirectory, onStep });
      strictEqual(read(), "2 and ours");
    }));

  await t.step(
    "the disk is full in the middle: it is as it was",
    () =>
      withFile("old and long", async ({ path, stateDirectory, read }) => {
        const busy = busyAt(path);
        let times = 0;
        const onStep = (step: string) => {
          if (step.startsWith("overwrite") && ++times === 2) {
            throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
          }
          busy(step);
        };
        await rejects(editFile(path, () => "NEW AND LONGER", { stateDirectory, onStep }), /no space left on device/);
        strictEqual(read(), "old and long");
        deepStrictEqual(namesIn(stateDirectory), ["in_place.lock"]);
      }),
  );

  await t.step(
    "its text cannot be kept: it is left, and the mount is named",
    () =>
      withFile("old", async ({ path, directory, read }) => {
        await Deno.writeTextFile(join(directory, "file"), "");
        const stateDirectory = join(directory, "file/state");
        await rejects(editFile(path, () => "new", { stateDirectory, onStep: busyAt(path) }), (error) => {
          ok(error instanceof AgentError);
          match(error.message, /\.claude\.json" is a mount of its own and can only be written in place/);
          match(error.hint!, /^Mount its directory/);
          return true;
        });
        strictEqual(read(), "old");
      }),
  );

  await t.step(
    "a mount that cannot be removed becomes empty",
    () =>
      withFile("ours", async ({ path, stateDirectory, read }) => {
        const onStep = (step: string) => {
          if (step.startsWith("remove .claude")) throw Object.assign(new Error("EBUSY: busy"), { code: "EBUSY" });
        };
        strictEqual((await editFile(path, () => undefined, { stateDirectory, onStep })).changed, true);
        strictEqual(read(), "");
      }),
  );
});

Deno.test("links, modes and marks stay", async (t) => {
  await t.step("a link", () =>
    withFile("old", async ({ directory, path, stateDirectory }) => {
      const link = join(directory, "link");
      await Deno.symlink("home/.claude.json", link);
      strictEqual((await editFile(link, () => "new", { stateDirectory })).path, path);
      ok(Deno.lstatSync(link).isSymlink);
      strictEqual(Deno.readTextFileSync(path), "new");
      await editFile(link, () => undefined, { stateDirectory });
      ok(Deno.lstatSync(link).isSymlink);
      strictEqual(Deno.readTextFileSync(path), "");
    }));
  await t.step("the mode, unless one is asked for", () =>
    withFile("old", async ({ path, stateDirectory }) => {
      await editFile(path, () => "new", { stateDirectory });
      strictEqual(modeOf(path), 0o644);
      await editFile(path, (text) => text, { stateDirectory, mode: 0o600 });
      strictEqual(modeOf(path), 0o600);
    }));
  await t.step(
    "a new file and its directory are private",
    () =>
      withFile(undefined, async ({ directory, stateDirectory }) => {
        const path = join(directory, "a/b/new");
        await editFile(path, () => "new", { stateDirectory });
        deepStrictEqual([path, join(directory, "a/b"), join(directory, "a")].map(modeOf), [0o600, 0o700, 0o700]);
      }),
  );
  await t.step(
    "a byte order mark and line ends",
    () =>
      withFile("\ufeffa\r\n", async ({ path, stateDirectory, read }) => {
        await editFile(path, (text) => `${text}b\r\n`, { stateDirectory });
        strictEqual(read(), "\ufeffa\r\nb\r\n");
      }),
  );
  await t.step("what is no text is left", () =>
    withFile("", async ({ path, stateDirectory }) => {
      await Deno.writeFile(path, new Uint8Array([0x61, 0xe9]));
      await rejects(editFile(path, () => "x", { stateDirectory }), /is not text in UTF-8/);
    }));
});

Deno.test("isBetween", async (t) => {
  const rows: [now: string, before: string, after: string, expected: boolean][] = [
    ["NEld", "old!", "NEW", false],
    ["NEd!", "old!", "NEW", true],
    ["NEW!", "old!", "NEW", true],
    ["old", "old", "NEWER", true],
    ["NEWE", "old", "NEWER", true],
    ["NEW\0\0", "old", "NEWER", true],
    ["NE", "old", "NEWER", false],
    ["NEWERER", "old", "NEWER", false],
    ["", "old", "NEWER", false],
  ];
  const encode = (text: string) => new TextEncoder().encode(text);
  for (const [now, before, after, expected] of rows) {
    await t.step(JSON.stringify([now, before, after]), () => {
      strictEqual(isBetween(encode(now), encode(before), encode(after)), expected);
    });
  }
});
