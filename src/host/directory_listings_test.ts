/** A walk that knows what directories held finds what one does that lists them. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { DirectoryListings, type Listings } from "./directory_listings.ts";
import { keepsDirectoryTimes } from "./keeps_directory_times.ts";
import { walkFiles } from "./walk_files.ts";

const isLog = (path: string) => path.endsWith(".jsonl");
/** Long after whatever a test does. */
const later = () => Date.now() + 3_600_000;

function makeTree(root: string): void {
  for (const directory of ["a", "a/deep", "b", "empty"]) Deno.mkdirSync(join(root, directory), { recursive: true });
  for (const file of ["a/1.jsonl", "a/2.jsonl", "a/deep/3.jsonl", "b/4.jsonl", "b/other.txt", "top.jsonl"]) {
    Deno.writeTextFileSync(join(root, file), file);
  }
}

const deviceOf = (path: string) => Deno.statSync(path).dev;

/** Walks with what is known, and without, which must find the same. @returns how many directories were listed anew */
function walkBoth(root: string, known: Listings, device = deviceOf(root)): { kept: Listings; learned: number } {
  const listings = new DirectoryListings(device, later(), known);
  const walk = walkFiles(root, isLog, listings);
  deepStrictEqual(walk, walkFiles(root, isLog));
  return { kept: listings.kept, learned: listings.learned };
}

/** Makes a tree as it was an hour ago: what changes now shows, whatever the grain of the disk's times. */
async function withOldTree(body: (root: string, known: Listings) => void): Promise<void> {
  await withTemporaryDirectory((directory) => {
    const root = join(directory, "root");
    makeTree(root);
    const { kept } = walkBoth(root, {});
    // As if each time of it were an hour older: Deno sets no time of change.
    const hour = 3_600_000;
    for (const path of Object.keys(kept)) {
      const { mtime } = Deno.statSync(path);
      Deno.utimeSync(path, (mtime!.getTime() - hour) / 1000, (mtime!.getTime() - hour) / 1000);
    }
    body(root, walkBoth(root, {}).kept);
    return Promise.resolve();
  });
}

Deno.test("directories that have not changed are not listed", async () => {
  await withOldTree((root, known) => {
    strictEqual(Object.keys(known).length, 5);
    const { kept, learned } = walkBoth(root, known);
    deepStrictEqual([learned, kept], [0, known]);
    // What stands there is believed: it is not listed.
    const wrong = { ...known, [join(root, "b")]: [...known[join(root, "b")]!.slice(0, 3), ""] } as unknown as Listings;
    const listings = new DirectoryListings(deviceOf(root), later(), wrong);
    ok(walkFiles(root, isLog, listings).files.every(({ path }) => !path.startsWith(join(root, "b"))));
  });
});

Deno.test("whatever happens in a directory is seen", async (t) => {
  const rows: [name: string, change: (root: string) => void][] = [
    ["a new log", (root) => Deno.writeTextFileSync(join(root, "a/deep/new.jsonl"), "new")],
    ["one that grew", (root) => Deno.writeTextFileSync(join(root, "a/1.jsonl"), "more", { append: true })],
    ["one that went", (root) => Deno.removeSync(join(root, "a/deep/3.jsonl"))],
    ["one that was renamed", (root) => Deno.renameSync(join(root, "a/1.jsonl"), join(root, "a/9.jsonl"))],
    ["one in the place of another", (root) => Deno.renameSync(join(root, "a/1.jsonl"), join(root, "a/2.jsonl"))],
    ["one that went to another directory", (root) => Deno.renameSync(join(root, "a/1.jsonl"), join(root, "b/1.jsonl"))],
    ["a new directory", (root) => {
      Deno.mkdirSync(join(root, "b/new"));
      Deno.writeTextFileSync(join(root, "b/new/5.jsonl"), "5");
    }],
    ["a directory that was renamed", (root) => Deno.renameSync(join(root, "a"), join(root, "c"))],
    ["two that changed places", (root) => {
      Deno.renameSync(join(root, "a"), join(root, "c"));
      Deno.renameSync(join(root, "b"), join(root, "a"));
      Deno.renameSync(join(root, "c"), join(root, "b"));
    }],
    ["the root in the place of itself", (root) => {
      Deno.renameSync(root, `${root}.old`);
      Deno.mkdirSync(root);
      Deno.writeTextFileSync(join(root, "only.jsonl"), "only");
    }],
    ["a directory that went", (root) => Deno.removeSync(join(root, "a"), { recursive: true })],
    ["a log that became a directory", (root) => {
      Deno.removeSync(join(root, "b/4.jsonl"));
      Deno.mkdirSync(join(root, "b/4.jsonl"));
    }],
    ["a log that became a link", (root) => {
      Deno.renameSync(join(root, "b/4.jsonl"), join(root, "kept.txt"));
      Deno.symlinkSync(join(root, "kept.txt"), join(root, "b/4.jsonl"));
    }],
    ["a link to a directory", (root) => {
      Deno.mkdirSync(`${root}.elsewhere`);
      Deno.writeTextFileSync(`${root}.elsewhere/6.jsonl`, "6");
      Deno.symlinkSync(`${root}.elsewhere`, join(root, "a/link"));
    }],
    ["all of it", (root) => Deno.removeSync(root, { recursive: true })],
  ];
  for (const [name, change] of rows) {
    await t.step(name, () =>
      withOldTree((root, known) => {
        const device = deviceOf(root);
        change(root);
        const { kept } = walkBoth(root, known, device);
        // And what follows is no more than that.
        walkBoth(root, kept, device);
        walkBoth(root, known, device);
      }));
  }
});

Deno.test("what a link leads to is looked at each time", async () => {
  await withOldTree((root) => {
    const elsewhere = `${root}.elsewhere`;
    Deno.mkdirSync(elsewhere);
    Deno.writeTextFileSync(join(elsewhere, "6.jsonl"), "6");
    Deno.symlinkSync(elsewhere, join(root, "a/link"));
    const { kept } = walkBoth(root, {});
    ok(!(join(root, "a") in kept) && !(elsewhere in kept) && !(join(root, "a/link") in kept));
    Deno.writeTextFileSync(join(elsewhere, "7.jsonl"), "7");
    walkBoth(root, kept);
    Deno.removeSync(elsewhere, { recursive: true });
    walkBoth(root, kept);
  });
});

Deno.test("nothing is kept of what may change unseen", async (t) => {
  await withTemporaryDirectory(async (directory) => {
    const root = join(directory, "root");
    makeTree(root);
    const keptBy = (device: number, at: number) => {
      const listings = new DirectoryListings(device, at);
      walkFiles(root, isLog, listings);
      return [Object.keys(listings.kept).length, listings.learned];
    };
    const device = deviceOf(root);
    await t.step("it changed a moment ago", () => deepStrictEqual(keptBy(device, Date.now()), [0, 0]));
    await t.step("its time is in the future", () => deepStrictEqual(keptBy(device, 0), [0, 0]));
    await t.step("it is on another disk", () => deepStrictEqual(keptBy(device + 1, later()), [0, 0]));
    await t.step("else it is", () => deepStrictEqual(keptBy(device, later()), [5, 5]));
    await t.step("its time was set back after it changed: that it changed then still shows", () => {
      const { kept } = walkBoth(root, {});
      const [inode, mtimeMs, ctimeMs] = kept[root]!;
      const before: Listings = { ...kept, [root]: [inode, mtimeMs, ctimeMs - 1000, ""] };
      strictEqual(walkBoth(root, before).learned, 1);
    });
    await t.step("another disk is in its place", () => {
      const { kept } = walkBoth(root, {});
      const listings = new DirectoryListings(device + 1, later(), kept);
      walkFiles(root, isLog, listings);
      deepStrictEqual([listings.kept, listings.learned], [{}, 0]);
    });
  });
});

Deno.test("whether a file system keeps the times of directories is tried out", async () => {
  await withTemporaryDirectory((directory) => {
    const ext4 = 0xef53;
    const mtimeMsOf = (path: string) => Deno.statSync(path).mtime?.getTime();
    const system = { os: "linux", typeOf: () => ext4, mtimeMsOf };
    const rows: [name: string, given: Partial<typeof system>, expected: boolean][] = [
      ["as it is", {}, true],
      ["on another system", { os: "darwin" }, false],
      ["of another machine", { typeOf: () => 0x6969 }, false],
      ["whose type is not told", {
        typeOf: () => {
          throw new Error("no");
        },
      }, false],
      ["whose times stand still", { mtimeMsOf: () => 1e12 }, false],
      ["that has no times", { mtimeMsOf: () => undefined as unknown as number }, false],
      [
        "whose clock is another's",
        { mtimeMsOf: (path) => (mtimeMsOf(path) === 1e12 ? 1e12 : Date.now() - 60_000) },
        false,
      ],
    ];
    for (const [name, given, expected] of rows) {
      strictEqual(keepsDirectoryTimes(directory, { ...system, ...given }), expected, name);
    }
    strictEqual(keepsDirectoryTimes(join(directory, "none"), system), false);
    deepStrictEqual([...Deno.readDirSync(directory)], []);
    return Promise.resolve();
  });
});
