import { deepStrictEqual, ok, rejects } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { zstdCompressSync } from "node:zlib";
import { walkFiles } from "../../../host/walk_files.ts";
import { startThread } from "../../../host/thread.ts";
import type { SettleTask, TaskOutcome } from "./log_tasks.ts";
import { LogWork, type LogWorkOptions } from "./log_work.ts";
import type { WorkOrder, WorkReport } from "./work_queue.ts";
import { EarlyThread } from "./early_thread.ts";
import { THREAD_BYTES } from "./thread_bytes.ts";
import { withTemporaryDirectory } from "../../../../tests/support/run_agent.ts";
import { Prices } from "../../prices/prices.ts";
import { setOfKeys } from "../tables/key_list.ts";
import { agentWithLogs } from "../../../agents/agents.ts";
import { matchesAny } from "../../../agents/log_store.ts";
import { claude } from "../../../agents/claude/agent.ts";
import { codex } from "../../../agents/codex/agent.ts";
import { pi } from "../../../agents/pi/agent.ts";

const HOME = fileURLToPath(new URL("../../../../tests/fixtures/home", import.meta.url));
const THREAD = new URL("./work_thread.ts", import.meta.url).href;

const TASKS = [
  { source: pi, root: `${HOME}/.pi/agent/sessions` },
  { source: claude, root: `${HOME}/.claude/projects` },
  { source: codex, root: `${HOME}/.codex/sessions` },
].flatMap(({ source, root }) =>
  walkFiles(root, (path) => matchesAny(source.logs!, path)).files.map((file) => ({ source: source.id, file }))
);

const MEANS = { onStep: () => Promise.resolve(), threadBytes: 0 };

async function fold(options: Partial<LogWorkOptions>, tasks = TASKS): Promise<TaskOutcome<"fold">[]> {
  const work = new LogWork({ ...MEANS, prices: new Prices("", undefined), ...options });
  try {
    return await inOrder(work.run("fold", tasks));
  } finally {
    work.end();
  }
}

async function inOrder<T extends TaskOutcome>(outcomes: AsyncIterable<T>): Promise<T[]> {
  return (await Array.fromAsync(outcomes)).sort((a, b) => a.index - b.index);
}

Deno.test("two threads fold what one does, each log once", async (t) => {
  await t.step("all at once", () => foldTogether({}));
  await t.step("sent in several orders", () => foldTogether({ orderTasks: 5 }));
});

async function foldTogether(options: Partial<LogWorkOptions>): Promise<void> {
  const alone = await fold({});
  deepStrictEqual(alone.map(({ index }) => index), TASKS.map((_, index) => index));
  let there = 0;
  const { promise: firstReport, resolve: noteReport } = Promise.withResolvers<void>();
  const together = await fold({
    ...options,
    // Each has its share: this thread has taken a log, and waits until the other one has done some.
    onStep: () => firstReport,
    startThread() {
      const thread = startThread<WorkReport, WorkOrder>(THREAD);
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
  // What is kept depends on what the thread read before.
  const made = (outcomes: readonly TaskOutcome<"fold">[]) => outcomes.map(({ isKept: _, ...outcome }) => outcome);
  deepStrictEqual(made(together), made(alone));
  ok(there > 0 && there < TASKS.length, `${there} of ${TASKS.length} logs were folded by the second thread`);
}

Deno.test("a thread that fails costs nothing but time", async () => {
  deepStrictEqual(
    await fold({ startThread: () => startThread<WorkReport, WorkOrder>("data:application/javascript,throw 1") }),
    await fold({}),
  );
});

Deno.test("a log that cannot be read is an outcome like any other", async () => {
  const gone = { source: pi.id, file: { ...TASKS[0]!.file, path: `${HOME}/gone.jsonl` } };
  const tasks = [...TASKS, gone];
  for (const startSecond of [undefined, () => startThread<WorkReport, WorkOrder>(THREAD)]) {
    const outcomes = await fold({ startThread: startSecond }, tasks);
    deepStrictEqual(
      outcomes.filter(({ error }) => error !== undefined).map(({ index, result }) => [index, result]),
      [[TASKS.length, undefined]],
    );
  }
});

Deno.test("what the pause throws ends both threads", async () => {
  const stop = async () => await Promise.reject(new Error("enough"));
  await rejects(fold({ onStep: stop, startThread: () => startThread<WorkReport, WorkOrder>(THREAD) }), /enough/);
});

Deno.test("little to read starts no thread", async () => {
  const startNone = () => {
    throw new Error("A thread was started.");
  };
  deepStrictEqual(await fold({ startThread: startNone, threadBytes: undefined }), await fold({}));
});

Deno.test("two threads settle what one does, in one thread that has folded before", async () => {
  // Each log with a copy of itself in another place: the copies lose all their turns.
  const pairs = TASKS.map((task, index): SettleTask => ({
    logs: ["/a", "/b"].map((place, copy) => ({
      ...task,
      id: 2 * index + copy,
      path: place + task.file.path,
      lost: "",
      entangled: 0,
      tied: 0,
      isSmall: 0,
      guest: "",
    })),
  }));
  let [started, settledThere] = [0, 0];
  let isSettling = false;
  const { promise: firstSettled, resolve: noteSettled } = Promise.withResolvers<void>();
  const settle = async (options: Partial<LogWorkOptions>) => {
    const work = new LogWork({ ...MEANS, prices: new Prices("", undefined), ...options });
    try {
      await Array.fromAsync(work.run("fold", TASKS));
      isSettling = true;
      return await inOrder(work.run("settle", pairs));
    } finally {
      work.end();
      isSettling = false;
    }
  };
  const alone = await settle({});
  const together = await settle({
    // Each has its share, as above.
    onStep: async () => {
      if (isSettling) await firstSettled;
    },
    startThread() {
      started++;
      const thread = startThread<WorkReport, WorkOrder>(THREAD);
      return {
        ...thread,
        onMessage: (listener) =>
          thread.onMessage((report) => {
            if (isSettling && report.outcomes.length > 0) {
              settledThere += report.outcomes.length;
              noteSettled();
            }
            listener(report);
          }),
      };
    },
  });
  deepStrictEqual(together, alone);
  deepStrictEqual(started, 1);
  ok(settledThere > 0 && settledThere < pairs.length, `${settledThere} of ${pairs.length} sets were settled there`);
  const lost = alone.flatMap(({ result }) => result!.settled).filter(({ lost }) => lost !== "");
  ok(lost.length > 40, `${lost.length} logs lost turns`);
  for (const { id, lost: digits, entangled } of lost) {
    deepStrictEqual([id % 2, /^1+$/.test(digits), entangled], [1, true, 1]);
  }
});

Deno.test("a thread that fails between two kinds of work costs nothing but time", async () => {
  const pair: SettleTask = {
    logs: [{ ...TASKS[0]!, id: 1, path: "/a", guest: "", lost: "", entangled: 0, tied: 0, isSmall: 0 }],
  };
  let fail = (_reason: string) => {};
  const work = new LogWork({
    ...MEANS,
    prices: new Prices("", undefined),
    startThread: () => ({
      isListening: true,
      post() {},
      onMessage() {},
      onFailure: (listener) => fail = listener,
      end() {},
    }),
  });
  const folding = Array.fromAsync(work.run("fold", TASKS));
  await new Promise((resolve) => setTimeout(resolve, 50));
  fail("gone");
  deepStrictEqual((await folding).length, TASKS.length);
  deepStrictEqual((await Array.fromAsync(work.run("settle", [pair]))).length, 1);
});

Deno.test("logs are settled without one that can no longer be read", async () => {
  const log = { ...TASKS[0]!, guest: "", lost: "1", entangled: 0, tied: 0, isSmall: 0 };
  const gone = { ...log, id: 2, path: "/a", file: { ...log.file, path: `${HOME}/gone.jsonl` } };
  const work = new LogWork({ ...MEANS, prices: new Prices("", undefined) });
  // It would be the owner, being the first by path.
  const [outcome] = await Array.fromAsync(work.run("settle", [{ logs: [gone, { ...log, id: 3, path: "/b" }] }]));
  const { settled, unreadable } = outcome!.result!;
  deepStrictEqual(settled.map(({ id, lost }) => [id, lost]), [[3, ""]]);
  deepStrictEqual(unreadable.map(({ id, path }) => [id, path]), [[2, "/a"]]);
});

Deno.test("a log that says that another has its turns is settled without being read again, in either thread", async (t) => {
  const settleGone = async (isTakenThere: boolean) => {
    const { promise: otherIsDone, resolve: noteDone } = Promise.withResolvers<void>();
    const { promise: firstSettled, resolve: noteSettled } = Promise.withResolvers<void>();
    let there = 0;
    let isSettling = false;
    const work = new LogWork({
      ...MEANS,
      prices: new Prices("", undefined),
      // This thread takes a log, and waits until the other one has done the rest, or some.
      onStep: async () => {
        if (isTakenThere) await (isSettling ? firstSettled : otherIsDone);
      },
      startThread: !isTakenThere ? undefined : () => {
        const thread = startThread<WorkReport, WorkOrder>(THREAD);
        return {
          ...thread,
          onMessage: (listener) =>
            thread.onMessage((report) => {
              there += report.outcomes.length;
              if (there >= TASKS.length - 1) noteDone();
              if (isSettling && report.outcomes.length > 0) noteSettled();
              listener(report);
            }),
        };
      },
    });
    try {
      const folded = await inOrder(work.run("fold", TASKS));
      // Where they are not kept nothing can be read, because nothing is there.
      const gone = TASKS.map(({ source, file }, id): SettleTask => ({
        logs: [{
          ...{ id, source, path: file.path, file: { ...file, path: `${HOME}/gone.jsonl` } },
          ...{ guest: "", lost: "-", entangled: 0, tied: 0, isSmall: 0 },
        }],
      }));
      isSettling = true;
      const settled = await inOrder(work.run("settle", gone));
      const kept = folded.filter(({ isKept }) => isKept).map(({ index }) => index);
      ok(kept.length > 3 && kept.length < TASKS.length / 2, `${kept.length} of ${TASKS.length} logs were kept`);
      return {
        kept,
        readable: settled.filter(({ result }) => result!.unreadable.length === 0).map(({ index }) => index),
      };
    } finally {
      work.end();
    }
  };
  await t.step("in this one", async () => {
    const { kept, readable } = await settleGone(false);
    deepStrictEqual(readable, kept);
  });
  await t.step("in the other one, which begins with them", async () => {
    const { kept, readable } = await settleGone(true);
    deepStrictEqual(readable, kept);
  });
});

Deno.test("the second thread reads compressed logs", async () => {
  await withTemporaryDirectory(async (directory) => {
    const plain = TASKS.filter(({ source }) => source === "codex").slice(0, 2);
    const compressed = await Promise.all(plain.map(async ({ source, file }, index) => {
      const path = `${directory}/${file.path.slice(file.path.lastIndexOf("/") + 1)}.zst`;
      await Deno.writeFile(path, zstdCompressSync(await Deno.readFile(file.path)));
      return { source, file: { ...file, path, size: 1 + index, compressed: true } };
    }));
    const { promise: firstReport, resolve: noteReport } = Promise.withResolvers<void>();
    const outcomes = await fold({
      onStep: () => firstReport,
      startThread() {
        const thread = startThread<WorkReport, WorkOrder>(THREAD);
        return {
          ...thread,
          onMessage: (listener) =>
            thread.onMessage((report) => {
              noteReport();
              listener(report);
            }),
        };
      },
    }, compressed);
    const there = outcomes.find(({ index }) => index === 1)!;
    deepStrictEqual([there.error, (there.result?.nextSeq ?? 0) > 0], [undefined, true]);
  });
});

Deno.test("a log that others copied is not read again, as long as its identities tell", async () => {
  const work = new LogWork({ ...MEANS, prices: new Prices("", undefined) });
  const folded = await inOrder(work.run("fold", TASKS));
  const shares = (a: number, b: number) => {
    const [keys, others] = [a, b].map((place) => setOfKeys(folded[place]!.result!.keys));
    return TASKS[a]!.source === TASKS[b]!.source && !keys!.isDisjointFrom(others!);
  };
  const log = (place: number): SettleTask["logs"][number] => ({
    ...TASKS[place]!,
    ...{ id: place, path: TASKS[place]!.file.path, guest: "", lost: "", entangled: 0, tied: 0, isSmall: 0 },
  });
  const pairs = folded.filter(({ isKept }) => isKept).flatMap(({ index: copy }) =>
    folded.filter(({ isOwn, index }) => isOwn && shares(copy, index)).map(({ index: own }) => [own, copy] as const)
  );
  ok(pairs.length > 2, `${pairs.length} logs have copies of another's turns`);
  for (const [own, copy] of pairs) {
    const ownKeys = folded[own]!.result!.keys;
    const gone = { ...log(own), file: { ...log(own).file, path: `${HOME}/gone.jsonl` }, ownKeys };
    const settle = async (logs: SettleTask["logs"]) =>
      (await Array.fromAsync(work.run("settle", [{ logs }])))[0]!.result!;
    const { settled, unreadable } = await settle([gone, log(copy)]);
    deepStrictEqual([settled, unreadable], [(await settle([log(own), log(copy)])).settled, []]);
    deepStrictEqual(settled.map(({ id, alone }) => [id, alone !== undefined]), [[copy, true]]);
    // Where it shows one twice they do not: then it is read.
    const twice = Uint32Array.of(...ownKeys, ...ownKeys);
    deepStrictEqual((await settle([{ ...gone, ownKeys: twice }, log(copy)])).unreadable.map(({ id }) => id), [own]);
  }
  work.end();
});

Deno.test("a thread that was begun with all logs goes on with them, and one that was begun with others ends", async (t) => {
  const begin = async (count: number) => {
    const happened: string[] = [];
    const early = new EarlyThread(() => {
      happened.push("start");
      const thread = startThread<WorkReport, WorkOrder>(THREAD);
      return {
        ...thread,
        post(order) {
          happened.push("order");
          thread.post(order);
        },
        end() {
          happened.push("end");
          thread.end();
        },
      };
    });
    for (const _ of TASKS) early.note(THREAD_BYTES);
    const prices = new Prices("", undefined);
    const found = TASKS.slice(0, count).map(({ source, file }) => ({ source: agentWithLogs(source), file }));
    await early.begin(found, { share: () => prices.share(), evidenceIn: undefined });
    // Some of it comes before anybody listens.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const outcomes = await fold({ prices, startThread: early.take });
    early.end();
    deepStrictEqual(outcomes.map(({ index }) => index), TASKS.map((_, index) => index));
    deepStrictEqual(outcomes.filter(({ error }) => error !== undefined), []);
    return happened;
  };
  await t.step("all", async () => deepStrictEqual(await begin(TASKS.length), ["start", "order", "end"]));
  await t.step("others", async () => {
    deepStrictEqual(await begin(TASKS.length - 1), ["start", "order", "end", "start", "order", "end"]);
  });
});
