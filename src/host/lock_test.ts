/** Locks between the files of one process, and between real processes that are killed. */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { AgentError } from "../core/errors.ts";
import { isFileLocked, lockFile, tryLockFile } from "./lock.ts";

Deno.test("one holder at a time", () =>
  withTemporaryDirectory(async (directory) => {
    const path = join(directory, "lock");
    strictEqual(isFileLocked(path), false);
    const first = tryLockFile(path);
    ok(first !== undefined);
    strictEqual(tryLockFile(path), undefined);
    strictEqual(isFileLocked(path), true);
    await rejects(lockFile(path, { timeoutMs: 30 }), (error) =>
      error instanceof AgentError && error.code === "failed" &&
      /was held by another process for 0\.03 s/.test(error.message));

    const waiting = lockFile(path);
    first.release();
    (await waiting).release();
    strictEqual(isFileLocked(path), false);
  }));

Deno.test({
  name: "a pipe in the place of the file keeps nobody waiting",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, "lock");
      strictEqual((await new Deno.Command("mkfifo", { args: [path] }).output()).code, 0);
      strictEqual(isFileLocked(path), false);
      const lock = tryLockFile(path);
      ok(lock !== undefined);
      strictEqual(isFileLocked(path), true);
      lock.release();
    }),
});

Deno.test("a lock on a file that was removed is no lock", () =>
  withTemporaryDirectory(async (directory) => {
    const path = join(directory, "lock");
    const first = tryLockFile(path);
    await Deno.remove(path);
    strictEqual(isFileLocked(path), false);
    const second = tryLockFile(path);
    ok(second !== undefined);
    first?.release();
    strictEqual(isFileLocked(path), true);
    second.release();
  }));

const NO_LOCKS: Readonly<Record<string, () => boolean>> = {
  "has no locks": () => {
    throw new Error("No locks available (os error 37)");
  },
  "gives a lock to whoever asks": () => true,
};

async function withoutLocks(body: () => Promise<void>, tryLock = NO_LOCKS["has no locks"]!): Promise<void> {
  const { tryLockSync } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.tryLockSync = tryLock;
  try {
    await body();
  } finally {
    Deno.FsFile.prototype.tryLockSync = tryLockSync;
  }
}

for (const [how, tryLock] of Object.entries(NO_LOCKS)) {
  Deno.test(`one holder at a time where the file system ${how}`, () =>
    withoutLocks(() =>
      withTemporaryDirectory(async (directory) => {
        const path = join(directory, "lock");
        strictEqual(isFileLocked(path), false);
        const first = tryLockFile(path);
        ok(first !== undefined);
        strictEqual(tryLockFile(path), undefined);
        strictEqual(isFileLocked(path), true);
        await rejects(lockFile(path, { timeoutMs: 200 }), /was held by another process/);
        const waiting = lockFile(path);
        first.release();
        (await waiting).release();
        strictEqual(isFileLocked(path), false);
        deepStrictEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["lock"]);
      }), tryLock));
}

Deno.test("where there are no locks, that of a killed process is free", () =>
  withoutLocks(() =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, "lock");
      const program = `
        import { tryLockFile } from ${JSON.stringify(new URL("./lock.ts", import.meta.url).href)};
        Deno.FsFile.prototype.tryLockSync = () => { throw new Error("No locks available (os error 37)"); };
        tryLockFile(${JSON.stringify(path)});
        console.log("held");
        setInterval(() => {}, 1000);
      `;
      await Deno.writeTextFile(join(directory, "holder.ts"), program);
      const holder = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", join(directory, "holder.ts")],
        stdin: "null",
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const output = holder.stdout.getReader();
      await output.read();
      try {
        strictEqual(isFileLocked(path), true);
        await rejects(lockFile(path, { timeoutMs: 200 }), /was held by another process/);
      } finally {
        holder.kill("SIGKILL");
        await holder.status;
        await output.cancel();
      }
      strictEqual(isFileLocked(path), false);
      (await lockFile(path)).release();
    })
  ));

Deno.test("a file that cannot be locked is an expected failure", () =>
  withTemporaryDirectory((directory) => {
    const path = join(directory, "no/lock");
    return rejects(lockFile(path), (error) =>
      error instanceof AgentError && error.message.startsWith(`"${path}" could not be locked: `));
  }));

Deno.test("the lock of a killed process is free, even while a program that it started lives on", () =>
  withTemporaryDirectory(async (directory) => {
    const path = join(directory, "lock");
    const program = `
      import { tryLockFile } from ${JSON.stringify(new URL("./lock.ts", import.meta.url).href)};
      tryLockFile(${JSON.stringify(path)});
      const child = new Deno.Command("sleep", { args: ["60"], stdin: "null", stdout: "null", stderr: "null" }).spawn();
      console.log(child.pid);
      await child.status;
    `;
    await Deno.writeTextFile(join(directory, "holder.ts"), program);
    const holder = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", join(directory, "holder.ts")],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const output = holder.stdout.getReader();
    const { value } = await output.read();
    const childPid = Number(new TextDecoder().decode(value));
    ok(childPid > 0);
    try {
      strictEqual(isFileLocked(path), true);
      holder.kill("SIGKILL");
      await holder.status;
      strictEqual(isFileLocked(path), false);
    } finally {
      Deno.kill(childPid, "SIGKILL");
      await output.cancel();
    }
  }));
