import { strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../core/errors.ts";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { beginWork, type Locks, stateOfWork } from "./background.ts";
import { lockFile } from "./lock.ts";

const SECOND = 1000;
const NOW = Date.parse("2026-11-20T12:00:00Z");

/** A file system that knows no locks: the file is made, and cannot be locked. */
const NO_LOCKS: Locks = {
  isFileLocked(path) {
    try {
      Deno.statSync(path);
    } catch {
      return false;
    }
    throw new AgentError("failed", `"${path}" could not be locked: No locks available (os error 37).`);
  },
  tryLockFile(path) {
    try {
      Deno.openSync(path, { create: true, write: true }).close();
    } catch (cause) {
      throw new AgentError("failed", `"${path}" could not be locked.`, { cause });
    }
    throw new AgentError("failed", `"${path}" could not be locked: No locks available (os error 37).`);
  },
};

for (const [name, locks] of [["with locks", undefined], ["without locks", NO_LOCKS]] as const) {
  Deno.test(`work is begun once in a while, ${name}`, async () => {
    await withTemporaryDirectory((directory) => {
      const path = `${directory}/work.lock`;
      strictEqual(stateOfWork(path, NOW, SECOND, locks), "due");
      beginWork(path, NOW, locks)!.release();
      strictEqual(stateOfWork(path, NOW + SECOND - 1, SECOND, locks), "recent");
      strictEqual(stateOfWork(path, NOW + SECOND, SECOND, locks), "due");
      // A clock that was set back.
      strictEqual(stateOfWork(path, NOW - SECOND, SECOND, locks), "due");
      return Promise.resolve();
    });
  });

  Deno.test(`a place where no file can be is an error, ${name}`, async () => {
    await withTemporaryDirectory((directory) => {
      Deno.writeTextFileSync(`${directory}/file`, "");
      throws(() => beginWork(`${directory}/file/work.lock`, NOW, locks), AgentError);
      return Promise.resolve();
    });
  });
}

Deno.test("nobody begins what somebody is at", async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = `${directory}/work.lock`;
    const lock = await lockFile(path);
    strictEqual(stateOfWork(path, NOW, SECOND), "running");
    strictEqual(beginWork(path, NOW), undefined);
    lock.release();
  });
});
