import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { piHeader, piLogPath, piTurn, writeLog } from "../../../../tests/support/logs.ts";
import { withTemporaryDirectory } from "../../../../tests/support/run_agent.ts";
import { makeMachine } from "../../../host/environment.ts";
import { openIndex } from "../open_index.ts";
import { indexPath } from "./index_file.ts";
import { KnownDirectories } from "./known_directories.ts";

const ID = "01a1fb64-0000-7000-8000-00000000000";
/** Of a time at which what a test writes is long past. */
const LATER = Date.now() + 3_600_000;

async function askSessions(home: string, useIndex = true): Promise<readonly string[]> {
  const stateDirectory = join(home, ".opper/agent");
  const scan = await openIndex({ machine: makeMachine({ home }), stateDirectory, useIndex, now: () => LATER });
  try {
    const sessions = await scan.sessions({ now: LATER, isPast: false });
    return sessions.map(({ sessionId, turns }) => `${sessionId} ${turns}`).sort();
  } finally {
    scan.close();
  }
}

async function withScannedHome(body: (home: string, path: string) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    for (const id of [1, 2]) {
      await writeLog(piLogPath(home, ID + id), [
        piHeader(ID + id),
        piTurn({ id: `turn-${id}`, at: "2026-11-20T10:00:00.000Z" }),
      ]);
    }
    // Of a few directories nothing is kept.
    for (let number = 0; number < 50; number++) {
      await Deno.mkdir(join(home, `.pi/agent/sessions/--project-${number}--`), { recursive: true });
    }
    const path = `${indexPath(join(home, ".opper/agent"))}-directories`;
    await askSessions(home);
    await body(home, path);
  });
}

Deno.test("the scan after the first one keeps what directories hold, for its owner alone", async () => {
  await withScannedHome(async (home, path) => {
    ok(!await exists(path));
    await askSessions(home);
    const { mode, mtime } = await Deno.stat(path);
    if (Deno.build.os !== "windows") strictEqual(mode! & 0o777, 0o600);
    // There is nothing to be learned by the next one.
    await askSessions(home);
    deepStrictEqual((await Deno.stat(path)).mtime, mtime);
  });
});

Deno.test("logs that come and go are seen by a scan that knows what directories held", async () => {
  await withScannedHome(async (home) => {
    await askSessions(home);
    const third = piLogPath(home, `${ID}3`);
    await writeLog(third, [piHeader(`${ID}3`), piTurn({ id: "turn-3", at: "2026-11-20T10:00:00.000Z" })]);
    for (const expected of [[`${ID}1 1`, `${ID}2 1`, `${ID}3 1`], [`${ID}1 1`, `${ID}2 1`]]) {
      for (let round = 0; round < 3; round++) {
        deepStrictEqual(await askSessions(home), expected);
        deepStrictEqual(await askSessions(home, false), expected);
      }
      await Deno.remove(third).catch(() => {});
    }
  });
});

Deno.test("a file that is damaged, of another kind or another disk's costs a listing and nothing else", async (t) => {
  const rows: [name: string, damage: (path: string, text: string) => void][] = [
    ["half of it", (path, text) => Deno.writeTextFileSync(path, text.slice(0, text.length / 2))],
    ["another byte", (path, text) => Deno.writeTextFileSync(path, text.replace(`${ID}1`, `${ID}7`))],
    ["empty", (path) => Deno.writeTextFileSync(path, "")],
    ["nonsense", (path) => Deno.writeTextFileSync(path, "1\n{")],
    ["a directory", (path) => {
      Deno.removeSync(path);
      Deno.mkdirSync(path);
    }],
    ["none", (path) => Deno.removeSync(path)],
  ];
  for (const [name, damage] of rows) {
    await t.step(name, () =>
      withScannedHome(async (home, path) => {
        await askSessions(home);
        damage(path, Deno.readTextFileSync(path));
        for (let round = 0; round < 2; round++) deepStrictEqual(await askSessions(home), [`${ID}1 1`, `${ID}2 1`]);
      }));
  }
  await t.step("of another disk", () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, "index.db");
      const known = new KnownDirectories(path, join(directory, "none"), LATER);
      strictEqual(known.of("walk"), undefined);
      await known.save();
      deepStrictEqual([...Deno.readDirSync(directory)], []);
    }));
});

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
