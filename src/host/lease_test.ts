/** Whether the holder of a lease lives, where that is certain and where it is not. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { isLeaseAlive, takeLease, takeOverLease } from "./lease.ts";
import type { ProcessIdentity, ProcessSight } from "./process_identity.ts";
import { waitUntil } from "../../tests/support/wait_until.ts";

const HERE: ProcessIdentity = { machine: "here", boot: "boot-1", namespace: "pid:[1]", pid: 100, start: "5000" };

/** A machine on which these processes run. */
function sightOf(self: ProcessIdentity, running: Readonly<Record<number, string>>): ProcessSight {
  return { identifySelf: () => self, startOf: (pid) => running[pid] };
}

const DAY_MS = 24 * 3_600_000;

/** Leaves a lease as one that nobody holds locked any more, or whose lock is not seen here. */
async function leaveLease(path: string, holder: ProcessIdentity, changes: Readonly<Record<string, unknown>>) {
  const lease = takeLease(path, { trustedForMs: DAY_MS, sight: sightOf(holder, {}) })!;
  const text = await Deno.readTextFile(path);
  lease.release();
  await Deno.writeTextFile(path, text);
  const { dev, ino } = await Deno.stat(path);
  const written = { ...JSON.parse(text), file: `${dev}:${ino}`, ...changes };
  await Deno.writeTextFile(path, JSON.stringify(written));
}

Deno.test("a lease whose lock nobody is seen to hold", async (t) => {
  const container = { ...HERE, namespace: "pid:[2]" };
  const elsewhere = { ...HERE, machine: "there", boot: "boot-9", namespace: "pid:[1]" };
  const unknown = { machine: "", boot: "", namespace: "", pid: 100, start: "" };
  const minutes = (count: number) => count * 60_000;
  const rows: [
    name: string,
    holder: ProcessIdentity,
    changes: Readonly<Record<string, unknown>>,
    ageMs: number,
    self: ProcessIdentity,
    running: Readonly<Record<number, string>>,
    alive: boolean,
  ][] = [
    ["its process runs", HERE, {}, DAY_MS * 9, HERE, { 100: "5000" }, true],
    ["its process runs, without locks", HERE, { isLocked: false }, DAY_MS * 9, HERE, { 100: "5000" }, true],
    ["its process has ended", HERE, {}, 0, HERE, {}, false],
    ["its process has ended, without locks", HERE, { isLocked: false }, 0, HERE, {}, false],
    ["another process has its id", HERE, {}, 0, HERE, { 100: "7000" }, false],
    ["a container that saw the same locks", container, {}, 0, HERE, { 100: "5000" }, false],
    ["a container without locks, just now", container, { isLocked: false }, minutes(5), HERE, {}, true],
    ["a container without locks, long ago", container, { isLocked: false }, DAY_MS * 1.1, HERE, {}, false],
    ["a container with another view of the disk", container, { file: "1:1" }, minutes(5), HERE, {}, true],
    [
      "a machine of the same name",
      { ...HERE, machine: "here 11111111", boot: "boot-0" },
      {},
      minutes(5),
      HERE,
      {},
      true,
    ],
    ["the machine was started anew", { ...HERE, boot: "boot-0" }, {}, 0, HERE, { 100: "5000" }, false],
    ["another machine, just now", elsewhere, {}, minutes(5), HERE, { 100: "5000" }, true],
    ["another machine, asleep for a night", elsewhere, {}, minutes(600), HERE, {}, true],
    ["another machine, long ago", elsewhere, {}, DAY_MS * 1.1, HERE, { 100: "5000" }, false],
    ["nobody knows who anybody is", unknown, {}, 0, unknown, {}, false],
    ["nobody knows who anybody is, without locks", unknown, { isLocked: false }, 0, unknown, {}, true],
    ["we do not know who we are", HERE, {}, minutes(5), unknown, {}, true],
    ["we do not know who we are, long ago", HERE, {}, DAY_MS * 1.1, unknown, {}, false],
    ["its machine could not tell the start", { ...HERE, start: "" }, {}, 0, HERE, {}, false],
  ];
  for (const [name, holder, changes, ageMs, self, running, alive] of rows) {
    await t.step(name, () =>
      withTemporaryDirectory(async (directory) => {
        const path = join(directory, "a.lease");
        await leaveLease(path, holder, changes);
        const beatAt = (Date.now() - ageMs) / 1000;
        await Deno.utime(path, beatAt, beatAt);
        strictEqual(isLeaseAlive(path, { sight: sightOf(self, running) }), alive);
        const taken = takeOverLease(path, { trustedForMs: DAY_MS, sight: sightOf(self, running) });
        strictEqual(taken === undefined, alive);
        taken?.release();
        deepStrictEqual([...Deno.readDirSync(directory)].map(({ name }) => name), alive ? ["a.lease"] : []);
      }));
  }
});

Deno.test("a lease that is held is alive, whatever stands in it", () =>
  withTemporaryDirectory(async (directory) => {
    const path = join(directory, "a.lease");
    strictEqual(isLeaseAlive(path), false, "there is none");
    const elsewhere = sightOf({ ...HERE, boot: "boot-0" }, {});
    const lease = takeLease(path, { trustedForMs: 0, sight: elsewhere })!;
    strictEqual(isLeaseAlive(path, { sight: sightOf(HERE, {}) }), true);
    strictEqual(takeLease(path, { trustedForMs: 0 }), undefined);
    strictEqual(takeOverLease(path, { trustedForMs: 0 }), undefined);
    await Deno.writeTextFile(path, "damaged");
    strictEqual(isLeaseAlive(path, { sight: sightOf(HERE, {}) }), true);
    lease.release();
    strictEqual(isLeaseAlive(path), false);
    deepStrictEqual([...Deno.readDirSync(directory)], []);
  }));

Deno.test("a lock that is given to whoever asks says nothing of a container's process", () =>
  withTemporaryDirectory(async (directory) => {
    const path = join(directory, "a.lease");
    const { tryLockSync } = Deno.FsFile.prototype;
    Deno.FsFile.prototype.tryLockSync = () => true;
    try {
      const container = sightOf({ ...HERE, namespace: "pid:[2]" }, {});
      const lease = takeLease(path, { trustedForMs: DAY_MS, sight: container })!;
      strictEqual(JSON.parse(await Deno.readTextFile(path)).isLocked, false);
      strictEqual(isLeaseAlive(path, { sight: sightOf(HERE, {}) }), true);
      lease.release();
      // One that was made where locks are real, and is looked at from where they are not.
      await leaveLease(path, { ...HERE, namespace: "pid:[2]" }, { isLocked: true });
      strictEqual(isLeaseAlive(path, { sight: sightOf(HERE, {}) }), true);
    } finally {
      Deno.FsFile.prototype.tryLockSync = tryLockSync;
    }
    strictEqual(isLeaseAlive(path, { sight: sightOf(HERE, {}) }), false, "where locks are real again");
  }));

Deno.test("a launch gives signs of life", () =>
  withTemporaryDirectory(async (directory) => {
    const path = join(directory, "a.lease");
    const lease = takeLease(path, { trustedForMs: DAY_MS, beatEveryMs: 10 })!;
    try {
      const text = await Deno.readTextFile(path);
      await Deno.utime(path, 1, 1);
      await waitUntil("a sign of life", async () => (await Deno.stat(path)).mtime!.getTime() !== 1000);
      strictEqual(await Deno.readTextFile(path), text);
    } finally {
      lease.release();
    }
  }));

Deno.test("a lease whose maker was killed before it said anything is waited for, and shorter than anybody waits for a lock", async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "lock");
    const options = { trustedForMs: DAY_MS, sight: sightOf(HERE, {}) };
    await Deno.writeTextFile(path, "");
    strictEqual(takeOverLease(path, options), undefined);
    strictEqual(isLeaseAlive(path, options), true);
    strictEqual(isLeaseAlive(path, { ...options, isMakingLocked: true }), false, "nobody can be making one");
    const then = new Date(Date.now() - 6_000);
    await Deno.utime(path, then, then);
    const lease = takeOverLease(path, options);
    ok(lease !== undefined);
    lease.release();
  });
});
