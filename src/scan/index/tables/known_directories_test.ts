import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { piHeader, piLogPath, piTurn, writeLog } from "../../../../tests/support/logs.ts";
import { withTemporaryDirectory } from "../../../../tests/support/run_agent.ts";
import { makeMachine } from "../../../host/environment.ts";
import { openIndex } from "../open_index.ts";
import { indexPath } from "./index_file.ts";
import { KnownDirectories } from "./known_directories.ts";
import { sealRow } from "./seal_row.ts";

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
      await known.save(() => undefined);
      deepStrictEqual([...Deno.readDirSync(directory)], []);
    }));
});

Deno.test("where only logs changed nothing is walked, and what else changes is seen", async (t) => {
  const log = (home: string, id: number) => piLogPath(home, ID + id);
  const turn = (id: string, input = 100) => piTurn({ id, at: "2026-11-20T11:00:00.000Z", input });
  const rows: [
    name: string,
    isWalked: boolean,
    change: (home: string) => void | Promise<void>,
    sessions: readonly string[],
  ][] = [
    ["nothing", false, () => {}, [`${ID}1 1`, `${ID}2 1`]],
    ["a log that grew", false, (home) => {
      Deno.writeTextFileSync(log(home, 1), `${JSON.stringify(turn("turn-9"))}\n`, { append: true });
    }, [`${ID}1 2`, `${ID}2 1`]],
    ["one that was written anew", false, (home) => {
      const text = Deno.readTextFileSync(log(home, 1));
      Deno.writeTextFileSync(log(home, 1), `${text.split("\n")[0]}\n`);
    }, [`${ID}1 0`, `${ID}2 1`]],
    ["one that was replaced", true, (home) => {
      Deno.copyFileSync(log(home, 1), join(home, "copy.jsonl"));
      Deno.writeTextFileSync(join(home, "copy.jsonl"), `${JSON.stringify(turn("turn-9"))}\n`, { append: true });
      Deno.renameSync(join(home, "copy.jsonl"), log(home, 1));
    }, [`${ID}1 2`, `${ID}2 1`]],
    ["one that went", true, (home) => Deno.removeSync(log(home, 2)), [`${ID}1 1`]],
    ["a new one", true, async (home) => {
      await writeLog(log(home, 3), [piHeader(`${ID}3`), turn("turn-3")]);
    }, [`${ID}1 1`, `${ID}2 1`, `${ID}3 1`]],
    ["one in a new directory", true, async (home) => {
      const path = join(home, ".pi/agent/sessions/--new--", log(home, 3).slice(log(home, 3).lastIndexOf("/") + 1));
      await writeLog(path, [piHeader(`${ID}3`), turn("turn-3")]);
    }, [`${ID}1 1`, `${ID}2 1`, `${ID}3 1`]],
    ["one of an agent that had none", true, async (home) => {
      await Deno.mkdir(join(home, ".qwen/projects/a/chats"), { recursive: true });
      await writeLog(join(home, ".codex/sessions/rollout-3.jsonl"), [piHeader(`${ID}3`), turn("turn-3")]);
    }, [`${ID}1 1`, `${ID}2 1`]],
    ["all of them", true, (home) => Deno.removeSync(join(home, ".pi"), { recursive: true }), []],
  ];
  for (const [name, isWalked, change, sessions] of rows) {
    await t.step(name, () =>
      withScannedHome(async (home, path) => {
        await askSessions(home);
        // Without the names in them, who walks lists all directories, and keeps what they hold.
        const state = Deno.readTextFileSync(path).split("\n").slice(0, 2).join("\n");
        Deno.writeTextFileSync(path, `${state}\n`);
        await change(home);
        deepStrictEqual(await askSessions(home), sessions);
        deepStrictEqual(Deno.readTextFileSync(path) !== `${state}\n`, isWalked);
        for (let round = 0; round < 2; round++) {
          deepStrictEqual(await askSessions(home), sessions);
          deepStrictEqual(await askSessions(home, false), sessions);
        }
      }));
  }
});

Deno.test("names that the index does not have are not taken for those that were found", async () => {
  await withScannedHome(async (home, path) => {
    await askSessions(home);
    const [, json] = Deno.readTextFileSync(path).split("\n");
    const other = json!.replace(/"names":"\d+/, '"names":"1');
    const state = `${sealRow([other])}\n${other}\n`;
    ok(other !== json);
    Deno.writeTextFileSync(path, state);
    deepStrictEqual(await askSessions(home), [`${ID}1 1`, `${ID}2 1`]);
    ok(Deno.readTextFileSync(path) !== state);
  });
});

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
