/** Placed files within one process: what it refuses, what it keeps, and that a failing disk leaves nothing half done. */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../../tests/support/run_agent.ts";
import { AgentError } from "../../core/errors.ts";
import { type PlacedFiles, placeFiles } from "./place_files.ts";
import { recordDirectory } from "./paths.ts";
import { recoverPlaced } from "./recover_placed.ts";
import { sealText, sha256 } from "./seal.ts";

const OURS = "ours\n";
const FILE = "agent/extensions/opper-session.ts";

interface Place {
  readonly home: string;
  readonly stateDirectory: string;
  readonly path: string;
}

async function withPlace(body: (place: Place) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const home = join(directory, "home");
    await Deno.mkdir(join(home, "agent/extensions"), { recursive: true });
    await body({ home, stateDirectory: join(directory, "state"), path: join(home, FILE) });
  });
}

let launches = 0;

function placeOne(
  { path, stateDirectory }: Place,
  content = OURS,
  onStep?: (name: string) => void,
): Promise<PlacedFiles> {
  return placeFiles([{ path, content }], { stateDirectory, launchId: `launch-${++launches}`, onStep });
}

/** Files and folders with what makes a file the same one: inode, mode, time and content. */
function snapshot(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" }).sort().map((path) => {
    const stats = lstatSync(join(root, path));
    if (!stats.isFile()) return path;
    return `${path} ${stats.ino} ${stats.mode} ${stats.mtimeMs} ${readFileSync(join(root, path), "utf8")}`;
  });
}

/** What lies there when nobody runs any more: not what is remembered of launches. */
function withoutRecord(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.includes(".opper-agent"));
}

function isLaunchFailure(message: RegExp) {
  return (error: unknown) => {
    ok(error instanceof AgentError);
    strictEqual(error.code, "launch_failed");
    match(error.message, message);
    return true;
  };
}

Deno.test("what cannot be placed is refused, and nothing is left behind", async (t) => {
  const rows: [name: string, setUp: (place: Place) => Promise<unknown>, message: RegExp][] = [
    [
      "a directory",
      ({ path }) => Deno.mkdir(path),
      /^"\/.*opper-session\.ts" could not be placed: ".*" is not a file\.$/,
    ],
    [
      "a link to nothing",
      ({ path }) => Deno.symlink("gone.ts", path),
      /opper-session\.ts" is a symbolic link to "gone\.ts", which does not exist\.$/,
    ],
    ["a link to itself", ({ path }) => Deno.symlink("opper-session.ts", path), /could not be placed: /],
    [
      "a folder that is a link to nothing",
      async ({ home }) => {
        await Deno.remove(join(home, "agent/extensions"));
        await Deno.symlink(join(home, "gone/at/all"), join(home, "agent/extensions"));
      },
      /extensions" is a symbolic link to "\/.*\/gone\/at\/all", which does not exist\.$/,
    ],
    [
      "a file where a folder should be",
      async ({ home }) => {
        await Deno.remove(join(home, "agent/extensions"));
        await Deno.writeTextFile(join(home, "agent/extensions"), "");
      },
      /could not be placed: not a directory\.$/,
    ],
  ];
  for (const [name, setUp, message] of rows) {
    await t.step(name, () =>
      withPlace(async (place) => {
        await setUp(place);
        const before = snapshot(place.home);
        const other = join(place.home, "agent/new/other.ts");
        const files = [{ path: other, content: OURS }, { path: place.path, content: OURS }];
        const options = { stateDirectory: place.stateDirectory, launchId: "one" };
        await rejects(placeFiles(files, options), isLaunchFailure(message));
        deepStrictEqual(snapshot(place.home), before);
        deepStrictEqual(readdirSync(place.stateDirectory), ["overlay.lock"]);
        deepStrictEqual(await recoverPlaced(place.stateDirectory), []);
      }));
  }
  await t.step("our own state cannot be written", () =>
    withPlace(async (place) => {
      await Deno.writeTextFile(place.stateDirectory, "in the way");
      const before = snapshot(place.home);
      await rejects(placeOne(place), isLaunchFailure(/^Nothing could be placed: /));
      deepStrictEqual(snapshot(place.home), before);
    }));
});

Deno.test("a disk that fails at any change while placing leaves everything as it was", () =>
  withPlace(async (place) => {
    await Deno.writeTextFile(place.path, "before\n", { mode: 0o600 });
    const files = [place.path, join(place.home, "new/deep/other.ts")].map((path) => ({ path, content: OURS }));
    const before = snapshot(place.home);
    let steps = 0;
    const options = { stateDirectory: place.stateDirectory, launchId: "whole", onStep: () => void steps++ };
    const placed = await placeFiles(files, options);
    const placing = steps;
    await placed.release();
    ok(placing > 20, `${placing} steps`);

    for (let failAt = 1; failAt <= placing; failAt++) {
      let step = 0;
      const onStep = () => {
        if (++step === failAt) throw new Error("EIO: i/o error, write");
      };
      const failing = placeFiles(files, { stateDirectory: place.stateDirectory, launchId: `fails-${failAt}`, onStep });
      await rejects(failing, isLaunchFailure(/i\/o error\.$/));
      deepStrictEqual(snapshot(place.home), before, `failed at ${failAt}`);
    }
    deepStrictEqual(await recoverPlaced(place.stateDirectory), []);
    deepStrictEqual(readdirSync(place.stateDirectory), ["overlay.lock"]);
  }));

Deno.test("a disk that fails at any change while releasing is said, and repaired by the next command", () =>
  withPlace(async (place) => {
    await Deno.writeTextFile(place.path, "before\n", { mode: 0o600 });
    const before = snapshot(place.home);
    let failed = 0;
    for (let failAt = 1;; failAt++) {
      let step = -Infinity;
      const onStep = () => {
        if (++step === failAt) throw new Error("EIO: i/o error, write");
      };
      const placed = await placeOne(place, OURS, onStep);
      step = 0;
      const messages = await placed.release();
      if (step < failAt) {
        deepStrictEqual(messages, []);
        break;
      }
      failed++;
      ok(messages.length === 1 && messages[0]!.includes("i/o error."), `${failAt}: ${messages}`);
      await recoverPlaced(place.stateDirectory);
      deepStrictEqual(snapshot(place.home), before, `failed at ${failAt}`);
      deepStrictEqual(await recoverPlaced(place.stateDirectory), []);
    }
    ok(failed >= 5, `${failed} changes failed`);
  }));

Deno.test("a file that somebody changed meanwhile is theirs", async (t) => {
  type Change = (path: string) => Promise<unknown>;
  const edit: Change = (path) => Deno.writeTextFile(path, "theirs\n");
  const remove: Change = (path) => Deno.remove(path);
  const replace: Change = async (path) => {
    await Deno.remove(path);
    await Deno.writeTextFile(join(path, "../theirs.ts"), "theirs\n");
    await Deno.symlink("theirs.ts", path);
  };
  const rows: [name: string, original: string | undefined, change: Change, message: RegExp | undefined][] = [
    ["edited, nothing before", undefined, edit, /^"\/.*opper-session\.ts" was changed meanwhile, and was kept\.$/],
    ["edited", "before\n", edit, /changed meanwhile, and was kept\. Its former content is in "(.+\.original)"\.$/],
    ["deleted, nothing before", undefined, remove, undefined],
    [
      "deleted",
      "before\n",
      remove,
      /deleted meanwhile, and stays so\. Its former content is in "(.+\.original)"\.$/,
    ],
    ["replaced by a link", "before\n", replace, /changed meanwhile, and was kept\. .*"(.+\.original)"\.$/],
  ];
  for (const [name, original, change, message] of rows) {
    await t.step(name, () =>
      withPlace(async (place) => {
        if (original !== undefined) await Deno.writeTextFile(place.path, original);
        const placed = await placeOne(place);
        await change(place.path);
        const changed = snapshot(place.home);
        const messages = await placed.release();
        deepStrictEqual(snapshot(place.home), withoutRecord(changed));
        strictEqual(messages.length, message === undefined ? 0 : 1);
        if (message === undefined) return;
        match(messages[0]!, message);
        const backup = message.exec(messages[0]!)?.[1];
        if (original !== undefined) strictEqual(await Deno.readTextFile(backup!), original);

        // The next launch takes it for what is there, and gives it back.
        await (await placeOne(place)).release();
        deepStrictEqual(snapshot(place.home), withoutRecord(changed));
      }));
  }

  await t.step("what was there before was thrown away", () =>
    withPlace(async (place) => {
      await Deno.writeTextFile(place.path, "before\n");
      const placed = await placeOne(place);
      const folder = join(place.home, "agent/extensions");
      await Deno.remove(join(folder, readdirSync(folder).find((name) => name.endsWith(".original"))!));
      const [message] = await placed.release();
      match(message!, /^The former content of "\/.*opper-session\.ts" is lost: "\/.*\.original" is gone\.$/);
      deepStrictEqual(readdirSync(folder), []);
    }));

  await t.step("folders of ours in which somebody put a file stay", () =>
    withPlace(async (place) => {
      const path = join(place.home, "a/b/c.ts");
      const placed = await placeFiles([{ path, content: OURS }], { ...place, launchId: "folders" });
      await Deno.writeTextFile(join(place.home, "a/theirs.txt"), "");
      deepStrictEqual(await placed.release(), []);
      deepStrictEqual(readdirSync(join(place.home, "a")), ["theirs.txt"]);
    }));
});

Deno.test("launches share the same content, and only that", async (t) => {
  await t.step("the last one out takes it away", () =>
    withPlace(async (place) => {
      await Deno.writeTextFile(place.path, "before\n");
      const before = snapshot(place.home);
      const [first, second] = [await placeOne(place), await placeOne(place)];
      const placed = withoutRecord(snapshot(place.home));
      deepStrictEqual(await first.release(), []);
      deepStrictEqual(await first.release(), [], "again");
      deepStrictEqual(withoutRecord(snapshot(place.home)), placed);
      deepStrictEqual(await recoverPlaced(place.stateDirectory), []);
      deepStrictEqual(withoutRecord(snapshot(place.home)), placed);
      await second.release();
      deepStrictEqual(snapshot(place.home), before);
      deepStrictEqual(readdirSync(place.stateDirectory), ["overlay.lock"]);
    }));

  await t.step("another version is refused while one lives", () =>
    withPlace(async (place) => {
      const first = await placeOne(place);
      await rejects(
        placeOne(place, "newer\n"),
        isLaunchFailure(/a launch that still runs has another version there\.$/),
      );
      strictEqual(await Deno.readTextFile(place.path), OURS);
      await first.release();
      const second = await placeOne(place, "newer\n");
      strictEqual(await Deno.readTextFile(place.path), "newer\n");
      await second.release();
      deepStrictEqual(readdirSync(join(place.home, "agent/extensions")), []);
    }));

  await t.step("a file that was changed meanwhile is not shared", () =>
    withPlace(async (place) => {
      const first = await placeOne(place);
      await Deno.writeTextFile(place.path, "theirs\n");
      await rejects(placeOne(place), isLaunchFailure(/it was changed while another launch runs\.$/));
      strictEqual((await first.release()).length, 1);
      strictEqual(await Deno.readTextFile(place.path), "theirs\n");
    }));

  await t.step("by two names of one file", () =>
    withPlace(async (place) => {
      await Deno.symlink("agent", join(place.home, "link"));
      const before = snapshot(place.home);
      const first = await placeOne(place);
      const second = await placeOne({ ...place, path: join(place.home, "link/extensions/opper-session.ts") });
      await first.release();
      strictEqual(await Deno.readTextFile(place.path), OURS);
      await second.release();
      deepStrictEqual(snapshot(place.home), before);
    }));

  await t.step("one launch places its files once", () =>
    withPlace(async (place) => {
      const placed = await placeFiles([{ path: place.path, content: OURS }], { ...place, launchId: "same" });
      const again = placeFiles([{ path: place.path, content: OURS }], { ...place, launchId: "same" });
      await rejects(again, isLaunchFailure(/the launch "same" has placed it already\.$/));
      strictEqual(await Deno.readTextFile(place.path), OURS);
      await placed.release();
      deepStrictEqual(readdirSync(join(place.home, "agent/extensions")), []);
    }));
});

Deno.test("a launch that was killed while making its lease needs nothing, and at once", () =>
  withPlace(async (place) => {
    await Deno.writeTextFile(place.path, "before\n");
    const before = snapshot(place.home);
    let isStopped = false;
    // Nothing more of it happens, and what it had made so far lies there.
    await rejects(placeOne(place, OURS, (step) => {
      isStopped ||= step === "take the lease";
      if (isStopped) throw new Error("killed");
    }));
    await Deno.writeTextFile(join(recordDirectory(place.path), "0123.lease"), "");
    await recoverPlaced(place.stateDirectory);
    deepStrictEqual(snapshot(place.home), before);
  }));

Deno.test("our state directory may be thrown away while a launch runs", () =>
  withPlace(async (place) => {
    await Deno.writeTextFile(place.path, "before\n");
    const before = snapshot(place.home);
    const placed = await placeOne(place);
    await Deno.remove(place.stateDirectory, { recursive: true });
    deepStrictEqual(await placed.release(), []);
    deepStrictEqual(snapshot(place.home), before);
  }));

Deno.test("what a newer version wrote is left alone", async (t) => {
  await t.step("beside the file", () =>
    withPlace(async (place) => {
      const placed = await placeOne(place);
      const entry = join(place.home, "agent/extensions/.opper-session.ts.opper-agent/entry.json");
      const written = await Deno.readTextFile(entry);
      await Deno.writeTextFile(entry, '{"version":2}');
      await rejects(placeOne(place), isLaunchFailure(/a newer version of opper-agent has a file of its own there\.$/));
      strictEqual(await Deno.readTextFile(entry), '{"version":2}');
      await Deno.writeTextFile(entry, written);
      deepStrictEqual(await placed.release(), []);
      deepStrictEqual(readdirSync(join(place.home, "agent/extensions")), []);
    }));

  await t.step("beside the file, when nobody runs any more", () =>
    withPlace(async (place) => {
      const record = join(place.home, "agent/extensions/.opper-session.ts.opper-agent");
      await Deno.mkdir(record);
      await Deno.writeTextFile(join(record, "entry.json"), '{"version":2}');
      const before = snapshot(place.home);
      const notes = await recoverPlaced(place.stateDirectory, { places: [place.path] });
      deepStrictEqual(notes.map(({ outcome }) => outcome), ["failed"]);
      match(notes[0]!.message, /a newer version of opper-agent left it, and only "recover" of that one can read it\.$/);
      deepStrictEqual(snapshot(place.home), before);
    }));

  await t.step("in our own state", () =>
    withPlace(async (place) => {
      const placed = await placeOne(place);
      const directory = join(place.stateDirectory, "overlay");
      const noted = join(directory, readdirSync(directory).find((name) => name.endsWith(".json"))!);
      await Deno.writeTextFile(noted, '{"version":2}');
      deepStrictEqual((await recoverPlaced(place.stateDirectory)).map(({ outcome }) => outcome), ["failed"]);
      strictEqual(await Deno.readTextFile(noted), '{"version":2}');
      deepStrictEqual(await placed.release(), []);
      deepStrictEqual(readdirSync(join(place.home, "agent/extensions")), []);
    }));
});

Deno.test("what is ours is known by its content, whoever placed it", async (t) => {
  const sealed = sealText("// opper-agent: of some version\nexport default 1;\n");
  const other = sealText("// opper-agent: of another\nexport default 2;\n");
  const rows: [name: string, setUp: (place: Place) => Promise<unknown>, left: readonly string[]][] = [
    ["alone", ({ path }) => Deno.writeTextFile(path, sealed), []],
    ["with what was there before", async ({ path, home }) => {
      await Deno.writeTextFile(path, other);
      await Deno.writeTextFile(join(home, "agent/extensions/.opper-session.ts.0123456789ab.original"), "before\n");
    }, ["opper-session.ts before\n"]],
    ["changed by the user", ({ path }) => Deno.writeTextFile(path, `${sealed}// mine\n`), [
      `opper-session.ts ${sealed}// mine\n`,
    ]],
    ["with a first line as ours", ({ path }) => Deno.writeTextFile(path, "// opper-agent: mine\n"), [
      "opper-session.ts // opper-agent: mine\n",
    ]],
    ["nothing but a file that was put aside on purpose", ({ home }) => {
      return Deno.writeTextFile(join(home, "agent/extensions/.opper-session.ts.0123456789ab.original"), "before\n");
    }, [".opper-session.ts.0123456789ab.original before\n"]],
  ];
  const contents = ({ home }: Place) => {
    const folder = join(home, "agent/extensions");
    return readdirSync(folder).map((name) => `${name} ${readFileSync(join(folder, name), "utf8")}`);
  };
  for (const [name, setUp, left] of rows) {
    await t.step(`${name}: recovered`, () =>
      withPlace(async (place) => {
        await setUp(place);
        await recoverPlaced(place.stateDirectory, { places: [place.path] });
        deepStrictEqual(contents(place), left);
        deepStrictEqual(await recoverPlaced(place.stateDirectory, { places: [place.path] }), []);
      }));
    await t.step(`${name}: by the next launch`, () =>
      withPlace(async (place) => {
        await setUp(place);
        await (await placeOne(place, sealed)).release();
        deepStrictEqual(contents(place), left);
      }));
  }
});

Deno.test("the same place by another path, as in a container", async (t) => {
  await t.step("one is killed, and the other one knows nothing of its paths", () =>
    withPlace(async (place) => {
      await Deno.writeTextFile(place.path, "before\n");
      const before = snapshot(place.home);
      await placeOne(place);
      // As if it were mounted elsewhere, and the holder of the lease were gone.
      const elsewhere = { ...place, home: join(place.home, "../moved"), stateDirectory: join(place.home, "../other") };
      await Deno.rename(place.home, elsewhere.home);
      const record = join(elsewhere.home, "agent/extensions/.opper-session.ts.opper-agent");
      ok(!(await Deno.readTextFile(join(record, "entry.json"))).includes(place.home));
      for (const name of readdirSync(record).filter((name) => name.endsWith(".lease"))) {
        await Deno.remove(join(record, name));
      }
      const path = join(elsewhere.home, FILE);
      const notes = await recoverPlaced(elsewhere.stateDirectory, { places: [path] });
      deepStrictEqual(notes.map(({ path, outcome }) => [path, outcome]), [[path, "restored"]]);
      deepStrictEqual(snapshot(elsewhere.home), before);
    }));

  await t.step("directories that were made go with the last one out", () =>
    withPlace(async (place) => {
      const path = join(place.home, "new/deep/file.ts");
      const before = snapshot(place.home);
      await Deno.symlink(place.home, join(place.home, "../by-another-name"));
      const options = { stateDirectory: place.stateDirectory, launchId: "one" };
      const first = await placeFiles([{ path, content: OURS }], options);
      const second = await placeFiles([{
        path: join(place.home, "../by-another-name/new/deep/file.ts"),
        content: OURS,
      }], {
        stateDirectory: join(place.home, "../other"),
        launchId: "two",
      });
      deepStrictEqual(await first.release(), []);
      strictEqual(await Deno.readTextFile(path), OURS);
      deepStrictEqual(await second.release(), []);
      deepStrictEqual(snapshot(place.home), before);
    }));
});

Deno.test("an entry that names anything else moves nothing", () =>
  withPlace(async (place) => {
    const record = join(place.home, "agent/extensions/.opper-session.ts.opper-agent");
    await Deno.mkdir(record);
    await Deno.writeTextFile(join(place.home, "agent/theirs.txt"), "theirs\n");
    await Deno.writeTextFile(place.path, OURS);
    const entry = { version: 1, placedSha256: sha256(OURS), temporary: ".opper-session.ts.0123456789ab.new" };
    const rows: unknown[] = [
      { ...entry, directories: [], original: { backup: "../theirs.txt", sha256: "0" } },
      { ...entry, directories: [], original: { backup: join(place.home, "agent/theirs.txt"), sha256: "0" } },
      { ...entry, directories: [], temporary: "../theirs.txt" },
      { ...entry, directories: ["/"] },
      { ...entry, directories: [-1] },
      { ...entry, directories: ["length"] },
    ];
    for (const row of rows) {
      await Deno.mkdir(record, { recursive: true });
      await Deno.writeTextFile(join(record, "entry.json"), JSON.stringify(row));
      deepStrictEqual(await recoverPlaced(place.stateDirectory, { places: [place.path] }), []);
      deepStrictEqual(readdirSync(place.home, { recursive: true, encoding: "utf8" }).sort(), [
        "agent",
        "agent/extensions",
        FILE,
        "agent/theirs.txt",
      ]);
    }
  }));

Deno.test("what is remembered beside the file may be thrown away while a launch runs", () =>
  withPlace(async (place) => {
    await Deno.writeTextFile(place.path, "before\n");
    const before = snapshot(place.home);
    const placed = await placeOne(place);
    await Deno.remove(join(place.home, "agent/extensions/.opper-session.ts.opper-agent"), { recursive: true });
    deepStrictEqual(await placed.release(), []);
    deepStrictEqual(snapshot(place.home), before);
  }));

Deno.test("recovery makes nothing where there is nothing", () =>
  withPlace(async ({ stateDirectory, home }) => {
    deepStrictEqual(await recoverPlaced(stateDirectory), []);
    deepStrictEqual(readdirSync(join(home, "..")), ["home"]);
  }));

Deno.test("only our own user can read what is placed and what is remembered", () =>
  withPlace(async (place) => {
    const placed = await placeOne(place);
    strictEqual(lstatSync(place.path).mode & 0o777, 0o600);
    const directory = join(place.stateDirectory, "overlay");
    strictEqual(lstatSync(directory).mode & 0o777, 0o700);
    const record = join(place.home, "agent/extensions/.opper-session.ts.opper-agent");
    strictEqual(lstatSync(record).mode & 0o777, 0o700);
    for (const path of [directory, record].flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))) {
      strictEqual(lstatSync(path).mode & 0o777, 0o600, path);
    }
    await placed.release();
  }));
