/** What every source must hold, whatever its format: reading a log piece by piece gives what one pass gives. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { scanLogs } from "../src/scan/scan.ts";
import { FIXTURE_HOME, FIXTURE_NOW, withTemporaryDirectory } from "./support/run_agent.ts";
import { seededRandom } from "./support/random.ts";

interface Log {
  readonly relativePath: string;
  readonly bytes: Uint8Array;
}

async function readLogs(home: string, directory = home): Promise<Log[]> {
  const logs: Log[] = [];
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) logs.push(...await readLogs(home, path));
    else logs.push({ relativePath: relative(home, path), bytes: await Deno.readFile(path) });
  }
  return logs;
}

/** Everything a scan can say, with paths made relative. */
async function answers(home: string, opperHome: string): Promise<unknown> {
  const environment = { home, cwd: home, env: {}, readTextFile: () => undefined };
  const scan = await scanLogs({ environment, stateDirectory: join(opperHome, "agent") });
  try {
    const now = Date.parse(FIXTURE_NOW);
    const sessions = await scan.sessions({ now, isPast: false });
    const turns: unknown[] = [];
    for (const { id, sessionId } of sessions) {
      turns.push([sessionId, await scan.explainedTurns(id, { now, isPast: false })]);
    }
    const buckets = (await scan.usageBuckets({})).map(({ session: _, ...bucket }) => bucket);
    const text = JSON.stringify({
      // A trace is named by the log's path, which differs between the homes that are compared.
      sessions: byText(
        sessions.map(({ id: _, traceId, ...session }) => ({ ...session, traced: traceId !== undefined })),
      ),
      turns: byText(turns),
      buckets: byText(buckets),
      lifetimes: scan.lifetimes({ now, isPast: false }),
      problems: scan.readProblems(),
    });
    return JSON.parse(text.replaceAll(home, "~"));
  } finally {
    scan.close();
  }
}

/** Rows come in the order of the index; what counts is what they are. */
function byText(values: readonly unknown[]): unknown[] {
  return values.toSorted((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
}

/** Appends to every log up to the length that `lengthOf` says, as its tool would, and scans after each step. */
async function growAndScan(
  logs: readonly Log[],
  home: string,
  opperHome: string,
  lengthOf: (log: Log, step: number, before: number) => number,
): Promise<{ answers: unknown; steps: number }> {
  const lengths = new Map(logs.map((log) => [log, 0]));
  let last: unknown;
  let steps = 0;
  while (logs.some((log) => lengths.get(log)! < log.bytes.length)) {
    steps++;
    for (const log of logs) {
      const before = lengths.get(log)!;
      const length = Math.min(log.bytes.length, lengthOf(log, steps, before));
      lengths.set(log, length);
      const path = join(home, log.relativePath);
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeFile(path, log.bytes.subarray(before, length), { append: true });
    }
    last = await answers(home, opperHome);
  }
  return { answers: last, steps };
}

Deno.test("logs that grow line by line give what one pass gives", async () => {
  const logs = await readLogs(FIXTURE_HOME);
  await withTemporaryDirectory(async (root) => {
    const onePass = await answers(FIXTURE_HOME, join(root, "one"));
    const grown = await growAndScan(logs, join(root, "home"), join(root, "grown"), ({ bytes }, _step, before) => {
      const newline = bytes.indexOf(10, before);
      return newline < 0 ? bytes.length : newline + 1;
    });
    deepStrictEqual(grown.answers, onePass);
    strictEqual(grown.steps > 40, true);
  });
});

Deno.test("logs that grow by random bytes give what one pass gives", async (t) => {
  const logs = await readLogs(FIXTURE_HOME);
  for (const seed of [1, 2, 3]) {
    await t.step(`seed ${seed}`, async () => {
      const random = seededRandom(seed);
      await withTemporaryDirectory(async (root) => {
        const onePass = await answers(FIXTURE_HOME, join(root, "one"));
        const grown = await growAndScan(
          logs,
          join(root, "home"),
          join(root, "grown"),
          ({ bytes }, _step, before) => before + 1 + Math.floor(random() * bytes.length / 5),
        );
        deepStrictEqual(grown.answers, onePass);
      });
    });
  }
});

/** What may happen to a log between two scans. */
const CHANGES: Readonly<Record<string, (log: Log, path: string, random: () => number) => Promise<void>>> = {
  appear: async ({ bytes }, path) => await write(path, bytes),
  "appear in part": async ({ bytes }, path, random) =>
    await write(path, bytes.subarray(0, Math.floor(random() * bytes.length))),
  grow: async ({ bytes }, path, random) => {
    const { size } = await Deno.stat(path).catch(() => ({ size: 0 }));
    const length = size + Math.floor(random() * (bytes.length - size + 1));
    await write(path, bytes.subarray(Math.min(size, bytes.length), length), { append: true });
  },
  "be cut off": async ({ bytes }, path, random) =>
    await write(path, bytes.subarray(0, Math.floor(random() * bytes.length / 2))),
  vanish: async (_log, path) => await Deno.remove(path).catch(() => {}),
  "lose a line": async ({ bytes }, path, random) => {
    const lines = new TextDecoder().decode(bytes).split("\n");
    lines.splice(Math.floor(random() * lines.length), 1);
    await write(path, new TextEncoder().encode(lines.join("\n")));
  },
};

async function write(path: string, bytes: Uint8Array, options: Deno.WriteFileOptions = {}): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, bytes, options);
}

/** Homes whose logs show each other's turns, without marks or under other sessions' names. */
const SHARING = [
  "51-claude-constant-message-id",
  "52-claude-lines-of-another-session",
  "56-claude-handed-to-the-background",
  "57-claude-session-id-rewritten",
  "59-claude-own-total",
  "63-pi-subagent-reports-its-spend",
  "74-claude-background-both-go-on",
  "75-claude-rewritten-without-requests",
  "76-claude-backup-beside-the-log",
  "77-claude-request-and-last-counts",
  "80-pi-subagents-beside-their-parent",
  "81-pi-model-named-later",
  "82-codex-responses-of-equal-tokens",
  "83-codex-header-lost",
  "85-pi-subagents-of-subagents",
].map((name) => fileURLToPath(new URL(`./field_reports/${name}/home`, import.meta.url)));

Deno.test("whatever happens to logs, the index says what a fresh scan says", async (t) => {
  const logs = (await Promise.all([FIXTURE_HOME, ...SHARING, ...SHARING].map((home) => readLogs(home)))).flat();
  const kinds = Object.keys(CHANGES);
  for (const seed of [1, 2, 3, 4]) {
    await t.step(`seed ${seed}`, async () => {
      const random = seededRandom(seed);
      const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
      await withTemporaryDirectory(async (root) => {
        const home = join(root, "home");
        await Deno.mkdir(home);
        const happened: string[] = [];
        for (let step = 0; step < 20; step++) {
          // A few; or, as when a disk is exchanged, all of them vanish and most come back.
          const isExchanged = step % 5 === 4;
          if (isExchanged) {
            for (const { relativePath } of logs) await Deno.remove(join(home, relativePath)).catch(() => {});
            happened.push(`${step}: all vanish`);
          }
          for (let count = isExchanged ? 80 : 8; count > 0; count--) {
            const [kind, log] = [pick(isExchanged ? ["appear"] : kinds), pick(logs)];
            await CHANGES[kind]!(log, join(home, log.relativePath), random);
            happened.push(`${step}: ${kind} ${log.relativePath}`);
          }
          deepStrictEqual(
            await answers(home, join(root, "kept")),
            await answers(home, join(root, `fresh-${step}`)),
            happened.slice(-60).join("\n"),
          );
        }
      });
    });
  }
});
