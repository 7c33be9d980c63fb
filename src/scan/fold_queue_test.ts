import { deepStrictEqual, ok, rejects } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { walkFiles } from "../host/files.ts";
import { startThread } from "../host/thread.ts";
import { foldAll, type FoldOrder, type FoldOutcome, type FoldQueueOptions, type FoldReport } from "./fold_queue.ts";
import { PriceData } from "./price_data.ts";
import { claude } from "./sources/claude.ts";
import { codex } from "./sources/codex.ts";
import { pi } from "./sources/pi.ts";

const HOME = fileURLToPath(new URL("../../tests/fixtures/home", import.meta.url));
const THREAD = new URL("./fold_thread.ts", import.meta.url).href;

const TASKS = [
  { source: pi, root: `${HOME}/.pi/agent/sessions` },
  { source: claude, root: `${HOME}/.claude/projects` },
  { source: codex, root: `${HOME}/.codex/sessions` },
].flatMap(({ source, root }) => walkFiles(root, source.matches).files.map((file) => ({ source, file })));

async function fold(options: Partial<FoldQueueOptions>, tasks = TASKS): Promise<FoldOutcome[]> {
  const outcomes: FoldOutcome[] = [];
  for await (
    const outcome of foldAll(tasks, {
      prices: new PriceData("", undefined),
      onStep: () => Promise.resolve(),
      threadBytes: 0,
      ...options,
    })
  ) {
    outcomes.push(outcome);
  }
  return outcomes.sort((a, b) => a.index - b.index);
}

Deno.test("two threads fold what one does, each log once", async () => {
  const alone = await fold({});
  deepStrictEqual(alone.map(({ index }) => index), TASKS.map((_, index) => index));
  let there = 0;
  const { promise: firstReport, resolve: noteReport } = Promise.withResolvers<void>();
  const together = await fold({
    // Each has its share: this thread has taken a log, and waits until the other one has done some.
    onStep: () => firstReport,
    startThread() {
      const thread = startThread<FoldReport, FoldOrder>(THREAD);
      return {
        ...thread,
        onMessage: (listener) =>
          thread.onMessage((report) => {
            there += report.outcomes.length;
            noteReport();
            listener(report);
          }),
      };
    },
  });
  deepStrictEqual(together, alone);
  ok(there > 0 && there < TASKS.length, `${there} of ${TASKS.length} logs were folded by the second thread`);
});

Deno.test("a thread that fails costs nothing but time", async () => {
  deepStrictEqual(
    await fold({ startThread: () => startThread<FoldReport, FoldOrder>("data:application/javascript,throw 1") }),
    await fold({}),
  );
});

Deno.test("a log that cannot be read is an outcome like any other", async () => {
  const gone = { source: pi, file: { ...TASKS[0]!.file, path: `${HOME}/gone.jsonl` } };
  const tasks = [...TASKS, gone];
  for (const startSecond of [undefined, () => startThread<FoldReport, FoldOrder>(THREAD)]) {
    const outcomes = await fold({ startThread: startSecond }, tasks);
    deepStrictEqual(
      outcomes.filter(({ error }) => error !== undefined).map(({ index, digest }) => [index, digest]),
      [[TASKS.length, undefined]],
    );
  }
});

Deno.test("what the pause throws ends both threads", async () => {
  const stop = async () => await Promise.reject(new Error("enough"));
  await rejects(fold({ onStep: stop, startThread: () => startThread<FoldReport, FoldOrder>(THREAD) }), /enough/);
});

Deno.test("little to read starts no thread", async () => {
  const startNone = () => {
    throw new Error("A thread was started.");
  };
  deepStrictEqual(await fold({ startThread: startNone, threadBytes: undefined }), await fold({}));
});
