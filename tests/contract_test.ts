/** What every source must hold, whatever its format: reading a log piece by piece gives what one pass gives. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LogStore } from "../src/agents/log_store.ts";
import { DOCUMENT_CHANGES } from "./support/document_changes.ts";
import { LOG_CHANGES } from "./support/log_changes.ts";
import { type Log, readAnswers, readLogs } from "./support/scan_answers.ts";
import { FIXTURE_HOME, withTemporaryDirectory } from "./support/run_agent.ts";
import { copyHome, filesOf, type HomeFile, sourceHomes } from "./support/sources/source_homes.ts";
import { seededRandom } from "./support/random.ts";

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
    last = await readAnswers(home, opperHome);
  }
  return { answers: last, steps };
}

Deno.test("logs that grow line by line give what one pass gives", async () => {
  const logs = await readLogs(FIXTURE_HOME);
  await withTemporaryDirectory(async (root) => {
    const onePass = await readAnswers(FIXTURE_HOME, join(root, "one"));
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
        const onePass = await readAnswers(FIXTURE_HOME, join(root, "one"));
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

/** Files of real agents, of one form; and what lies beside them. */
async function filesOfSources(form: LogStore["form"]): Promise<{ readonly logs: Log[]; readonly beside: HomeFile[] }> {
  const files = (await Promise.all(sourceHomes().map((source) => filesOf(source)))).flat();
  return { logs: files.filter((file) => file.form === form), beside: files.filter((file) => file.form === "beside") };
}

Deno.test("whatever happens to logs, the index says what a fresh scan says", async (t) => {
  const { logs: others, beside } = await filesOfSources("lines");
  const logs = (await Promise.all([FIXTURE_HOME, ...SHARING, ...SHARING].map((home) => readLogs(home)))).flat();
  logs.push(...others);
  const kinds = Object.keys(LOG_CHANGES);
  for (const seed of [1, 2, 3, 4]) {
    await t.step(`seed ${seed}`, async () => {
      const random = seededRandom(seed);
      const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
      await withTemporaryDirectory(async (root) => {
        const home = join(root, "home");
        copyHome(beside, home);
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
            await LOG_CHANGES[kind]!(log, join(home, log.relativePath), random, logs);
            happened.push(`${step}: ${kind} ${log.relativePath}`);
          }
          deepStrictEqual(
            await readAnswers(home, join(root, "kept")),
            await readAnswers(home, join(root, `fresh-${step}`)),
            happened.slice(-60).join("\n"),
          );
        }
      });
    });
  }
});

Deno.test("whatever happens to documents, the index says what a fresh scan says", async (t) => {
  const { logs, beside } = await filesOfSources("documents");
  const kinds = Object.keys(DOCUMENT_CHANGES);
  for (const seed of [1, 2]) {
    await t.step(`seed ${seed}`, async () => {
      const random = seededRandom(seed);
      const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
      await withTemporaryDirectory(async (root) => {
        const home = join(root, "home");
        copyHome(beside, home);
        const happened: string[] = [];
        for (let step = 0; step < 10 && logs.length > 0; step++) {
          for (let count = step === 0 ? logs.length : 8; count > 0; count--) {
            const [kind, log] = [pick(step === 0 ? ["appear"] : kinds), pick(logs)];
            await DOCUMENT_CHANGES[kind]!(log, join(home, log.relativePath), random, logs);
            happened.push(`${step}: ${kind} ${log.relativePath}`);
          }
          deepStrictEqual(
            await readAnswers(home, join(root, "kept")),
            await readAnswers(home, join(root, `fresh-${step}`)),
            happened.slice(-60).join("\n"),
          );
        }
      });
    });
  }
});
